package winback.standalone.platform;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import winback.infrastructure.DataDirectoryInUse;
import winback.infrastructure.LocalInfrastructure;
import winback.infrastructure.LocalPostgres.Database;
import winback.standalone.cli.CommandFailed;
import winback.standalone.cli.Console;

/**
 * PostgreSQL, Kafka and the services on one data directory. Each service has a Spring context of its own, or a process of
 * its own; they share nothing but the addresses that they would be given anywhere else.
 *
 * <p>{@link #start} and {@link #close} may be called by different threads: closing while it starts ends the start at its
 * next step.
 */
public final class Platform implements AutoCloseable {

    /** Fixed when the topics are created, so it never changes for a data directory. */
    private static final int PARTITIONS = 6;

    private static final Duration READY_WITHIN = Duration.ofSeconds(180);
    private static final Logger log = LoggerFactory.getLogger(Platform.class);

    /** What a platform is started with. */
    public static final class Options {
        private final Path dataDir;
        private Set<Service> services = EnumSet.allOf(Service.class);
        private Ports ports = Ports.usual(0);
        private String host = "127.0.0.1";
        private int kafkaPort;
        private @Nullable Path processesFrom;
        private @Nullable Clock clock;
        private Consumer<String> progress = step -> {};
        private final Map<String, String> properties = new LinkedHashMap<>();
        private final Map<String, String> kafkaSettings = new LinkedHashMap<>();

        private Options(Path dataDir) {
            this.dataDir = dataDir;
        }

        /** Only these services. */
        public Options services(Set<Service> some) {
            services = EnumSet.copyOf(some);
            return this;
        }

        public Options ports(Ports where) {
            ports = where;
            return this;
        }

        /** The address that the services bind to; PostgreSQL and Kafka stay on loopback. */
        public Options host(String address) {
            host = address;
            return this;
        }

        /** The broker's port; 0, the default, takes a free one. */
        public Options kafkaPort(int port) {
            kafkaPort = port;
            return this;
        }

        /** A process for each service, from the {@code exec} jars of this source tree. */
        public Options processesFrom(Path home) {
            processesFrom = home;
            return this;
        }

        /** The clock of all contexts. */
        public Options clock(Clock time) {
            clock = time;
            return this;
        }

        /** Is told each step that has been made. */
        public Options progress(Consumer<String> listener) {
            progress = listener;
            return this;
        }

        /** A property of every service. */
        public Options property(String name, String value) {
            properties.put(name, value);
            return this;
        }

        /** A setting of the broker, such as {@code log.retention.check.interval.ms}. */
        public Options kafkaSetting(String name, String value) {
            kafkaSettings.put(name, value);
            return this;
        }

        public Platform build() {
            return new Platform(this);
        }
    }

    private final Options options;
    private final Keys keys;
    private final ReentrantLock state = new ReentrantLock();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Map<Service, RunningService> running = new EnumMap<>(Service.class);
    private @Nullable LocalInfrastructure infrastructure;
    private @Nullable Api api;
    private volatile boolean closing;

    private Platform(Options options) {
        this.options = options;
        this.keys = new Keys(options.dataDir);
    }

    public static Options on(Path dataDir) {
        return new Options(dataDir.toAbsolutePath().normalize());
    }

    /**
     * Starts everything and returns when every service is ready.
     *
     * @throws CommandFailed when it cannot; what had been started is stopped again
     */
    public Platform start() {
        state.lock();
        try {
            startInOrder();
            return this;
        } catch (RuntimeException failure) {
            stopInOrder();
            throw failure;
        } finally {
            state.unlock();
        }
    }

    private void startInOrder() {
        long began = System.nanoTime();
        Instance.holder(options.dataDir).ifPresent(process -> {
            throw inUse(
                    "The data directory %s is in use by the process with pid %d"
                            .formatted(options.dataDir, process.pid()),
                    null);
        });
        options.ports.requireFree(options.services, options.host);
        LocalInfrastructure servers = startInfrastructure();
        infrastructure = servers;
        Instance.writePid(options.dataDir);
        keys.requireAdmin();
        options.progress.accept("PostgreSQL and Kafka ready after " + Console.since(began));

        Api client = new Api(options.host, options.ports, keys.forCommands());
        api = client;
        Map<String, String> shared = sharedProperties(servers, client);
        // The first creates the topics, so that the others find them.
        List<Service> others = new ArrayList<>(options.services);
        Service first = others.removeFirst();
        launch(first, servers, shared);
        List<CompletableFuture<Void>> launches = others.stream()
                .map(service -> CompletableFuture.runAsync(
                        () -> launch(service, servers, shared),
                        task -> Thread.ofPlatform()
                                .name(service.word() + "-start")
                                .start(task)))
                .toList();
        join(launches);
        awaitReadiness(client, began);
        new Instance(
                        ProcessHandle.current().pid(),
                        options.host,
                        options.ports.byService(),
                        servers.kafka().bootstrapServers(),
                        Instant.now())
                .write(options.dataDir);
    }

    private LocalInfrastructure startInfrastructure() {
        try {
            return LocalInfrastructure.start(options.dataDir, 0, options.kafkaPort, options.kafkaSettings);
        } catch (DataDirectoryInUse taken) {
            throw inUse(taken.getMessage(), taken);
        }
    }

    private static CommandFailed inUse(@Nullable String what, @Nullable Throwable cause) {
        String sentence = what + ". `./winback status` shows what runs there, `./winback down` stops it.";
        return cause == null ? new CommandFailed(sentence) : new CommandFailed(sentence, cause);
    }

