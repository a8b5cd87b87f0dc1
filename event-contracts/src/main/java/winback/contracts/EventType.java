package winback.contracts;

import java.util.Optional;

/** The wire name of each kind of event: a stable string with a version, never a class name. */
public enum EventType {
    ACTIVITY_RECEIVED("winback.activity.received.v1", ActivityReceived.class),
    ACTIVITY_APPLIED("winback.activity.applied.v1", ActivityApplied.class),
    ACTIVITY_RETRACTED("winback.activity.retracted.v1", ActivityRetracted.class),
    SUBSCRIBER_MERGED("winback.subscriber.merged.v1", SubscriberMerged.class),
    SUBSCRIBER_ERASED("winback.subscriber.erased.v1", SubscriberErased.class),
    PROFILE_CHANGED("winback.profile.changed.v1", ProfileChanged.class),
    SCORES_CHANGED("winback.scores.changed.v1", ScoresChanged.class),
    SEND_TIMES_CHANGED("winback.sendtimes.changed.v1", SendTimesChanged.class),
    CONTENT_DECIDED("winback.content.decided.v1", ContentDecided.class),
    DELIVERY_SCHEDULED("winback.delivery.scheduled.v1", DeliveryScheduled.class),
    DELIVERY_REFUSED("winback.delivery.refused.v1", DeliveryRefused.class),
    DELIVERY_DUE("winback.delivery.due.v1", DeliveryDue.class),
    TRAINING_SET_REQUESTED("winback.training.requested.v1", TrainingSetRequested.class),
    TRAINING_ROW("winback.training.row.v1", TrainingRow.class),
    TRAINING_PARTITION_CLOSED("winback.training.closed.v1", TrainingPartitionClosed.class);

    private final String wireName;
    private final Class<? extends Event> payload;

    EventType(String wireName, Class<? extends Event> payload) {
        this.wireName = wireName;
        this.payload = payload;
    }

    /** The value of the {@code ce_type} header. */
    public String wireName() {
        return wireName;
    }

    /** The record that the JSON of this type is read into. */
    public Class<? extends Event> payload() {
        return payload;
    }

    /** The type of that wire name; empty when it is not known here, which a consumer counts and skips. */
    public static Optional<EventType> ofWireName(String wireName) {
        for (EventType type : values()) {
            if (type.wireName.equals(wireName)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }
}
