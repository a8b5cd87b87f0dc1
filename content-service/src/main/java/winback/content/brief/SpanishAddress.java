package winback.content.brief;

import java.util.regex.Pattern;

/**
 * How a Spanish text addresses its reader, as far as single words tell: <em>tú</em> by its pronouns, its endings in the past and
 * the future and its commonest verbs, <em>usted</em> by its name alone, since all else of it is the third person's, too.
 */
final class SpanishAddress {

    private static final int FLAGS = Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE;

    private static final Pattern FAMILIAR = Pattern.compile(
            "(?<!\\p{L})(?:tú|tu|tus|te|ti|contigo|tuy[oa]s?|\\p{L}+(?:arás|erás|irás)"
                    + "|(?!(?:contraste|desgaste|traste|engaste|triste|chiste|despiste|existe|insiste|consiste|resiste|asiste|desiste|persiste|quiste|embiste)(?!\\p{L}))\\p{L}{2,}(?:aste|iste)"
                    + "|puedes|tienes|quieres|eres|estás|vas|has|sabes|debes|eliges|prefieres|necesitas|vienes|vuelves|encuentras|llevas|ves|haces|pides|recibes|decides|das|sales|entras|pagas"
                    + "|quieras|puedas|elijas|tengas|vengas|vuelvas|prefieras|pidas|necesites|estés|seas|hagas|digas)(?!\\p{L})"
                    // At the beginning of a sentence these are requests.
                    + "|(?:^|[.!?:;¡]\\s*)(?:manda|envía|escribe|llama|elige|pide|prueba|busca|entra|visita|disfruta|descubre|guarda|compra|trae|haz|pon|ven|dinos|cuéntanos|escríbenos|llámanos|mándanos|envíanos|tráenos|pruébal[oa]s?)(?!\\p{L})",
            FLAGS);

    private static final Pattern POLITE = Pattern.compile("(?<!\\p{L})usted(?:es)?(?!\\p{L})", FLAGS);

    private SpanishAddress() {}

    /** Whether a text may stand in a mail that says <em>usted</em>, or else <em>tú</em>. */
    static boolean suits(String text, boolean politely) {
        return !(politely ? FAMILIAR : POLITE).matcher(text).find();
    }
}
