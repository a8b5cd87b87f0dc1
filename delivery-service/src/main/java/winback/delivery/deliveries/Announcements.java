package winback.delivery.deliveries;

import java.util.List;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import winback.chassis.events.EventPublisher;
import winback.contracts.Topic;

/**
 * Tells what was promised and what was refused. A row whose revision is newer than the one announced is still to be told:
 * whatever crashes, nothing is forgotten, and what is told twice has the same id.
 */
@Component
class Announcements {

    private static final int PAGE = 200;

    private final Deliveries deliveries;
    private final EventPublisher publisher;
    private final TransactionTemplate transaction;

    Announcements(Deliveries deliveries, EventPublisher publisher, TransactionTemplate transaction) {
        this.deliveries = deliveries;
        this.publisher = publisher;
        this.transaction = transaction;
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
}
