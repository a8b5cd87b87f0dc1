package winback.benchmarks.personalize;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import winback.benchmarks.load.HttpConnection;
import winback.benchmarks.load.HttpLoad;
import winback.benchmarks.load.OpenLoad;
import winback.benchmarks.personalize.Options.Part;
import winback.benchmarks.rig.Metrics;
import winback.benchmarks.rig.OwnCpu;
import winback.benchmarks.rig.Report;
import winback.benchmarks.rig.Report.Limit;
import winback.benchmarks.rig.ServiceProcess;

/**
 * Personalisations of uniformly drawn subscribers, beside an endpoint of the same service whose answer is there already;
 * rounds of both by turns and their medians, in a closed loop and in an open one, because the machine has good and bad
 * minutes; those of the closed loop are short, so that a round and its reference's meet the same machine. Between rounds
 * the decisions come to rest in PostgreSQL, so that the one's leftovers do not slow down the other.
 */
final class PathMeasurement implements PersonalizationBench.Measurement {

    /** What the server itself says a decision took, HTTP left out. */
    static final String TIMER = "winback_personalization_seconds";

    private static final String ALLOCATED = "jvm_gc_memory_allocated_bytes_total";
    private static final int TURNS = 9;
    private static final double TURN = 1.0 / 3;
    private static final int OPEN_ROUNDS = 3;
    private static final int LOOKED_AT = 500;

    @Override
    public void run(PersonalizationRig rig, Report report) throws IOException, InterruptedException {
        Options options = rig.options();
        report.add(
                Part.PATH,
                "live variants",
                BenchCampaign.liveVariants(rig.service()),
                "",
                Limit.atLeast(BenchCampaign.VARIANTS));
        rig.warmUp();
        Report.checked(rig.closed(Asks.REFERENCE).run(options.connections(), options.rounds(1.5), 3));
        report.add(Part.PATH, "answer, mean", meanLength(rig, Asks.PATH), "B");
        report.add(Part.PATH, "reference's answer, mean", meanLength(rig, Asks.REFERENCE), "B");
        long errors = closed(rig, report);
        errors += open(rig, report);
        report.add(Part.PATH, "errors", errors, "", Limit.atMost(0));
    }

    private static double meanLength(PersonalizationRig rig, String path) throws IOException, InterruptedException {
        Asks asks = rig.asks(path);
        SplittableRandom random = new SplittableRandom(5);
        HttpConnection.Body body = new HttpConnection.Body();
        long bytes = 0;
        try (HttpConnection connection = new HttpConnection(
                new InetSocketAddress(ServiceProcess.HOST, rig.service().port()))) {
            for (int i = 0; i < LOOKED_AT; i++) {
                connection.exchange(asks.any(random), body);
                bytes += body.length();
            }
        }
        return (double) bytes / LOOKED_AT;
    }

