package winback.benchmarks.predict;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import winback.benchmarks.rig.Report;
import winback.benchmarks.rig.Scratch;
import winback.benchmarks.rig.Servers;
import winback.benchmarks.rig.ServiceProcess;
import winback.benchmarks.rig.ServiceProcess.Until;
import winback.benchmarks.rig.Topics;
import winback.prediction.models.ModelName;

/**
 * What a run measures on: servers on a data directory that is thrown away, prediction-service from its {@code exec}
 * jar, and someone who plays profile-service's part.
 *
 * <pre>
 * directory/
 *   servers/         PostgreSQL's and Kafka's data
 *   prediction.log   content.log   servers.log
 * </pre>
 */
final class PredictionRig implements AutoCloseable {

    /** The database of the service, and the group by which it reads profiles. */
    static final String PREDICTION = "prediction";

    /** Nothing that the benchmark did not ask for. */
    private static final Map<String, String> QUIET = Map.of(
            "winback.training.every", "0",
            "winback.drift.every", "0s",
            "winback.drift.outcomes-every", "0s");

    /** Customers that models are trained on where it does not matter. */
    private static final int FEW = 4_000;

    private static final long POLL_NANOS = 100_000_000;

    private final Options options;
    private final Scratch scratch;
    private final Servers servers;
    private final Topics topics;
    private @Nullable ServiceProcess service;
    private boolean closed;

    PredictionRig(Options options) throws IOException {
        this.options = options;
        this.scratch = new Scratch(Files.createTempDirectory("winback-bench"));
        this.servers = Servers.start(Files.createDirectories(directory().resolve("servers")));
        this.topics = new Topics(servers.kafka());
    }

    Options options() {
        return options;
    }

    Path directory() {
        return scratch.directory();
    }

    Servers servers() {
        return servers;
    }

    Topics topics() {
        return topics;
    }

    Path log() {
        return directory().resolve("prediction.log");
    }

    /** The service, ready. */
    ServiceProcess service() throws IOException, InterruptedException {
        ServiceProcess running = service;
        if (running != null) {
            return running;
        }
        Map<String, String> properties = new LinkedHashMap<>(QUIET);
        properties.putAll(options.properties());
        ServiceProcess started = ServiceProcess.start(
                "prediction-service",
                options.home(),
                servers,
                0,
                options.javaOptions(),
                properties,
                log(),
                Until.READY);
        service = started;
        return started;
    }

    void stopService() {
        if (service != null) {
            service.close();
            service = null;
        }
    }

    /** The service with each model live; those that are not yet are trained on few customers. */
    ServiceProcess serviceWithModels() throws IOException, InterruptedException {
        ServiceProcess ready = service();
        try (TrainingRows rows = fewRows()) {
            for (ModelName name : ModelName.values()) {
                if (!isLive(name)) {
                    Report.say("training %s on a few customers", name.wireName());
                    train(name, seen -> {});
                }
            }
        }
        for (ModelName name : ModelName.values()) {
            while (!isLive(name)) {
                LockSupport.parkNanos(POLL_NANOS);
            }
        }
        return ready;
    }

    /** Answers trainings where it does not matter what is learned. */
    TrainingRows fewRows() {
        return rows(options.scaled(FEW, 1_000));
    }

    TrainingRows rows(int customers) {
        return new TrainingRows(new GeneratedCustomers(customers, GeneratedCustomers.COLUMNS), topics, servers.kafka());
    }

    private boolean isLive(ModelName name) throws IOException, InterruptedException {
        for (JsonNode version : service().get("/v1/models/" + name.wireName()).path("versions")) {
            if (version.path("live").asBoolean(false)) {
                return true;
            }
        }
        return false;
    }

    /** Asks for a training and returns its id. */
    String ask(ModelName name) throws IOException, InterruptedException {
        return service()
                .post("/v1/models/" + name.wireName() + "/trainings", "application/json", BodyPublishers.ofString("{}"))
                .path("trainingId")
                .asString();
    }

    JsonNode training(String id) throws IOException, InterruptedException {
        return service().get("/v1/trainings/" + id);
    }

    /** Trains a model and returns when it is live. @param watching is shown the training ten times a second */
    JsonNode train(ModelName name, Consumer<JsonNode> watching) throws IOException, InterruptedException {
        String id = ask(name);
        JsonNode now = training(id);
        while (!now.path("state").asString().equals("done")) {
            watching.accept(now);
            if (now.path("state").asString().equals("failed")) {
                throw new IllegalStateException("the training of %s failed: %s"
                        .formatted(name.wireName(), now.path("detail").asString()));
            }
            LockSupport.parkNanos(POLL_NANOS);
            now = training(id);
        }
        watching.accept(now);
        if (!now.path("detail").asString().contains(" is live.")) {
            throw new IllegalStateException(
                    "what was trained is not live: " + now.path("detail").asString());
        }
        return now;
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        stopService();
        topics.close();
        servers.close();
        scratch.close();
    }
}
