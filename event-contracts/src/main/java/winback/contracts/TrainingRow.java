package winback.contracts;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One subscriber as of the cutoff, and what they did after it.
 *
 * @param features shape [p], NaN means unknown, as in {@link ProfileChanged#features()}
 * @param periods shape [12][q], as in {@link ProfileChanged#periods()}
 * @param labels absent when none were asked for
 */
@SuppressWarnings("ArrayRecordComponent") // numeric vectors by design; compared nowhere
public record TrainingRow(
        String datasetId,
        String subscriberId,
        Instant cutoff,
        float[] features,
        float[][] periods,
        @Nullable Labels labels)
        implements Event {

    /**
     * What happened within the horizon.
     *
     * @param orders number of orders
     * @param spend their sum in the deployment's currency; refunds subtracted, so it can be negative
     */
    public record Labels(int orders, double spend) {}

    @Override
    public EventType eventType() {
        return EventType.TRAINING_ROW;
    }

    @Override
    public String eventId() {
        return "row:" + datasetId + ":" + subscriberId;
    }

    @Override
    public Instant eventTime() {
        return cutoff;
    }

    @Override
    public String eventKey() {
        return subscriberId;
    }
}
