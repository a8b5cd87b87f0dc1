package winback.content.gate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What has been found in one mail: each code once at each place. */
final class Findings {

    private static final int LONGEST_QUOTE = 60;

    private final ReadMail mail;
    private final Map<String, Finding> found = new LinkedHashMap<>();

    Findings(ReadMail mail) {
        this.mail = mail;
    }

    /** @param what as it is written there */
    void add(String code, String field, String what, String detail) {
        at(code, mail.place(field, what), quoted(what) + ": " + detail);
    }

    void addIfWritten(String code, String field, String what, String detail) {
        if (mail.sources().getOrDefault(field, "").contains(what)) {
            add(code, field, what, detail);
        }
    }

    void at(String code, String place, String detail) {
        found.putIfAbsent(code + " " + place, new Finding(code, place, detail));
    }

    private static String quoted(String what) {
        StringBuilder safe = new StringBuilder("\"");
        what.codePoints().limit(LONGEST_QUOTE).forEach(c -> {
            int type = Character.getType(c);
            boolean shows = type != Character.CONTROL && type != Character.FORMAT && type != Character.PRIVATE_USE;
            safe.append(shows ? Character.toString(c) : "U+%04X".formatted(c));
        });
        return safe.append('"').toString();
    }

    List<Finding> all() {
        return new ArrayList<>(found.values());
    }
}
