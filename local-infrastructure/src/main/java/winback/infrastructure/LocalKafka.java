package winback.infrastructure;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running single-node KRaft broker and controller in this JVM, on loopback. Its directory holds {@code lock} and
 * {@code log}, Kafka's log directory with the cluster's id in it.
 */
public final class LocalKafka implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(LocalKafka.class);

    private static final int NODE_ID = 1;
    private static final String CONTROLLER = "CONTROLLER";

    // A lost race for a free port.
    private static final int ATTEMPTS = 3;

    private final DataDirectoryLock lock;
    private final KafkaRaftServer server;
    private final int port;
    private boolean closed;

    private LocalKafka(DataDirectoryLock lock, KafkaRaftServer server, int port) {
        this.lock = lock;
        this.server = server;
        this.port = port;
    }

    /**
     * Starts the broker on the directory, which is created and formatted if absent, and waits until it takes requests.
     * Topics and committed offsets are those of the last run, also if that ran on another port.
     *
     * @param port 0 for any free one; the controller takes a free one besides
     * @throws DataDirectoryInUse if the directory is held by a live process
     * @throws IllegalStateException if the port is taken or the broker does not start
     */
    public static LocalKafka start(Path dataDir, int port) {
        return start(dataDir, port, Map.of());
    }

    /** As {@link #start(Path, int)}, with broker settings that win over those of this class. */
    public static LocalKafka start(Path dataDir, int port, Map<String, String> settings) {
        DataDirectoryLock lock = DataDirectoryLock.acquire(dataDir);
        try {
            return start(dataDir, lock, port, settings);
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static LocalKafka start(Path dataDir, DataDirectoryLock lock, int requestedPort, Map<String, String> more) {
        long started = System.nanoTime();
        keepTheProcessAlive();
        Path directory = dataDir.toAbsolutePath().resolve("log");
        if (!Files.exists(directory)) {
            format(directory);
        }
        for (int attempt = 1; ; attempt++) {
            int port = FreePort.find(requestedPort);
            int controllerPort = FreePort.find(0);
            while (controllerPort == port) {
                controllerPort = FreePort.find(0); // a free port may be offered twice
            }
            Map<String, String> settings = settings(directory, port, controllerPort);
            settings.putAll(more);
            KafkaRaftServer server =
                    new KafkaRaftServer(KafkaConfig.fromProps(asProperties(settings), false), Time.SYSTEM);
            try {
                server.startup();
            } catch (RuntimeException e) {
                stop(server);
                if (attempt == ATTEMPTS) {
                    throw new IllegalStateException("Kafka did not start on " + dataDir + ", port " + port, e);
                }
                log.debug("Kafka did not start, attempt {}", attempt, e);
                continue;
            }
            log.info("Kafka runs on port {} ({} ms)", port, (System.nanoTime() - started) / 1_000_000);
            return new LocalKafka(lock, server, port);
        }
    }

    /** Such as {@code 127.0.0.1:9092}. */
    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    /** Stops the broker cleanly, so that the next start has nothing to recover. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            stop(server);
        } finally {
            lock.close();
        }
    }

    private static void stop(KafkaRaftServer server) {
        server.shutdown();
        server.awaitShutdown();
    }

    /** Kafka ends the process when it cannot go on. This one has more in it than a broker. */
    private static void keepTheProcessAlive() {
        Exit.Procedure refuse = (status, message) -> {
            log.error("Kafka cannot go on: it asked to end the process with status {}: {}", status, message);
            throw new IllegalStateException("Kafka asked to end the process with status " + status + ": " + message);
        };
        Exit.setExitProcedure(refuse);
        Exit.setHaltProcedure(refuse);
    }

    private static void format(Path directory) {
        // Moved into place when complete, so that a killed start leaves nothing that looks formatted.
        Path fresh = directory.resolveSibling("log.new");
        try {
            PrivateFiles.deleteTree(fresh);
            PrivateFiles.createDirectories(fresh);
            new Formatter()
                    .setClusterId(Uuid.randomUuid().toString())
                    .setNodeId(NODE_ID)
                    .setControllerListenerName(CONTROLLER)
                    .setReleaseVersion(MetadataVersion.latestProduction())
                    .setMetadataLogDirectory(fresh.toString())
                    .addDirectory(fresh.toString())
                    .setPrintStream(new PrintStream(OutputStream.nullOutputStream()))
                    .run();
            Files.move(fresh, directory, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot format " + directory, e);
        } catch (Exception e) {
            throw new IllegalStateException("Cannot format " + directory, e);
        }
    }

    private static Map<String, String> settings(Path directory, int port, int controllerPort) {
        Map<String, String> settings = new HashMap<>();
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", String.valueOf(NODE_ID));
        settings.put("log.dirs", directory.toString());
        settings.put(
                "listeners", "PLAINTEXT://127.0.0.1:" + port + "," + CONTROLLER + "://127.0.0.1:" + controllerPort);
        settings.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port);
        settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT," + CONTROLLER + ":PLAINTEXT");
        settings.put("inter.broker.listener.name", "PLAINTEXT");
        settings.put("controller.listener.names", CONTROLLER);
        // A static quorum: its address is only here, not in the metadata log, and so may change with each start.
        settings.put("controller.quorum.voters", NODE_ID + "@127.0.0.1:" + controllerPort);
        settings.put("server.max.startup.time.ms", "60000");
        // After a kill the controller takes the new broker for an impostor of the old one until that one's session has
        // run out: a start then lasts this long. The default is 9 s.
        settings.put("broker.session.timeout.ms", "4000");
        settings.put("broker.heartbeat.interval.ms", "500");

        settings.put("auto.create.topics.enable", "false");
        settings.put("default.replication.factor", "1");
        settings.put("min.insync.replicas", "1");
        settings.put("offsets.topic.replication.factor", "1");
        settings.put("transaction.state.log.replication.factor", "1");
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("share.coordinator.state.topic.replication.factor", "1");
        settings.put("share.coordinator.state.topic.min.isr", "1");
        // One broker has no load to spread: fewer partitions start and recover sooner.
        settings.put("offsets.topic.num.partitions", "4");
        settings.put("transaction.state.log.num.partitions", "4");
        settings.put("share.coordinator.state.topic.num.partitions", "4");
        // Nobody else is about to join a group on one machine.
        settings.put("group.initial.rebalance.delay.ms", "0");

        settings.put("log.segment.bytes", String.valueOf(64 << 20));
        // 64 MB of log need 330 kB of index; the default maps 10 MB for each index of each partition.
        settings.put("log.index.size.max.bytes", String.valueOf(1 << 20));
        settings.put("log.cleaner.enable", "true");
        settings.put("log.cleaner.threads", "1");
        // 24 bytes a key: 300,000 distinct keys a pass, more take more passes. The default is 128 MB.
        settings.put("log.cleaner.dedupe.buffer.size", String.valueOf(8 << 20));
        settings.put("num.network.threads", "2");
        settings.put("num.io.threads", "4");
        settings.put("background.threads", "4");
        return settings;
    }

    private static Properties asProperties(Map<String, String> settings) {
        Properties properties = new Properties();
        properties.putAll(settings);
        return properties;
    }
}
