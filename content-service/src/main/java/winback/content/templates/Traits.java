package winback.content.templates;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Which values of traits mails may say. */
public final class Traits {

    private static final int LONGEST_NAME = 100;
    private static final String NAME = "name";

    /** Traits that are names without being called so. */
    private static final Set<String> PLACES = Set.of(
            "city", "town", "place", "region", "country", "ciudad", "pueblo", "lugar", "provincia", "región", "país");

    /** Mailboxes make links of these, and whoever enters one as a name wants others to follow it. */
    private static final Pattern ADDRESS = Pattern.compile("(?i:://|www\\.|\\S@\\S)|[\\p{L}\\p{N}-]{2,}\\.\\p{Ll}{2,}");

    /** Offers, telephone numbers and sentences. */
    private static final Pattern NO_NAME = Pattern.compile(
            "[%€$£¥]|\\d(?:[\\s().-]*\\d){4}|(?:\\S+\\s+){6}"
                    // "Ana. Call now", which "Dra. Ana" is not.
                    + "|\\p{L}{3,}[.!?;:]\\s+\\p{L}(?<!^(?:dra|sra|srta|prof|mrs|lic|ing|arq|rev|capt|sta)\\.\\s{1,3}\\p{L})"
                    + "|(?<!\\p{L})(?:instructions?|instrucciones|ignore|ignora|disregard|click|clic|prompt|password|contraseña)(?!\\p{L})");

    /** What programs write where there is nothing, and people for fun. */
    private static final Set<String> NOTHING = Set.of(
            "null",
            "nil",
            "none",
            "undefined",
            "unknown",
            "nan",
            "n/a",
            "test",
            "true",
            "false",
            "free",
            "gratis",
            "winner",
            "ganador",
            "ganadora",
            "desconocido",
            "desconocida",
            "ninguno",
            "ninguna");

    private static final Set<String> ANYBODY = Set.of(
            "customer",
            "client",
            "user",
            "guest",
            "subscriber",
            "friend",
            "cliente",
            "usuario",
            "usuaria",
            "amigo",
            "amiga");

    private static final Pattern DEAR = Pattern.compile("^(?:dear |estimad[oa] )");

    private Traits() {}

    /**
     * Not what has no words of its own, nor as a name what is none: a name has letters, at most {@value #LONGEST_NAME}
     * characters and six words, and is neither an address, an offer, a sentence nor <em>null</em>.
     *
     * @param trait a name by its own name: {@code firstName}, {@code name}, or that of a place, {@code city}
     */
    public static boolean canBeSaid(String trait, Object value) {
        if (value instanceof Map || value instanceof String text && !isSeen(text)) {
            return false;
        }
        boolean named = PLACES.contains(trait)
                || trait.regionMatches(true, trait.length() - NAME.length(), NAME, 0, NAME.length());
        return !named || value instanceof String name && isName(name);
    }

    /** Mostly its first character is; this is asked for each trait of each mail. */
    private static boolean isSeen(String text) {
        int character;
        for (int i = 0; i < text.length(); i += Character.charCount(character)) {
            character = text.codePointAt(i);
            if (isSeen(character)) {
                return true;
            }
        }
        return false;
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

    /** As most names are. */
    private static boolean isOneWord(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (!Character.isLetter(name.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isName(String text) {
        String name = text.strip().toLowerCase(Locale.ROOT);
        if (name.isEmpty() || text.length() > LONGEST_NAME || NOTHING.contains(name) || ANYBODY.contains(name)) {
            return false;
        }
        if (isOneWord(name)) {
            return true;
        }
        return name.codePoints().anyMatch(Character::isLetter)
                && !ADDRESS.matcher(text).find()
                && !NO_NAME.matcher(name).find()
                && !ANYBODY.contains(DEAR.matcher(name).replaceFirst(""));
    }
}
