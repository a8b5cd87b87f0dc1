package winback.benchmarks.predict;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import winback.benchmarks.predict.Options.Part;
import winback.benchmarks.rig.CloudEvents;
import winback.benchmarks.rig.Report;
import winback.benchmarks.rig.Report.Limit;
import winback.benchmarks.rig.Topics;
import winback.contracts.EventType;

/**
 * From {@code ProfileChanged} to {@code ScoresChanged} of the same version under 1,000 changes a second that come
 * whether or not the service keeps up; counted from when a change was due to be published.
 */
final class StreamMeasurement implements PredictBench.OnServers {

    private static final int RATE = 1_000;

    /** Each of them is new to the service in the warm-up, and has been scored before in what is measured. */
    private static final int SUBSCRIBERS = 50_000;

    private static final double WARM_UP_SECONDS = 90;
    private static final double SECONDS = 60;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final double MOST_MILLIS = 300;

    /** Different vectors; more would say nothing more. */
    private static final int VECTORS = 500;

    private static final JsonMapper JSON = JsonMapper.shared();

    @Override
    public void run(PredictionRig rig, Report report) throws IOException, InterruptedException {
        rig.serviceWithModels();
        Options options = rig.options();
        int warmUp = Math.toIntExact(options.seconds(WARM_UP_SECONDS).toSeconds()) * RATE;
        int all = warmUp + Math.toIntExact(options.seconds(SECONDS).toSeconds()) * RATE;
        int subscribers = Math.min(options.scaled(SUBSCRIBERS, 1_000), warmUp);
        Report.say("%d changes of %d subscribers, the first %d to warm up", all, subscribers, warmUp);
        try (Changes changes = new Changes(rig, subscribers, warmUp)) {
            changes.publish(all);
            Histogram nanos = changes.seen(all - warmUp);
            report.add(Part.STREAM, "changes measured", all - warmUp, "");
            report.add(Part.STREAM, "change to scores, p50", nanos.getValueAtPercentile(50) / 1e6, "ms");
            report.add(
                    Part.STREAM,
                    "change to scores, p99",
                    nanos.getValueAtPercentile(99) / 1e6,
                    "ms",
                    Limit.atMost(MOST_MILLIS));
            report.add(Part.STREAM, "change to scores, max", nanos.getMaxValue() / 1e6, "ms");
            report.add(
                    Part.STREAM,
                    "changes not seen",
                    all - warmUp - (double) nanos.getTotalCount(),
                    "",
                    Limit.atMost(0));
            report.add(Part.STREAM, "published late by at most", changes.latest / 1e6, "ms");
        }
    }

    /** Change i is of subscriber i modulo their number, whose versions so count the rounds. */
    private static final class Changes implements AutoCloseable {
        private final int subscribers;
        private final int from;
        private final KafkaProducer<String, byte[]> producer;
        private final KafkaConsumer<String, byte[]> consumer;
        private final String[] vectors = new String[VECTORS];
        private final Thread reader;
        private final Histogram nanos = new Histogram(3);
        private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
        private volatile long start;
        private long latest;

        /** @param from the first change that counts */
        Changes(PredictionRig rig, int subscribers, int from) {
            this.subscribers = subscribers;
            this.from = from;
            GeneratedCustomers customers = new GeneratedCustomers(VECTORS, GeneratedCustomers.COLUMNS);
            for (int i = 0; i < VECTORS; i++) {
                GeneratedCustomers.Customer customer = customers.customer(i, 0, 1);
                vectors[i] = "\"featureSchema\":\"" + customers.schema().fingerprint() + "\",\"features\":"
                        + JSON.writeValueAsString(customer.features()) + ",\"periods\":"
                        + JSON.writeValueAsString(customer.periods())
                        + ",\"lifecycle\":\"active\",\"traits\":{},\"consents\":[]}";
            }
            this.producer = CloudEvents.producer(rig.servers().kafka());
            this.consumer = rig.topics().consumer();
            List<TopicPartition> partitions = Topics.partitions(consumer, Topics.SCORES);
            consumer.assign(partitions);
            consumer.seekToEnd(partitions);
            partitions.forEach(consumer::position); // sought only when asked for
            this.reader = Thread.ofPlatform().name("scores-reader").start(this::read);
        }

        private void read() {
            try {
                while (true) {
                    for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                        see(record, System.nanoTime());
                    }
                }
            } catch (WakeupException closing) {
                consumer.close();
            }
        }

        private void see(ConsumerRecord<String, byte[]> record, long now) {
            if (record.value() == null || !record.key().startsWith("c")) {
                return;
            }
            JsonNode scores = JSON.readTree(record.value());
            long change = (scores.path("profileVersion").asLong() - 1) * subscribers
                    + Long.parseLong(record.key().substring(1));
            if (change >= from) {
                synchronized (nanos) {
                    nanos.recordValue(now - due(change));
                }
            }
        }

        private long due(long change) {
            return start + change * (1_000_000_000L / RATE);
        }

        void publish(int count) {
            start = System.nanoTime();
            for (int change = 0; change < count; change++) {
                for (long wait = due(change) - System.nanoTime(); wait > 0; wait = due(change) - System.nanoTime()) {
                    LockSupport.parkNanos(wait);
                }
                String id = "c" + change % subscribers;
                long version = change / subscribers + 1;
                String body = "{\"subscriberId\":\"" + id + "\",\"version\":" + version + ",\"featuresAsOf\":\""
                        + Instant.now().truncatedTo(ChronoUnit.MILLIS) + "\"," + vectors[change % VECTORS];
                producer.send(
                        CloudEvents.of(
                                Topics.PROFILE,
                                null,
                                EventType.PROFILE_CHANGED,
                                id,
                                "profile:" + id + ":" + version,
                                body.getBytes(StandardCharsets.UTF_8)),
                        (place, wrong) -> {
                            if (wrong != null) {
                                failure.compareAndSet(null, wrong);
                            }
                        });
                if (change >= from) {
                    latest = Math.max(latest, System.nanoTime() - due(change));
                }
            }
            producer.flush();
            Exception wrong = failure.get();
            if (wrong != null) {
                throw new IllegalStateException("Kafka did not take a change", wrong);
            }
        }

        /** Once so many that count have been seen, or patience is at its end. */
        Histogram seen(long count) {
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (true) {
                synchronized (nanos) {
                    if (nanos.getTotalCount() >= count || System.nanoTime() - deadline > 0) {
                        return nanos.copy();
                    }
                }
                LockSupport.parkNanos(20_000_000);
            }
        }

        @Override
        public void close() throws InterruptedException {
            consumer.wakeup();
            reader.join();
            producer.close(Duration.ofSeconds(1));
        }
    }
}
