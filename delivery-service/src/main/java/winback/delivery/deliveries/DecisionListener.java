package winback.delivery.deliveries;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import winback.chassis.events.Batches;
import winback.chassis.identities.Identities;
import winback.contracts.ContentDecided;
import winback.contracts.Event;

/** Turns decisions into deliveries. */
@Component
class DecisionListener {

    /** Few enough that the locks of one transaction are held shortly. */
    private static final int CHUNK = 100;

    private final Deliveries deliveries;
    private final Rules rules;
    private final DueDeliveries due;
    private final DeliveryMeters meters;
    private final TransactionTemplate transaction;
    private final Identities identities;
    private final Clock clock;

    DecisionListener(
            Deliveries deliveries,
            Rules rules,
            DueDeliveries due,
            DeliveryMeters meters,
            TransactionTemplate transaction,
            Identities identities,
            Clock clock) {
        this.deliveries = deliveries;
        this.rules = rules;
        this.due = due;
        this.meters = meters;
        this.transaction = transaction;
        this.identities = identities;
        this.clock = clock;
    }

    @KafkaListener(
            id = "delivery-decisions",
            topics = "${winback.topics.prefix}winback.decisions",
            groupId = "${winback.topics.prefix}delivery-decisions",
            idIsGroup = false)
    void on(List<ConsumerRecord<String, Event>> batch) {
        Batches.process(batch, this::apply);
        due.wake();
    }

    private void apply(List<ConsumerRecord<String, Event>> batch) {
        List<ContentDecided> wanted = new ArrayList<>();
        for (ConsumerRecord<String, Event> record : batch) {
            if (record.value() instanceof ContentDecided decision && decision.deliver() && !decision.holdout()) {
                wanted.add(decision);
            }
        }
        for (int from = 0; from < wanted.size(); from += CHUNK) {
            List<ContentDecided> chunk = wanted.subList(from, Math.min(wanted.size(), from + CHUNK));
            List<Delivery> added = transaction.execute(status -> schedule(chunk));
            if (added != null) {
                added.forEach(meters::count);
            }
        }
    }

    private List<Delivery> schedule(List<ContentDecided> decisions) {
        Identities.Known known = identities.known(
                decisions.stream().map(ContentDecided::subscriberId).toList());
        // In order of subscribers, so that two consumers never wait for each other.
        List<ContentDecided> ordered = decisions.stream()
                .filter(decision -> !forgotten(decision, known))
                .map(decision -> decision.withSubscriberId(known.current(decision.subscriberId())))
                .sorted(Comparator.comparing(ContentDecided::subscriberId)) // stable: a subscriber's stay in order
                .toList();
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        List<Delivery> added = new ArrayList<>();
        for (ContentDecided decision : ordered) {
            String variantId = decision.variantId();
            if (variantId == null) {
                throw new IllegalArgumentException(
                        "decision " + decision.decisionId() + " is to be delivered and names no variant");
            }
            deliveries.lock(decision.subscriberId());
            if (deliveries.find(Delivery.idOf(decision.decisionId())).isEmpty()) {
                Delivery delivery = rules.schedule(decision, variantId, now);
                deliveries.add(delivery);
                added.add(delivery);
            }
        }
        return added;
    }

    /** Also what was decided after an erasure from what was known before it. */
    private static boolean forgotten(ContentDecided decision, Identities.Known known) {
        Instant seen = decision.featuresAsOf();
        return known.forgotten(decision.subscriberId(), decision.decidedAt())
                || seen != null && known.forgotten(decision.subscriberId(), seen);
    }
}
