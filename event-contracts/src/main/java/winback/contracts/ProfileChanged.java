package winback.contracts;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The whole current profile of a subscriber: who they are, and their feature vector as of an instant.
 *
 * @param version grows with each change of this subscriber; readers ignore older ones
 * @param featuresAsOf the instant that the features describe
 * @param lifecycle such as {@code active} or {@code lapsed}
 * @param lastActivityAt when the subscriber last did anything, absent before the first activity
 * @param featureSchema fingerprint of names, units and order of {@code features}; a model trained on another refuses
 * @param features shape [p], in schema order, unscaled; NaN (in JSON the string {@code "NaN"}) means unknown
 * @param periods shape [12][q]: the last twelve 30-day periods, oldest first; columns as in
 *     {@link TrainingPartitionClosed#periodNames()}
 * @param traits the declared traits that templates may use, such as {@code firstName}, {@code email}
 * @param consents what the subscriber agreed to; a channel and purpose that is not listed is not consented to
 * @param timezone IANA zone, absent when unknown
 * @param locale BCP 47 tag, absent when unknown
 * @param disposition how this person tends to decide, such as {@code bargain} or {@code careful}; absent when nothing tells
 */
@SuppressWarnings("ArrayRecordComponent") // numeric vectors by design; compared nowhere
public record ProfileChanged(
        String subscriberId,
        long version,
        Instant featuresAsOf,
        String lifecycle,
        @Nullable Instant lastActivityAt,
        String featureSchema,
        float[] features,
        float[][] periods,
        Map<String, @Nullable Object> traits,
        List<Consent> consents,
        @Nullable String timezone,
        @Nullable String locale,
        @Nullable String disposition)
        implements Event {

    /** Of somebody whose disposition is not known. */
    public ProfileChanged(
            String subscriberId,
            long version,
            Instant featuresAsOf,
            String lifecycle,
            @Nullable Instant lastActivityAt,
            String featureSchema,
            float[] features,
            float[][] periods,
            Map<String, @Nullable Object> traits,
            List<Consent> consents,
            @Nullable String timezone,
            @Nullable String locale) {
        this(
                subscriberId,
                version,
                featuresAsOf,
                lifecycle,
                lastActivityAt,
                featureSchema,
                features,
                periods,
                traits,
                consents,
                timezone,
                locale,
                null);
    }

    /**
     * One agreement, or its revocation.
     *
     * @param channel such as {@code email}
     * @param purpose such as {@code marketing}
     * @param granted false when it was revoked or refused
     * @param source where it was given, such as {@code checkout} or {@code demo}
     * @param at when
     */
    public record Consent(String channel, String purpose, boolean granted, String source, Instant at) {}

    @Override
    public EventType eventType() {
        return EventType.PROFILE_CHANGED;
    }

    @Override
    public String eventId() {
        return "profile:" + subscriberId + ":" + version;
    }

    @Override
    public Instant eventTime() {
        return featuresAsOf;
    }

    @Override
    public String eventKey() {
        return subscriberId;
    }
}
