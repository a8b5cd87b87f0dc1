package winback.content.cache;

import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import winback.content.cache.SharedValues.ModelVersion;

/**
 * Packs what the three topics say of a subscriber straight from their JSON, without an object in between: a cache of a
 * million is filled from millions of these. For one thread.
 */
final class SubscriberJson {

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
            .build();

    private static final int HOURS = 24;

    private final SharedValues shared;
    private final Packer consents = new Packer();
    private final Packer traits = new Packer();
    private final Packer models = new Packer();
    private float[] features = new float[256];
    private byte[] source = new byte[0];

    SubscriberJson(SharedValues shared) {
        this.shared = shared;
    }

    /**
     * Packs a {@link winback.contracts.ProfileChanged}.
     *
     * @throws RuntimeException when it is none; what was packed is then worthless
     */
    void profile(byte[] json, Packer into) {
        long version = -1;
        @Nullable Instant asOf = null;
        @Nullable String lifecycle = null;
        @Nullable String timezone = null;
        @Nullable String disposition = null;
        int consented = -1;
        int declared = -1;
        int known = -1;
        try (JsonParser from = object(json)) {
            for (String name = from.nextName(); name != null; name = from.nextName()) {
                JsonToken value = from.nextToken();
                switch (name) {
                    case "version" -> version = from.getLongValue();
                    case "featuresAsOf" -> asOf = instant(from.getString());
                    case "lifecycle" -> lifecycle = from.getString();
                    case "disposition" -> disposition = value == JsonToken.VALUE_NULL ? null : from.getString();
                    case "timezone" -> timezone = value == JsonToken.VALUE_NULL ? null : from.getString();
                    case "features" -> known = features(from);
                    case "traits" -> declared = traits(from);
                    case "consents" -> consented = consents(from);
                    default -> from.skipChildren();
                }
            }
        }
        if (version < 0 || asOf == null || lifecycle == null || consented < 0 || declared < 0 || known < 0) {
            throw new IllegalArgumentException("no whole profile");
        }
        into.putWhole(version);
        into.putInstant(asOf);
        into.putCount(shared.name(lifecycle));
        into.putCount(shared.zone(timezone));
        into.putCount(disposition == null ? Dictionary.NONE : shared.name(disposition));
        into.putCount(consented);
        into.put(consents);
        into.putCount(declared);
        into.put(traits);
        pack(known, into);
    }

    private JsonParser object(byte[] json) {
        source = json;
        JsonParser from = JSON.createParser(ObjectReadContext.empty(), json);
        expect(JsonToken.START_OBJECT, from.nextToken());
        return from;
    }

    private static void expect(JsonToken expected, @Nullable JsonToken actual) {
        if (actual != expected) {
            throw new IllegalArgumentException("no " + expected);
        }
    }

    private int features(JsonParser from) {
        expect(JsonToken.START_ARRAY, from.currentToken());
        int n = 0;
        for (JsonToken next = from.nextToken(); next != JsonToken.END_ARRAY; next = from.nextToken()) {
            if (n == features.length) {
                features = Arrays.copyOf(features, 2 * n);
            }
            features[n++] = switch (next) {
                case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> from.getFloatValue();
                case VALUE_STRING -> isNan(from) ? Float.NaN : Float.parseFloat(from.getString());
                default -> throw new IllegalArgumentException("no number");
            };
        }
        return n;
    }

    /** A third of all features are unknown; no string is made of each. */
    private static boolean isNan(JsonParser from) {
        int at = from.getStringOffset();
        char[] text = from.getStringCharacters();
        return from.getStringLength() == 3 && text[at] == 'N' && text[at + 1] == 'a' && text[at + 2] == 'N';
    }

    private void pack(int n, Packer into) {
        into.putCount(n);
        int codes = into.skip((n + Subscriber.CODES_PER_BYTE - 1) / Subscriber.CODES_PER_BYTE);
        for (int i = 0; i < n; i++) {
            float value = features[i];
            int code;
            if (Float.isNaN(value)) {
                code = Subscriber.UNKNOWN;
            } else if (Float.floatToRawIntBits(value) == 0) {
                code = Subscriber.ZERO;
            } else if (value == (int) value && value > 0 && value < 256) {
                code = Subscriber.COUNT;
                into.put((int) value);
            } else {
                code = Subscriber.REAL;
                into.putFloat(value);
            }
            into.or(codes + i / Subscriber.CODES_PER_BYTE, code << 2 * (i % Subscriber.CODES_PER_BYTE));
        }
    }

