package winback.profile.identities;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import winback.contracts.ActivityReceived;

/**
 * A call that says of two ids that they are one person: {@code alias} of its {@code previousId}, {@code identify} of its
 * {@code anonymousId}.
 *
 * @param from the id to give up
 * @param into the id to keep, as sent
 * @param explicit whether the sender asked for it, rather than having happened to name both
 * @param activityId the call's {@link ActivityReceived#eventId()}
 */
record MergeRequest(String from, String into, boolean explicit, String activityId) {

    /** Where ingestion keeps the fields of a call that it does not know. */
    static final String CALL = "$call";

    private static final int MAX_ID = 255;

    /** What an activity asks for; null for most. */
    static @Nullable MergeRequest of(ActivityReceived event) {
        return switch (event.type()) {
            case ALIAS -> {
                String from = previousId(event);
                yield from == null ? null : new MergeRequest(from, into(event), true, event.eventId());
            }
            case IDENTIFY -> {
                String from = event.anonymousId();
                yield event.userId() == null || from == null || from.equals(event.userId())
                        ? null
                        : new MergeRequest(from, event.userId(), false, event.eventId());
            }
            case TRACK, PAGE, SCREEN, GROUP -> null;
        };
    }

    /** As sent: the event's own subscriber id may be the canonical one already. */
    private static String into(ActivityReceived event) {
        String userId = event.userId();
        String anonymousId = event.anonymousId();
        return userId != null ? userId : anonymousId != null ? anonymousId : event.subscriberId();
    }

    /** The id that an {@code alias} gives up; null when the call names none that can be one. */
    static @Nullable String previousId(ActivityReceived event) {
        if (!(event.context().get(CALL) instanceof Map<?, ?> call)) {
            return null;
        }
        Object value = call.get("previousId");
        String id = value instanceof String || value instanceof Number ? value.toString() : "";
        return id.isBlank() || id.length() > MAX_ID ? null : id;
    }
}
