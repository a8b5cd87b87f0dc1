package winback.content.cache;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;
import winback.content.cache.SharedValues.ModelVersion;
import winback.contracts.ScoresChanged.Score;

/**
 * What is known of one subscriber, as packed bytes that are read when asked for. It does not change; each of its three parts comes
 * from a topic of its own and may be absent.
 *
 * <pre>
 * hash of the id   4 bytes
 * id               UTF-8 with its length
 * profile          length, then: version, featuresAsOf, lifecycle, zone, disposition, consents, traits, features
 * scores           length, then: version, scoredAt, featuresAsOf, models
 * send times       length, then: version, best hour and whether suppressed, observations, zone, hours
 * </pre>
 */
public final class Subscriber {

    /** How a trait's value is written. */
    enum Kind {
        TEXT,
        WHOLE,
        DECIMAL,
        TRUE,
        FALSE,
        JSON
    }

    /** How a feature is written, in two bits. Most are unknown, zero or a count. */
    static final int UNKNOWN = 0;

    static final int ZERO = 1;
    static final int COUNT = 2;
    static final int REAL = 3;

    static final int CODES_PER_BYTE = 4;

    static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private final byte[] bytes;
    private final SharedValues shared;
    private final int profileAt;
    private final int scoresAt;
    private final int sendTimesAt;
    /** Found when first asked for; 0 before. */
    private int traitsAt;

    /** @param bytes as {@link SubscriberTable} holds them */
    Subscriber(byte[] bytes, SharedValues shared) {
        this.bytes = bytes;
        this.shared = shared;
        Unpacker head = new Unpacker(bytes, Integer.BYTES);
        head.skip(head.small());
        this.profileAt = part(head);
        this.scoresAt = part(head);
        this.sendTimesAt = part(head);
    }

    /** Where the next part begins, negative when it is absent. */
    private static int part(Unpacker from) {
        int length = from.small();
        int at = from.at();
        from.skip(length);
        return length == 0 ? -1 : at;
    }

    private Unpacker at(int place) {
        if (place < 0) {
            throw new IllegalStateException("This part is absent.");
        }
        return new Unpacker(bytes, place);
    }

    /** The subscriber's id. */
    public String id() {
        return new Unpacker(bytes, Integer.BYTES).text();
    }

    public boolean hasProfile() {
        return profileAt >= 0;
    }

    public boolean hasScores() {
        return scoresAt >= 0;
    }

    public boolean hasSendTimes() {
        return sendTimesAt >= 0;
    }

    /** The instant that features and traits describe. */
    public Instant featuresAsOf() {
        Unpacker profile = at(profileAt);
        profile.whole();
        return profile.instant();
    }

    /** Such as {@code active} or {@code lapsed}. */
    public String lifecycle() {
        String name = shared.names.value(afterInstants(profileAt, 1).small());
        return name == null ? "" : name;
    }

    /** The kind of reader: the stage, and the disposition where it is known; absent when there is no profile. */
    public @Nullable String reader() {
        if (!hasProfile()) {
            return null;
        }
        Unpacker profile = afterInstants(profileAt, 1);
        String stage = shared.names.value(profile.small());
        profile.count();
        String disposition = shared.names.value(profile.small());
        return stage == null || disposition == null ? stage : stage + '/' + disposition;
    }

    /** Behind the version and so many instants. */
    private Unpacker afterInstants(int place, int instants) {
        Unpacker part = at(place);
        part.whole();
        for (int i = 0; i < instants; i++) {
            part.whole();
            part.count();
        }
        return part;
    }

    /** The subscriber's own, else that of their responses; absent when unknown. */
    public @Nullable ZoneId zone() {
        if (hasProfile()) {
            Unpacker profile = afterInstants(profileAt, 1);
            profile.count();
            ZoneId own = shared.zone(profile.small());
            if (own != null) {
                return own;
            }
        }
        if (!hasSendTimes()) {
            return null;
        }
        Unpacker times = at(sendTimesAt);
        times.whole();
        times.skip(1);
        times.count();
        return shared.zone(times.small());
    }

    private Unpacker consents() {
        Unpacker profile = afterInstants(profileAt, 1);
        profile.count();
        profile.count();
        profile.count();
        return profile;
    }

    static String consent(String channel, String purpose) {
        return channel + ' ' + purpose;
    }

    /** Whether mail for that purpose was agreed to; what is not known was not. */
    public boolean consents(String channel, String purpose) {
        int wanted = shared.names.find(consent(channel, purpose));
        if (!hasProfile() || wanted == Dictionary.NONE) {
            return false;
        }
        Unpacker consents = consents();
        for (int left = consents.small(); left > 0; left--) {
            int name = consents.small();
            int granted = consents.unsigned();
            if (name == wanted) {
                return granted == 1;
            }
        }
        return false;
    }

