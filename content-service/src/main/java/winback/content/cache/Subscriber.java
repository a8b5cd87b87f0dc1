package winback.content.cache;

import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import winback.contracts.ProfileChanged.Consent;
import winback.contracts.ScoresChanged.Score;

/**
 * What is known of one subscriber. Immutable; each part comes from a topic of its own and may be absent.
 */
public record Subscriber(
        @Nullable Profile profile,
        @Nullable Scores scores,
        @Nullable SendTimes sendTimes) {

    static final Subscriber NOBODY = new Subscriber(null, null, null);

    /**
     * @param features shape [p], unscaled; NaN means unknown
     * @param zone absent when unknown, or when it is no zone
     */
    @SuppressWarnings("ArrayRecordComponent") // numeric vector by design; compared nowhere
    public record Profile(
            long version,
            Instant featuresAsOf,
            String lifecycle,
            float[] features,
            Map<String, @Nullable Object> traits,
            List<Consent> consents,
            @Nullable ZoneId zone) {

        /** Whether mail for that purpose was agreed to. */
        public boolean consents(String channel, String purpose) {
            for (Consent consent : consents) {
                if (consent.channel().equals(channel) && consent.purpose().equals(purpose)) {
                    return consent.granted();
                }
            }
            return false;
        }
    }

    /** By model name. */
    public record Scores(long version, Instant scoredAt, Instant featuresAsOf, Map<String, Score> byModel) {}

    /**
     * @param bestHour local, 0 to 23
     * @param observations responses of the subscriber's own that it rests on
     * @param zone absent when unknown
     */
    public record SendTimes(
            long version,
            int bestHour,
            long observations,
            @Nullable ZoneId zone) {}

    boolean isEmpty() {
        return profile == null && scores == null && sendTimes == null;
    }

    /** Of a profile newer than that everything, else nothing. */
    Subscriber since(Instant instant) {
        return profile != null && profile.featuresAsOf().isAfter(instant) ? this : NOBODY;
    }

    Subscriber with(@Nullable Profile changed) {
        return new Subscriber(changed, scores, sendTimes);
    }

    Subscriber with(@Nullable Scores changed) {
        return new Subscriber(profile, changed, sendTimes);
    }

    Subscriber with(@Nullable SendTimes changed) {
        return new Subscriber(profile, scores, changed);
    }
}
