package winback.benchmarks.predict;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;
import winback.benchmarks.predict.Options.Part;
import winback.benchmarks.rig.Report;
import winback.benchmarks.rig.Report.Limit;
import winback.benchmarks.rig.ServiceProcess;
import winback.prediction.models.ModelName;

/**
 * Each model trained on 100,000 subscribers through the service, from the request to the version that is live: its rows
 * collected from Kafka, back-tested, compared, fitted. Beside it what the process holds at most, what is seen of its
 * progress, and how soon a training that is cancelled has stopped.
 */
final class TrainingMeasurement implements PredictBench.OnServers {

    private static final int SUBSCRIBERS = 100_000;
    private static final double MOST_MINUTES = 15;
    private static final double MOST_GIB = 4;
    private static final double MOST_SECONDS_TO_CANCEL = 1;

    /** How long trainings fit before they are cancelled: at the first members, within the trees, and at others. */
    private static final double[] CANCELLED_AFTER_SECONDS = {1, 4, 9};

    private static final long POLL_NANOS = 5_000_000;

    @Override
    public void run(PredictionRig rig, Report report) throws IOException, InterruptedException {
        int subscribers = rig.options().scaled(SUBSCRIBERS, 1_000);
        ServiceProcess service = rig.service();
        try (TrainingRows rows = rig.rows(subscribers)) {
            report.add(Part.TRAINING, "subscribers", subscribers, "");
            double all = 0;
            for (ModelName name : ModelName.values()) {
                Report.say("training %s on %d subscribers", name.wireName(), subscribers);
                Watched watched = new Watched();
                rig.train(name, watched::see);
                watched.report(name, report);
                all += watched.seconds();
            }
            report.add(Part.TRAINING, "all models", all / 60, "min", Limit.atMost(MOST_MINUTES));
            report.add(
                    Part.TRAINING, "resident at most", peakBytes(service) / (1 << 30), "GiB", Limit.atMost(MOST_GIB));
            double longest = 0;
            for (double after : CANCELLED_AFTER_SECONDS) {
                longest = Math.max(longest, cancelled(rig, after));
            }
            report.add(
                    Part.TRAINING, "cancelled and stopped within", longest, "s", Limit.atMost(MOST_SECONDS_TO_CANCEL));
        }
    }

    /** Heap, native memory and code together, as Linux counts it. */
    private static double peakBytes(ServiceProcess service) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", Long.toString(service.pid()), "status"))) {
            if (line.startsWith("VmHWM:")) {
                return Double.parseDouble(line.replaceAll("\\D", "")) * 1024;
            }
        }
        throw new IllegalStateException("the system does not tell what a process holds at most");
    }

    /** Seconds from the request to cancel until the job's thread says that it has stopped. */
    private static double cancelled(PredictionRig rig, double afterSeconds) throws IOException, InterruptedException {
        String id = rig.ask(ModelName.CHURN);
        long fitting = 0;
        while (fitting == 0 || System.nanoTime() - fitting < afterSeconds * 1e9) {
            JsonNode now = rig.training(id);
            // While it says that it waits for its turn, the rows are still read.
            if (fitting == 0
                    && now.path("state").asString().equals("fitting")
                    && !now.path("detail").asString().contains("waits for its turn")) {
                fitting = System.nanoTime();
            }
            if (now.path("state").asString().equals("done")) {
                Report.say("the training was done before it could be cancelled");
                return 0;
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        String at = rig.training(id).path("detail").asString();
        long began = System.nanoTime();
        rig.service().post("/v1/trainings/" + id + "/cancel", "application/json", BodyPublishers.ofString("{}"));
        double answered = (System.nanoTime() - began) / 1e9;
        while (!stopped(rig.log(), id)) {
            LockSupport.parkNanos(POLL_NANOS);
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        Report.say("cancelled at '%s': answered after %.3f s, stopped after %.3f s", at, answered, seconds);
        return seconds;
    }

    private static boolean stopped(Path log, String job) throws IOException {
        try (var lines = Files.lines(log)) {
            return lines.anyMatch(line -> line.contains("job " + job + " stopped"));
        }
    }

    /** What is seen of a training while it runs. */
    private static final class Watched {
        private final long began = System.nanoTime();
        private final Map<String, Double> secondsByPhase = new LinkedHashMap<>();
        private final Set<String> details = new HashSet<>();
        private String last = "requested";
        private long lastNanos = began;
        private String detail = "";
        private long detailNanos = began;
        private double longestQuiet;

        void see(JsonNode training) {
            long now = System.nanoTime();
            secondsByPhase.merge(last, (now - lastNanos) / 1e9, Double::sum);
            lastNanos = now;
            last = phase(training);
            String said = training.path("progress").asDouble()
                    + training.path("detail").asString();
            if (!said.equals(detail)) {
                detail = said;
                detailNanos = now;
                details.add(said);
            }
            if (training.path("state").asString().equals("fitting")) {
                longestQuiet = Math.max(longestQuiet, (now - detailNanos) / 1e9);
            }
        }

        /** Such as {@code back-testing}, without which fold or tree it is at. */
        private static String phase(JsonNode training) {
            String state = training.path("state").asString();
            return state.equals("fitting")
                    ? training.path("detail")
                            .asString()
                            .replaceAll("[,.].*", "")
                            .replaceAll(" \\d+", "")
                            .strip()
                    : state;
        }

        double seconds() {
            return (lastNanos - began) / 1e9;
        }

        void report(ModelName name, Report report) {
            secondsByPhase.forEach((phase, seconds) -> {
                if (seconds >= .5) {
                    report.add(Part.TRAINING, name.wireName() + ": " + phase, seconds, "s");
                }
            });
            report.add(Part.TRAINING, name.wireName() + ": all", seconds(), "s");
            report.add(Part.TRAINING, name.wireName() + ": different states of progress seen", details.size(), "");
            report.add(Part.TRAINING, name.wireName() + ": longest without a new one while fitting", longestQuiet, "s");
        }
    }
}
