package winback.benchmarks.rig;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import winback.infrastructure.LocalPostgres.Database;

/**
 * PostgreSQL and Kafka, durable as in production, in a process of their own: the broker's work must not pass for the
 * client's. The process lives as long as its standard input is open, so it ends with the one that started it, however that
 * ends.
 */
public final class Servers implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String DONE = "done";
    private static final long LOOK_NANOS = 1_000_000_000;

    private final Process process;
    private final String kafka;
    private final Map<String, Database> databases = new HashMap<>();

    private Servers(Process process, JsonNode addresses) {
        this.process = process;
        this.kafka = addresses.path("kafka").asString();
        addresses
                .path("databases")
                .forEach(at -> databases.put(
                        at.path("schema").asString(),
                        new Database(
                                at.path("url").asString(),
                                at.path("user").asString(),
                                at.path("password").asString(),
                                at.path("schema").asString())));
    }

    /**
     * What the process does: starts both, says where they are in one line, then obeys each line of its input and answers
     * with one. It returns when its input ends; both stop with the process.
     */
    public static void serve(Path dataDir) throws IOException {
        LocalServers servers = new LocalServers(dataDir);
        // A hook, because an interrupt at the terminal reaches this process too, and PostgreSQL would outlive it.
        Runtime.getRuntime().addShutdownHook(new Thread(servers::close, "servers-stop"));
        say(JSON.writeValueAsString(Map.of("kafka", servers.bootstrapServers(), "databases", servers.databases())));
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String command = commands.readLine(); command != null; command = commands.readLine()) {
            try {
                servers.obey(command);
                say(DONE);
            } catch (RuntimeException failure) {
                failure.printStackTrace();
                say(failure.toString().lines().findFirst().orElse(""));
            }
        }
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    public static Servers start(Path dataDir) throws IOException {
        // From the nested jar the class path is the jar alone, and its main class the loader that knows what is inside.
        boolean nested = Servers.class.getClassLoader() != ClassLoader.getSystemClassLoader();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-XX:+UseParallelGC",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                nested ? "org.springframework.boot.loader.launch.JarLauncher" : "winback.benchmarks.Bench",
                "servers",
                dataDir.toString()));
        Path log = dataDir.resolveSibling("servers.log");
        Process process = new ProcessBuilder(command)
                .redirectError(Redirect.appendTo(log.toFile()))
                .start();
        String line = process.inputReader(StandardCharsets.UTF_8).readLine();
        if (line == null) {
            process.destroyForcibly();
            throw new IllegalStateException("PostgreSQL and Kafka did not start; see " + log);
        }
        return new Servers(process, JSON.readTree(line));
    }

    public String kafka() {
        return kafka;
    }

    /** Of a service, such as {@code profile}. */
    public Database database(String service) {
        Database database = databases.get(service);
        if (database == null) {
            throw new IllegalArgumentException("There is no database of " + service);
        }
        return database;
    }

    /** A connection of a service's role, whose unqualified names are that service's tables. */
    public Connection connect(String service) throws SQLException {
        Database database = database(service);
        return DriverManager.getConnection(
                database.url() + "?reWriteBatchedInserts=true", database.user(), database.password());
    }

    /** Kafka is away until {@link #startKafka}. */
    public void stopKafka() throws IOException {
        tell("stop kafka");
    }

    /** On the same port, with the same data. */
    public void startKafka() throws IOException {
        tell("start kafka");
    }

    /** PostgreSQL is away until {@link #startPostgres}. */
    public void stopPostgres() throws IOException {
        tell("stop postgres");
    }

    /** On the same port, with the same data. */
    public void startPostgres() throws IOException {
        tell("start postgres");
    }

    private synchronized void tell(String command) throws IOException {
        BufferedWriter commands = process.outputWriter(StandardCharsets.UTF_8);
        commands.write(command + "\n");
        commands.flush();
        String answer = process.inputReader(StandardCharsets.UTF_8).readLine();
        if (!DONE.equals(answer)) {
            throw new IllegalStateException("could not " + command + ": " + answer);
        }
    }

    /**
     * Returns when Kafka has had next to nothing to do for so long, such as after it has cleaned what was just written; at
     * the latest when patience is at its end.
     */
    public void awaitQuiet(Duration quiet, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        long quietSince = System.nanoTime();
        Duration cpu = cpu();
        while (System.nanoTime() - quietSince < quiet.toNanos() && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(LOOK_NANOS);
            Duration now = cpu();
            // A broker that nobody talks to takes some percent of a core.
            if (now.minus(cpu).toNanos() > LOOK_NANOS / 5) {
                quietSince = System.nanoTime();
            }
            cpu = now;
        }
    }

    private Duration cpu() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    @Override
    public void close() {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
