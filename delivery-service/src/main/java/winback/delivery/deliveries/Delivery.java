package winback.delivery.deliveries;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import winback.contracts.ContentDecided;
import winback.contracts.DeliveryRefused;
import winback.contracts.DeliveryScheduled;
import winback.contracts.Event;

/**
 * One mail on its way. Each change gives a new value; {@code revision} counts those that the world is told about.
 *
 * @param profileAsOf the profile that the decision saw, absent when it saw none
 * @param reason why this time, or why not
 * @param dueAt absent when it was refused before it had a time
 * @param publishedAt when it was last handed to Kafka, absent before
 * @param moves how often its time changed
 * @param announced the newest revision that was told
 * @param attempts failures since it became due
 * @param attemptAt when the worker looks at it next
 * @param missingSince since when content-service does not know its mail, absent while it does
 */
record Delivery(
        String deliveryId,
        String decisionId,
        String subscriberId,
        String campaignId,
        String variantId,
        boolean immediate,
        @Nullable Instant profileAsOf,
        DeliveryState state,
        String reason,
        @Nullable Instant dueAt,
        Instant createdAt,
        Instant changedAt,
        @Nullable Instant publishedAt,
        int moves,
        int revision,
        int announced,
        int attempts,
        Instant attemptAt,
        @Nullable Instant missingSince) {

    private static final Duration LONGEST_BACKOFF = Duration.ofMinutes(1);

    /** The id of the delivery of that decision, always the same. */
    static String idOf(String decisionId) {
        return UUID.nameUUIDFromBytes(("delivery:" + decisionId).getBytes(StandardCharsets.UTF_8))
                .toString();
    }

    static Delivery scheduled(ContentDecided decision, String variantId, Slot slot, Instant now) {
        return first(decision, variantId, DeliveryState.SCHEDULED, slot.reason().wireName(), slot.at(), now);
    }

    static Delivery refused(ContentDecided decision, String variantId, Refusal refusal, Instant now) {
        return first(decision, variantId, DeliveryState.REFUSED, refusal.wireName(), null, now);
    }

    private static Delivery first(
            ContentDecided decision,
            String variantId,
            DeliveryState state,
            String reason,
            @Nullable Instant dueAt,
            Instant now) {
        return new Delivery(
                idOf(decision.decisionId()),
                decision.decisionId(),
                decision.subscriberId(),
                decision.campaignId(),
                variantId,
                decision.immediate(),
                decision.featuresAsOf(),
                state,
                reason,
                dueAt,
                now,
                now,
                null,
                0,
                1,
                0,
                0,
                dueAt == null ? now : dueAt,
                null);
    }

    /** To another time. */
    Delivery moved(Slot slot, Instant now) {
        require(DeliveryState.SCHEDULED);
        return new Delivery(
                deliveryId,
                decisionId,
                subscriberId,
                campaignId,
                variantId,
                immediate,
                profileAsOf,
                DeliveryState.SCHEDULED,
                slot.reason().wireName(),
                slot.at(),
                createdAt,
                now,
                publishedAt,
                moves + 1,
                revision + 1,
                announced,
                0,
                slot.at(),
                null);
    }

    Delivery refused(Refusal refusal, Instant now) {
        require(DeliveryState.REFUSED);
        return new Delivery(
                deliveryId,
                decisionId,
                subscriberId,
                campaignId,
                variantId,
                immediate,
                profileAsOf,
                DeliveryState.REFUSED,
                refusal.wireName(),
                dueAt,
                createdAt,
                now,
                publishedAt,
                moves,
                revision + 1,
                announced,
                attempts,
                now,
                missingSince);
    }

    /**
     * About to be handed to Kafka.
     *
     * @param due what the event will say; the same again after a crash
     */
    Delivery publishing(Instant due, Instant now) {
        require(DeliveryState.PUBLISHING);
        return with(DeliveryState.PUBLISHING, due, now, now, attempts, attemptAt, missingSince);
    }

    /** Kafka has it. */
    Delivery published(Instant now) {
        require(DeliveryState.DUE);
        return with(DeliveryState.DUE, dueAt, now, publishedAt, attempts, attemptAt, missingSince);
    }

    /** Looked at again then, nothing else changed. */
    Delivery waiting(Instant until) {
        return with(state, dueAt, changedAt, publishedAt, attempts, until, missingSince);
    }

    /** Tried again later, and later still after each failure. */
    Delivery failed(Instant now, boolean missing) {
        Duration backoff = Duration.ofSeconds(1L << Math.min(attempts, 6));
        Instant since = missing ? missingSince == null ? now : missingSince : null;
        return with(
                state,
                dueAt,
                changedAt,
                publishedAt,
                attempts + 1,
                now.plus(backoff.compareTo(LONGEST_BACKOFF) < 0 ? backoff : LONGEST_BACKOFF),
                since);
    }

    private Delivery with(
            DeliveryState next,
            @Nullable Instant due,
            Instant changed,
            @Nullable Instant published,
            int tries,
            Instant nextAttempt,
            @Nullable Instant missing) {
        return new Delivery(
                deliveryId,
                decisionId,
                subscriberId,
                campaignId,
                variantId,
                immediate,
                profileAsOf,
                next,
                reason,
                due,
                createdAt,
                changed,
                published,
                moves,
                revision,
                announced,
                tries,
                nextAttempt,
                missing);
    }

    private void require(DeliveryState next) {
        if (!state.mayBecome(next)) {
            throw new IllegalDeliveryTransition(deliveryId, state, next);
        }
    }

    /** What the world is told about the state that it is in now. */
    Event announcement() {
        return switch (state) {
            case SCHEDULED, PUBLISHING, DUE ->
                new DeliveryScheduled(deliveryId, decisionId, subscriberId, campaignId, promise(), changedAt, reason);
            case REFUSED -> new DeliveryRefused(deliveryId, decisionId, subscriberId, campaignId, changedAt, reason);
        };
    }

    /** The due time of one that has one. */
    Instant promise() {
        if (dueAt == null) {
            throw new IllegalStateException("delivery " + deliveryId + " was refused before it had a time");
        }
        return dueAt;
    }
}
