package winback.content.gate;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import winback.content.brief.Weekdays;
import winback.content.gate.Claims.Statements;

/**
 * From when to when something is open, and until when: "from 10 to 2" of a brief is "de 10:00 a 14:00 h" of a mail, and
 * "until noon" is "hasta las doce"; no other hours are.
 */
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

    private static final String MARK =
            "(?:\\s?(?:h|hs|horas|o['’]clock)(?!\\p{L})|\\s?[ap]\\.?\\s?m(?!\\p{L})\\.?|\\s(?:in the|de la|del) (?:morning|afternoon|evening|mañana|tarde|noche|mediodía)(?!\\p{L}))";

    private static final String HOUR = "(?:\\d{1,2}|" + Numerals.IN_WORDS + ")";

    /** What can be nothing but a time of the day. */
    private static final Pattern CLOCK = Pattern.compile(
            "(?<![\\p{L}\\d.,:€$£])(?:(?:12 |twelve )?noon|midday|(?:el )?mediodía|(?:las|la(?= una)) " + HOUR
                    + "(?:[:.]\\d{2})?" + MARK + "*|" + HOUR + "(?::\\d{2})?" + MARK
                    + "+|\\d{1,2}:\\d{2})(?![\\p{L}\\d%€$£]|[.,:]\\d| ?[%€$£])",
            FLAGS);

    private static final Pattern NOON = Pattern.compile("(?:(?:12 |twelve )?noon|midday|(?:el )?mediodía)", FLAGS);
    private static final Pattern ONE_TIME = Pattern.compile(TIME, FLAGS);

    private static final Pattern UNTIL =
            Pattern.compile("(?<!\\p{L})(?:until|till|up to|before|hasta|antes de(?:l)?)\\s+$", FLAGS);

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
    }

    private static String time(String hour, @Nullable String minutes) {
        BigDecimal twelfth = Numerals.of(hour).remainder(HALF_A_DAY);
        return twelfth.stripTrailingZeros().toPlainString() + ":" + (minutes == null ? "00" : minutes);
    }

    private static String time(String clock) {
        Matcher time = ONE_TIME.matcher(clock);
        return NOON.matcher(clock).matches() || !time.find() ? time("12", null) : time(time.group(1), time.group(2));
    }

    private final Set<Span> stated;

    /** By a time of the brief, the words of what it says of it. */
    private final Map<String, Set<String>> times = new HashMap<>();

    /** @param texts all that the brief says in words */
    Hours(List<String> texts) {
        this.stated = texts.stream()
                .flatMap(Claims::sentences)
                .filter(Hours::isOfOpening)
                .flatMap(sentence -> FROM_TO.matcher(sentence).results())
                .map(Span::of)
                .collect(Collectors.toSet());
        texts.stream()
                .flatMap(Claims::sentences)
                .forEach(sentence -> Stream.concat(
                                CLOCK.matcher(sentence).results().map(clock -> time(clock.group())),
                                isOfOpening(sentence)
                                        ? FROM_TO.matcher(sentence)
                                                .results()
                                                .map(span -> Span.of(span).to())
                                        : Stream.empty())
                        .forEach(time -> times.computeIfAbsent(time, none -> new HashSet<>())
                                .addAll(Claims.tellingOf(sentence))));
    }

    static boolean isOfOpening(String text) {
        return OPEN.matcher(text).find();
    }

    /** "Even if it is at twelve": of nothing that opens, arrives or begins then. */
    private static final Pattern WHENEVER = Pattern.compile(
            "(?<!\\p{L})(?:a|sobre|hacia) las (?:\\d{1,2}|" + Numerals.IN_WORDS
                    + ")(?![\\p{L}\\d:.]\\d|\\s?h(?!\\p{L}))",
            FLAGS);

    private static final Pattern AT_SET_TIMES = Pattern.compile(
            "(?<!\\p{L})(?:abr|cierr|cerr|entreg|lleg|recib|env[ií]|recog|atend|atiend|respond|contest|empie|empez|acab|termin|sal|list|clase|curso|cata|visita|taller)\\p{L}*",
            FLAGS);

    /** "6:47 p.m. and the fridge is empty": a scene, at a time at which nobody opens or delivers. */
    private static final Pattern SCENE = Pattern.compile(
            "(?:^|(?<=[.!?\\n,] ))(?:(?:it's|it is|son|a|at) )?(?:(?:on )?(?:"
                    + String.join("|", Weekdays.BY_NAME.keySet())
                    + "),? )?(?:a las |las |at )?(?:\\d{1,2}[:.]\\d{2}(?:" + MARK
                    + ")*|\\d{1,2}(?:" + MARK + ")+|(?<=las )" + HOUR
                    + ")(?=\\s*(?:[.,:;!?]|$|(?:and|when|on|y|cuando|de la|de un)(?!\\p{L})))",
            FLAGS);

    private static final Pattern OPENS = Pattern.compile(
            "(?<!\\p{L})(?:open|clos|deliver|arriv|ship|send|answer|repl|start|begin|end|until|before|from|between|we|us|our|nosotros|hasta|desde|antes|entre)(?:s|es|ing|ed|ies|y)?(?!\\p{L})",
            FLAGS);

    private static String withoutScenes(String text) {
        return SCENE.matcher(text).find()
                        && !AT_SET_TIMES.matcher(text).find()
                        && !OPENS.matcher(text).find()
                ? SCENE.matcher(text).replaceAll(" ")
                : text;
    }

    static String withoutSmallTalk(String paragraph) {
        String text = withoutScenes(paragraph);
        return WHENEVER.matcher(text).find()
                ? Claims.sentences(text)
                        .map(sentence -> isOfOpening(sentence)
                                        || AT_SET_TIMES.matcher(sentence).find()
                                ? sentence
                                : WHENEVER.matcher(sentence).replaceAll(" "))
                        .collect(Collectors.joining("\n"))
                : text;
    }

    /** A paragraph without the hours of the brief. */
    String without(String text, Statements statements) {
        String rest = withoutSpans(text, statements);
        return times.isEmpty()
                ? rest
                : Claims.sentences(rest)
                        .map(sentence -> withoutTimes(sentence, statements))
                        .collect(Collectors.joining("\n"));
    }

    private String withoutTimes(String sentence, Statements statements) {
        return CLOCK.matcher(sentence).replaceAll(clock -> {
            if (times.containsKey(time(clock.group()))) {
                return " ";
            }
            Set<String> telling = Claims.tellingOf(sentence);
            if (UNTIL.matcher(sentence.substring(0, clock.start())).find()
                    && times.values().stream().anyMatch(words -> !Collections.disjoint(words, telling))) {
                statements.add(Claims.CLAIM, clock.group(), "the brief says another time");
            }
            return Matcher.quoteReplacement(clock.group());
        });
    }

    private String withoutSpans(String text, Statements statements) {
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
