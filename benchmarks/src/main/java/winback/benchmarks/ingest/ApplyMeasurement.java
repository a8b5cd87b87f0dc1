package winback.benchmarks.ingest;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import winback.benchmarks.ingest.Options.Part;
import winback.benchmarks.rig.Report;
import winback.benchmarks.rig.Report.Limit;
import winback.benchmarks.rig.Topics;

/**
 * From Kafka to PostgreSQL to {@code ProfileChanged}: a backlog about subscribers with history, drawn uniformly, is made with
 * the consumers paused, then worked off. Counted are the records on {@code winback.feedback}, one for each applied event, which
 * is published after the profile's change. Beside it, on the same servers, {@link JdbcLoop}.
 */
final class ApplyMeasurement implements IngestBench.Measurement {

    private static final int BATCH = 100;
    /** For two minutes at 8,000 events/s. */
    private static final int BACKLOG = 1_000_000;

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Override
    public void run(Rig rig, Report report) throws IOException, InterruptedException, SQLException {
        Options options = rig.options();
        rig.paused();
        int batches = Math.max(1, options.scaled(BACKLOG) / BATCH);
        Report.say("producing a backlog of %d events", batches * BATCH);
        rig.sendEach("/v1/batch", batches, n -> rig.calls().batch(BATCH, new SplittableRandom(n)));

        Topics topics = rig.topics();
        long before = topics.written(Topics.FEEDBACK);
        long all = topics.written(Topics.PROFILE);
        rig.resumed();
        Window window = Window.of(topics, before, batches * (long) BATCH, options.seconds(60));
        double rate = window.perSecond();
        report.add(Part.APPLY, "applied and published", rate, "events/s", Limit.atLeast(5000));
        report.add(Part.APPLY, "measured for", window.seconds(), "s");
        rig.awaitApplied();
        report.add(
                Part.APPLY,
                "ProfileChanged records an event",
                (topics.written(Topics.PROFILE) - all) / (double) (topics.written(Topics.FEEDBACK) - before),
                "");

        try (JdbcLoop loop = new JdbcLoop(rig)) {
            double peer = loop.run(options.seconds(30));
            report.add(Part.APPLY, "plain JDBC loop, the same rows", peer, "events/s");
            report.add(Part.APPLY, "ratio", rate / peer, "", Limit.atLeast(0.3));
        }
    }

    /** What was applied in a stretch of time. */
    private record Window(long events, double seconds) {

        /**
         * After the first third, in which a service that has just been started compiles itself, until the time is over or
         * the last hundredth, in which partitions run empty one by one. What is so short that all of it passes between two
         * looks is taken as a whole.
         */
        static Window of(Topics topics, long before, long backlog, Duration atMost) {
            long asked = System.nanoTime();
            long begun = asked;
            long applied = 0;
            long first = 0;
            for (boolean warm = false; applied < backlog * 99 / 100; ) {
                LockSupport.parkNanos(100_000_000);
                long now = System.nanoTime();
                long more = topics.written(Topics.FEEDBACK) - before;
                if (applied == 0 && more == 0) {
                    begun = now;
                }
                applied = more;
                if (!warm && applied >= backlog / 3 && applied < backlog * 9 / 10) {
                    warm = true;
                    begun = now;
                    first = applied;
                }
                if (warm && now - begun > atMost.toNanos()) {
                    break;
                }
                if (applied == 0 && now - asked > PATIENCE.toNanos()) {
                    throw new IllegalStateException("nothing is applied; see profile.log");
                }
            }
            return new Window(applied - first, (System.nanoTime() - begun) / 1e9);
        }

        double perSecond() {
            return events / seconds;
        }
    }
}
