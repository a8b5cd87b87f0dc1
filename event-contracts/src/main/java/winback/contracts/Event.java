package winback.contracts;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.time.Instant;

/**
 * Something that happened, as it crosses Kafka. The record is the JSON payload; the methods here are the CloudEvents
 * attributes, which travel as headers and not in the payload.
 */
public sealed interface Event
        permits ActivityReceived,
                ActivityApplied,
                ActivityRetracted,
                SubscriberMerged,
                SubscriberErased,
                ProfileChanged,
                ScoresChanged,
                SendTimesChanged,
                ContentDecided,
                DeliveryScheduled,
                DeliveryRefused,
                DeliveryDue,
                TrainingSetRequested,
                TrainingRow,
                TrainingPartitionClosed {

    @JsonIgnore
    EventType eventType();

    /**
     * {@code ce_id}: deterministic, so that an event repeated after a crash carries the same id and consumers can
     * deduplicate on it.
     */
    @JsonIgnore
    String eventId();

    /** {@code ce_time}: when it happened. */
    @JsonIgnore
    Instant eventTime();

    /** {@code ce_subject} and record key: the subscriber's id, or the data set's for training commands. */
    @JsonIgnore
    String eventKey();
}
