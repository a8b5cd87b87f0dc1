package winback.benchmarks.personalize;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import winback.benchmarks.load.HttpLoad;
import winback.benchmarks.load.OpenLoad;
import winback.benchmarks.rig.Report;
import winback.benchmarks.rig.Scratch;
import winback.benchmarks.rig.Servers;
import winback.benchmarks.rig.ServiceProcess;
import winback.benchmarks.rig.ServiceProcess.Until;
import winback.benchmarks.rig.Topics;

/**
 * What a run measures on: servers on a data directory of their own, content-service from its {@code exec} jar, and
 * someone who plays the other services' parts.
 *
 * <pre>
 * directory/
 *   servers/      PostgreSQL's and Kafka's data
 *   journal/      content-service's own, which outlives its process; journal-empty/ where there is no subscriber
 *   published     how many subscribers are on the topics and since when, when --keep is used again
 *   content.log   servers.log
 * </pre>
 */
final class PersonalizationRig implements AutoCloseable {

    /** Before the names of topics that nobody has written to. */
    private static final String EMPTY = "empty.";

    /** By which decisions come into PostgreSQL. */
    private static final String GROUP = "content-decisions";

    /** Half of what scores and features may be used for, so that they are fresh to the end of any run. */
    private static final Duration FRESH = Duration.ofHours(12);

    /** Fewer leave no file full, and so nothing to clean. */
    private static final int WORTH_CLEANING = 100_000;

    /** As many answers may be waited for at once when arrivals keep their rate. */
    private static final int OPEN_CONNECTIONS = 64;

    private static final double WARM_UP_ROUNDS = 6;
    private static final Duration PATIENCE = Duration.ofHours(1);
    private static final long POLL_NANOS = 100_000_000;

    private final Options options;
    private final Path directory;
    private final Servers servers;
    private final Topics topics;
    private @Nullable ServiceProcess service;
    private int port;
    private boolean hasCampaign;
    private boolean warm;
    private double peak;
    private boolean closed;

