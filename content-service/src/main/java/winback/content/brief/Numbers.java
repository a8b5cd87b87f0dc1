package winback.content.brief;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import winback.content.NumberWords;

/**
 * The numbers of a text, to be found in its translation. Hours are told in each language's way: "4 p.m." is "las 16:00", and
 * "from 10 to 2" is "de 10 a 14 h".
 */
final class Numbers {

    private static final int FLAGS = Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE;
    private static final int NOON = 12;
    private static final int LAST_HOUR = 23;
    private static final List<List<String>> HOURS = List.of(
            List.of("one two three four five six seven eight nine ten eleven twelve".split(" ")),
            List.of("una dos tres cuatro cinco seis siete ocho nueve diez once doce".split(" ")));

    private static final Pattern NUMBER = Pattern.compile("\\d+(?:[.,\\u202f\\u00a0 ]\\d+)*");

    private static final Pattern COUNTED = Pattern.compile("(?<!\\p{L})" + NumberWords.PATTERN, FLAGS);

    private static final Pattern TIME = Pattern.compile(
            "(?<![\\p{L}\\d.,:])(?:(?<las>las? )|(?<from>(?:at|by|from|until|till|to|a|de|desde|hasta) ))?"
                    + "(?:(?<hour>\\d{1,2})|(?<word>" + String.join("|", HOURS.get(0)) + "|"
                    + String.join("|", HOURS.get(1)) + "))"
                    + "(?:(?<sign>[:.h])(?<minutes>[0-5]\\d))?(?<past> y (?:media|cuarto))?"
                    + "(?<h> ?(?:h|hs|hrs|horas)(?!\\p{L}))?"
                    + "(?<part> ?[ap]\\.? ?m(?!\\p{L})\\.?| ?o['’]clock"
                    + "| (?:in the|at|de la|del|por la) (?:morning|afternoon|evening|night|madrugada|mañana|mediodía|tarde|noche))?"
                    + "(?![\\d\\p{L}])(?![.,:]\\d)",
            FLAGS);

    /** What follows an hour of "las" rather than as many things as "las" may be. */
    private static final Pattern NO_THING =
            Pattern.compile(" ?(?:[^ \\p{L}]|$|(?:a|al|cada|de|del|en|hasta|los|o|todos|y)(?!\\p{L}))", FLAGS);

    /** Where "from 10 to 2" is "de 10 a 14". */
    private static final Pattern OPENING = Pattern.compile(
            "(?<!\\p{L})(?:open|opens|opening|abre|abren|abrimos|abiert[oa]s?|apertura)(?!\\p{L})", FLAGS);

    private static final Pattern NOON_OR_MIDNIGHT =
            Pattern.compile("(?<!\\p{L})(?:(?<noon>noon|midday|mediodía)|midnight|medianoche)(?!\\p{L})", FLAGS);

    private enum Half {
        MORNING,
        AFTERNOON,
        EITHER
    }

    /**
     * @param minute within half a day, of what may be an hour; -1 of other numbers
     * @param clock whether it is told as a clock's
     */
    private record Stated(String written, int minute, Half half, boolean clock) {

        static Stated plain(String written) {
            String digits = written.replaceAll("\\D", "");
            int hour = digits.length() <= 2 ? Integer.parseInt(digits) : LAST_HOUR + 1;
            return new Stated(
                    digits,
                    hour > LAST_HOUR ? -1 : hour % NOON * 60,
                    hour > NOON ? Half.AFTERNOON : Half.EITHER,
                    false);
        }

        boolean isAs(Stated other) {
            if (!clock && !other.clock) {
                return written.equals(other.written);
            }
            boolean either = half == Half.EITHER || other.half == Half.EITHER;
            // Sixteen of something are not "las 4".
            boolean count = !clock && half == Half.AFTERNOON || !other.clock && other.half == Half.AFTERNOON;
            return minute >= 0 && minute == other.minute && (half == other.half || either && !count);
        }
    }

