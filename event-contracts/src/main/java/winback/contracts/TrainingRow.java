package winback.contracts;

import java.time.Instant;
import java.util.Objects;
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
     * @param visits number of visits of the person to the shop, an order being part of one; 0 in rows of an older release
     * @param engaged whether the person opened or clicked the next mail within {@value #RESPONSE_DAYS} days of its
     *     delivery; the next mail is the first one delivered after the cutoff and {@value #RESPONSE_DAYS} days or more
     *     before the horizon's end; absent when there was none, and in rows of an older release
     */
    public record Labels(
            int orders,
            double spend,
            Integer visits,
            @Nullable Boolean engaged) {

        /** How long a mail has to be answered. */
        public static final int RESPONSE_DAYS = 7;

        public Labels {
            // Absent in records written before it existed.
            visits = Objects.requireNonNullElse(visits, 0);
        }
    }

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