    /** Returns the number of errors. */
    private static long closed(PersonalizationRig rig, Report report) throws IOException, InterruptedException {
        Options options = rig.options();
        ServiceProcess service = rig.service();
        HttpLoad path = rig.closed(Asks.PATH);
        HttpLoad reference = rig.closed(Asks.REFERENCE);
        double[] answered = new double[TURNS];
        double[] referred = new double[TURNS];
        double[] ratios = new double[TURNS];
        double[] clients = new double[TURNS];
        double[] clientsOfReference = new double[TURNS];
        double[] left = new double[TURNS];
        double allocated = 0;
        double allocatedByReference = 0;
        long requests = 0;
        long references = 0;
        long errors = 0;
        for (int i = 0; i < TURNS; i++) {
            double before = service.metric(ALLOCATED);
            OwnCpu cpu = new OwnCpu();
            HttpLoad.Result ours = Report.checked(path.run(options.connections(), options.rounds(TURN), 10 + i));
            clients[i] = cpu.share();
            allocated += service.metric(ALLOCATED) - before;
            left[i] = rig.settle(service);

            before = service.metric(ALLOCATED);
            cpu = new OwnCpu();
            HttpLoad.Result theirs = Report.checked(reference.run(options.connections(), options.rounds(TURN), 20 + i));
            clientsOfReference[i] = cpu.share();
            allocatedByReference += service.metric(ALLOCATED) - before;

            answered[i] = ours.perSecond();
            referred[i] = theirs.perSecond();
            ratios[i] = answered[i] / referred[i];
            requests += ours.requests();
            references += theirs.requests();
            errors += ours.errors() + theirs.errors();
        }
        rig.peak(report.addMedian(Part.PATH, "personalisations", answered, "requests/s", null));
        report.addMedian(Part.PATH, "reference", referred, "requests/s", null);
        report.addMedian(Part.PATH, "ratio", ratios, "", Limit.atLeast(.5));
        report.addMedian(Part.PATH, "client's share of the cores", clients, "", Limit.atMost(.5));
        report.addMedian(Part.PATH, "client's share of the cores, reference", clientsOfReference, "", Limit.atMost(.5));
        report.addMedian(Part.PATH, "decisions not yet in PostgreSQL after a round", left, "", null);
        if (allocated > 0) {
            report.add(Part.PATH, "allocated for a request", allocated / requests, "B");
            report.add(Part.PATH, "allocated for a reference", allocatedByReference / references, "B");
        }
        return errors;
    }

    /** Returns the number of errors. */
    private static long open(PersonalizationRig rig, Report report) throws IOException, InterruptedException {
        ServiceProcess service = rig.service();
        double rate = rig.peak() / 2;
        Duration span = rig.options().rounds(3);
        OpenLoad path = rig.open(Asks.PATH, (index, nanos, body) -> {});
        OpenLoad reference = rig.open(Asks.REFERENCE, (index, nanos, body) -> {});
        HttpLoad.Result[] ours = new HttpLoad.Result[OPEN_ROUNDS];
        HttpLoad.Result[] theirs = new HttpLoad.Result[OPEN_ROUNDS];
        double[] serverMedian = new double[OPEN_ROUNDS];
        double[] serverP99 = new double[OPEN_ROUNDS];
        long errors = 0;
        for (int i = 0; i < OPEN_ROUNDS; i++) {
            Report.checked(path.run(rate, span.dividedBy(6)));
            Metrics before = service.metrics();
            ours[i] = Report.checked(path.run(rate, span));
            Metrics after = service.metrics();
            serverMedian[i] = after.quantileSince(before, TIMER, .5) * 1000;
            serverP99[i] = after.quantileSince(before, TIMER, .99) * 1000;
            rig.settle(service);
            Report.checked(reference.run(rate, span.dividedBy(6)));
            theirs[i] = Report.checked(reference.run(rate, span));
            errors += ours[i].errors() + theirs[i].errors();
        }
        report.add(Part.PATH, "open loop, arrivals", rate, "requests/s");
        addMillis(report, "open loop, p50", ours, 50, null);
        addMillis(report, "open loop, p99", ours, 99, Limit.atMost(5));
        addMillis(report, "open loop, max", ours, 100, null);
        addMillis(report, "open loop, reference's p50", theirs, 50, null);
        addMillis(report, "open loop, reference's p99", theirs, 99, null);
        addMillis(report, "open loop, reference's max", theirs, 100, null);
        double[] ratios = IntStream.range(0, OPEN_ROUNDS)
                .mapToDouble(i -> ours[i].millis(99) / theirs[i].millis(99))
                .toArray();
        report.addMedian(Part.PATH, "open loop, p99 / reference's p99", ratios, "", Limit.atMost(3));
        report.addMedian(Part.PATH, "open loop, p50 at the server", serverMedian, "ms", Limit.atMost(.5));
        report.addMedian(Part.PATH, "open loop, p99 at the server", serverP99, "ms", null);
        return errors;
    }

    private static void addMillis(
            Report report, String name, HttpLoad.Result[] rounds, double percent, @Nullable Limit limit) {
        double[] millis =
                Stream.of(rounds).mapToDouble(round -> round.millis(percent)).toArray();
        report.addMedian(Part.PATH, name, millis, "ms", limit);
    }
}
