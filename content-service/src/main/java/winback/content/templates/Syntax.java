package winback.content.templates;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the parser says of a template that it cannot read, in a sentence for its author. */
final class Syntax {

    /** Enough to find it by. */
    private static final int LONGEST_QUOTE = 40;

    private static final Pattern UNEXPECTED =
            Pattern.compile("(?:mismatched|extraneous) input '(?<what>.*?)' expecting");
    private static final Pattern UNKNOWN_SIGN = Pattern.compile("token recognition error at: '(?<what>.*?)'");
    private static final Pattern UNKNOWN_TAG = Pattern.compile("Invalid Tag: '(?<what>.*?)'");

    private static final Pattern AT_ONCE = Pattern.compile("\\{%.*?%}|\\{\\{.*?}}|\\{\\{.*|[%}]}|[\\p{L}\\p{N}_]+|\\S");

    private Syntax() {}

    /**
     * @param message one line
     * @param line from 1
     * @param column from 1
     */
    static String sentence(String message, String source, int line, int column) {
        Matcher tag = UNKNOWN_TAG.matcher(message);
        if (tag.find()) {
            return "unknown tag '" + tag.group("what") + "'";
        }
        String rest = rest(source, line, column);
        Matcher unexpected = UNEXPECTED.matcher(message);
        if (unexpected.find()) {
            return !unexpected.group("what").equals("<EOF>")
                    ? "unexpected " + quote(rest.isEmpty() ? unexpected.group("what") : rest)
                    : message.contains("expecting TagStart")
                            ? "a tag has no end, such as {% endif %}"
                            : "a tag is not closed";
        }
        if (message.contains("no viable alternative")) {
            return rest.isEmpty()
                    ? "a placeholder is not closed"
                    : (rest.startsWith("{") ? "cannot be read: " : "unexpected ") + quote(rest);
        }
        Matcher sign = UNKNOWN_SIGN.matcher(message);
        return sign.find() ? "unexpected '" + sign.group("what") + "'" : message;
    }

    /** The tag or placeholder that begins there, or the word or sign. */
    private static String quote(String rest) {
        Matcher begins = AT_ONCE.matcher(rest);
        String what = begins.lookingAt() ? begins.group() : rest;
        return "'" + (what.length() > LONGEST_QUOTE ? what.substring(0, LONGEST_QUOTE) + "…" : what) + "'";
    }

    /** Of that line. */
    private static String rest(String source, int line, int column) {
        String[] lines = source.split("\n", -1);
        String at = line >= 1 && line <= lines.length ? lines[line - 1] : "";
        return column > at.length() ? "" : at.substring(Math.max(0, column - 1)).strip();
    }
}
