package winback.infrastructure.junit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import winback.infrastructure.LocalInfrastructure;
import winback.infrastructure.LocalKafka;
import winback.infrastructure.LocalPostgres;
import winback.infrastructure.LocalPostgres.Database;

/** The local pair on a temporary directory; each of the two can go away and come back on its port with its data. */
final class EmbeddedServers implements Servers {

    private static final Logger log = LoggerFactory.getLogger(EmbeddedServers.class);

    private static final String PREFIX = "winback-test-";

    private final Path directory;
    private final int postgresPort;
    private final String bootstrapServers;
    private @Nullable LocalPostgres postgres;
    private @Nullable LocalKafka kafka;

    EmbeddedServers() {
        sweep(Path.of(System.getProperty("java.io.tmpdir")));
        try {
            // With the pid, so that a later run can tell whose it was.
            directory =
                    Files.createTempDirectory(PREFIX + ProcessHandle.current().pid() + "-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        LocalInfrastructure both = LocalInfrastructure.start(directory);
        postgres = both.postgres();
        kafka = both.kafka();
        postgresPort = both.postgres().port();
        bootstrapServers = both.kafka().bootstrapServers();
    }

    @Override
    public String bootstrapServers() {
        return bootstrapServers;
    }

    @Override
    public synchronized Database database(String name) {
        if (postgres == null) {
            throw new IllegalStateException("PostgreSQL is stopped: ask for the database " + name + " before");
        }
        return postgres.database(name);
    }

    synchronized void stopPostgres() {
        if (postgres != null) {
            postgres.close();
            postgres = null;
        }
    }

    synchronized void startPostgres() {
        if (postgres == null) {
            postgres = LocalPostgres.start(directory.resolve("postgres"), postgresPort);
        }
    }

    synchronized void stopKafka() {
        if (kafka != null) {
            kafka.close();
            kafka = null;
        }
    }

    synchronized void startKafka() {
        if (kafka == null) {
            int port = Integer.parseInt(bootstrapServers.substring(bootstrapServers.lastIndexOf(':') + 1));
            kafka = LocalKafka.start(directory.resolve("kafka"), port);
        }
    }

    @Override
    public synchronized void close() {
        stopKafka();
        stopPostgres();
        delete(directory);
    }

    /** Stops and deletes what killed test runs left behind: their PostgreSQL outlives them. */
    static void sweep(Path temporary) {
        try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(temporary, PREFIX + "*-*")) {
            for (Path leftover : leftovers) {
                String pid = leftover.getFileName().toString().split("-", -1)[2];
                boolean dead = pid.matches("[0-9]{1,18}")
                        && ProcessHandle.of(Long.parseLong(pid)).isEmpty();
                if (dead && Files.isWritable(leftover)) {
                    remove(leftover);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot look for leftovers in " + temporary, e);
        }
    }

    private static void remove(Path leftover) {
        try {
            // A start stops the orphan, whatever state it is in.
            if (Files.exists(leftover.resolve("postgres/data/postmaster.pid"))) {
                LocalPostgres.start(leftover.resolve("postgres"), 0).close();
            }
            delete(leftover);
        } catch (RuntimeException e) {
            // Perhaps another test run removes it at this moment. It is no reason to fail this one.
            log.warn("Left {} in place: {}", leftover, e.getMessage());
        }
    }

    private static void delete(Path root) {
        try (Stream<Path> all = Files.walk(root)) {
            for (Path each : (Iterable<Path>) all.sorted(Comparator.reverseOrder())::iterator) {
                Files.deleteIfExists(each);
            }
        } catch (IOException | UncheckedIOException e) {
            throw new IllegalStateException("Cannot delete " + root, e);
        }
    }
}
