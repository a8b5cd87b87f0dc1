package winback.benchmarks.personalize;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import winback.benchmarks.load.HttpLoad;
import winback.benchmarks.load.OpenLoad;
import winback.benchmarks.personalize.Options.Part;
import winback.benchmarks.rig.Report;

/** {@code kill -9} of content-service amid arrivals at a quarter of the peak, and a new start on the same port. */
final class KillMeasurement implements PersonalizationBench.Measurement {

    private static final double ROUNDS_BEFORE = 3;
    private static final double ROUNDS_AFTER = 3;

    @Override
    public void run(PersonalizationRig rig, Report report) throws IOException, InterruptedException {
        double rate = rig.peak() / 4;
        Decisions decisions = new Decisions(rig.topics());
        AtomicLong firstAfter = new AtomicLong();
        AtomicBoolean killed = new AtomicBoolean();
        AtomicBoolean over = new AtomicBoolean();
        AtomicReference<HttpLoad.@Nullable Result> sent = new AtomicReference<>();
        OpenLoad load = rig.open(Asks.PATH, (index, nanos, body) -> {
            decisions.tell(body);
            if (killed.get()) {
                firstAfter.compareAndSet(0, nanos);
            }
        });
        Thread sending = Thread.ofPlatform().name("arrivals").start(() -> {
            try {
                sent.set(load.run(rate, over::get));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        long began;
        double ready;
        try {
            LockSupport.parkNanos(rig.options().rounds(ROUNDS_BEFORE).toNanos());
            began = System.nanoTime();
            rig.kill();
            killed.set(true);
            rig.service();
            ready = (System.nanoTime() - began) / 1e9;
            LockSupport.parkNanos(rig.options().rounds(ROUNDS_AFTER).toNanos());
        } finally {
            over.set(true);
            sending.join();
        }
        HttpLoad.Result result = sent.get();
        if (result == null) {
            throw new IllegalStateException("the load was interrupted");
        }
        Report.checked(result);
        report.add(Part.KILL, "arrivals", rate, "requests/s");
        report.add(Part.KILL, "arrivals that were not answered", result.errors(), "");
        report.add(Part.KILL, "from the kill to the next answer", (firstAfter.get() - began) / 1e9, "s");
        report.add(Part.KILL, "from the kill to ready", ready, "s");
        decisions.report(report, Part.KILL, "");
    }
}
