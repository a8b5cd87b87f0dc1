package winback.content.templates;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.MatchResult;
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
                    : message.contains("expecting TagStart") ? withoutEnd(source) : "a tag is not closed";
        }
        if (message.contains("no viable alternative")) {
            return rest.isEmpty()
                    ? "a placeholder is not closed"
                    : (rest.startsWith("{") ? "cannot be read: " : "unexpected ") + quote(rest);
        }
        Matcher sign = UNKNOWN_SIGN.matcher(message);
        return sign.find() ? "unexpected '" + sign.group("what") + "'" : message;
    }

    private static final Pattern BLOCK =
            Pattern.compile("\\{%-?\\s*(?<end>end)?(?<tag>if|unless|case|for|tablerow|capture|comment|raw)(?!\\p{L})");

    /** Of a text that goes on to where it ends: the innermost tag that waits there for its own. */
    private static String withoutEnd(String source) {
        Deque<MatchResult> open = new ArrayDeque<>();
        BLOCK.matcher(source).results().forEach(tag -> {
            if (tag.group("end") == null) {
                open.push(tag);
            } else if (!open.isEmpty() && open.peek().group("tag").equals(tag.group("tag"))) {
                open.pop();
            }
        });
        if (open.isEmpty()) {
            return "a tag has no end, such as {% endif %}";
        }
        String before = source.substring(0, open.peek().start());
        return "the {%% %1$s %%} of line %2$d, column %3$d has no {%% end%1$s %%}"
                .formatted(
                        open.peek().group("tag"),
                        before.lines().count() + (before.isEmpty() || before.endsWith("\n") ? 1 : 0),
                        before.length() - before.lastIndexOf('\n'));
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
