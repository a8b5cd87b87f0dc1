package winback.benchmarks.rig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import winback.infrastructure.LocalInfrastructure;
import winback.infrastructure.LocalPostgres.Database;

/**
 * PostgreSQL and Kafka, durable as in production, in a process of their own: the broker's work must not pass for the
 * client's. The process lives as long as its standard input is open, so it ends with the one that started it, however that
 * ends.
 */
public final class Servers implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.shared();

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
     * What the process does: starts both, says where they are in one line, and returns when its input ends; they stop with
     * the process.
     */
    public static void serve(Path dataDir) throws IOException {
        LocalInfrastructure servers = LocalInfrastructure.start(dataDir);
        // A hook, because an interrupt at the terminal reaches this process too, and PostgreSQL would outlive it.
        Runtime.getRuntime().addShutdownHook(new Thread(servers::close, "servers-stop"));
        List<Database> databases = Stream.of("profile", "prediction", "content")
                .map(servers.postgres()::database)
                .toList();
        Map<String, Object> addresses = Map.of("kafka", servers.kafka().bootstrapServers(), "databases", databases);
        System.out.println(JSON.writeValueAsString(addresses));
        System.out.flush();
        while (System.in.read() >= 0) {
            // nothing is said on it; only its end matters
        }
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
