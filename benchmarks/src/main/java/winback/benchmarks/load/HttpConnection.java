package winback.benchmarks.load;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A keep-alive HTTP/1.1 connection that costs a few microseconds a request; for one thread. */
public final class HttpConnection implements Closeable {

    /** An answer's body, in a buffer that is used again for the next one; for one thread. */
    public static final class Body {
        private byte[] bytes = new byte[32_768];
        private int length;

        private void clear() {
            length = 0;
        }

        private void read(InputStream in, int count) throws IOException {
            if (bytes.length - length < count) {
                bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + count));
            }
            if (in.readNBytes(bytes, length, count) < count) {
                throw new EOFException("the server closed the connection");
            }
            length += count;
        }

        /** In bytes. */
        public int length() {
            return length;
        }

        /** The string of that name in JSON without white space, the first if there are several; empty when there is none. */
        public String text(String name) {
            // As Latin-1, where a search is a few instructions for many bytes; names and ids are ASCII.
            String json = new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
            // A quote within a string is escaped, so that this is found in no text.
            String start = "\"" + name + "\":\"";
            int at = json.indexOf(start);
            return at < 0 ? "" : json.substring(at + start.length(), json.indexOf('"', at + start.length()));
        }
    }

    private final Socket socket = new Socket();
    private final OutputStream out;
    private final InputStream in;

    public HttpConnection(InetSocketAddress address) throws IOException {
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(10_000);
            socket.connect(address, 2000);
            out = socket.getOutputStream();
            in = new BufferedInputStream(socket.getInputStream(), 65_536);
        } catch (IOException failure) {
            socket.close();
            throw failure;
        }
    }

    /** Sends a request, head and body, reads the answer to its end and returns its status line. */
    public String exchange(byte[] request) throws IOException {
        out.write(request);
        return answer(in, null);
    }

    /** As {@link #exchange(byte[])}, with the answer's body afterwards in {@code body}. */
    public String exchange(byte[] request, Body body) throws IOException {
        out.write(request);
        return answer(in, body);
    }

    public static boolean isSuccess(String statusLine) {
        return statusLine.startsWith("HTTP/1.1 2");
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** Reads one answer to its end and returns its status line. @param body null to forget the body */
    static String answer(InputStream in, @Nullable Body body) throws IOException {
        if (body != null) {
            body.clear();
        }
        String status = line(in);
        int length = 0;
        boolean chunked = false;
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
            String lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Integer.parseInt(lower.substring(15).strip());
            } else if (lower.startsWith("transfer-encoding:") && lower.contains("chunked")) {
                chunked = true;
            }
        }
        if (chunked) {
            for (int size = chunk(in); size > 0; size = chunk(in)) {
                take(in, size, body);
                line(in);
            }
            line(in);
        } else {
            take(in, length, body);
        }
        return status;
    }

    private static void take(InputStream in, int count, @Nullable Body body) throws IOException {
        if (body == null) {
            in.skipNBytes(count);
        } else {
            body.read(in, count);
        }
    }

    private static int chunk(InputStream in) throws IOException {
        String size = line(in);
        int extension = size.indexOf(';');
        return Integer.parseInt(extension < 0 ? size : size.substring(0, extension), 16);
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder(64);
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the server closed the connection");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }
}
