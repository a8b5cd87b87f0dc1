package winback.profile.features;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Features being declared, in order, in the forms that recur. */
final class Declarations {

    static final String NEVER = "never";
    static final String NO_ORDER = "no order yet";
    static final String NO_VALUE = "no order with a known amount yet";
    static final String NO_HOUR = "nothing yet whose hour is known";
    static final String NOT_DECLARED = "not declared";

    // Half-lives, as indices into Decay.HALF_LIVES_DAYS.
    static final int D7 = 0;
    static final int D30 = 1;
    static final int D90 = 2;
    static final int D365 = 3;

    private final List<Feature> features = new ArrayList<>();
    private Feature.Group group = Feature.Group.BEHAVIOUR;

    List<Feature> features() {
        return features;
    }

    void group(Feature.Group next) {
        group = next;
    }

    void add(String name, String unit, String range, String absence, String formula, Feature.Function function) {
        features.add(new Feature(name, group, unit, range, absence, formula, function));
    }

    void count(String name, String formula, Feature.Function function) {
        add(name, "count", ">= 0", NEVER, formula, function);
    }

    /** A sum that fades, named after its half-life. */
    void fading(String name, String what, int half, java.util.function.Function<SubscriberState, Decay> decay) {
        String life = "%.0fd".formatted(Decay.HALF_LIVES_DAYS[half]);
        count(
                name + "_" + life,
                what + ", halved every " + life,
                (s, t) -> decay.apply(s).sum(half, t));
    }

    void daysSince(String name, String what, ToLongFunction<SubscriberState> when) {
        add(name, "days", ">= 0", "not yet happened", "asOf − " + what, (s, t) -> days(when.applyAsLong(s), t));
    }

    void share(String name, String absence, String formula, Feature.Function function) {
        add(name, "share", "0 to 1", absence, formula, function);
    }

    void flag(String name, String formula, Feature.Function function) {
        add(name, "0 or 1", "0 or 1", NEVER, "1 when " + formula, function);
    }

    /** 1 or 0 of something declared; unknown when nothing is declared. */
    void declaredFlag(String name, String formula, Feature.Function function) {
        add(name, "0 or 1", "0 or 1", NOT_DECLARED, "1 when " + formula, function);
    }

    /** A declared number within a range; what lies outside was not meant and is unknown. */
    void declared(String name, String unit, double min, double max, String... traits) {
        add(
                name,
                unit,
                "%s to %s".formatted(plain(min), plain(max)),
                "not declared, or out of range",
                "the trait " + String.join(" or ", traits),
                (s, t) -> within(number(s, traits), min, max));
    }

    /** A trait of a scale, brought to 0 to 1: a number from 0 to 1 as it is, one to 5 as stars, one to 100 as percent. */
    void scale(String name, String what, String... traits) {
        share(
                name,
                "not declared, or not a number from 0 to 100",
                "the trait " + String.join(" or ", traits) + ", " + what
                        + "; up to 1 as it is, up to 5 as one of five, up to 100 as percent",
                (s, t) -> {
                    double x = within(number(s, traits), 0, 100);
                    return x <= 1 ? x : x <= 5 ? x / 5 : x / 100;
                });
    }

    private static String plain(double x) {
        return x == Math.rint(x) ? "%,d".formatted((long) x) : Double.toString(x);
    }

    static double within(double x, double min, double max) {
        return x >= min && x <= max ? x : Double.NaN;
    }

    static double days(long from, long to) {
        return from == SubscriberState.NEVER ? Double.NaN : Math.max(0, to - from) / SubscriberState.DAY_MILLIS;
    }

    static double ratio(double part, double whole) {
        return whole == 0 ? Double.NaN : part / whole;
    }

    static long sum(long[] counts) {
        long sum = 0;
        for (long count : counts) {
            sum += count;
        }
        return sum;
    }

    /** Shannon's entropy of the shares, over that of an even spread: 0 all at one place, 1 even; NaN of nothing. */
    static double evenness(long[] counts, int places) {
        long all = sum(counts);
        if (all == 0) {
            return Double.NaN;
        }
        double entropy = 0;
        for (long count : counts) {
            if (count > 0) {
                double p = (double) count / all;
                entropy -= p * Math.log(p);
            }
        }
        return entropy / Math.log(places);
    }

    /** The first of these traits that is there; dots lead into objects. Null when none is. */
    static @Nullable Object trait(SubscriberState state, String... names) {
        if (state.traits().isEmpty()) {
            return null;
        }
        for (String name : names) {
            int dot = name.indexOf('.');
            Object value = state.traits().get(dot < 0 ? name : name.substring(0, dot));
            if (dot >= 0) {
                value = value instanceof Map<?, ?> map ? map.get(name.substring(dot + 1)) : null;
            }
            if (value != null) {
                return value;
            }
        }
        return null;
    }

    /** In lower case and without blanks around; empty when it is not there or no text. */
    static String text(SubscriberState state, String... names) {
        return trait(state, names) instanceof String text ? text.strip().toLowerCase(Locale.ROOT) : "";
    }

    /** A number, or text that is one; NaN when it is not there or neither. */
    static double number(SubscriberState state, String... names) {
        Object value = trait(state, names);
        if (value instanceof Number number) {
            return number.doubleValue();
        }
        if (!(value instanceof String text) || text.isEmpty() || text.length() > 20) {
            return Double.NaN;
        }
        // Most text is no number; an exception each would be dear.
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!(c >= '0' && c <= '9' || c == '.' || c == '-')) {
                return Double.NaN;
            }
        }
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException notANumber) {
            return Double.NaN;
        }
    }

    /** 1 or 0 of a boolean, a number or a word for it; NaN when it is not there or neither. */
    static double truth(SubscriberState state, String... names) {
        Object value = trait(state, names);
        if (value instanceof Boolean flag) {
            return flag ? 1 : 0;
        }
        if (value instanceof Number number) {
            return number.doubleValue() > 0 ? 1 : 0;
        }
        return switch (value instanceof String text ? text.strip().toLowerCase(Locale.ROOT) : "") {
            case "true", "yes", "y", "1" -> 1;
            case "false", "no", "n", "0" -> 0;
            default -> Double.NaN;
        };
    }

    /** A declared day, or the day of a declared instant. */
    static @Nullable LocalDate day(SubscriberState state, String... names) {
        Object value = trait(state, names);
        if (!(value instanceof String text) || text.length() < 10) {
            return null;
        }
        try {
            return LocalDate.parse(text.substring(0, 10));
        } catch (DateTimeException notADate) {
            return null;
        }
    }

    static LocalDate today(long asOf) {
        return LocalDate.ofInstant(Instant.ofEpochMilli(asOf), java.time.ZoneOffset.UTC);
    }
}
