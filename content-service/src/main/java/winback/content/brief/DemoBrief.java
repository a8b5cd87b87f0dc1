package winback.content.brief;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.regex.Pattern;
import tools.jackson.databind.json.JsonMapper;

/** The brief that comes along, of a shop that does not exist. */
public final class DemoBrief {

    private static final Pattern DAY = Pattern.compile("\\{today\\+(\\d+)}");

    private DemoBrief() {}

    /** Its offers end three weeks after that day. */
    public static Brief on(LocalDate today) {
        try {
            return BriefReader.read(JsonMapper.shared().readTree(json(today)), today);
        } catch (FaultyBrief faulty) {
            throw new IllegalStateException(faulty);
        }
    }

    /** As it would be handed in on that day. */
    public static String json(LocalDate today) {
        try (InputStream resource = DemoBrief.class.getResourceAsStream("demo.json")) {
            if (resource == null) {
                throw new IllegalStateException("no resource demo.json");
            }
            String json = new String(resource.readAllBytes(), StandardCharsets.UTF_8);
            return DAY.matcher(json)
                    .replaceAll(
                            day -> today.plusDays(Long.parseLong(day.group(1))).toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