    /** In digits: the translation has to have them. */
    private final List<Stated> inDigits = new ArrayList<>();

    /** A translation may have them in digits. */
    private final List<Stated> inWords = new ArrayList<>();

    Numbers(String text) {
        Matcher noon = NOON_OR_MIDNIGHT.matcher(text);
        while (noon.find()) {
            Half half = noon.group("noon") == null ? Half.MORNING : Half.AFTERNOON;
            inWords.add(new Stated(noon.group(), 0, half, true));
        }
        boolean opening = OPENING.matcher(text).find();
        StringBuilder rest = new StringBuilder();
        Matcher time = TIME.matcher(text);
        while (time.find()) {
            Stated stated = isTime(time, text.substring(time.end()), opening) ? time(time) : null;
            if (stated != null) {
                (time.group("hour") == null ? inWords : inDigits).add(stated);
            }
            time.appendReplacement(rest, stated == null ? Matcher.quoteReplacement(time.group()) : "|");
        }
        time.appendTail(rest);
        Matcher number = NUMBER.matcher(rest);
        while (number.find()) {
            inDigits.add(Stated.plain(number.group()));
        }
        COUNTED.matcher(rest)
                .results()
                .map(words -> Stated.plain(String.valueOf(NumberWords.value(words.group()))))
                .forEach(inWords::add);
    }

    /** @param opening whether the text says when something is open */
    private static boolean isTime(Matcher time, String behind, boolean opening) {
        boolean from = time.group("from") != null;
        return opening && from
                || time.group("part") != null
                || ":".equals(time.group("sign"))
                || time.group("h") != null && (from || time.group("sign") != null)
                || time.group("las") != null && NO_THING.matcher(behind).lookingAt()
                || time.group("word") != null && from;
    }

    private static @Nullable Stated time(Matcher time) {
        int hour = time.group("hour") == null
                ? 1
                        + HOURS.stream()
                                .mapToInt(words ->
                                        words.indexOf(time.group("word").toLowerCase(Locale.ROOT)))
                                .max()
                                .orElseThrow()
                : Integer.parseInt(time.group("hour"));
        if (hour > LAST_HOUR) {
            return null;
        }
        String past = time.group("past");
        int minutes = time.group("minutes") != null
                ? Integer.parseInt(time.group("minutes"))
                : past == null ? 0 : past.endsWith("media") ? 30 : 15;
        return new Stated(time.group().strip(), hour % NOON * 60 + minutes, half(hour, time.group("part")), true);
    }

    private static Half half(int hour, @Nullable String part) {
        String said = part == null ? "" : part.strip().toLowerCase(Locale.ROOT);
        boolean early = said.matches("a\\.? ?m\\.?|.*madrugada");
        // Twelve at night begins a day, and "las 12 de la mañana" are noon.
        if (hour == 0 || early || said.matches(hour == NOON ? ".*(?:night|noche)" : ".*(?:morning|mañana)")) {
            return Half.MORNING;
        }
        return hour > NOON || !said.isEmpty() && !said.endsWith("clock") ? Half.AFTERNOON : Half.EITHER;
    }

    /** Whether each number of one is in the other. */
    boolean areThoseOf(Numbers other) {
        return areIn(other) && other.areIn(this);
    }

    private boolean areIn(Numbers other) {
        return inDigits.stream()
                .allMatch(mine -> other.inDigits.stream().anyMatch(mine::isAs)
                        || other.inWords.stream().anyMatch(mine::isAs));
    }

    /** Those of a translation's numbers in words that are not here in digits. */
    List<Integer> without(List<Integer> words) {
        return words.stream()
                .filter(word -> inDigits.stream().noneMatch(stated -> stated.isAs(Stated.plain(word.toString()))))
                .toList();
    }

    /** Those in digits, as they are written. */
    @Override
    public String toString() {
        return inDigits.stream()
                .map(Stated::written)
                .distinct()
                .sorted()
                .toList()
                .toString();
    }
}
