package winback.infrastructure;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** A TCP port on loopback that was free a moment ago: whoever takes it must expect that another was quicker. */
final class FreePort {

    private FreePort() {}

    /**
     * The wanted port if it is free, any free one for 0.
     *
     * @throws IllegalStateException if something listens on the wanted port
     */
    static int find(int wanted) {
        if (wanted < 0 || wanted > 65_535) {
            throw new IllegalArgumentException("Invalid port (0 to 65535, 0 for any free one): " + wanted);
        }
        try (ServerSocket socket = new ServerSocket(wanted, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException("Port " + wanted + " on loopback is not free", e);
        }
    }
}
