package winback.content.gate;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import winback.content.gate.ReadMail.Field;

/** Characters that do not show, and letters that only look like those of the language. */
final class Characters {

    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{M}\\p{N}]+");
    private static final int JOINER = 0x200D;
    private static final int EMOJI_STYLE = 0xFE0F;
    private static final int TEXT_STYLE = 0xFE0E;

    private Characters() {}

    static void look(ReadMail mail, Findings findings) {
        mail.sources().forEach((field, source) -> hidden(field, source, findings));
        for (Field field : mail.everything()) {
            hidden(field.name(), field.words(), findings);
            Matcher word = WORD.matcher(field.words());
            while (word.find()) {
                if (word.group().codePoints().anyMatch(Characters::isForeignLetter)) {
                    findings.add(
                            "homoglyphs",
                            field.name(),
                            word.group(),
                            "has letters that only look like those of the language");
                }
            }
        }
    }

    private static void hidden(String field, String text, Findings findings) {
        int before = 0;
        for (int i = 0; i < text.length(); i += Character.charCount(before)) {
            int c = text.codePointAt(i);
            boolean joins = (c == JOINER || c == EMOJI_STYLE || c == TEXT_STYLE) && isEmojiPart(before);
            if (!joins && isHidden(c)) {
                int end = i + Character.charCount(c);
                findings.add("hidden-characters", field, text.substring(i, end), "does not show");
                return;
            }
            before = c;
        }
    }

    private static boolean isEmojiPart(int c) {
        return Character.isEmoji(c) || Character.isEmojiModifier(c) || c == EMOJI_STYLE;
    }

    private static boolean isHidden(int c) {
        return switch (Character.getType(c)) {
            case Character.FORMAT,
                    Character.PRIVATE_USE,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            case Character.CONTROL -> c != '\n' && c != '\r' && c != '\t';
            default -> c == 0x115F || c == 0x1160 || c == 0x3164 || c == 0xFFA0 || c == 0x2800 || isVariation(c);
        };
    }

    private static boolean isVariation(int c) {
        return c >= 0xFE00 && c <= 0xFE0F || c >= 0xE0100 && c <= 0xE01EF;
    }

    /** Other than plain Latin: Greek, Cyrillic and the like, and Latin letters from blocks of symbols and compatibility. */
    private static boolean isForeignLetter(int c) {
        if (c < 0x250) {
            return false;
        }
        if (Character.isLetter(c)) {
            return true;
        }
        // Digits of other blocks, and marks stacked upon letters.
        int type = Character.getType(c);
        return type == Character.DECIMAL_DIGIT_NUMBER
                || type == Character.OTHER_NUMBER && c > 0x2189
                || type == Character.ENCLOSING_MARK;
    }
}
