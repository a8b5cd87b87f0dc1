package winback.infrastructure.junit;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import winback.infrastructure.LocalPostgres.Database;

/**
 * PostgreSQL and Kafka for a test class, which keeps this in a static field:
 *
 * <pre>
 * &#64;RegisterExtension
 * static final Infrastructure infra = Infrastructure.shared();
 * </pre>
 *
 * <p>Everything starts on first use, so that fields and {@code @DynamicPropertySource} methods may ask for addresses
 * before Spring's context starts. Everything stops when the JVM ends, after the Spring contexts that the tests left
 * cached, which would otherwise wait for servers that are gone.
 */
public final class Infrastructure implements BeforeAllCallback, AfterEachCallback {

    private static final OnFirstUse<Servers> SHARED =
            new OnFirstUse<>(() -> ContainerServers.available() ? new ContainerServers() : new EmbeddedServers());

    private final OnFirstUse<? extends Servers> servers;
    private final @Nullable OnFirstUse<EmbeddedServers> own;

    /** Tells this test class's schemas and topics from all others. */
    private final String token = randomToken();

    private final Map<String, Database> databases = new ConcurrentHashMap<>();

    private Infrastructure(OnFirstUse<? extends Servers> servers, @Nullable OnFirstUse<EmbeddedServers> own) {
        this.servers = servers;
        this.own = own;
    }

    /**
     * One PostgreSQL and one broker for the whole JVM, in containers where a Docker engine answers, else on this machine;
     * schemas, roles and a topic prefix of their own for each call, that is, for each test class.
     */
    public static Infrastructure shared() {
        return new Infrastructure(SHARED, null);
    }

    /**
     * A pair for one test class, which may stop and start it. Always on this machine: a container that starts again has
     * another port. What a test left stopped is started after it.
     */
    public static Infrastructure own() {
        OnFirstUse<EmbeddedServers> own = new OnFirstUse<>(EmbeddedServers::new);
        return new Infrastructure(own, own);
    }

    /** Such as {@code 127.0.0.1:9092}; the same while Kafka is stopped. */
    public String bootstrapServers() {
        return servers.get().bootstrapServers();
    }

    /**
     * A schema, empty at first, with a login role which owns it and sees no other; the same at each call for the same
     * service. Its name is the service's and a suffix: {@code profile_x7f3a}.
     */
    public Database database(String service) {
        return databases.computeIfAbsent(service, s -> servers.get().database(s + "_" + token));
    }

    /** What the names of this test class's topics and consumer groups start with: {@code x7f3a.}. */
    public String topicPrefix() {
        return token + ".";
    }

    /** Stops PostgreSQL; connections to it are refused from now on. Only on {@link #own}, as are the next three. */
    public void stopPostgres() {
        ownServers().stopPostgres();
    }

    /** Starts PostgreSQL again, with its port and data; nothing happens if it runs. */
    public void startPostgres() {
        ownServers().startPostgres();
    }

    /** Stops the broker; connections to it are refused from now on. */
    public void stopKafka() {
        ownServers().stopKafka();
    }

    /** Starts the broker again, with its port and data; nothing happens if it runs. */
    public void startKafka() {
        ownServers().startKafka();
    }

    /** So that the first test does not pay for the start. */
    @Override
    public void beforeAll(ExtensionContext context) {
        servers.get();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        if (own != null) {
            own.get().startPostgres();
            own.get().startKafka();
        }
    }

    private EmbeddedServers ownServers() {
        if (own == null) {
            throw new IllegalStateException("Other test classes use these servers: take Infrastructure.own()");
        }
        return own.get();
    }

    private static String randomToken() {
        // 36^6: two of a thousand test classes meet once in 4,000 runs. Begins with a letter.
        return new SecureRandom()
                .ints(6, 0, 36)
                .mapToObj(digit -> Integer.toString(digit, 36))
                .collect(Collectors.joining("", "x", ""));
    }

    /** Servers that start when first asked for, and stop when the JVM ends. */
    private static final class OnFirstUse<S extends Servers> implements Supplier<S> {

        private static final Duration CONTEXTS_PATIENCE = Duration.ofSeconds(20);

        private final Supplier<S> start;
        private @Nullable S started;

        OnFirstUse(Supplier<S> start) {
            this.start = start;
        }

        @Override
        public synchronized S get() {
            if (started == null) {
                S servers = start.get();
                Runtime.getRuntime().addShutdownHook(new Thread(() -> closeAfterContexts(servers), "servers-stop"));
                started = servers;
            }
            return started;
        }

        private static void closeAfterContexts(Servers servers) {
            try {
                awaitContexts();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                servers.close();
            }
        }

        /** Shutdown hooks run side by side, so Spring's are waited for by name: this module does not know Spring. */
        private static void awaitContexts() throws InterruptedException {
            Thread.sleep(100); // all hooks have begun by then
            long deadline = System.nanoTime() + CONTEXTS_PATIENCE.toNanos();
            for (Thread hook : Thread.getAllStackTraces().keySet()) {
                if (hook.getName().startsWith("Spring") && hook.getName().endsWith("ShutdownHook")) {
                    hook.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
                }
            }
        }
    }
}
