package winback.content.brief;

import java.util.Locale;
import java.util.Set;

/** Guesses what a noun phrase is from how its head ends. A brief may say it instead. */
final class Nouns {

    private static final Set<String> SPANISH_FEMININE_ENDINGS =
            Set.of("a", "ción", "sión", "xión", "dad", "tad", "tud", "umbre", "ez", "triz");
    private static final Set<String> SPANISH_FEMININE = Set.of(
            "mano",
            "foto",
            "moto",
            "radio",
            "flor",
            "sal",
            "piel",
            "red",
            "miel",
            "leche",
            "carne",
            "noche",
            "tarde",
            "nube",
            "llave",
            "torre",
            "fuente",
            "clase",
            "calle",
            "base",
            "luz",
            "paz",
            "voz",
            "cruz",
            "imagen",
            "mente",
            "suerte",
            "serie",
            "superficie",
            "especie",
            "sangre",
            "muerte",
            "parte",
            "gente",
            "labor",
            "razón",
            "bici",
            "tele",
            "peli",
            "web",
            "app",
            "sartén",
            "nariz",
            "postal",
            "señal");
    private static final Set<String> SPANISH_MASCULINE = Set.of(
            "día",
            "mapa",
            "sofá",
            "planeta",
            "tranvía",
            "problema",
            "tema",
            "sistema",
            "programa",
            "clima",
            "idioma",
            "aroma",
            "drama",
            "poema",
            "panorama",
            "pijama",
            "crucigrama",
            "diploma",
            "dilema",
            "emblema");
    private static final Set<String> SPANISH_SINGULAR_IN_S =
            Set.of("crisis", "paraguas", "lunes", "martes", "miércoles", "jueves", "viernes", "tenis", "oasis", "gres");
    private static final Set<String> ENGLISH_PLURAL =
            Set.of("people", "children", "women", "men", "feet", "mice", "clothes");

    private Nouns() {}

    static Term guess(String text, String language) {
        String[] words = text.toLowerCase(Locale.ROOT).split("\\s+", -1);
        if (language.equals("es")) {
            return spanish(text, words[0]);
        }
        // In English the head stands last, before whatever a preposition adds.
        String head = words[words.length - 1];
        for (int i = 1; i < words.length; i++) {
            if (Set.of("of", "for", "in", "with", "from", "to", "by", "at", "on")
                    .contains(words[i])) {
                head = words[i - 1];
                break;
            }
        }
        boolean plural = ENGLISH_PLURAL.contains(head)
                || head.endsWith("s") && !head.endsWith("ss") && !head.endsWith("us") && !head.endsWith("is");
        return new Term(text, false, plural);
    }

    private static Term spanish(String text, String head) {
        boolean plural = head.endsWith("s") && !SPANISH_SINGULAR_IN_S.contains(head);
        String singular = plural ? head.substring(0, head.length() - 1) : head;
        String shorter = plural && head.endsWith("es") ? head.substring(0, head.length() - 2) : singular;
        if (SPANISH_MASCULINE.contains(singular) || SPANISH_MASCULINE.contains(shorter)) {
            return new Term(text, false, plural);
        }
        boolean feminine = SPANISH_FEMININE.contains(singular)
                || SPANISH_FEMININE.contains(shorter)
                || SPANISH_FEMININE_ENDINGS.stream().anyMatch(singular::endsWith)
                || plural
                        && (head.endsWith("ciones")
                                || head.endsWith("siones")
                                || head.endsWith("dades")
                                || head.endsWith("tades"));
        return new Term(text, feminine, plural);
    }
}
