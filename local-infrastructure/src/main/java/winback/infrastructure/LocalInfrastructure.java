package winback.infrastructure;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * PostgreSQL and Kafka, running, in one data directory which this process holds: {@code dataDir/postgres} and
 * {@code dataDir/kafka}. There is no shutdown hook: whoever starts this closes it, after everything that uses it.
 */
public final class LocalInfrastructure implements AutoCloseable {

    private final DataDirectoryLock lock;
    private final LocalPostgres postgres;
    private final LocalKafka kafka;

    private LocalInfrastructure(DataDirectoryLock lock, LocalPostgres postgres, LocalKafka kafka) {
        this.lock = lock;
        this.postgres = postgres;
        this.kafka = kafka;
    }

    /** Starts both on free ports. */
    public static LocalInfrastructure start(Path dataDir) {
        return start(dataDir, 0, 0);
    }

    /**
     * Starts both at once and waits for both; if one fails, the other is stopped.
     *
     * @param postgresPort 0 for any free one
     * @param kafkaPort 0 for any free one
     * @throws DataDirectoryInUse if the directory is held by a live process
     */
    public static LocalInfrastructure start(Path dataDir, int postgresPort, int kafkaPort) {
        return start(dataDir, postgresPort, kafkaPort, Map.of());
    }

    /** As {@link #start(Path, int, int)}, with broker settings that win over the usual ones. */
    public static LocalInfrastructure start(
            Path dataDir, int postgresPort, int kafkaPort, Map<String, String> kafkaSettings) {
        DataDirectoryLock lock = DataDirectoryLock.acquire(dataDir);
        CompletableFuture<LocalPostgres> postgres = CompletableFuture.supplyAsync(
                () -> {
                    // This directory is closed to everybody, whoever the server runs as.
                    ServerAccount.choose().letThrough(dataDir);
                    return LocalPostgres.start(dataDir.resolve("postgres"), postgresPort);
                },
                task -> Thread.ofPlatform().name("postgres-start").start(task));
        try {
            LocalKafka kafka = LocalKafka.start(dataDir.resolve("kafka"), kafkaPort, kafkaSettings);
            try {
                return new LocalInfrastructure(lock, postgres.join(), kafka);
            } catch (CompletionException e) {
                kafka.close();
                throw e.getCause() instanceof RuntimeException cause ? cause : e;
            }
        } catch (RuntimeException e) {
            postgres.handle((started, failure) -> {
                        if (started != null) {
                            started.close();
                        }
                        return true;
                    })
                    .join();
            lock.close();
            throw e;
        }
    }

    public LocalPostgres postgres() {
        return postgres;
    }

    public LocalKafka kafka() {
        return kafka;
    }

    /** Stops Kafka, then PostgreSQL, then lets the directory go. */
    @Override
    public void close() {
        try (lock;
                postgres;
                kafka) {
            // closed in reverse
        }
    }
}
