package winback.benchmarks.personalize;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import winback.benchmarks.load.HttpLoad;
import winback.benchmarks.load.OpenLoad;
import winback.benchmarks.personalize.Options.Part;
import winback.benchmarks.rig.OwnCpu;
import winback.benchmarks.rig.Report;
import winback.benchmarks.rig.Report.Limit;
import winback.benchmarks.rig.ServiceProcess;

/** The open loop while a thousand subscribers a second change: a profile and the scores of it for each. */
final class EventsMeasurement implements PersonalizationBench.Measurement {

    private static final int CHANGES_PER_SECOND = 1_000;

    @Override
    public void run(PersonalizationRig rig, Report report) throws IOException, InterruptedException {
        double rate = rig.peak() / 2;
        ServiceProcess service = rig.service();
        Duration span = rig.options().rounds(3);
        double skipped = service.metric("winback_cache_skipped_total");
        OpenLoad load = rig.open(Asks.PATH, (index, nanos, body) -> {});
        HttpLoad.Result result;
        double behind;
        try (Changes changes = new Changes(rig)) {
            Report.checked(load.run(rate, span.dividedBy(3)));
            changes.forgetWarmUp();
            OwnCpu cpu = new OwnCpu();
            result = Report.checked(load.run(rate, span));
            report.add(Part.EVENTS, "client's share of the cores", cpu.share(), "", Limit.atMost(.5));
            behind = service.metric("winback_cache_lag");
            report.add(Part.EVENTS, "changes published", changes.count() * 1000. / span.toMillis(), "changes/s");
            report.add(Part.EVENTS, "published late by at most", changes.latestNanos() / 1e6, "ms");
        }
        rig.settle(service);
        report.add(Part.EVENTS, "arrivals", rate, "requests/s");
        report.add(Part.EVENTS, "p50", result.millis(50), "ms");
        report.add(Part.EVENTS, "p99", result.millis(99), "ms", Limit.atMost(10));
        report.add(Part.EVENTS, "max", result.millis(100), "ms");
        report.add(Part.EVENTS, "records not read at the end", behind, "");
        report.add(
                Part.EVENTS,
                "records that could not be read",
                service.metric("winback_cache_skipped_total") - skipped,
                "",
                Limit.atMost(0));
        report.add(Part.EVENTS, "errors", result.errors(), "", Limit.atMost(0));
    }

    /** Publishes at a constant rate, from when it is made until it is closed. */
    private static final class Changes implements AutoCloseable {
        private final int subscribers;
        private final Publisher publisher;
        private final Thread thread;
        private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
        private volatile boolean over;
        private long count;
        private long latestNanos;

        Changes(PersonalizationRig rig) {
            this.subscribers = rig.options().subscribers();
            this.publisher = new Publisher(rig.servers().kafka());
            this.thread = Thread.ofPlatform().name("changes").start(this::publish);
        }

        private void publish() {
            try {
                SplittableRandom random = new SplittableRandom();
                long start = System.nanoTime();
                for (long i = 0; !over; i++) {
                    long due = start + i * 1_000_000_000L / CHANGES_PER_SECOND;
                    for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
                        LockSupport.parkNanos(wait);
                    }
                    publisher.change(random.nextInt(subscribers), Instant.now().truncatedTo(ChronoUnit.MILLIS));
                    synchronized (this) {
                        count++;
                        latestNanos = Math.max(latestNanos, System.nanoTime() - due);
                    }
                }
            } catch (RuntimeException wrong) {
                failure.set(wrong);
            }
        }

        synchronized void forgetWarmUp() {
            count = 0;
            latestNanos = 0;
        }

        /** Of those since the warm-up. */
        synchronized long count() {
            return count;
        }

        synchronized long latestNanos() {
            return latestNanos;
        }

        @Override
        public void close() throws InterruptedException {
            over = true;
            thread.join();
            publisher.close();
            RuntimeException wrong = failure.get();
            if (wrong != null) {
                throw wrong;
            }
        }
    }
}
