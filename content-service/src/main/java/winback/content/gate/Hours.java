package winback.content.gate;

import java.math.BigDecimal;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import winback.content.gate.Claims.Statements;

/** From when to when something is open: "from 10 to 2" of a brief is "de 10:00 a 14:00 h" of a mail, and no other hours are. */
final class Hours {

    private static final int FLAGS = Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE;
    private static final BigDecimal HALF_A_DAY = BigDecimal.valueOf(12);

    private static final String TIME = "(?:las )?(\\d{1,2}|" + Numerals.IN_WORDS
            + ")(?:[:.h](\\d{2})(?!\\d))?(?:\\s?(?:h|hs|horas|o['’]clock))?(?:\\s?[ap]\\.?\\s?m\\.?(?!\\p{L}))?"
            + "(?: (?:in the|de la|del) (?:morning|afternoon|evening|mañana|tarde|noche|mediodía))?";

    private static final Pattern FROM_TO = Pattern.compile(
            "(?<![\\p{L}\\d.,:€$£])(?<from>(?:from|between|de|desde|entre) )?" + TIME
                    + "(?: (?:to|a|and|y|until|till|hasta) (?:las )?| ?[-–—] ?)" + TIME
                    + "(?![\\p{L}\\d%€$£]| ?(?:%|€|\\$|£|euros?|dollars?|pounds?)|[.,:]\\d)",
            FLAGS);

    private static final Pattern OPEN = Pattern.compile(
            "(?<!\\p{L})(?:open|opens|opening|closed?|closes|hours|horarios?|abr(?:e|en|imos|iremos)|abiert[oa]s?|cerrad[oa]s?|cerramos|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|lunes|martes|miércoles|jueves|viernes|sábados?|domingos?)(?!\\p{L})",
            FLAGS);

    /** Behind hours of which somebody might say that they are others. */
    private static final Pattern AT_AN_END =
            Pattern.compile("\\s*(?:$|[.,;:!?)]|(?:on|every|each|los|las|cada|todos)(?!\\p{L}))", FLAGS);

    /** Hours of a day of twelve, with their minutes. */
    private record Span(String from, String to) {
        static Span of(MatchResult span) {
            return new Span(time(span.group(2), span.group(3)), time(span.group(4), span.group(5)));
        }

        private static String time(String hour, @Nullable String minutes) {
            BigDecimal twelfth = Numerals.of(hour).remainder(HALF_A_DAY);
            return twelfth.stripTrailingZeros().toPlainString() + ":" + (minutes == null ? "00" : minutes);
        }
    }

    private final Set<Span> stated;

    /** @param texts all that the brief says in words */
    Hours(List<String> texts) {
        this.stated = texts.stream()
                .flatMap(Claims::sentences)
                .filter(Hours::isOfOpening)
                .flatMap(sentence -> FROM_TO.matcher(sentence).results())
                .map(Span::of)
                .collect(Collectors.toSet());
    }

    static boolean isOfOpening(String text) {
        return OPEN.matcher(text).find();
    }

    /** A paragraph without the hours of the brief. */
    String without(String text, Statements statements) {
        if (stated.isEmpty() || !isOfOpening(text)) {
            return text;
        }
        return FROM_TO.matcher(text).replaceAll(span -> {
            if (stated.contains(Span.of(span))) {
                return " ";
            }
            if (span.group(1) != null
                    && AT_AN_END.matcher(text.substring(span.end())).lookingAt()) {
                statements.add(Claims.CLAIM, span.group(), "the brief says other hours");
            }
            return Matcher.quoteReplacement(span.group());
        });
    }
}