    private Unpacker traits() {
        if (traitsAt > 0) {
            return new Unpacker(bytes, traitsAt);
        }
        Unpacker consents = consents();
        for (int left = consents.small(); left > 0; left--) {
            consents.count();
            consents.skip(1);
        }
        traitsAt = consents.at();
        return consents;
    }

    /** A declared trait: text, number, truth, list or map; null when it is not declared. */
    public @Nullable Object trait(String name) {
        if (!hasProfile()) {
            return null;
        }
        int wanted = shared.names.find(name);
        Unpacker traits = traits();
        for (int left = traits.small(); left > 0; left--) {
            int number = traits.small();
            boolean found = number == Dictionary.NONE ? traits.text().equals(name) : number == wanted;
            if (found) {
                return value(traits);
            }
            skipValue(traits);
        }
        return null;
    }

    private static final Kind[] KINDS = Kind.values();

    private static @Nullable Object value(Unpacker traits) {
        return switch (KINDS[traits.unsigned()]) {
            case TEXT -> traits.text();
            case WHOLE -> {
                long whole = traits.whole();
                if (whole == (int) whole) {
                    yield (int) whole;
                }
                yield whole;
            }
            case DECIMAL -> new BigDecimal(traits.text());
            case TRUE -> true;
            case FALSE -> false;
            case JSON -> JSON.readValue(traits.text(), Object.class);
        };
    }

    private static void skipValue(Unpacker traits) {
        switch (KINDS[traits.unsigned()]) {
            case TEXT, DECIMAL, JSON -> traits.skip(traits.small());
            case WHOLE -> traits.count();
            case TRUE, FALSE -> {}
        }
    }

    /** Shape [p], in the schema's order, unscaled; NaN means unknown. */
    public float[] features() {
        Unpacker traits = traits();
        for (int left = traits.small(); left > 0; left--) {
            if (traits.small() == Dictionary.NONE) {
                traits.skip(traits.small());
            }
            skipValue(traits);
        }
        float[] features = new float[traits.small()];
        int codes = traits.at();
        Unpacker values = new Unpacker(bytes, codes + (features.length + CODES_PER_BYTE - 1) / CODES_PER_BYTE);
        for (int i = 0; i < features.length; i++) {
            int code = bytes[codes + i / CODES_PER_BYTE] >> 2 * (i % CODES_PER_BYTE) & 3;
            features[i] = switch (code) {
                case UNKNOWN -> Float.NaN;
                case ZERO -> 0;
                case COUNT -> values.unsigned();
                default -> values.real();
            };
        }
        return features;
    }

    /** The instant of the features that were scored. */
    public Instant scoresAsOf() {
        return afterInstants(scoresAt, 1).instant();
    }

    /** By the model's name. */
    public Map<String, Score> scores() {
        Unpacker scores = afterInstants(scoresAt, 2);
        int models = scores.small();
        Map<String, Score> byModel = new LinkedHashMap<>();
        for (int i = 0; i < models; i++) {
            String name = shared.names.value(scores.small());
            ModelVersion version = shared.modelVersions.value(scores.small());
            double value = scores.precise();
            int horizonDays = scores.small();
            int ends = scores.unsigned();
            Double lower = (ends & LOWER) == 0 ? null : scores.precise();
            Double upper = (ends & UPPER) == 0 ? null : scores.precise();
            if (name != null && version != null) {
                byModel.put(
                        name, new Score(value, horizonDays, lower, upper, version.version(), version.calibratedAt()));
            }
        }
        return byModel;
    }

    static final int LOWER = 1;
    static final int UPPER = 2;

    /** Beside the best hour, in its byte. */
    static final int SUPPRESSED = 0x80;

    /** Local, 0 to 23. */
    public int bestHour() {
        return hourAndSuppression() & ~SUPPRESSED;
    }

    /** Whether subscriber or address are on the suppression list; false as long as delivery has told nothing of them. */
    public boolean suppressed() {
        return hasSendTimes() && (hourAndSuppression() & SUPPRESSED) != 0;
    }

    private int hourAndSuppression() {
        Unpacker times = at(sendTimesAt);
        times.whole();
        return times.unsigned();
    }

    /** Responses of the subscriber's own that the best hour rests on; 0 when there is none. */
    public long observations() {
        if (!hasSendTimes()) {
            return 0;
        }
        Unpacker times = at(sendTimesAt);
        times.whole();
        times.skip(1);
        return times.count();
    }

    /** Shape [24]: share of responses by local hour, sums to 1; each rounded to 1/255 of the largest before that. */
    public double[] hours() {
        Unpacker times = at(sendTimesAt);
        times.whole();
        times.skip(1);
        times.count();
        times.count();
        double[] hours = new double[times.small()];
        double sum = 0;
        for (int i = 0; i < hours.length; i++) {
            hours[i] = times.unsigned();
            sum += hours[i];
        }
        for (int i = 0; i < hours.length; i++) {
            hours[i] /= sum;
        }
        return hours;
    }
}
