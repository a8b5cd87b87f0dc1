package winback.benchmarks.ingest;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import winback.benchmarks.load.HttpConnection;
import winback.benchmarks.rig.Report;
import winback.benchmarks.rig.Scratch;
import winback.benchmarks.rig.Servers;
import winback.benchmarks.rig.ServiceProcess;
import winback.benchmarks.rig.ServiceProcess.Until;
import winback.benchmarks.rig.Topics;

/**
 * What a run measures on: servers on a data directory of their own, and a profile-service that is started anew whenever a
 * part wants other properties.
 *
 * <pre>
 * directory/
 *   servers/       PostgreSQL's and Kafka's data
 *   preloaded      how many subscribers have history, when --keep is used again
 *   profile.log    servers.log
 * </pre>
 */
final class Rig implements AutoCloseable {

    private static final Map<String, String> PAUSED = Map.of("spring.kafka.listener.auto-startup", "false");
    private static final String GROUP = "profile";
    private static final int BATCH = 100;

    private final Options options;
    private final Path directory;
    private final Servers servers;
    private final Topics topics;
    private final Calls calls;
    private @Nullable ServiceProcess service;
    private Map<String, String> serviceProperties = Map.of();
    private boolean closed;

    Rig(Options options) throws IOException {
        this.options = options;
        Path keep = options.keep();
        this.directory = keep == null ? Files.createTempDirectory("winback-bench") : Files.createDirectories(keep);
        this.servers = Servers.start(Files.createDirectories(directory.resolve("servers")));
        this.topics = new Topics(servers.kafka());
        this.calls = new Calls(options.subscribers());
    }

    Options options() {
        return options;
    }

    Servers servers() {
        return servers;
    }

    Topics topics() {
        return topics;
    }

    Calls calls() {
        return calls;
    }

    Path directory() {
        return directory;
    }

    /** The service as in production. What was received while it was paused is left out. */
    ServiceProcess applying() throws IOException, InterruptedException {
        if (isPaused()) {
            skipBacklog();
        }
        return service(Map.of());
    }

    /** The service with its consumers paused: it takes events and applies none. No event is waiting. */
    ServiceProcess paused() throws IOException, InterruptedException {
        // What the last part left unapplied stays so: such a service never gets ready.
        ServiceProcess paused = service(PAUSED, true);
        skipBacklog();
        return paused;
    }

    /** As {@link #applying}, beginning with what was received while it was paused. */
    ServiceProcess resumed() throws IOException, InterruptedException {
        return service(Map.of(), true);
    }

    private boolean isPaused() {
        return service != null && serviceProperties.keySet().containsAll(PAUSED.keySet());
    }

    private void skipBacklog() throws InterruptedException {
        if (topics.lag(GROUP, Topics.ACTIVITY) > 0) {
            topics.skip(GROUP, Topics.ACTIVITY);
        }
    }

    /** The service with these properties besides the command line's; a running one is kept if it has them. */
    private ServiceProcess service(Map<String, String> wanted) throws IOException, InterruptedException {
        return service(wanted, false);
    }

    private ServiceProcess service(Map<String, String> wanted, boolean behind)
            throws IOException, InterruptedException {
        Map<String, String> properties = new LinkedHashMap<>(wanted);
        properties.put("winback.bench.reference", "true");
        properties.putAll(options.properties());
        ServiceProcess running = service;
        if (running != null && serviceProperties.equals(properties)) {
            return running;
        }
        stopService();
        Report.say("starting profile-service%s", wanted.isEmpty() ? "" : " with " + wanted);
        Path log = directory.resolve("profile.log");
        ServiceProcess started = ServiceProcess.start(
                "profile-service",
                options.home(),
                servers,
                0,
                options.javaOptions(),
                properties,
                log,
                behind ? Until.ANSWERING : Until.READY);
        service = started;
        serviceProperties = properties;
        return started;
    }

    private void stopService() {
        if (service != null) {
            service.close();
            service = null;
        }
    }

    /** Gives all subscribers their history, once. */
    void preload() throws IOException, InterruptedException {
        Path mark = directory.resolve("preloaded");
        String wanted = options.subscribers() + " subscribers, " + options.history() + " events each";
        if (Files.exists(mark)) {
            String there = Files.readString(mark);
            if (!there.equals(wanted)) {
                throw new IllegalArgumentException("--keep holds %s, not %s".formatted(there, wanted));
            }
            return;
        }
        Report.say("preloading %s", wanted);
        long began = System.nanoTime();
        applying();
        int batches = (options.subscribers() + BATCH - 1) / BATCH;
        for (int round = 0; round < options.history(); round++) {
            int now = round;
            sendEach(
                    "/v1/batch",
                    batches,
                    batch -> calls.history(
                            now,
                            options.history(),
                            batch * BATCH,
                            Math.min(options.subscribers(), (batch + 1) * BATCH)));
            awaitApplied();
        }
        Files.writeString(mark, wanted);
        Report.say("preloaded in %d s", (System.nanoTime() - began) / 1_000_000_000);
    }

    /** Returns when everything received has been applied, published and committed. */
    void awaitApplied() throws InterruptedException {
        topics.awaitCaughtUp(GROUP, Topics.ACTIVITY, Duration.ofMinutes(60));
    }

    /** Posts each body once, as often as it takes until it is answered with 2xx. */
    void sendEach(String path, int count, IntFunction<String> body) throws IOException, InterruptedException {
        ServiceProcess target = java.util.Objects.requireNonNull(service);
        AtomicInteger next = new AtomicInteger();
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        List<Thread> senders = new ArrayList<>();
        for (int i = 0; i < Math.min(4, options.connections()); i++) {
            senders.add(Thread.ofPlatform().start(() -> {
                try {
                    for (int n = next.getAndIncrement();
                            n < count && failure.get() == null;
                            n = next.getAndIncrement()) {
                        deliver(target, target.request(path, body.apply(n)));
                    }
                } catch (IOException | RuntimeException wrong) {
                    failure.compareAndSet(null, wrong);
                }
            }));
        }
        for (Thread sender : senders) {
            sender.join();
        }
        Throwable wrong = failure.get();
        if (wrong != null) {
            throw new IOException(path + " does not take what it is sent: " + wrong.getMessage(), wrong);
        }
    }

    private final ThreadLocal<@Nullable HttpConnection> connections = new ThreadLocal<>();

    private void deliver(ServiceProcess target, byte[] request) throws IOException {
        String last = "";
        for (int tries = 0; tries < 10; tries++) {
            try {
                HttpConnection connection = connections.get();
                if (connection == null) {
                    connection = new HttpConnection(new InetSocketAddress(ServiceProcess.HOST, target.port()));
                    connections.set(connection);
                }
                last = connection.exchange(request);
                if (HttpConnection.isSuccess(last)) {
                    return;
                }
            } catch (IOException failed) {
                last = failed.toString();
                connections.remove();
            }
            LockSupport.parkNanos(300_000_000);
        }
        throw new IOException(last);
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
        if (options.keep() == null) {
            new Scratch(directory).close();
        }
    }
}