    private Map<String, String> sharedProperties(LocalInfrastructure servers, Api client) {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("winback.kafka", servers.kafka().bootstrapServers());
        properties.put("winback.topics.partitions", Integer.toString(PARTITIONS));
        properties.put("winback.keys.file", keys.file().toString());
        properties.put("winback.host", options.host);
        properties.put("winback.content.url", client.url(Service.CONTENT).toString());
        properties.put("winback.content.key", keys.newInternal());
        properties.put(
                "winback.journal.dir",
                options.dataDir.resolve("content-journal").toString());
        properties.putAll(options.properties);
        return properties;
    }

    private void launch(Service service, LocalInfrastructure servers, Map<String, String> shared) {
        if (closing) {
            throw new CommandFailed("Stopped while starting.");
        }
        long began = System.nanoTime();
        Database database = servers.postgres().database(service.word());
        Map<String, String> properties = new LinkedHashMap<>(shared);
        properties.put("winback.db.url", database.url());
        properties.put("winback.db.user", database.user());
        properties.put("winback.db.password", database.password());
        properties.put("winback.db.schema", database.schema());
        properties.put("server.port", Integer.toString(options.ports.of(service)));
        RunningService started;
        try {
            started = options.processesFrom == null
                    ? ServiceContext.start(service, properties, options.clock)
                    : ServiceProcess.start(service, properties, options.processesFrom, options.dataDir);
        } catch (CommandFailed failure) {
            throw failure;
        } catch (RuntimeException failure) {
            log.error("the {} service did not start", service.word(), failure);
            throw new CommandFailed(
                    "The %s service did not start: %s".formatted(service.word(), reason(failure)), failure);
        }
        synchronized (running) {
            running.put(service, started);
        }
        if (started instanceof ServiceProcess process) {
            options.progress.accept("%s service started as pid %d".formatted(service.word(), process.pid()));
            if (service == Service.PROFILE) {
                awaitReady(service, process);
            }
        } else {
            options.progress.accept("%s service started in %s".formatted(service.word(), Console.since(began)));
        }
    }

    private static String reason(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getClass().getSimpleName() + ": " + root.getMessage();
    }

    private static void join(List<CompletableFuture<Void>> launches) {
        RuntimeException first = null;
        for (CompletableFuture<Void> launch : launches) {
            try {
                launch.join();
            } catch (CompletionException e) {
                RuntimeException failure = e.getCause() instanceof RuntimeException cause ? cause : e;
                first = first == null ? failure : first;
            }
        }
        if (first != null) {
            throw first;
        }
    }

    private void awaitReadiness(Api client, long began) {
        for (Service service : options.services) {
            RunningService started = running.get(service);
            if (started != null) {
                awaitReady(service, started);
            }
        }
        options.progress.accept("All ready after " + Console.since(began));
    }

    private void awaitReady(Service service, RunningService started) {
        Api client = api();
        long deadline = System.nanoTime() + READY_WITHIN.toNanos();
        while (!client.ready(service)) {
            started.death().ifPresent(sentence -> {
                throw new CommandFailed(sentence);
            });
            if (closing) {
                throw new CommandFailed("Stopped while starting.");
            }
            if (System.nanoTime() > deadline) {
                throw new CommandFailed("The %s service was not ready within %d s."
                        .formatted(service.word(), READY_WITHIN.toSeconds()));
            }
            pause();
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailed("Interrupted while starting.", e);
        }
    }

    /** A client with the key that commands use. */
    public Api api() {
        if (api == null) {
            throw new IllegalStateException("not started");
        }
        return api;
    }

    /** Kafka's bootstrap servers. */
    public String kafka() {
        if (infrastructure == null) {
            throw new IllegalStateException("not started");
        }
        return infrastructure.kafka().bootstrapServers();
    }

    /**
     * Waits until the platform is closed or one of its processes ends by itself.
     *
     * @return why it ended by itself; empty when it was closed
     */
    public Optional<String> awaitEnd() throws InterruptedException {
        while (!ended.await(500, TimeUnit.MILLISECONDS)) {
            if (!closing) {
                for (RunningService service : List.copyOf(running.values())) {
                    Optional<String> death = service.death();
                    if (death.isPresent() && !closing) {
                        return death;
                    }
                }
            }
        }
        return Optional.empty();
    }

    /** Whether it has been stopped, or could not be started. */
    public boolean hasEnded() {
        return ended.getCount() == 0;
    }

    /** Stops the services, the last started first, then Kafka, then PostgreSQL. */
    @Override
    public void close() {
        closing = true;
        state.lock();
        try {
            stopInOrder();
        } finally {
            state.unlock();
        }
    }

    private void stopInOrder() {
        closing = true;
        LocalInfrastructure servers = infrastructure;
        for (Service service : List.of(Service.values()).reversed()) {
            RunningService started = running.remove(service);
            if (started != null) {
                try {
                    started.close();
                } catch (RuntimeException failure) {
                    log.warn("the {} service did not stop in order", service.word(), failure);
                }
            }
        }
        if (api != null) {
            api.close();
        }
        if (servers != null) {
            infrastructure = null;
            // Before the lock goes: the next owner writes files of the same names.
            Instance.remove(options.dataDir);
            servers.close();
        }
        ended.countDown();
    }

    /** Creates the data directory, for its owner only, unless it is there. */
    public static void createDirectory(Path dataDir) {
        try {
            if (!Files.isDirectory(dataDir)) {
                Files.createDirectories(
                        dataDir, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
        } catch (IOException e) {
            throw new CommandFailed("Cannot create the data directory " + dataDir + ".", e);
        }
    }

    /** Deletes a data directory with everything in it; nothing may run on it. */
    public static void delete(Path dataDir) {
        try (var all = Files.walk(dataDir)) {
            for (Path each : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + dataDir, e);
        }
    }
}
