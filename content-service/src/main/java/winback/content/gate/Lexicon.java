package winback.content.gate;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Words and phrases of a resource, looked for as whole words; {@code *} at the end of a word stands for its rest. */
final class Lexicon {

    private static final int FLAGS = Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE;
    private static final Pattern NOTHING = Pattern.compile("(?!)");

    private final Pattern any;

    private Lexicon(Pattern any) {
        this.any = any;
    }

    /** @param name of a resource beside this class */
    static Lexicon read(String name) {
        return of(lines(name));
    }

    static Lexicon of(List<String> phrases) {
        if (phrases.isEmpty()) {
            return new Lexicon(NOTHING);
        }
        List<String> patterns = new ArrayList<>();
        for (String phrase : phrases) {
            List<String> words = new ArrayList<>();
            for (String word : phrase.strip().split("\\s+", -1)) {
                words.add(
                        word.endsWith("*")
                                ? Pattern.quote(word.substring(0, word.length() - 1)) + "[\\p{L}\\p{N}]*"
                                : Pattern.quote(word));
            }
            patterns.add(String.join("[\\s\\u00a0-]+", words));
        }
        return new Lexicon(Pattern.compile(
                "(?<![\\p{L}\\p{N}])(?:" + String.join("|", patterns) + ")(?![\\p{L}\\p{N}]|['’]t(?!\\p{L}))", FLAGS));
    }

    static List<String> lines(String name) {
        try (InputStream resource = Lexicon.class.getResourceAsStream(name)) {
            if (resource == null) {
                throw new IllegalStateException("no resource " + name);
            }
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("# "))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Each that occurs, as it is written there. */
    List<String> in(String text) {
        List<String> found = new ArrayList<>();
        Matcher matcher = any.matcher(text);
        while (matcher.find()) {
            found.add(matcher.group());
        }
        return found;
    }

    Optional<String> first(String text) {
        Matcher matcher = any.matcher(text);
        return matcher.find() ? Optional.of(matcher.group()) : Optional.empty();
    }

    /** The text with a mark, which is no word, for every occurrence. */
    String without(String text) {
        return any.matcher(text).replaceAll(" | ");
    }
}
