package winback.infrastructure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** A TCP port on loopback that was free a moment ago: whoever takes it must expect that another was quicker. */
final class FreePort {

    private FreePort() {}

    static int find() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("No free port on loopback", e);
        }
    }

    static void check(int port) {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("Invalid port (0 to 65535, 0 for any free one): " + port);
        }
    }
}
