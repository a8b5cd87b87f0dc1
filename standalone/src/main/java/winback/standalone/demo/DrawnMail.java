package winback.standalone.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.web.util.HtmlUtils;

/**
 * A mail as the person who gets it sees it, drawn with characters.
 *
 * @param html whose paragraphs are shown; one that is a link alone is a button
 */
record DrawnMail(String from, String to, String subject, String preheader, String html) {

    /** Columns of text inside the frame. */
    private static final int WIDTH = 72;

    private static final Pattern PARAGRAPH = Pattern.compile("<p\\b[^>]*>(.*?)</p>", Pattern.DOTALL);
    private static final Pattern BUTTON = Pattern.compile("\\s*<a\\b[^>]*>([^<]*)</a>\\s*");
    private static final Pattern TAG = Pattern.compile("<[^>]*>");

    @Override
    public String toString() {
        List<String> lines = new ArrayList<>();
        lines.add("┌" + "─".repeat(WIDTH + 2) + "┐");
        field(lines, "From:    ", from);
        field(lines, "To:      ", to);
        field(lines, "Subject: ", subject);
        field(lines, "         ", preheader);
        lines.add("├" + "─".repeat(WIDTH + 2) + "┤");
        Matcher paragraphs = PARAGRAPH.matcher(html);
        boolean first = true;
        while (paragraphs.find()) {
            if (!first) {
                framed(lines, List.of(""));
            }
            first = false;
            paragraph(lines, paragraphs.group(1));
        }
        lines.add("└" + "─".repeat(WIDTH + 2) + "┘");
        return String.join("\n", lines);
    }

    private static void paragraph(List<String> lines, String inner) {
        Matcher button = BUTTON.matcher(inner);
        if (button.matches()) {
            String label = text(button.group(1));
            int columns = label.codePointCount(0, label.length()) + 2;
            framed(
                    lines,
                    List.of(
                            "  ╭" + "─".repeat(columns) + "╮",
                            "  │ " + label + " │",
                            "  ╰" + "─".repeat(columns) + "╯"));
        } else {
            framed(lines, wrapped(text(inner), WIDTH));
        }
    }

    private static String text(String html) {
        return HtmlUtils.htmlUnescape(TAG.matcher(html).replaceAll(""))
                .replaceAll("\\s+", " ")
                .strip();
    }

    private static void field(List<String> lines, String label, String value) {
        List<String> parts = wrapped(value, WIDTH - label.length());
        for (int i = 0; i < parts.size(); i++) {
            framed(lines, List.of((i == 0 ? label : " ".repeat(label.length())) + parts.get(i)));
        }
    }

    private static void framed(List<String> lines, List<String> texts) {
        for (String text : texts) {
            int columns = text.codePointCount(0, text.length());
            lines.add("│ " + text + " ".repeat(Math.max(0, WIDTH - columns)) + " │");
        }
    }

    /** Breaks at spaces; a word longer than the width, such as a link, is broken where it must be. */
    static List<String> wrapped(String text, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ", -1)) {
            String rest = word;
            if (!line.isEmpty() && line.length() + 1 + rest.length() > width) {
                lines.add(line.toString());
                line.setLength(0);
            }
            while (rest.length() > width) {
                lines.add(rest.substring(0, width));
                rest = rest.substring(width);
            }
            line.append(line.isEmpty() ? "" : " ").append(rest);
        }
        lines.add(line.toString());
        return lines;
    }
}
