package winback.content.brief;

import java.util.Collections;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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
            "señal",
            "lombriz",
            "raíz",
            "cicatriz",
            "codorniz",
            "perdiz",
            "pared",
            "sed",
            "salud",
            "virtud",
            "ley",
            "cárcel",
            "col",
            "coliflor",
            "sien",
            "virgen",
            "hélice",
            "ave",
            "nave",
            "clave",
            "frase",
            "fase",
            "tribu",
            "legumbre",
            "sede",
            "nieve",
            "suite",
            "élite",
            "tos",
            "res",
            "mies",
            "crisis",
            "tesis",
            "dosis",
            "síntesis");
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
            "emblema",
            "esquema",
            "telegrama",
            "síntoma",
            "fantasma",
            "carisma",
            "enigma",
            "plasma",
            "tequila",
            "yoga",
            "gorila",
            "pez",
            "ajedrez",
            "jerez");
    private static final Set<String> SPANISH_SINGULAR_IN_S = words(
            "lunes martes miércoles jueves viernes humus virus campus bonus corpus cactus eucaliptus status crisis tesis dosis análisis síntesis oasis tenis chasis brindis iris anís"
                    + " gres gas mes bus autobús compás país ciprés estrés interés arnés tos mies"
                    + " paraguas parabrisas paracaídas pararrayos sacacorchos sacapuntas abrelatas abrebotellas lavavajillas lavaplatos portavelas portavasos portafotos portaequipajes"
                    + " rompecabezas salvamanteles posavasos reposapiés guardabarros cuentakilómetros cortauñas cortavientos quitamanchas pelapatatas cascanueces tocadiscos limpiaparabrisas"
                    + " cumpleaños rascacielos trabalenguas sujetalibros cubrecamas");
    private static final Set<String> ENGLISH_UNCOUNTABLE = words(
            "data news software equipment furniture information advice clothing luggage jewellery jewelry music rice coffee tea honey bread cheese wine oil water soap wool linen cotton"
                    + " paper sugar salt flour chocolate butter milk compost soil fuel insurance storage broadband internet support access stationery cutlery tableware glassware kitchenware"
                    + " cookware bedding leather silk gear merchandise vinegar jam pasta yarn fabric ink paint glue sand gravel firewood charcoal food beer cider whisky gin rum juice"
                    + " lighting footwear knitwear swimwear sportswear underwear outerwear homeware");

    private static final Set<String> ENGLISH_PLURAL =
            Set.of("people", "children", "women", "men", "feet", "mice", "clothes");

    /** A name's own, which is capital within a sentence, too. */
    private static final Pattern ENGLISH_ARTICLE = Pattern.compile("(?:The|An?)(?= \\S)");

    private static final Pattern SPANISH_ARTICLE = Pattern.compile("(?:El|La|Los|Las|Una?|The)(?= \\S)");

    private Nouns() {}

    private static Set<String> words(String list) {
        return Set.of(list.split(" ", -1));
    }

    static boolean isUncountable(String text) {
        return ENGLISH_UNCOUNTABLE.contains(english(text));
    }

    static Term guess(String text, String language) {
        String[] words = text.toLowerCase(Locale.ROOT).split("\\s+", -1);
        if (language.equals("es")) {
            Matcher article = SPANISH_ARTICLE.matcher(text);
            return article.lookingAt()
                    ? new Term(
                            text, article.group().contains("a"), article.group().endsWith("s"), true)
                    : spanish(text, words[0]);
        }
        String head = english(text);
        boolean plural = ENGLISH_PLURAL.contains(head)
                || head.endsWith("s") && !head.endsWith("ss") && !head.endsWith("us") && !head.endsWith("is");
        return new Term(text, false, plural, ENGLISH_ARTICLE.matcher(text).lookingAt());
    }

    /** The head: it stands last, before whatever a preposition adds. */
    private static String english(String text) {
        String[] words = text.toLowerCase(Locale.ROOT).split("\\s+", -1);
        for (int i = 1; i < words.length; i++) {
            if (Set.of("of", "for", "in", "with", "from", "to", "by", "at", "on")
                    .contains(words[i])) {
                return words[i - 1];
            }
        }
        return words[words.length - 1];
    }

    private static Term spanish(String text, String head) {
        boolean plural = head.endsWith("s") && !SPANISH_SINGULAR_IN_S.contains(head);
        Set<String> singular = new HashSet<>(Set.of(head));
        if (plural) {
            singular.add(head.substring(0, head.length() - 1));
            if (head.endsWith("es")) {
                singular.add(head.substring(0, head.length() - 2));
            }
            if (head.endsWith("ces")) {
                singular.add(head.substring(0, head.length() - 3) + "z");
            }
        }
        if (!Collections.disjoint(singular, SPANISH_MASCULINE)) {
            return new Term(text, false, plural);
        }
        boolean feminine = !Collections.disjoint(singular, SPANISH_FEMININE)
                || SPANISH_FEMININE_ENDINGS.stream()
                        .anyMatch(ending -> singular.stream().anyMatch(one -> one.endsWith(ending)))
                || plural
                        && (head.endsWith("ciones")
                                || head.endsWith("siones")
                                || head.endsWith("dades")
                                || head.endsWith("tades"));
        return new Term(text, feminine, plural);
    }
}
