package winback.infrastructure.junit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import winback.infrastructure.DataDirectoryInUse;
import winback.infrastructure.LocalInfrastructure;
import winback.infrastructure.LocalKafka;
import winback.infrastructure.LocalPostgres;
import winback.infrastructure.LocalPostgres.Database;

/** The local pair on a temporary directory; each of the two can go away and come back on its port with its data. */
final class EmbeddedServers implements Servers {

    private static final String PREFIX = "winback-test-";

    private final Path directory;
    private final int postgresPort;
    private final String bootstrapServers;
    private @Nullable LocalPostgres postgres;
    private @Nullable LocalKafka kafka;

    EmbeddedServers() {
        sweep();
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
    private static void sweep() {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(temporary, PREFIX + "*-*")) {
            for (Path leftover : leftovers) {
                String pid = leftover.getFileName().toString().split("-", -1)[2];
                boolean dead = pid.matches("[0-9]{1,18}")
                        && ProcessHandle.of(Long.parseLong(pid)).isEmpty();
                if (dead && Files.isWritable(leftover)) {
                    sweep(leftover);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void sweep(Path leftover) {
        try {
            // A start stops the orphan, whatever state it is in.
            if (Files.exists(leftover.resolve("postgres/data/postmaster.pid"))) {
                LocalPostgres.start(leftover.resolve("postgres"), 0).close();
            }
            delete(leftover);
        } catch (DataDirectoryInUse e) {
            // another test run sweeps it at this moment
        }
    }

    private static void delete(Path root) {
        try (Stream<Path> all = Files.walk(root)) {
            for (Path each : (Iterable<Path>) all.sorted(Comparator.reverseOrder())::iterator) {
                Files.deleteIfExists(each);
            }
        } catch (IOException | UncheckedIOException e) {
            throw new IllegalStateException("Cannot delete " + Objects.requireNonNull(root), e);
        }
    }
}
