package winback.benchmarks.load;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Locale;

/** A keep-alive HTTP/1.1 connection that costs a few microseconds a request; for one thread. */
public final class HttpConnection implements Closeable {

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
        return answer(in);
    }

    public static boolean isSuccess(String statusLine) {
        return statusLine.startsWith("HTTP/1.1 2");
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** Reads one answer to its end and returns its status line. */
    static String answer(InputStream in) throws IOException {
        String status = line(in);
        long length = 0;
        boolean chunked = false;
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
            String lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Long.parseLong(lower.substring(15).strip());
            } else if (lower.startsWith("transfer-encoding:") && lower.contains("chunked")) {
                chunked = true;
            }
        }
        if (chunked) {
            for (int size = chunk(in); size > 0; size = chunk(in)) {
                in.skipNBytes(size);
                line(in);
            }
            line(in);
        } else {
            in.skipNBytes(length);
        }
        return status;
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
