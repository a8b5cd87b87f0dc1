package winback.profile.subscribers;

import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;
import winback.chassis.events.Batches;
import winback.contracts.Event;

/** Hears live activity and imported history, each in its own group, so that a live event never queues behind history. */
@Component
class ActivityListener {

    private final ProfileUpdates updates;

    ActivityListener(ProfileUpdates updates) {
        this.updates = updates;
    }

    @KafkaListener(
            id = "activity",
            idIsGroup = false,
            topics = "${winback.topics.prefix}winback.activity",
            groupId = "${winback.topics.prefix}profile")
    void onActivity(List<ConsumerRecord<String, Event>> batch) {
        Batches.process(batch, updates::apply);
    }

    @KafkaListener(
            id = "imports",
            idIsGroup = false,
            topics = "${winback.topics.prefix}winback.imports",
            groupId = "${winback.topics.prefix}profile-imports",
            properties = {"max.poll.records=1000", "fetch.min.bytes=65536"})
    void onImported(List<ConsumerRecord<String, Event>> batch) {
        Batches.process(batch, updates::apply);
    }
}
