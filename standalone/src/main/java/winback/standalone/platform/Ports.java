package winback.standalone.platform;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import winback.standalone.cli.CommandFailed;

/** Where each service listens. */
public record Ports(Map<Service, Integer> byService) {

    /** The highest port there is. */
    public static final int LAST = 65_535;

    private static final int LOWEST_FREE = 20_000;

    /** Linux's default; other systems begin higher. */
    private static final int LOWEST_EPHEMERAL = 32_768;

    private static final int MOST_ATTEMPTS = 100;

    public Ports {
        byService = Map.copyOf(byService);
    }

    /** The usual ports, all moved by that much so that two platforms fit on one machine. */
    public static Ports usual(int offset) {
        Map<Service, Integer> ports = new EnumMap<>(Service.class);
        for (Service service : Service.values()) {
            ports.put(service, service.usualPort() + offset);
        }
        return new Ports(ports);
    }

    /**
     * Ports that are free at this moment, below those that systems give to outgoing connections: of these one could be
     * gone before its service starts, since PostgreSQL and Kafka are connected to meanwhile.
     */
    public static Ports free() {
        List<ServerSocket> held = new ArrayList<>();
        try {
            Map<Service, Integer> ports = new EnumMap<>(Service.class);
            for (Service service : Service.values()) {
                ServerSocket socket = freeSocket();
                held.add(socket);
                ports.put(service, socket.getLocalPort());
            }
            return new Ports(ports);
        } catch (IOException e) {
            throw new UncheckedIOException("no free port", e);
        } finally {
            for (ServerSocket socket : held) {
                try {
                    socket.close();
                } catch (IOException alreadyClosed) {
                    // nothing is lost with it
                }
            }
        }
    }

    private static ServerSocket freeSocket() throws IOException {
        for (int attempt = 1; ; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST_FREE, LOWEST_EPHEMERAL);
            try {
                return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
            } catch (BindException taken) {
                if (attempt == MOST_ATTEMPTS) {
                    throw taken;
                }
            }
        }
    }

    public Ports with(Service service, int port) {
        Map<Service, Integer> ports = new EnumMap<>(byService);
        ports.put(service, port);
        return new Ports(ports);
    }

    public int of(Service service) {
        Integer port = byService.get(service);
        if (port == null) {
            throw new IllegalStateException("no port for " + service.word());
        }
        return port;
    }

    /** Refuses a port that something else listens on, before anything has been started. */
    void requireFree(Iterable<Service> services, String host) {
        for (Service service : services) {
            if (!isFree(host, of(service))) {
                throw new CommandFailed(
                        ("Port %d, meant for the %s service, is taken. --port-offset 100 moves all ports,"
                                        + " --%s-port N moves this one.")
                                .formatted(of(service), service.word(), service.word()));
            }
        }
    }

    /** That port on loopback if it is free, else 0, which means any. */
    public static int preferred(int port) {
        return isFree("127.0.0.1", port) ? port : 0;
    }

    private static boolean isFree(String host, int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(host, port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }
}
