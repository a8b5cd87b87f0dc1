package winback.delivery.deliveries;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import winback.chassis.events.EventPublisher;
import winback.contracts.Topic;
import winback.delivery.identities.SubscriberMoved;
import winback.delivery.identities.SubscribersErased;
import winback.delivery.recipients.RecipientsGone;

/** What becomes of deliveries whose subscribers merge or go. */
@Component
class ChangedSubscribers {

    private static final Duration ACKNOWLEDGED_WITHIN = Duration.ofSeconds(15);

    private final Deliveries deliveries;
    private final EventPublisher publisher;
    private final DeliveryMeters meters;
    private final DeliverySettings settings;
    private final Clock clock;

    ChangedSubscribers(
            Deliveries deliveries,
            EventPublisher publisher,
            DeliveryMeters meters,
            DeliverySettings settings,
            Clock clock) {
        this.deliveries = deliveries;
        this.publisher = publisher;
        this.meters = meters;
        this.settings = settings;
        this.clock = clock;
    }

    /** Schedulers are told that nothing more comes, and then no row is left, within the same transaction. */
    @EventListener
    void on(SubscribersErased erased) {
        Set<String> ids = new TreeSet<>(erased.subscriberIds());
        ids.forEach(deliveries::lock);
        List<Delivery> refused = deliveries.liveForUpdate(ids).stream()
                .map(delivery -> delivery.refused(Refusal.ERASED, now()))
                .toList();
        EventPublisher.await(
                refused.stream()
                        .<CompletableFuture<?>>map(
                                delivery -> publisher.publish(Topic.DELIVERIES, delivery.announcement()))
                        .toList(),
                ACKNOWLEDGED_WITHIN);
        deliveries.remove(ids);
        refused.forEach(meters::count);
    }

    /** Two mails of one campaign to one person are one too many: of those still to come the first stays. */
    @EventListener
    void on(SubscriberMoved moved) {
        Set<String> ids = new TreeSet<>(Set.of(moved.from(), moved.into()));
        ids.forEach(deliveries::lock);
        Set<String> campaigns = new HashSet<>();
        for (Delivery delivery : deliveries.liveForUpdate(ids)) {
            if (!campaigns.add(delivery.campaignId())) {
                Delivery refused = delivery.refused(Refusal.DUPLICATE, now());
                deliveries.save(refused);
                meters.count(refused);
            }
        }
        deliveries.move(moved.from(), moved.into());
        // The profile that speaks for both may still be on its way.
        deliveries.holdUntil(now().plus(settings.profilePatience()), Set.of(moved.into()));
    }

    /** A merge moves them, an erasure ends them: until the word comes they wait. */
    @EventListener
    void on(RecipientsGone gone) {
        deliveries.holdUntil(now().plus(settings.profilePatience()), gone.subscriberIds());
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
