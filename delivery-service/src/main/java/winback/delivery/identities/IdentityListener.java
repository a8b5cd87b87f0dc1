package winback.delivery.identities;

import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;
import winback.chassis.events.Batches;
import winback.chassis.identities.Erasure;
import winback.chassis.identities.Identities;
import winback.chassis.identities.IdentityChanges;
import winback.contracts.Event;

/** Hears who became whom, and who is to be forgotten. */
@Component
class IdentityListener implements IdentityChanges {

    private final Identities identities;
    private final ApplicationEventPublisher changes;

    IdentityListener(Identities identities, ApplicationEventPublisher changes) {
        this.identities = identities;
        this.changes = changes;
    }

    @KafkaListener(
            id = "delivery-identities",
            topics = "${winback.topics.prefix}winback.identities",
            groupId = "${winback.topics.prefix}delivery-identities",
            idIsGroup = false)
    void on(List<ConsumerRecord<String, Event>> batch) {
        Batches.process(batch, records -> identities.apply(records, this));
    }

    @Override
    public void merge(String from, String into) {
        changes.publishEvent(new SubscriberMoved(from, into));
    }

    @Override
    public void erase(Set<String> subscriberIds, Erasure erasure) {
        changes.publishEvent(new SubscribersErased(subscriberIds, erasure));
    }
}
