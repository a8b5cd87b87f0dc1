package winback.benchmarks.ingest;

import java.io.IOException;
import java.time.Duration;
import java.util.SplittableRandom;
import winback.benchmarks.ingest.Options.Part;
import winback.benchmarks.load.HttpLoad;
import winback.benchmarks.load.OpenLoad;
import winback.benchmarks.rig.OwnCpu;
import winback.benchmarks.rig.Report;
import winback.benchmarks.rig.Report.Limit;
import winback.benchmarks.rig.ServiceProcess;

/**
 * {@code /v1/track}, one event a request, acknowledged by Kafka, beside an endpoint of the same service that stops after
 * validation; rounds of both by turns, because the machine has good and bad minutes.
 */
final class TrackMeasurement implements IngestBench.Measurement {

    private static final int ROUNDS = 3;
    private static final int OPEN_CONNECTIONS = 64;

    @Override
    public void run(Rig rig, Report report) throws IOException, InterruptedException {
        measure(rig, rig.applying(), report, ", consumers running", false);
        measure(rig, rig.paused(), report, "", true);
    }

    private static void measure(Rig rig, ServiceProcess service, Report report, String when, boolean limited)
            throws InterruptedException {
        Options options = rig.options();
        HttpLoad track = load(rig, service, "/v1/track");
        HttpLoad reference = load(rig, service, "/v1/track/reference");
        // Until the compiler rests: in the first minute after a start it takes up to a third of two cores.
        Report.checked(track.run(options.connections(), options.seconds(60), 1));
        Report.checked(reference.run(options.connections(), options.seconds(15), 2));
        double[] tracked = new double[ROUNDS];
        double[] referred = new double[ROUNDS];
        double[] ratios = new double[ROUNDS];
        Duration round = options.seconds(10);
        OwnCpu cpu = new OwnCpu();
        for (int i = 0; i < ROUNDS; i++) {
            HttpLoad.Result first = Report.checked(track.run(options.connections(), round, 10 + i));
            HttpLoad.Result second = Report.checked(reference.run(options.connections(), round, 20 + i));
            tracked[i] = first.perSecond();
            referred[i] = second.perSecond();
            ratios[i] = tracked[i] / referred[i];
        }
        double share = cpu.share();
        double rate = report.addMedian(Part.TRACK, "/v1/track" + when, tracked, "requests/s", null);
        report.addMedian(Part.TRACK, "parse and validate alone" + when, referred, "requests/s", null);
        report.addMedian(Part.TRACK, "ratio" + when, ratios, "", limited ? Limit.atLeast(0.6) : null);
        report.add(Part.TRACK, "client's share of the cores" + when, share, "", Limit.atMost(0.5));

        double half = rate / 2;
        OpenLoad open = new OpenLoad(
                ServiceProcess.HOST,
                service.port(),
                OPEN_CONNECTIONS,
                index -> service.request("/v1/track", rig.calls().live(new SplittableRandom(index))),
                (index, nanos, body) -> {});
        Report.checked(open.run(half, options.seconds(5)));
        HttpLoad.Result result = Report.checked(open.run(half, options.seconds(30)));
        String at = "open loop at %.0f/s, ".formatted(half);
        report.add(Part.TRACK, at + "p50" + when, result.millis(50), "ms");
        report.add(Part.TRACK, at + "p99" + when, result.millis(99), "ms", limited ? Limit.atMost(10) : null);
    }

    private static HttpLoad load(Rig rig, ServiceProcess service, String path) {
        return new HttpLoad(
                ServiceProcess.HOST,
                service.port(),
                random -> service.request(path, rig.calls().live(random)));
    }
}