    private int consents(JsonParser from) {
        expect(JsonToken.START_ARRAY, from.currentToken());
        consents.clear();
        int n = 0;
        while (from.nextToken() == JsonToken.START_OBJECT) {
            String channel = "";
            String purpose = "";
            boolean granted = false;
            for (String name = from.nextName(); name != null; name = from.nextName()) {
                from.nextToken();
                switch (name) {
                    case "channel" -> channel = from.getString();
                    case "purpose" -> purpose = from.getString();
                    case "granted" -> granted = from.getBooleanValue();
                    default -> from.skipChildren();
                }
            }
            int number = shared.names.add(Subscriber.consent(channel, purpose));
            // What has no number is not looked for either: not consented to.
            if (number != Dictionary.NONE) {
                consents.putCount(number);
                consents.put(granted ? 1 : 0);
                n++;
            }
        }
        return n;
    }

    private int traits(JsonParser from) {
        expect(JsonToken.START_OBJECT, from.currentToken());
        traits.clear();
        int n = 0;
        for (String name = from.nextName(); name != null; name = from.nextName()) {
            JsonToken value = from.nextToken();
            if (value == JsonToken.VALUE_NULL) {
                continue;
            }
            int number = shared.names.add(name);
            traits.putCount(number);
            if (number == Dictionary.NONE) {
                traits.putText(name);
            }
            value(value, from);
            n++;
        }
        return n;
    }

    private void value(JsonToken value, JsonParser from) {
        switch (value) {
            case VALUE_STRING -> {
                traits.put(Subscriber.Kind.TEXT.ordinal());
                traits.putText(from.getString());
            }
            case VALUE_NUMBER_INT -> {
                if (from.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
                    traits.put(Subscriber.Kind.JSON.ordinal());
                    traits.putText(from.getString());
                } else {
                    traits.put(Subscriber.Kind.WHOLE.ordinal());
                    traits.putWhole(from.getLongValue());
                }
            }
            case VALUE_NUMBER_FLOAT -> {
                traits.put(Subscriber.Kind.DECIMAL.ordinal());
                traits.putText(from.getString());
            }
            case VALUE_TRUE -> traits.put(Subscriber.Kind.TRUE.ordinal());
            case VALUE_FALSE -> traits.put(Subscriber.Kind.FALSE.ordinal());
            default -> {
                int begins = (int) from.currentTokenLocation().getByteOffset();
                from.skipChildren();
                int ends = (int) from.currentLocation().getByteOffset();
                traits.put(Subscriber.Kind.JSON.ordinal());
                traits.putCount(ends - begins);
                traits.put(source, begins, ends - begins);
            }
        }
    }

    /** Packs a {@link winback.contracts.ScoresChanged}; as {@link #profile}. */
    void scores(byte[] json, Packer into) {
        long version = -1;
        @Nullable Instant scoredAt = null;
        @Nullable Instant asOf = null;
        int n = -1;
        try (JsonParser from = object(json)) {
            for (String name = from.nextName(); name != null; name = from.nextName()) {
                from.nextToken();
                switch (name) {
                    case "version" -> version = from.getLongValue();
                    case "scoredAt" -> scoredAt = instant(from.getString());
                    case "featuresAsOf" -> asOf = instant(from.getString());
                    case "scores" -> n = models(from);
                    default -> from.skipChildren();
                }
            }
        }
        if (version < 0 || scoredAt == null || asOf == null || n < 0) {
            throw new IllegalArgumentException("no whole scores");
        }
        into.putWhole(version);
        into.putInstant(scoredAt);
        into.putInstant(asOf);
        into.putCount(n);
        into.put(models);
    }

    private int models(JsonParser from) {
        expect(JsonToken.START_OBJECT, from.currentToken());
        models.clear();
        int n = 0;
        for (String model = from.nextName(); model != null; model = from.nextName()) {
            expect(JsonToken.START_OBJECT, from.nextToken());
            model(model, from);
            n++;
        }
        return n;
    }

