package winback.content.gate;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import winback.content.gate.ReadMail.Field;

/** Characters that do not show, and letters that only look like those of the language. */
final class Characters {

    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{M}\\p{N}]+");
    /** Fewer say nothing of their language. */
    private static final int LEAST_LETTERS = 12;

    private static final int JOINER = 0x200D;
    private static final int EMOJI_STYLE = 0xFE0F;
    private static final int TEXT_STYLE = 0xFE0E;

    /** Grave, acute, circumflex, tilde, diaeresis and cedilla, where they are characters of their own. */
    private static final String ACCENTS = "\u0300\u0301\u0302\u0303\u0308\u0327";

    private static final Pattern SPELT = Pattern.compile("(?<![\\p{L}\\p{N}])(?:\\p{L}[-*_~|·]){4,}\\p{L}(?!\\p{L})");

    private Characters() {}

    static void look(ReadMail mail, Findings findings) {
        mail.sources().forEach((field, source) -> hidden(field, source, findings));
        for (Field field : mail.everything()) {
            hidden(field.name(), field.words(), findings);
            Matcher word = WORD.matcher(field.words());
            boolean foreign = isForeign(field.words());
            Matcher spelt = SPELT.matcher(field.words());
            while (spelt.find()) {
                findings.add("homoglyphs", field.name(), spelt.group(), "is a word in pieces");
            }
            while (!foreign && word.find()) {
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

    /** Whether most of its letters are of another script: then it is another language, and imitates none. */
    static boolean isForeign(String text) {
        long letters = text.codePoints().filter(Character::isLetter).count();
        long foreign = text.codePoints()
                .filter(c -> c >= 0x250 && Character.isLetter(c))
                .count();
        return letters >= LEAST_LETTERS && 2 * foreign > letters;
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
            default ->
                c == 0x115F
                        || c == 0x1160
                        || c == 0x3164
                        || c == 0xFFA0
                        || c == 0x2800
                        || c == 0x034F
                        || c == 0x17B4
                        || c == 0x17B5
                        || c >= 0x180B && c <= 0x180E
                        || isVariation(c);
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
        // Digits of other blocks, and marks stacked upon letters but for the accents of these languages.
        int type = Character.getType(c);
        return type == Character.DECIMAL_DIGIT_NUMBER
                || type == Character.OTHER_NUMBER && c > 0x2189
                || type == Character.ENCLOSING_MARK
                || type == Character.NON_SPACING_MARK && ACCENTS.indexOf(c) < 0 && c < 0xFE00;
    }
}
