package winback.benchmarks.personalize;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import winback.benchmarks.load.HttpLoad;
import winback.benchmarks.personalize.Options.Part;
import winback.benchmarks.rig.Report;
import winback.benchmarks.rig.Report.Limit;
import winback.benchmarks.rig.Servers;

/**
 * Arrivals at a quarter of the peak while Kafka, and then PostgreSQL, is stopped and comes back with its data; beside the
 * same without an outage.
 */
final class OutageMeasurement implements PersonalizationBench.Measurement {

    private static final double ROUNDS = 9;
    private static final double GOES_AFTER = 2;
    private static final double COMES_AFTER = 5;

    /** Stops or starts something. */
    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }

    @Override
    public void run(PersonalizationRig rig, Report report) throws IOException, InterruptedException {
        Servers servers = rig.servers();
        rig.peak();
        measure(rig, report, "", null);
        measure(rig, report, ", without Kafka", new Outage(rig.options(), servers::stopKafka, servers::startKafka));
        measure(
                rig,
                report,
                ", without PostgreSQL",
                new Outage(rig.options(), servers::stopPostgres, servers::startPostgres));
    }

    private static void measure(PersonalizationRig rig, Report report, String when, @Nullable Outage outage)
            throws IOException, InterruptedException {
        double rate = rig.peak() / 4;
        Decisions decisions = new Decisions(rig.topics());
        if (outage != null) {
            outage.begin();
        }
        HttpLoad.Result result = Report.checked(rig.open(Asks.PATH, (index, nanos, body) -> decisions.tell(body))
                .run(rate, rig.options().rounds(ROUNDS)));
        if (outage != null) {
            report.add(Part.OUTAGE, "away for" + when, outage.end(), "s");
        }
        report.add(Part.OUTAGE, "arrivals" + when, rate, "requests/s");
        report.add(Part.OUTAGE, "errors" + when, result.errors(), "", Limit.atMost(0));
        report.add(Part.OUTAGE, "p50" + when, result.millis(50), "ms");
        report.add(Part.OUTAGE, "p99" + when, result.millis(99), "ms");
        report.add(Part.OUTAGE, "max" + when, result.millis(100), "ms");
        decisions.report(report, Part.OUTAGE, when);
        report.add(Part.OUTAGE, "decisions not yet in PostgreSQL" + when, rig.settle(rig.service()), "");
    }

    /** Happens beside a load, at set times after it has begun. */
    private static final class Outage {
        private final Duration goesAfter;
        private final Duration comesAfter;
        private final Step stop;
        private final Step start;
        private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
        private @Nullable Thread thread;
        private double seconds;

        Outage(Options options, Step stop, Step start) {
            this.goesAfter = options.rounds(GOES_AFTER);
            this.comesAfter = options.rounds(COMES_AFTER);
            this.stop = stop;
            this.start = start;
        }

        void begin() {
            thread = Thread.ofPlatform().name("outage").start(this::happen);
        }

        private void happen() {
            try {
                long begun = System.nanoTime();
                waitUntil(begun + goesAfter.toNanos());
                stop.run();
                long gone = System.nanoTime();
                waitUntil(begun + comesAfter.toNanos());
                start.run();
                seconds = (System.nanoTime() - gone) / 1e9;
            } catch (IOException | RuntimeException wrong) {
                failure.set(wrong);
            }
        }

        private static void waitUntil(long nanoTime) {
            for (long wait = nanoTime - System.nanoTime(); wait > 0; wait = nanoTime - System.nanoTime()) {
                LockSupport.parkNanos(wait);
            }
        }

        /** Returns when it is over: for how many seconds something was away. */
        double end() throws InterruptedException {
            Thread running = thread;
            if (running != null) {
                running.join();
            }
            Exception wrong = failure.get();
            if (wrong != null) {
                throw new IllegalStateException("there was no proper outage: " + wrong.getMessage(), wrong);
            }
            return seconds;
        }
    }
}
