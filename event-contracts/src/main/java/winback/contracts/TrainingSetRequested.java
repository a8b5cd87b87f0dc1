package winback.contracts;

import java.time.Instant;

/**
 * Asks profile-service to replay every subscriber's history to a cutoff and to publish the rows.
 *
 * @param datasetId identifies the rows that answer this
 * @param cutoff features are as of this instant; nothing after it enters them
 * @param horizonDays labels look at (cutoff, cutoff + horizonDays]; 0 asks for rows to be scored, without labels
 * @param requestedAt when
 */
public record TrainingSetRequested(String datasetId, Instant cutoff, int horizonDays, Instant requestedAt)
        implements Event {

    @Override
    public EventType eventType() {
        return EventType.TRAINING_SET_REQUESTED;
    }

    @Override
    public String eventId() {
        return "training:" + datasetId;
    }

    @Override
    public Instant eventTime() {
        return requestedAt;
    }

    @Override
    public String eventKey() {
        return datasetId;
    }
}
