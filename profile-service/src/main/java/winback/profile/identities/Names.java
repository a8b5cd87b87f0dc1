package winback.profile.identities;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import winback.contracts.ActivityReceived;
import winback.contracts.ActivityType;

/**
 * What was known at one moment of the ids that some activities name.
 *
 * @param byCode those ids, each by the code under which its erasure would be remembered
 * @param merged of each id that was merged away, the one that stays
 * @param erased of each id that was erased, when that was last asked for
 */
public record Names(Map<String, String> byCode, Map<String, String> merged, Map<String, Instant> erased) {

    public Names {
        byCode = Map.copyOf(byCode);
        merged = Map.copyOf(merged);
        erased = Map.copyOf(erased);
    }

    /** The id under which everything of this one is kept. */
    public String canonical(String id) {
        return merged.getOrDefault(id, id);
    }

    /**
     * The activity under its canonical id; null when it is of somebody who has been erased since, by the time at which it
     * happened or at which it reached us. Another person's activity loses the erased id that it mentions.
     */
    public @Nullable ActivityReceived settle(ActivityReceived event) {
        if (isErased(event.subscriberId(), event)) {
            return null;
        }
        String previousId = MergeRequest.previousId(event);
        if (previousId != null && isErased(previousId, event)) {
            if (event.type() == ActivityType.ALIAS) {
                return null; // it says nothing else
            }
            return settle(withoutPreviousId(event));
        }
        String anonymousId = event.anonymousId();
        String canonical = canonical(event.subscriberId());
        boolean forgets = anonymousId != null && isErased(anonymousId, event);
        return !forgets && canonical.equals(event.subscriberId())
                ? event
                : copy(event, canonical, forgets ? null : anonymousId, event.context());
    }

    private boolean isErased(String id, ActivityReceived event) {
        Instant erasedAt = erased.get(id);
        return erasedAt != null
                && (!event.at().isAfter(erasedAt) || !event.receivedAt().isAfter(erasedAt));
    }

    /** The activity under another id. */
    static ActivityReceived under(String subscriberId, ActivityReceived event) {
        return copy(event, subscriberId, event.anonymousId(), event.context());
    }

    private static ActivityReceived withoutPreviousId(ActivityReceived event) {
        Map<String, @Nullable Object> context = new LinkedHashMap<>(event.context());
        context.remove(MergeRequest.CALL);
        return copy(event, event.subscriberId(), event.anonymousId(), context);
    }

    private static ActivityReceived copy(
            ActivityReceived event,
            String subscriberId,
            @Nullable String anonymousId,
            Map<String, @Nullable Object> context) {
        return new ActivityReceived(
                subscriberId,
                event.userId(),
                anonymousId,
                event.source(),
                event.messageId(),
                event.type(),
                event.name(),
                event.at(),
                event.precision(),
                event.receivedAt(),
                event.timeAdjusted(),
                event.properties(),
                event.traits(),
                context);
    }
}
