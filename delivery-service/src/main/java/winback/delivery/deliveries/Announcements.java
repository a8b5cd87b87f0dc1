package winback.delivery.deliveries;

import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import winback.chassis.events.EventPublisher;
import winback.contracts.Topic;
import winback.delivery.recipients.RecipientsErased;

/**
 * Tells what was promised and what was refused. A row whose revision is newer than the one announced is still to be told:
 * whatever crashes, nothing is forgotten, and what is told twice has the same id.
 */
@Component
class Announcements {

    private static final int PAGE = 200;

    private final Deliveries deliveries;
    private final DeliveryMeters meters;
    private final EventPublisher publisher;
    private final TransactionTemplate transaction;
    private final Clock clock;

    Announcements(
            Deliveries deliveries,
            DeliveryMeters meters,
            EventPublisher publisher,
            TransactionTemplate transaction,
            Clock clock) {
        this.deliveries = deliveries;
        this.meters = meters;
        this.publisher = publisher;
        this.transaction = transaction;
        this.clock = clock;
    }

    /** Publishes all that is to be told; returns when Kafka has it. */
    void publish() {
        Integer told;
        do {
            told = transaction.execute(status -> {
                List<Delivery> page = deliveries.unannounced(PAGE);
                if (!page.isEmpty()) {
                    publisher.publishAll(
                            Topic.DELIVERIES,
                            page.stream().map(Delivery::announcement).toList());
                    deliveries.announced(page.stream().map(Delivery::deliveryId).toList());
                }
                return page.size();
            });
        } while (told != null && told == PAGE);
    }

    /** What was still to come is refused; the rows go when that has been told. */
    @EventListener
    void on(RecipientsErased erased) {
        meters.countErased(
                deliveries.erase(erased.subscriberIds(), clock.instant().truncatedTo(ChronoUnit.MILLIS)));
    }
}
