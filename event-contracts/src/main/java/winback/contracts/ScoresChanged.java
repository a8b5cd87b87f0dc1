package winback.contracts;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The current scores of a subscriber.
 *
 * @param version grows with each change of this subscriber's scores; readers ignore older ones
 * @param scoredAt when the models were asked
 * @param featuresAsOf the instant that the scored features describe
 * @param profileVersion the {@link ProfileChanged#version()} that was scored
 * @param scores by model name ({@code churn}, {@code value}, {@code engagement}); a model that is absent has not been trained yet
 */
public record ScoresChanged(
        String subscriberId,
        long version,
        Instant scoredAt,
        Instant featuresAsOf,
        long profileVersion,
        Map<String, Score> scores)
        implements Event {

    /**
     * @param value {@code churn}: probability in [0, 1] of neither an order nor a visit within the model's horizon; {@code
     *     value}: expected spend over the horizon in the deployment's currency, ≥ 0; {@code engagement}: probability in
     *     [0, 1] that the next mail is opened or clicked within the horizon, 7 days from its delivery
     * @param horizonDays what the value refers to
     * @param lower lower end of the model's 80 % interval, absent when the model gives none
     * @param upper upper end, likewise
     * @param modelVersion such as {@code churn-3}
     * @param calibratedAt when that version was fitted and calibrated; absent in scores of an older release
     */
    public record Score(
            double value,
            int horizonDays,
            @Nullable Double lower,
            @Nullable Double upper,
            String modelVersion,
            @Nullable Instant calibratedAt) {}

    @Override
    public EventType eventType() {
        return EventType.SCORES_CHANGED;
    }

    @Override
    public String eventId() {
        return "scores:" + subscriberId + ":" + version;
    }

    @Override
    public Instant eventTime() {
        return scoredAt;
    }

    @Override
    public String eventKey() {
        return subscriberId;
    }
}
