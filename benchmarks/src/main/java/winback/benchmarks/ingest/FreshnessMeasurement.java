package winback.benchmarks.ingest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import winback.benchmarks.ingest.Options.Part;
import winback.benchmarks.load.HttpLoad;
import winback.benchmarks.load.OpenLoad;
import winback.benchmarks.rig.Report;
import winback.benchmarks.rig.Report.Limit;
import winback.benchmarks.rig.ServiceProcess;
import winback.benchmarks.rig.Topics;

/**
 * From the answer of {@code /v1/track} to the vector with that event on {@code winback.profile}, under 1,000 events/s that
 * arrive whether or not the service keeps up; once alone and once while a file is imported.
 */
final class FreshnessMeasurement implements IngestBench.Measurement {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final double RATE = 1000;
    private static final int CONNECTIONS = 64;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int ROWS = 500_000;
    private static final double WARM_UP_SECONDS = 90;

    @Override
    public void run(Rig rig, Report report) throws IOException, InterruptedException {
        Options options = rig.options();
        ServiceProcess service = rig.applying();
        rig.awaitApplied();
        Duration span = options.seconds(60);
        try (Watch watch = new Watch(rig)) {
            // Until the compiler rests, that of what imports use included.
            Path small = purchases(rig, "warm-", options.scaled(ROWS / 10));
            String id = Purchases.upload(service, small);
            watch.load(service, options.seconds(WARM_UP_SECONDS));
            while (!Purchases.isDone(service, id)) {
                LockSupport.parkNanos(50_000_000);
            }
            Files.delete(small);
            rig.topics().awaitCaughtUp("profile-imports", Topics.IMPORTS, Duration.ofMinutes(10));
            watch.reset();
            HttpLoad.Result sent = watch.load(service, span);
            watch.report(report, "", sent);
        }
        Path file = purchases(rig, "f", options.scaled(ROWS));
        try (Watch watch = new Watch(rig)) {
            AtomicBoolean over = new AtomicBoolean();
            long began = System.nanoTime();
            Thread importing = Thread.ofPlatform().name("import").start(() -> {
                try {
                    String id = Purchases.upload(service, file);
                    while (!over.get() && !Purchases.isDone(service, id)) {
                        LockSupport.parkNanos(50_000_000);
                    }
                } catch (IOException | RuntimeException failure) {
                    Report.say("the import beside it failed: %s", failure);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            // For as long as there is an import beside it, at most as long as alone.
            long end = began + span.toNanos();
            HttpLoad.Result sent = watch.load(service, () -> System.nanoTime() - end >= 0 || !importing.isAlive());
            double seconds = (System.nanoTime() - began) / 1e9;
            over.set(true);
            watch.report(report, ", during an import", sent);
            report.add(Part.FRESHNESS, "import ran beside for", seconds, "s");
            importing.join();
        } finally {
            Files.delete(file);
        }
        rig.topics().awaitCaughtUp("profile-imports", Topics.IMPORTS, Duration.ofMinutes(10));
    }

    private static Path purchases(Rig rig, String prefix, int rows) throws IOException {
        return Purchases.write(
                rig.directory().resolve(prefix + ".csv"),
                prefix + Long.toString(System.currentTimeMillis(), 36) + "-",
                rows,
                rig.options().scaled(100_000));
    }

    /** One event on its way; the three moments come from different threads. */
    private static final class Sent {
        private final Instant at;
        private long answeredNanos;
        private long seenNanos;

        Sent(Instant at) {
            this.at = at;
        }

        /** Nanoseconds from the answer to the vector once both are known, else -1; the vector may be first. */
        synchronized long answered(long nanoTime) {
            answeredNanos = nanoTime;
            return delay();
        }

        synchronized long seen(long nanoTime) {
            if (seenNanos != 0) {
                return -1;
            }
            seenNanos = nanoTime;
            return delay();
        }

        private long delay() {
            return answeredNanos == 0 || seenNanos == 0 ? -1 : Math.max(0, seenNanos - answeredNanos);
        }

        synchronized boolean isOpen() {
            return answeredNanos != 0 && seenNanos == 0;
        }
    }

    /** Sends events and watches the topic for what becomes of them. */
    private static final class Watch implements AutoCloseable {
        private final Rig rig;
        /** By subscriber's number: each has one event under way at most. */
        private final @Nullable Sent[] underWay;

        private final int[] order;
        private volatile Histogram delays = new ConcurrentHistogram(3);
        private final KafkaConsumer<String, byte[]> consumer;
        private final Thread reader;
        private long lost;

        Watch(Rig rig) {
            this.rig = rig;
            int subscribers = rig.calls().subscribers();
            this.underWay = new Sent[subscribers];
            this.order = shuffled(subscribers);
            this.consumer = rig.topics().consumer();
            List<TopicPartition> partitions = Topics.partitions(consumer, Topics.PROFILE);
            consumer.assign(partitions);
            consumer.seekToEnd(partitions);
            partitions.forEach(consumer::position); // sought only when asked for
            this.reader = Thread.ofPlatform().name("profile-reader").start(this::read);
        }

        private static int[] shuffled(int count) {
            int[] order = new int[count];
            SplittableRandom random = new SplittableRandom(System.nanoTime());
            for (int i = 0; i < count; i++) {
                int j = random.nextInt(i + 1);
                order[i] = order[j];
                order[j] = i;
            }
            return order;
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

        private void see(ConsumerRecord<String, byte[]> record, long nanoTime) {
            if (record.value() == null || !record.key().matches("s\\d+")) {
                return;
            }
            int number = Integer.parseInt(record.key().substring(1));
            Sent sent = number < underWay.length ? underWay[number] : null;
            if (sent == null) {
                return;
            }
            String last = JSON.readTree(record.value()).path("lastActivityAt").asString("");
            if (!last.isEmpty() && !Instant.parse(last).isBefore(sent.at)) {
                record(sent.seen(nanoTime));
            }
        }

        private void record(long nanos) {
            if (nanos >= 0) {
                delays.recordValue(nanos);
            }
        }

        HttpLoad.Result load(ServiceProcess service, Duration duration) throws InterruptedException {
            long end = System.nanoTime() + duration.toNanos();
            return load(service, () -> System.nanoTime() - end >= 0);
        }

        HttpLoad.Result load(ServiceProcess service, java.util.function.BooleanSupplier over)
                throws InterruptedException {
            HttpLoad.Result result = Report.checked(new OpenLoad(
                            ServiceProcess.HOST,
                            service.port(),
                            CONNECTIONS,
                            index -> {
                                int subscriber = order[(int) (index % order.length)];
                                Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
                                Sent before = underWay[subscriber];
                                if (before != null && before.isOpen()) {
                                    loseOne(); // sent again before the first was seen
                                }
                                underWay[subscriber] = new Sent(now);
                                return service.request(
                                        "/v1/track", rig.calls().live(subscriber, now, new SplittableRandom(index)));
                            },
                            (index, nanos, body) -> {
                                Sent sent = underWay[order[(int) (index % order.length)]];
                                if (sent != null) {
                                    record(sent.answered(nanos));
                                }
                            })
                    .run(RATE, over));
            awaitSeen();
            return result;
        }

        private synchronized void loseOne() {
            lost++;
        }

        private void awaitSeen() {
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (open() > 0 && System.nanoTime() - deadline < 0) {
                LockSupport.parkNanos(20_000_000);
            }
        }

        private long open() {
            long open = 0;
            for (Sent sent : underWay) {
                open += sent != null && sent.isOpen() ? 1 : 0;
            }
            return open;
        }

        /** Forgets the warm-up. */
        synchronized void reset() {
            lost = 0;
            java.util.Arrays.fill(underWay, null);
            delays = new ConcurrentHistogram(3);
        }

        void report(Report report, String when, HttpLoad.Result sent) {
            report.add(Part.FRESHNESS, "arrivals" + when, sent.perSecond(), "events/s");
            report.add(Part.FRESHNESS, "answer to vector, p50" + when, delays.getValueAtPercentile(50) / 1e6, "ms");
            report.add(
                    Part.FRESHNESS,
                    "answer to vector, p99" + when,
                    delays.getValueAtPercentile(99) / 1e6,
                    "ms",
                    Limit.atMost(500));
            report.add(Part.FRESHNESS, "answer to vector, max" + when, delays.getMaxValue() / 1e6, "ms");
            long unseen;
            synchronized (this) {
                unseen = open() + lost;
            }
            report.add(Part.FRESHNESS, "events not seen" + when, unseen, "", Limit.atMost(0));
            report.add(Part.FRESHNESS, "p99 of the answer" + when, sent.millis(99), "ms");
        }

        @Override
        public void close() throws InterruptedException {
            consumer.wakeup();
            reader.join();
        }
    }
}
