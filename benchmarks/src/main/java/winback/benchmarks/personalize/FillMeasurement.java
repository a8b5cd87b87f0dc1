package winback.benchmarks.personalize;

import java.io.IOException;
import winback.benchmarks.personalize.Options.Part;
import winback.benchmarks.rig.Report;
import winback.benchmarks.rig.Report.Limit;
import winback.benchmarks.rig.ServiceProcess;

/** A start with all subscribers on the topics: how soon they are in memory, and how much of it they take. */
final class FillMeasurement implements PersonalizationBench.Measurement {

    private static final int LEAST_JUDGED = 50_000;

    @Override
    public void run(PersonalizationRig rig, Report report) throws IOException, InterruptedException {
        int subscribers = rig.options().subscribers();
        double without = rig.heapOfNobody();
        ServiceProcess service = rig.listening();
        long began = System.nanoTime();
        service.awaitReady();
        double seconds = (System.nanoTime() - began) / 1e9;
        double cached = service.metric("winback_cache_subscribers");
        double skipped = service.metric("winback_cache_skipped_total");
        double with = service.heapAfterCollection();

        report.add(Part.FILL, "subscribers in memory", cached, "", Limit.atLeast(subscribers));
        report.add(Part.FILL, "records that could not be read", skipped, "", Limit.atMost(0));
        report.add(Part.FILL, "from the first read to ready", seconds, "s");
        report.add(Part.FILL, "rate", subscribers / seconds, "subscribers/s", Limit.atLeast(50_000));
        report.add(Part.FILL, "heap after collection without them", without, "MiB");
        report.add(Part.FILL, "heap after collection with them", with, "MiB");
        report.add(
                Part.FILL,
                "heap per subscriber",
                (with - without) * (1 << 20) / subscribers,
                "B",
                // Of fewer the difference of two collections says nothing.
                subscribers < LEAST_JUDGED ? null : Limit.atMost(1024));
    }
}
