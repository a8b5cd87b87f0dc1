package winback.standalone.traces;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.json.JsonMapper;

/**
 * The texts to look for, ids and addresses, each also as JSON and URLs write it. A text is found where neither a letter
 * nor a digit stands beside it, so that {@code u-1} is not found in {@code u-12}, in upper or lower case.
 */
final class Sought {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Set<String> spellings = new LinkedHashSet<>();
    private final List<Pattern> patterns;

    Sought(List<String> texts) {
        for (String text : texts) {
            if (text.isBlank()) {
                throw new IllegalArgumentException("Nothing to look for: a text is blank");
            }
            spellings.add(text);
            String json = JSON.writeValueAsString(text);
            spellings.add(json.substring(1, json.length() - 1));
            String form = URLEncoder.encode(text, StandardCharsets.UTF_8);
            spellings.add(form);
            spellings.add(form.replace("+", "%20"));
        }
        patterns = spellings.stream()
                .map(spelling -> Pattern.compile(
                        "(?<!\\p{Alnum})" + Pattern.quote(latin(spelling)) + "(?!\\p{Alnum})",
                        Pattern.CASE_INSENSITIVE))
                .toList();
    }

    /** The longest spelling, in bytes. */
    int longest() {
        return spellings.stream()
                .mapToInt(spelling -> spelling.getBytes(StandardCharsets.UTF_8).length)
                .max()
                .orElse(0);
    }

    boolean in(byte[] bytes) {
        return in(bytes, bytes.length);
    }

    /** Bytes of any kind: each is looked at as a character of its own, as those of the text are. */
    boolean in(byte[] bytes, int length) {
        String text = new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
        for (Pattern pattern : patterns) {
            if (pattern.matcher(text).find()) {
                return true;
            }
        }
        return false;
    }

    private static String latin(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /** Of text columns, as a regular expression of PostgreSQL. */
    String expression() {
        StringBuilder any = new StringBuilder("(?i)(^|[^[:alnum:]])(");
        String between = "";
        for (String spelling : spellings) {
            any.append(between);
            between = "|";
            spelling.codePoints().forEach(c -> {
                if (!Character.isLetterOrDigit(c) && c < 128) {
                    any.append('\\');
                }
                any.appendCodePoint(c);
            });
        }
        return any.append(")($|[^[:alnum:]])").toString();
    }

    /** Of binary columns. */
    byte[][] bytes() {
        return spellings.stream()
                .map(spelling -> spelling.getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "Sought[%d spellings]", spellings.size());
    }
}
