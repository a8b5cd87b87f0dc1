package winback.benchmarks.rig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import winback.benchmarks.load.HttpLoad;
import winback.infrastructure.LocalPostgres.Database;

/** A service as a process of its own from its {@code exec} jar, as {@code ./winback up --processes} runs it. */
public final class ServiceProcess implements AutoCloseable {

    public static final String HOST = "127.0.0.1";
    /** As of {@code up --processes}. */
    public static final String JAVA_OPTIONS = "-Xmx1g -Xmn256m -XX:+UseSerialGC -XX:SweeperThreshold=60";

    /** Of every role, to every service. */
    public static final String KEY = "the-key-of-a-bench-on-loopback";

    private static final String LIVENESS = "/actuator/health/liveness";
    private static final String READINESS = "/actuator/health/readiness";
    private static final int OK = 200;
    private static final Duration READY_WITHIN = Duration.ofMinutes(5);
    private static final JsonMapper JSON = JsonMapper.shared();

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();
    private final String module;
    private final Process process;
    private final int port;
    private final Path log;

    private ServiceProcess(String module, Process process, int port, Path log) {
        this.module = module;
        this.process = process;
        this.port = port;
        this.log = log;
    }

    /** When a start is over. */
    public enum Until {
        /** Its port answers, whatever it says: of its topics nothing has been read yet. */
        LISTENING,
        /** It answers; it may still have to catch up with its topics. */
        ANSWERING,
        READY
    }

    /**
     * Starts it and waits.
     *
     * @param module such as {@code profile-service}; its database is named like it
     * @param home the source tree that it was built in
     * @param port 0 for any free one
     * @param properties more than where PostgreSQL and Kafka are
     * @param log what it says is appended there
     */
    public static ServiceProcess start(
            String module,
            Path home,
            Servers servers,
            int port,
            String javaOptions,
            Map<String, String> properties,
            Path log,
            Until until)
            throws IOException, InterruptedException {
        ServiceProcess service = launch(module, home, servers, port, javaOptions, properties, log);
        switch (until) {
            case LISTENING -> service.await(() -> service.health(LIVENESS) > 0);
            case ANSWERING -> service.await(() -> service.health(LIVENESS) == OK);
            case READY -> service.awaitReady();
        }
        return service;
    }