    PersonalizationRig(Options options) throws IOException {
        this.options = options;
        Path keep = options.keep();
        this.directory = keep == null ? Files.createTempDirectory("winback-bench") : Files.createDirectories(keep);
        this.servers = Servers.start(Files.createDirectories(directory.resolve("servers")));
        this.topics = new Topics(servers.kafka());
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

    /** MiB of heap after a full collection of the same service where there is no subscriber. */
    double heapOfNobody() throws IOException, InterruptedException {
        // The first start creates the topics, and finds them empty.
        try (ServiceProcess empty = start(topics.exists(Topics.PROFILE) ? EMPTY : "")) {
            empty.awaitReady();
            return empty.heapAfterCollection();
        }
    }

    /** The service, started anew: its port answers, and of the subscribers it has read next to nothing yet. */
    ServiceProcess listening() throws IOException, InterruptedException {
        publish();
        stopService();
        ServiceProcess started = start("");
        service = started;
        warm = false;
        return started;
    }

    /** The service, ready, with all subscribers and the campaign. */
    ServiceProcess service() throws IOException, InterruptedException {
        ServiceProcess running = service;
        if (running == null) {
            running = listening();
            running.awaitReady();
        }
        if (!hasCampaign) {
            BenchCampaign.create(running, BenchCampaign.ID);
            hasCampaign = true;
        }
        return running;
    }

    /** {@code kill -9}. */
    void kill() throws InterruptedException {
        Objects.requireNonNull(service).kill();
        service = null;
    }

    /**
     * Delivery-service, which schedules what is decided; it knows all recipients.
     *
     * @return for the caller to close
     */
    ServiceProcess delivery() throws IOException, InterruptedException {
        service();
        return ServiceProcess.start(
                "delivery-service",
                options.home(),
                servers,
                0,
                ServiceProcess.JAVA_OPTIONS,
                // Some mails are due while it is measured.
                Map.of(
                        "winback.content.url",
                        "http://" + ServiceProcess.HOST + ":" + port,
                        "winback.content.key",
                        ServiceProcess.KEY),
                directory.resolve("delivery.log"),
                Until.READY);
    }

    /**
     * Two content-services that share the subscribers, both ready; the one that there was is stopped.
     *
     * @return for the caller to close
     */
    List<ServiceProcess> instances() throws IOException, InterruptedException {
        service();
        stopService();
        List<ServiceProcess> both = new ArrayList<>();
        for (String name : List.of("journal", "journal-second")) {
            int at = ServiceProcess.freePort();
            both.add(start(
                    at,
                    Map.of(
                            "winback.journal.dir",
                            directory.resolve(name).toString(),
                            "winback.instances.url",
                            "http://" + ServiceProcess.HOST + ":" + at)));
        }
        for (ServiceProcess each : both) {
            each.awaitReady();
        }
        return both;
    }

    /** What the servers' data and the journals take of the disk, in bytes. */
    long diskBytes() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            long bytes = 0;
            for (Path file : (Iterable<Path>) files::iterator) {
                try {
                    bytes += Files.isRegularFile(file) ? Files.size(file) : 0;
                } catch (NoSuchFileException gone) {
                    continue; // servers are at work
                }
            }
            return bytes;
        } catch (UncheckedIOException gone) {
            return diskBytes();
        }
    }

    private ServiceProcess start(String prefix) throws IOException, InterruptedException {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put(
                "winback.journal.dir",
                directory
                        .resolve(prefix.isEmpty() ? "journal" : "journal-empty")
                        .toString());
        if (!prefix.isEmpty()) {
            properties.put("winback.topics.prefix", prefix);
        }
        ServiceProcess started = start(port, properties);
        port = started.port();
        return started;
    }

    private ServiceProcess start(int at, Map<String, String> own) throws IOException, InterruptedException {
        Map<String, String> properties = new LinkedHashMap<>(own);
        properties.put("winback.bench.reference", "true");
        properties.put("winback.bench.reference-bytes", Integer.toString(BenchCampaign.MEAN_ANSWER));
        properties.putAll(options.properties());
        return ServiceProcess.start(
                "content-service",
                options.home(),
                servers,
                at,
                options.javaOptions(),
                properties,
                directory.resolve("content.log"),
                Until.LISTENING);
    }

    private void stopService() {
        if (service != null) {
            service.close();
            service = null;
        }
    }

    /** Puts all subscribers on the topics, unless they are there and fresh. */
    private void publish() throws IOException, InterruptedException {
        Path mark = directory.resolve("published");
        if (Files.exists(mark)) {
            List<String> there = Files.readAllLines(mark);
            if (!there.getFirst().equals(Integer.toString(options.subscribers()))) {
                throw new IllegalArgumentException(
                        "--keep holds %s subscribers, not %d".formatted(there.getFirst(), options.subscribers()));
            }
            if (Instant.parse(there.getLast()).plus(FRESH).isAfter(Instant.now())) {
                return;
            }
        }
        if (!topics.exists(Topics.PROFILE)) {
            start("").close(); // it creates them
        }
        Report.say("publishing %d subscribers", options.subscribers());
        long began = System.nanoTime();
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        try (Publisher publisher = new Publisher(servers.kafka())) {
            for (int number = 0; number < options.subscribers(); number++) {
                publisher.all(number, now);
            }
        }
        Files.writeString(mark, options.subscribers() + "\n" + now);
        Report.say("published in %d s", (System.nanoTime() - began) / 1_000_000_000);
        if (options.subscribers() >= WORTH_CLEANING) {
            // It looks for work every 15 s.
            servers.awaitQuiet(Duration.ofSeconds(20), Duration.ofMinutes(5));
        }
    }

    Asks asks(String path) throws IOException, InterruptedException {
        return new Asks(service(), path, options.subscribers());
    }

    /** One at a time on each connection. */
    HttpLoad closed(String path) throws IOException, InterruptedException {
        Asks asks = asks(path);
        return new HttpLoad(ServiceProcess.HOST, port, asks::any);
    }

    /** At a rate of its own. */
    OpenLoad open(String path, OpenLoad.Answered answered) throws IOException, InterruptedException {
        return open(service(), path, answered);
    }

    /** As {@link #open(String, OpenLoad.Answered)}, on a service that the caller has started. */
    OpenLoad open(ServiceProcess content, String path, OpenLoad.Answered answered) {
        Asks asks = new Asks(content, path, options.subscribers());
        long seed = System.nanoTime();
        return new OpenLoad(
                ServiceProcess.HOST,
                content.port(),
                OPEN_CONNECTIONS,
                index -> asks.any(new SplittableRandom(seed + index)),
                answered);
    }

    /** Until the compiler rests: it takes up to a third of two cores in the first minute after a start. */
    void warmUp() throws IOException, InterruptedException {
        ServiceProcess running = service();
        if (!warm) {
            Report.say("warming up");
            Report.checked(closed(Asks.PATH).run(options.connections(), options.rounds(WARM_UP_ROUNDS), 1));
            settle(running);
            warm = true;
        }
    }

    /**
     * Returns when all decisions so far are in PostgreSQL, since what is left to do would slow down what is measured next.
     *
     * @return how many were not in the beginning
     */
    long settle(ServiceProcess running) throws IOException, InterruptedException {
        double unpublished = running.metric("winback_decisions_unpublished");
        long left = (long) unpublished + topics.lag(GROUP, Topics.DECISIONS);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (unpublished > 0 && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(POLL_NANOS);
            unpublished = running.metric("winback_decisions_unpublished");
        }
        topics.awaitCaughtUp(GROUP, Topics.DECISIONS, PATIENCE);
        return left;
    }

    /** The most that was answered in a closed loop, in requests/s. */
    void peak(double perSecond) {
        peak = perSecond;
    }

    /** As measured before, else measured now, in one round. */
    double peak() throws IOException, InterruptedException {
        warmUp();
        if (peak == 0) {
            HttpLoad.Result round = closed(Asks.PATH).run(options.connections(), options.rounds(1), 2);
            peak = Report.checked(round).perSecond();
            Report.say("the peak is %.0f requests/s", peak);
            settle(service());
        }
        return peak;
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
