package winback.benchmarks.ingest;

import java.io.IOException;
import java.util.SplittableRandom;
import winback.benchmarks.ingest.Options.Part;
import winback.benchmarks.load.HttpLoad;
import winback.benchmarks.rig.OwnCpu;
import winback.benchmarks.rig.Report;
import winback.benchmarks.rig.Report.Limit;
import winback.benchmarks.rig.ServiceProcess;

/** {@code /v1/batch} with 100 events, acknowledged by Kafka, consumers paused. */
final class BatchMeasurement implements IngestBench.Measurement {

    private static final int ROUNDS = 3;
    private static final int SIZE = 100;

    @Override
    public void run(Rig rig, Report report) throws IOException, InterruptedException {
        ServiceProcess service = rig.paused();
        Options options = rig.options();
        // Fewer: a batch keeps a core busy for milliseconds.
        int connections = Math.max(1, options.connections() / 2);
        HttpLoad load = new HttpLoad(
                ServiceProcess.HOST,
                service.port(),
                random -> service.request("/v1/batch", rig.calls().batch(SIZE, random)));
        // Each once and for sure: the very first may take longer than a client waits.
        rig.sendEach("/v1/batch", 20, n -> rig.calls().batch(SIZE, new SplittableRandom(n)));
        Report.checked(load.run(connections, options.seconds(10), 1));
        double[] rounds = new double[ROUNDS];
        OwnCpu cpu = new OwnCpu();
        for (int i = 0; i < ROUNDS; i++) {
            HttpLoad.Result result = Report.checked(load.run(connections, options.seconds(10), 30 + i));
            rounds[i] = result.perSecond() * SIZE;
        }
        double share = cpu.share();
        report.addMedian(Part.BATCH, "/v1/batch of " + SIZE, rounds, "events/s", Limit.atLeast(15_000));
        report.add(Part.BATCH, "client's share of the cores", share, "", Limit.atMost(0.5));
    }
}