    private void model(String model, JsonParser from) {
        double score = Double.NaN;
        int horizonDays = 0;
        double lower = Double.NaN;
        double upper = Double.NaN;
        @Nullable String version = null;
        @Nullable Instant calibratedAt = null;
        for (String name = from.nextName(); name != null; name = from.nextName()) {
            if (from.nextToken() == JsonToken.VALUE_NULL) {
                continue;
            }
            switch (name) {
                case "value" -> score = from.getDoubleValue();
                case "horizonDays" -> horizonDays = from.getIntValue();
                case "lower" -> lower = from.getDoubleValue();
                case "upper" -> upper = from.getDoubleValue();
                case "modelVersion" -> version = from.getString();
                case "calibratedAt" -> calibratedAt = instant(from.getString());
                default -> from.skipChildren();
            }
        }
        if (Double.isNaN(score) || version == null) {
            throw new IllegalArgumentException("no whole score");
        }
        int number = shared.modelVersions.add(new ModelVersion(version, calibratedAt));
        if (number == Dictionary.NONE) {
            throw new IllegalStateException("too many different model versions");
        }
        models.putCount(shared.name(model));
        models.putCount(number);
        models.putDouble(score);
        models.putCount(horizonDays);
        models.put((Double.isNaN(lower) ? 0 : Subscriber.LOWER) | (Double.isNaN(upper) ? 0 : Subscriber.UPPER));
        if (!Double.isNaN(lower)) {
            models.putDouble(lower);
        }
        if (!Double.isNaN(upper)) {
            models.putDouble(upper);
        }
    }

    /** Packs a {@link winback.contracts.SendTimesChanged}; as {@link #profile}. */
    void sendTimes(byte[] json, Packer into) {
        long version = -1;
        int bestHour = -1;
        long observations = -1;
        @Nullable String timezone = null;
        boolean suppressed = false;
        int n = 0;
        try (JsonParser from = object(json)) {
            for (String name = from.nextName(); name != null; name = from.nextName()) {
                JsonToken value = from.nextToken();
                switch (name) {
                    case "version" -> version = from.getLongValue();
                    case "bestHour" -> bestHour = from.getIntValue();
                    case "observations" -> observations = from.getLongValue();
                    case "timezone" -> timezone = value == JsonToken.VALUE_NULL ? null : from.getString();
                    case "suppressed" -> suppressed = from.getBooleanValue();
                    case "hourWeights" -> n = features(from);
                    default -> from.skipChildren();
                }
            }
        }
        if (version < 0 || bestHour < 0 || bestHour >= HOURS || observations < 0 || n != HOURS) {
            throw new IllegalArgumentException("no whole send times");
        }
        into.putWhole(version);
        into.put(bestHour | (suppressed ? Subscriber.SUPPRESSED : 0));
        into.putCount(observations);
        into.putCount(shared.zone(timezone));
        into.putCount(HOURS);
        float most = 0;
        for (int hour = 0; hour < HOURS; hour++) {
            most = Math.max(most, features[hour]);
        }
        for (int hour = 0; hour < HOURS; hour++) {
            into.put(most > 0 ? Math.round(255 * features[hour] / most) : 1);
        }
    }

    /** As {@link Instant#parse}, which takes a dozen times as long for the form that is written here. */
    static Instant instant(String text) {
        int n = text.length();
        if (n < 20 || n > 30 || text.charAt(n - 1) != 'Z' || text.charAt(10) != 'T' || n == 21) {
            return Instant.parse(text);
        }
        int year = digits(text, 0, 4);
        int month = digits(text, 5, 7);
        int day = digits(text, 8, 10);
        int hour = digits(text, 11, 13);
        int minute = digits(text, 14, 16);
        int second = digits(text, 17, 19);
        int fraction = n == 20 ? 0 : digits(text, 20, n - 1);
        boolean plain = (year | month | day | hour | minute | second | fraction) >= 0
                && hour < 24
                && minute < 60
                && second < 60
                && text.charAt(4) == '-'
                && text.charAt(7) == '-'
                && text.charAt(13) == ':'
                && text.charAt(16) == ':'
                && (n == 20 || text.charAt(19) == '.');
        if (!plain) {
            return Instant.parse(text);
        }
        for (int i = n - 21; i < 9 && n > 20; i++) {
            fraction *= 10;
        }
        long days = java.time.LocalDate.of(year, month, day).toEpochDay();
        return Instant.ofEpochSecond(days * 86_400 + hour * 3_600 + minute * 60 + second, fraction);
    }

    /** −1 when one is no digit. */
    private static int digits(String text, int from, int to) {
        int value = 0;
        for (int i = from; i < to; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = 10 * value + digit;
        }
        return value;
    }
}
