package winback.benchmarks.ingest;

import java.io.IOException;
import java.sql.SQLException;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import winback.benchmarks.ingest.Options.Part;
import winback.benchmarks.ingest.Report.Limit;

/**
 * From Kafka to PostgreSQL to {@code ProfileChanged}: a backlog about subscribers with history, drawn uniformly, is made with
 * the consumers paused, then worked off. Counted are the records on {@code winback.feedback}, one for each applied event, which
 * is published after the profile's change. Beside it, on the same servers, {@link JdbcLoop}.
 */
final class ApplyMeasurement implements IngestBench.Measurement {

    private static final int BATCH = 100;
    /** For 70 s at 10,000 events/s. */
    private static final int BACKLOG = 700_000;

    @Override
    public void run(Rig rig, Report report) throws IOException, InterruptedException, SQLException {
        Options options = rig.options();
        rig.preload();
        rig.paused();
        int batches = Math.max(1, options.scaled(BACKLOG) / BATCH);
        Report.say("producing a backlog of %d events", batches * BATCH);
        rig.sendEach("/v1/batch", batches, n -> rig.calls().batch(BATCH, new SplittableRandom(n)));

        Topics topics = rig.topics();
        long before = topics.written(Topics.FEEDBACK);
        long all = topics.written(Topics.PROFILE);
        rig.applying();
        long warm = before + batches * (long) BATCH / 10;
        long last = before + batches * (long) BATCH * 99 / 100;
        awaitWritten(topics, warm);
        long began = System.nanoTime();
        long first = topics.written(Topics.FEEDBACK);
        long deadline = began + options.seconds(60).toNanos();
        long applied = first;
        while (System.nanoTime() - deadline < 0 && applied < last) {
            LockSupport.parkNanos(50_000_000);
            applied = topics.written(Topics.FEEDBACK);
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        double rate = (applied - first) / seconds;
        report.add(Part.APPLY, "applied and published", rate, "events/s", Limit.atLeast(5000));
        report.add(Part.APPLY, "measured for", seconds, "s");
        rig.awaitApplied();
        report.add(
                Part.APPLY,
                "ProfileChanged records an event",
                (topics.written(Topics.PROFILE) - all) / (double) (topics.written(Topics.FEEDBACK) - before),
                "");
        rig.stopService();

        try (JdbcLoop loop = new JdbcLoop(rig)) {
            double peer = loop.run(options.seconds(30));
            report.add(Part.APPLY, "plain JDBC loop, the same rows", peer, "events/s");
            report.add(Part.APPLY, "ratio", rate / peer, "", Limit.atLeast(0.3));
        }
    }

    private static void awaitWritten(Topics topics, long count) {
        long deadline = System.nanoTime() + 120_000_000_000L;
        while (topics.written(Topics.FEEDBACK) < count) {
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("nothing is applied; see profile.log");
            }
            LockSupport.parkNanos(20_000_000);
        }
    }
}
