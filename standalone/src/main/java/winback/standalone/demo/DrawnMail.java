package winback.standalone.demo;

import java.util.ArrayList;
import java.util.List;

/**
 * A mail as the person who gets it sees it, drawn with characters.
 *
 * @param button the call to action's label, empty for none
 * @param ps the postscript, empty for none
 */
record DrawnMail(String from, String to, String subject, String preheader, String body, String button, String ps) {

    /** Columns of text inside the frame. */
    private static final int WIDTH = 72;

    @Override
    public String toString() {
        List<String> lines = new ArrayList<>();
        lines.add("┌" + "─".repeat(WIDTH + 2) + "┐");
        field(lines, "From:    ", from);
        field(lines, "To:      ", to);
        field(lines, "Subject: ", subject);
        field(lines, "         ", preheader);
        lines.add("├" + "─".repeat(WIDTH + 2) + "┤");
        for (String paragraph : body.strip().split("\\R", -1)) {
            framed(lines, wrapped(paragraph.strip(), WIDTH));
        }
        if (!button.isEmpty()) {
            framed(lines, List.of("", "  ╭" + "─".repeat(button.length() + 2) + "╮"));
            framed(lines, List.of("  │ " + button + " │"));
            framed(lines, List.of("  ╰" + "─".repeat(button.length() + 2) + "╯"));
        }
        if (!ps.isEmpty()) {
            framed(lines, List.of(""));
            framed(lines, wrapped(ps, WIDTH));
        }
        lines.add("└" + "─".repeat(WIDTH + 2) + "┘");
        return String.join("\n", lines);
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
