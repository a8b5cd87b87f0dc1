package winback.chassis.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.util.unit.DataSize;
import org.springframework.web.filter.OncePerRequestFilter;
import winback.chassis.problems.Problem;
import winback.chassis.problems.ProblemWriter;

/**
 * Inflates gzip bodies and bounds every body after inflation, so that a small bomb is no larger than a large request. A body
 * of no type in particular ({@code *}{@code /*}) is refused here, since Spring fails on it.
 */
final class BoundedBodyFilter extends OncePerRequestFilter {

    /** Some clients say that any type is fine where they send nothing. */
    private static final Set<String> BODILESS = Set.of("GET", "HEAD", "DELETE", "OPTIONS");

    /** Reads the type of each request. */
    private static final String ACTUATOR = "/actuator/";

    private final HttpSettings settings;
    private final ProblemWriter problems;

    BoundedBodyFilter(HttpSettings settings, ProblemWriter problems) {
        this.settings = settings;
        this.problems = problems;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String encoding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
        boolean gzip =
                encoding != null && encoding.toLowerCase(Locale.ROOT).strip().equals("gzip");
        if (encoding != null && !gzip && !encoding.strip().equalsIgnoreCase("identity")) {
            problems.write(
                    response,
                    Problem.of(
                            HttpStatus.UNSUPPORTED_MEDIA_TYPE,
                            "unknown-encoding",
                            "Content-Encoding: only gzip is read."));
            return;
        }
        if (isAnyType(request.getContentType())
                && (!BODILESS.contains(request.getMethod())
                        || request.getRequestURI().startsWith(ACTUATOR))) {
            problems.write(
                    response,
                    Problem.of(
                            HttpStatus.UNSUPPORTED_MEDIA_TYPE,
                            "unsupported-media-type",
                            "Content-Type: has to be one media type, without *."));
            return;
        }
        boolean streamed = settings.streamed(request.getRequestURI());
        DataSize limit = streamed ? null : settings.maxBody();
        if (limit != null && request.getContentLengthLong() > limit.toBytes()) {
            problems.write(response, new BodyTooLarge(limit).problem());
            return;
        }
        if (!gzip && (limit == null || request.getContentLengthLong() >= 0)) {
            // The container itself holds a body to its declared length.
            chain.doFilter(request, response);
            return;
        }
        try {
            chain.doFilter(new BoundedRequest(request, gzip, limit), response);
        } catch (BodyTooLarge tooLarge) {
            problems.write(response, tooLarge.problem());
        }
    }

    /** A star may be part of a parameter, such as a boundary. */
    private static boolean isAnyType(@Nullable String contentType) {
        if (contentType == null) {
            return false;
        }
        int star = contentType.indexOf('*');
        return star >= 0 && contentType.lastIndexOf(';', star) < 0;
    }

    private static final class BoundedRequest extends HttpServletRequestWrapper {
        private final boolean gzip;
        private final @Nullable DataSize limit;
        private @Nullable ServletInputStream stream;

        BoundedRequest(HttpServletRequest request, boolean gzip, @Nullable DataSize limit) {
            super(request);
            this.gzip = gzip;
            this.limit = limit;
        }

        @Override
        public ServletInputStream getInputStream() throws IOException {
            if (stream == null) {
                stream = new BoundedStream(super.getInputStream(), gzip, limit);
            }
            return stream;
        }

        @Override
        public BufferedReader getReader() throws IOException {
            return new BufferedReader(new InputStreamReader(getInputStream(), StandardCharsets.UTF_8));
        }

        @Override
        public int getContentLength() {
            return -1;
        }

        @Override
        public long getContentLengthLong() {
            return -1;
        }

        @Override
        public @Nullable String getHeader(String name) {
            return gzip && hidden(name) ? null : super.getHeader(name);
        }

        private static boolean hidden(String name) {
            return name.equalsIgnoreCase(HttpHeaders.CONTENT_ENCODING)
                    || name.equalsIgnoreCase(HttpHeaders.CONTENT_LENGTH);
        }
    }

    private static final class BoundedStream extends ServletInputStream {
        private final InputStream raw;
        private final boolean gzip;
        private final @Nullable DataSize limit;
        private @Nullable InputStream body;
        private long count;
        private boolean finished;

        BoundedStream(InputStream raw, boolean gzip, @Nullable DataSize limit) {
            this.raw = raw;
            this.gzip = gzip;
            this.limit = limit;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int read;
            try {
                if (body == null) {
                    body = gzip ? new GZIPInputStream(raw, 8192) : raw;
                }
                read = body.read(buffer, offset, length);
            } catch (ZipException | java.io.EOFException notGzip) {
                throw new IOException("the body is not valid gzip", notGzip);
            }
            if (read < 0) {
                finished = true;
                return read;
            }
            count += read;
            if (limit != null && count > limit.toBytes()) {
                throw new BodyTooLarge(limit);
            }
            return read;
        }

        @Override
        public boolean isFinished() {
            return finished;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setReadListener(ReadListener listener) {
            throw new UnsupportedOperationException("bodies are read blocking, on virtual threads");
        }
    }
}
