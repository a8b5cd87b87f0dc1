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
    private final LiveFirst liveFirst;

    ActivityListener(ProfileUpdates updates, LiveFirst liveFirst) {
        this.updates = updates;
        this.liveFirst = liveFirst;
    }

    @KafkaListener(
            id = "activity",
            idIsGroup = false,
            topics = "${winback.topics.prefix}winback.activity",
            groupId = "${winback.topics.prefix}profile",
            // A transaction costs far more than an event, so a few are gathered; 100 ms at most, by fetch.max.wait.ms.
            properties = "fetch.min.bytes=65536")
    void onActivity(List<ConsumerRecord<String, Event>> batch) {
        liveFirst.live(batch, () -> Batches.process(batch, updates::apply));
    }

    @KafkaListener(
            id = "imports",
            idIsGroup = false,
            topics = "${winback.topics.prefix}winback.imports",
            groupId = "${winback.topics.prefix}profile-imports",
            properties = {"max.poll.records=500", "fetch.min.bytes=65536"})
    void onImported(List<ConsumerRecord<String, Event>> batch) {
        for (int from = 0; from < batch.size(); ) {
            liveFirst.giveWay();
            int to = from + liveFirst.step(batch.size() - from);
            Batches.process(batch.subList(from, to), updates::apply);
            from = to;
        }
    }
}
