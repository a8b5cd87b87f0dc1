package winback.benchmarks.rig;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import winback.infrastructure.LocalInfrastructure;
import winback.infrastructure.LocalKafka;
import winback.infrastructure.LocalPostgres;
import winback.infrastructure.LocalPostgres.Database;

/** PostgreSQL and Kafka of this process; each can go away and come back on its port with its data. */
final class LocalServers implements AutoCloseable {

    private final Path dataDir;
    private final int postgresPort;
    private final String bootstrapServers;
    private final List<Database> databases;
    private @Nullable LocalPostgres postgres;
    private @Nullable LocalKafka kafka;

    LocalServers(Path dataDir) {
        this.dataDir = dataDir;
        LocalInfrastructure both = LocalInfrastructure.start(dataDir);
        LocalPostgres started = both.postgres();
        this.postgres = started;
        this.kafka = both.kafka();
        this.postgresPort = started.port();
        this.bootstrapServers = both.kafka().bootstrapServers();
        this.databases = Stream.of("profile", "prediction", "content", "delivery")
                .map(started::database)
                .toList();
    }

    String bootstrapServers() {
        return bootstrapServers;
    }

    /** One for each service that is measured. */
    List<Database> databases() {
        return databases;
    }

    /** Does what is asked for in one of the words below. */
    synchronized void obey(String command) {
        switch (command) {
            case "stop kafka" -> stopKafka();
            case "start kafka" -> {
                if (kafka == null) {
                    int port = Integer.parseInt(bootstrapServers.substring(bootstrapServers.lastIndexOf(':') + 1));
                    kafka = LocalKafka.start(dataDir.resolve("kafka"), port);
                }
            }
            case "stop postgres" -> stopPostgres();
            case "start postgres" -> {
                if (postgres == null) {
                    postgres = LocalPostgres.start(dataDir.resolve("postgres"), postgresPort);
                }
            }
            default -> throw new IllegalArgumentException("there is no such command: " + command);
        }
    }

    private void stopKafka() {
        LocalKafka running = kafka;
        kafka = null;
        if (running != null) {
            running.close();
        }
    }

    private void stopPostgres() {
        LocalPostgres running = postgres;
        postgres = null;
        if (running != null) {
            running.close();
        }
    }

    @Override
    public synchronized void close() {
        stopKafka();
        stopPostgres();
    }
}
