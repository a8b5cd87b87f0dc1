package winback.content.composer;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The phrases of one language by section, such as {@code curiosity} or {@code opening curiosity}. */
final class PhraseBank {

    private final Map<String, List<Phrase>> sections = new LinkedHashMap<>();

    private PhraseBank() {}

    /** @param names of resources beside this class */
    static PhraseBank read(String... names) {
        PhraseBank bank = new PhraseBank();
        for (String name : names) {
            bank.add(name);
        }
        return bank;
    }

    private void add(String name) {
        List<Phrase> section = null;
        int number = 0;
        for (String line : lines(name)) {
            number++;
            if (line.isBlank() || line.startsWith("# ")) {
                continue;
            }
            if (line.startsWith("[")) {
                section = sections.computeIfAbsent(line.substring(1, line.length() - 1), any -> new ArrayList<>());
            } else if (section == null) {
                throw new IllegalStateException(name + ":" + number + ": before any section");
            } else {
                try {
                    section.add(Phrase.parse(line));
                } catch (IllegalArgumentException wrong) {
                    throw new IllegalStateException(name + ":" + number + ": " + wrong.getMessage(), wrong);
                }
            }
        }
    }

    private static List<String> lines(String name) {
        try (InputStream resource = PhraseBank.class.getResourceAsStream(name)) {
            if (resource == null) {
                throw new IllegalStateException("no resource " + name);
            }
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** At least one. */
    List<Phrase> section(String name) {
        List<Phrase> phrases = sections.get(name);
        if (phrases == null) {
            throw new IllegalArgumentException("no section " + name);
        }
        return phrases;
    }
}
