package winback.benchmarks.personalize;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import winback.benchmarks.load.HttpLoad;
import winback.benchmarks.load.OpenLoad;
import winback.benchmarks.personalize.Options.Part;
import winback.benchmarks.rig.Report;
import winback.benchmarks.rig.Report.Limit;
import winback.benchmarks.rig.ServiceProcess;

/**
 * Two instances that share the subscribers, an eighth of one's peak arriving at each; then one is killed, and its arrivals go
 * to the other, as a balancer would send them.
 */
final class InstancesMeasurement implements PersonalizationBench.Measurement {

    /** Until the compilers of both rest. */
    private static final double ROUNDS_OF_WARM_UP = 6;

    private static final double ROUNDS_BEFORE = 3;

    /** Kafka takes six seconds to notice, and partitions are read anew. */
    private static final int LEAST_SECONDS_AFTER = 30;

    private static final long POLL_NANOS = 50_000_000;

    /** Arrivals at one instance, sent by a thread. */
    private static final class Arrivals {
        private final AtomicBoolean over = new AtomicBoolean();
        private final AtomicReference<HttpLoad.@Nullable Result> result = new AtomicReference<>();
        private final Thread thread;

        Arrivals(OpenLoad load, double rate) {
            thread = Thread.ofPlatform().name("arrivals").start(() -> {
                try {
                    result.set(load.run(rate, over::get));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }

        HttpLoad.Result end() throws InterruptedException {
            over.set(true);
            thread.join();
            HttpLoad.Result sent = result.get();
            if (sent == null) {
                throw new IllegalStateException("the load was interrupted");
            }
            return sent;
        }
    }

    @Override
    public void run(PersonalizationRig rig, Report report) throws IOException, InterruptedException {
        double rate = rig.peak() / 8;
        List<ServiceProcess> both = rig.instances();
        ServiceProcess stays = both.getFirst();
        ServiceProcess dies = both.getLast();
        boolean killed = false;
        try {
            Report.say("warming up both");
            List<Arrivals> warm = both.stream()
                    .map(each -> new Arrivals(load(rig, each), rate))
                    .toList();
            LockSupport.parkNanos(rig.options().rounds(ROUNDS_OF_WARM_UP).toNanos());
            for (Arrivals each : warm) {
                Report.checked(each.end());
            }
            double unaskedCold = unasked(stays) + unasked(dies);
            report.add(Part.INSTANCES, "subscribers here", stays.metric("winback_cache_subscribers"), "");
            report.add(Part.INSTANCES, "subscribers there", dies.metric("winback_cache_subscribers"), "");
            Arrivals here = new Arrivals(load(rig, stays), rate);
            Arrivals there = new Arrivals(load(rig, dies), rate);
            LockSupport.parkNanos(rig.options().rounds(ROUNDS_BEFORE).toNanos());
            double unaskedHere = unasked(stays);
            double unaskedThere = unasked(dies);
            HttpLoad.Result before = here.end();
            double forwarded = stays.metric("winback_personalizations_forwarded_total");

            here = new Arrivals(load(rig, stays), rate);
            long began = System.nanoTime();
            dies.kill();
            killed = true;
            Arrivals moved = new Arrivals(load(rig, stays), rate);
            HttpLoad.Result cut = there.end();
            double full = awaitFull(stays, began, rig.options().subscribers());
            HttpLoad.Result rest = here.end();
            HttpLoad.Result movedRest = moved.end();

            report.add(Part.INSTANCES, "arrivals at each", rate, "requests/s");
            report.add(Part.INSTANCES, "p99 with both", before.millis(99), "ms");
            report.add(Part.INSTANCES, "asked of the other instance", forwarded, "");
            report.add(Part.INSTANCES, "answered without asking, while cold", unaskedCold, "");
            report.add(
                    Part.INSTANCES, "answered without asking, with both", unaskedHere + unaskedThere - unaskedCold, "");
            report.add(Part.INSTANCES, "errors with both", before.errors(), "", Limit.atMost(0));
            report.add(Part.INSTANCES, "in flight at the killed one", cut.errors(), "");
            report.add(
                    Part.INSTANCES,
                    "errors at the other, after the kill",
                    rest.errors() + movedRest.errors(),
                    "",
                    Limit.atMost(0));
            report.add(Part.INSTANCES, "from the kill to full service", full, "s");
            report.add(
                    Part.INSTANCES,
                    "answers with the population's defaults meanwhile",
                    unasked(stays) - unaskedHere,
                    "");
            report.add(Part.INSTANCES, "answers meanwhile", rest.requests() + movedRest.requests(), "");
            report.add(
                    Part.INSTANCES,
                    "subscribers here at the end",
                    stays.metric("winback_cache_subscribers"),
                    "",
                    Limit.atLeast(rig.options().subscribers()));
        } finally {
            stays.close();
            if (!killed) {
                dies.close();
            }
        }
    }

    private static OpenLoad load(PersonalizationRig rig, ServiceProcess content) {
        return rig.open(content, Asks.PATH, (index, nanos, body) -> {});
    }

    /** Answers that nothing was asked for. */
    private static double unasked(ServiceProcess content) throws IOException, InterruptedException {
        return content.metric("winback_personalizations_unasked_total");
    }

    /** Seconds until all subscribers are here and the last answer was given without one. */
    private static double awaitFull(ServiceProcess content, long began, int subscribers)
            throws IOException, InterruptedException {
        double last = unasked(content);
        long changed = began;
        while (System.nanoTime() - began < LEAST_SECONDS_AFTER * 1_000_000_000L
                || content.metric("winback_cache_subscribers") < subscribers
                || System.nanoTime() - changed < 5_000_000_000L) {
            LockSupport.parkNanos(POLL_NANOS);
            double now = unasked(content);
            if (now > last) {
                last = now;
                changed = System.nanoTime();
            }
            if (System.nanoTime() - began > 600_000_000_000L) {
                throw new IllegalStateException("the subscribers of the killed instance do not come");
            }
        }
        return (changed - began) / 1e9;
    }
}
