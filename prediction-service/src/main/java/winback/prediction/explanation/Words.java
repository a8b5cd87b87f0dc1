package winback.prediction.explanation;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.text.NumberFormat;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;

/** The words of one language, from {@code words_*.properties}. Thread-safe. */
final class Words {

    private static final Properties KINDS = read("kinds.properties");
    private static final Map<Language, Words> ALL = new EnumMap<>(Language.class);

    static {
        for (Language language : Language.values()) {
            ALL.put(language, new Words(language.locale(), read("words_" + language.tag() + ".properties")));
        }
    }

    private final Locale locale;
    private final Properties words;

    private Words(Locale locale, Properties words) {
        this.locale = locale;
        this.words = words;
    }

    static Words of(Language language) {
        return Objects.requireNonNull(ALL.get(language));
    }

    private static Properties read(String name) {
        Properties properties = new Properties();
        try (InputStream stream = Words.class.getResourceAsStream(name);
                Reader reader = new InputStreamReader(Objects.requireNonNull(stream, name), StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return properties;
    }

    private String word(String key) {
        return Objects.requireNonNull(words.getProperty(key), key);
    }

    private String word(String key, String... values) {
        String text = word(key);
        for (int i = 0; i < values.length; i++) {
            text = text.replace("{" + i + "}", values[i]);
        }
        return text;
    }

    /** Such as {@code 1 day} or {@code 12 days}. */
    private String counted(String key, String number) {
        return number.equals("1") ? word(key + ".one") : word(key + ".other", number);
    }

    private String number(double value, int most) {
        NumberFormat format = NumberFormat.getNumberInstance(locale);
        format.setMaximumFractionDigits(most);
        return format.format(value);
    }

    /** The longer a time, the less its fractions say. */
    private String amount(double value) {
        return number(value, Math.abs(value) < 10 ? 1 : 0);
    }

    boolean knows(String feature) {
        return words.containsKey("feature." + feature);
    }

    /** A feature in words; by its name where there are none for it. */
    String phrase(String feature) {
        return words.getProperty("feature." + feature, feature);
    }

    static Kind kind(String feature) {
        return Kind.valueOf(KINDS.getProperty(feature, "number").toUpperCase(Locale.ROOT));
    }

    /** @param value NaN or an infinity means unknown */
    String value(String feature, float value) {
        if (!Float.isFinite(value)) {
            return word("unknown");
        }
        return switch (kind(feature)) {
            case NUMBER -> number(value, 2);
            case MONEY -> money(value);
            case DAYS -> counted("days", amount(value));
            case HOURS -> counted("hours", amount(value));
            case YEARS -> counted("years", amount(value));
            case SHARE -> NumberFormat.getPercentInstance(locale).format(value);
            case FLAG -> word(value > 0 ? "yes" : "no");
            case MAGNITUDE -> number(Math.pow(10, value), 0);
            case MAGNITUDE_PLUS_ONE -> number(Math.pow(10, value) - 1, 0);
        };
    }

    private String money(float value) {
        NumberFormat format = NumberFormat.getNumberInstance(locale);
        format.setMinimumFractionDigits(2);
        format.setMaximumFractionDigits(2);
        return format.format(value);
    }

    /** @param sinceLast days, less than 0 or NaN when it is not known */
    String history(double orderDays, double sinceLast) {
        String orders = counted("history.orders", number(orderDays, 0));
        if (!(sinceLast >= 0)) {
            return orders;
        }
        String last =
                sinceLast < 1 ? word("history.last.none") : counted("history.last", number(Math.floor(sinceLast), 0));
        return word("history.item", orders, last);
    }

    String historyPhrase() {
        return word("history");
    }

    /** Such as {@code time since the last order: 390 days; raises the risk of staying away}. */
    String sentence(String model, String phrase, String value, boolean raises) {
        String direction = raises ? ".raises" : ".lowers";
        String effect = words.getProperty(model + direction);
        return word("item", phrase, value, effect == null ? word("other" + direction) : effect);
    }
}
