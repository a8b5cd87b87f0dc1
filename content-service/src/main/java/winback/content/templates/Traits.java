package winback.content.templates;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Which values of traits mails may say. */
public final class Traits {

    private static final int LONGEST_NAME = 100;

    /** Mailboxes make links of these, and whoever enters one as a name wants others to follow it. */
    private static final Pattern ADDRESS = Pattern.compile("(?i:://|www\\.|\\S@\\S)|[\\p{L}\\p{N}-]{2,}\\.\\p{Ll}{2,}");

    /** Offers and the like, and what programs write where there is nothing. */
    private static final Pattern NO_NAME = Pattern.compile(
            "[%€$£¥]|\\d{5}|(?:\\S+\\s+){6}|(?i:^(?:null|nil|none|undefined|unknown|nan|n/a|test|true|false|free|gratis|winner|(?:dear |estimad[oa] )?(?:customer|client|user|guest|subscriber|friend|cliente|usuari[oa]|amig[oa])|ganador[a]?|desconocid[oa]|ningun[oa])$)");

    private Traits() {}

    /**
     * Not what has no words of its own, nor as a name what is none: a name has letters, at most {@value #LONGEST_NAME}
     * characters and six words, and is neither an address, an offer nor <em>null</em>.
     *
     * @param trait a name by its own name: {@code firstName}, {@code name}
     */
    public static boolean canBeSaid(String trait, Object value) {
        if (value instanceof Map
                || value instanceof String text && text.codePoints().noneMatch(Traits::isSeen)) {
            return false;
        }
        return !trait.toLowerCase(Locale.ROOT).endsWith("name") || value instanceof String name && isName(name);
    }

    private static boolean isSeen(int character) {
        return switch (Character.getType(character)) {
            case Character.SPACE_SEPARATOR,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE -> false;
            default -> true;
        };
    }

    private static boolean isName(String text) {
        return text.length() <= LONGEST_NAME
                && text.codePoints().anyMatch(Character::isLetter)
                && !ADDRESS.matcher(text).find()
                && !NO_NAME.matcher(text.strip()).find();
    }
}
