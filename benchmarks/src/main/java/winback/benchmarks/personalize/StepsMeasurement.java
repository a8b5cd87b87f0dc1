package winback.benchmarks.personalize;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import winback.benchmarks.load.HttpLoad;
import winback.benchmarks.load.OpenLoad;
import winback.benchmarks.personalize.Options.Part;
import winback.benchmarks.rig.Report;
import winback.benchmarks.rig.Report.Limit;

/** Latency at several shares of the peak, each a step of an open loop; ours and the reference's at the same rates. */
final class StepsMeasurement implements PersonalizationBench.Measurement {

    /**
     * One step.
     *
     * @param percent of our own peak
     * @param ours latencies from when each arrival was due
     * @param reference likewise, at the same rate
     */
    record Step(int percent, double perSecond, HttpLoad.Result ours, HttpLoad.Result reference) {}

    private static final List<Integer> PERCENT = List.of(10, 25, 50, 75, 90);

    @Override
    public void run(PersonalizationRig rig, Report report) throws IOException, InterruptedException {
        double peak = rig.peak();
        List<Step> steps = new ArrayList<>();
        for (int percent : PERCENT) {
            double rate = peak * percent / 100;
            HttpLoad.Result ours = step(rig, Asks.PATH, rate);
            rig.settle(rig.service());
            HttpLoad.Result reference = step(rig, Asks.REFERENCE, rate);
            steps.add(new Step(percent, rate, ours, reference));
            String at = percent + " % of the peak, ";
            report.add(Part.STEPS, at + "arrivals", rate, "requests/s");
            report.add(Part.STEPS, at + "p50", ours.millis(50), "ms");
            report.add(Part.STEPS, at + "p99", ours.millis(99), "ms");
            report.add(Part.STEPS, at + "reference's p50", reference.millis(50), "ms");
            report.add(Part.STEPS, at + "reference's p99", reference.millis(99), "ms");
        }
        long errors = steps.stream()
                .mapToLong(step -> step.ours().errors() + step.reference().errors())
                .sum();
        report.add(Part.STEPS, "errors", errors, "", Limit.atMost(0));
        if (rig.options().png() != null) {
            LatencyPicture.write(steps, rig.options().png());
        }
    }

    private static HttpLoad.Result step(PersonalizationRig rig, String path, double rate)
            throws IOException, InterruptedException {
        Duration span = rig.options().rounds(3);
        OpenLoad load = rig.open(path, (index, nanos, body) -> {});
        Report.checked(load.run(rate, span.dividedBy(6)));
        return Report.checked(load.run(rate, span));
    }
}