    private static ServiceProcess launch(
            String module,
            Path home,
            Servers servers,
            int port,
            String javaOptions,
            Map<String, String> properties,
            Path log)
            throws IOException {
        int chosen = port == 0 ? freePort() : port;
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(javaOptions.strip().split("\\s+")));
        command.addAll(List.of(
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-jar",
                jar(module, home).toString()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(log.toFile()))
                .redirectInput(Redirect.from(Path.of("/dev/null").toFile()));
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("WINBACK_") || name.startsWith("SPRING_"));
        environment.put("SERVER_PORT", Integer.toString(chosen));
        environment.put("WINBACK_KAFKA", servers.kafka());
        Database database = servers.database(module.substring(0, module.lastIndexOf('-')));
        environment.put("WINBACK_DB_URL", database.url());
        environment.put("WINBACK_DB_USER", database.user());
        environment.put("WINBACK_DB_PASSWORD", database.password());
        environment.put("WINBACK_DB_SCHEMA", database.schema());
        environment.put("WINBACK_API_KEY", KEY);
        environment.put("WINBACK_SECRET_VALUE", "a-secret-of-a-bench-that-is-thrown-away");
        environment.put("WINBACK_TOPICS_PARTITIONS", "6");
        properties.forEach((name, value) -> environment.put(variable(name), value));
        Process process = builder.start();
        // Whoever started it may be ended before it is ready, and not know it yet.
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy, module + "-stop"));
        return new ServiceProcess(module, process, chosen, log);
    }

    /** One that nobody listens on now. */
    public static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** The environment variable of a property, as Spring Boot reads it: {@code winback.db.url} is {@code WINBACK_DB_URL}. */
    private static String variable(String property) {
        return property.replace("-", "").replace('.', '_').toUpperCase(Locale.ROOT);
    }

    private static Path jar(String module, Path home) {
        Path target = home.resolve(module).resolve("target");
        if (Files.isDirectory(target)) {
            try (DirectoryStream<Path> jars = Files.newDirectoryStream(target, module + "-*-exec.jar")) {
                for (Path jar : jars) {
                    return jar;
                }
            } catch (IOException e) {
                throw new UncheckedIOException("cannot look into " + target, e);
            }
        }
        throw new IllegalStateException(
                "there is no exec jar of " + module + " in " + target + "; `mvn -DskipTests package` builds it");
    }

    /** Returns when it has caught up with its topics. */
    public void awaitReady() throws InterruptedException {
        await(() -> health(READINESS) == OK);
    }

    /** Whether something is so by now. */
    @FunctionalInterface
    private interface State {
        boolean isSo() throws InterruptedException;
    }

    private void await(State wanted) throws InterruptedException {
        long deadline = System.nanoTime() + READY_WITHIN.toNanos();
        while (!wanted.isSo()) {
            if (!process.isAlive() || System.nanoTime() - deadline > 0) {
                process.destroyForcibly().waitFor();
                throw new IllegalStateException(module + " did not start; see " + log);
            }
            LockSupport.parkNanos(50_000_000);
        }
    }

    /** The status that it answers with; 0 when it does not answer. */
    private int health(String path) throws InterruptedException {
        try {
            return send("GET", path, "", BodyPublishers.noBody(), Duration.ofSeconds(5))
                    .statusCode();
        } catch (IOException notYet) {
            return 0;
        }
    }

    public int port() {
        return port;
    }

    /** A request for {@link HttpLoad}; a body makes it a POST. */
    public byte[] request(String path, String body) {
        return HttpLoad.request(body.isEmpty() ? "GET" : "POST", path, HOST + ":" + port, KEY, body);
    }

    public JsonNode get(String path) throws IOException, InterruptedException {
        return json(path, send("GET", path, "", BodyPublishers.noBody(), Duration.ofSeconds(30)));
    }

    public JsonNode post(String path, String contentType, BodyPublisher body) throws IOException, InterruptedException {
        return json(path, send("POST", path, contentType, body, Duration.ofMinutes(30)));
    }

    public JsonNode put(String path, String contentType, BodyPublisher body) throws IOException, InterruptedException {
        return json(path, send("PUT", path, contentType, body, Duration.ofSeconds(30)));
    }

    private static JsonNode json(String path, HttpResponse<String> answer) {
        if (answer.statusCode() / 100 != 2) {
            throw new IllegalStateException(path + " answered " + answer.statusCode() + ": " + answer.body());
        }
        return JSON.readTree(answer.body());
    }

    private HttpResponse<String> send(
            String method, String path, String contentType, BodyPublisher body, Duration within)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://" + HOST + ":" + port + path))
                .header("Authorization", "Bearer " + KEY)
                .timeout(within)
                .method(method, body);
        if (!contentType.isEmpty()) {
            request.header("Content-Type", contentType);
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    public long pid() {
        return process.pid();
    }

    /** What it tells Prometheus now. */
    public Metrics metrics() throws IOException, InterruptedException {
        return new Metrics(send("GET", "/actuator/prometheus", "", BodyPublishers.noBody(), Duration.ofSeconds(30))
                .body());
    }

    /** The sum of a metric over all its tags, as Prometheus would read it now; 0 when there is none of that name. */
    public double metric(String name) throws IOException, InterruptedException {
        return metrics().sum(name);
    }

    /** MiB of heap in use after a full collection. */
    public double heapAfterCollection() throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(process.pid()),
                        "GC.run")
                .redirectErrorStream(true)
                .redirectOutput(Redirect.DISCARD)
                .start();
        if (jcmd.waitFor() != 0) {
            throw new IllegalStateException("jcmd could not collect the service's garbage");
        }
        return metrics().sum("jvm_memory_used_bytes", "area=\"heap\"") / (1 << 20);
    }

    /** {@code kill -9}. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
        http.close();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(40, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        http.close();
    }
}
