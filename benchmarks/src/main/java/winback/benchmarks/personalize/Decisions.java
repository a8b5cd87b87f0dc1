package winback.benchmarks.personalize;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import winback.benchmarks.load.HttpConnection;
import winback.benchmarks.personalize.Options.Part;
import winback.benchmarks.rig.Report;
import winback.benchmarks.rig.Report.Limit;
import winback.benchmarks.rig.Topics;

/** The decisions that callers were told, and which of them come to {@code winback.decisions}. */
final class Decisions {

    /** A decision's {@code ce_id} is this and its id: one that is published again has the same. */
    private static final String EVENT_ID = "decision:";

    /** When nothing has come for so long, nothing will. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Topics topics;
    private final Map<TopicPartition, Long> from;
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    /** Of those that are made from now on. */
    Decisions(Topics topics) {
        this.topics = topics;
        this.from = topics.ends(Topics.DECISIONS);
    }

    /** @param answer to a personalisation, with 2xx */
    void tell(HttpConnection.Body answer) {
        String id = answer.text("decisionId");
        if (id.isEmpty()) {
            throw new IllegalStateException("an answer has no decisionId");
        }
        told.add(id);
    }

    /** Waits for those that were told, and reports how many do not come. */
    void report(Report report, Part part, String when) {
        Set<String> missing = new HashSet<>(told);
        Set<String> seen = new HashSet<>();
        Map<TopicPartition, Long> to = topics.ends(Topics.DECISIONS);
        long records = 0;
        long lastSeen = System.nanoTime();
        try (KafkaConsumer<String, byte[]> consumer = topics.consumer()) {
            consumer.assign(from.keySet());
            from.forEach(consumer::seek);
            while (System.nanoTime() - lastSeen < PATIENCE.toNanos()
                    && !(missing.isEmpty() && hasReached(consumer, to))) {
                for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    String id = new String(record.headers().lastHeader("ce_id").value(), StandardCharsets.UTF_8);
                    records++;
                    lastSeen = System.nanoTime();
                    seen.add(id);
                    if (id.startsWith(EVENT_ID)) {
                        missing.remove(id.substring(EVENT_ID.length()));
                    }
                }
            }
        }
        report.add(part, "decisions answered" + when, told.size(), "");
        report.add(part, "decisions answered and not published" + when, missing.size(), "", Limit.atMost(0));
        report.add(part, "decisions published again" + when, records - seen.size(), "");
    }

    private static boolean hasReached(KafkaConsumer<String, byte[]> consumer, Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }
}
