package winback.chassis.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.util.DigestUtils;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.ContentCachingResponseWrapper;
import winback.chassis.problems.Problem;
import winback.chassis.problems.ProblemWriter;

/**
 * {@code Idempotency-Key} on POSTs that create: within a day a repeat by the same caller gets the first answer, while the
 * first is still running 409, and 422 when the key comes back with another request. Server errors are not kept, so that
 * a retry is a retry. What is older than a day goes with the next request that has a key.
 */
final class IdempotencyFilter extends OncePerRequestFilter {

    private record Kept(
            String fingerprint,
            @Nullable Integer status,
            @Nullable String contentType,
            @Nullable String location,
            byte @Nullable [] body) {}

    /** Bytes; of larger requests, such as files, the length is compared. */
    private static final long MOST_COMPARED = 1 << 20;

    /** A request whose body has been read. */
    private static final class Sent extends HttpServletRequestWrapper {
        private final byte[] body;

        Sent(HttpServletRequest request, byte[] body) {
            super(request);
            this.body = body;
        }

        @Override
        public ServletInputStream getInputStream() {
            ByteArrayInputStream from = new ByteArrayInputStream(body);
            return new ServletInputStream() {
                @Override
                public int read() {
                    return from.read();
                }

                @Override
                public int read(byte[] into, int offset, int length) {
                    return from.read(into, offset, length);
                }

                @Override
                public boolean isFinished() {
                    return from.available() == 0;
                }

                @Override
                public boolean isReady() {
                    return true;
                }

                @Override
                public void setReadListener(ReadListener listener) {
                    throw new UnsupportedOperationException("what has been read is not waited for");
                }
            };
        }

        @Override
        public BufferedReader getReader() {
            return new BufferedReader(new InputStreamReader(getInputStream(), StandardCharsets.UTF_8));
        }
    }

    private final HttpSettings settings;
    private final JdbcClient db;
    private final ProblemWriter problems;

    IdempotencyFilter(HttpSettings settings, JdbcClient db, ProblemWriter problems) {
        this.settings = settings;
        this.db = db;
        this.problems = problems;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !request.getMethod().equals("POST")
                || request.getHeader("Idempotency-Key") == null
                || !settings.idempotent(request.getRequestURI());
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String key = request.getHeader("Idempotency-Key");
        if (key.isBlank() || key.length() > 255 || !key.chars().allMatch(c -> c >= 0x20 && c < 0x7f)) {
            problems.write(
                    response, Problem.invalid("Idempotency-Key", "wrong-value", "1 to 255 printable ASCII characters"));
            return;
        }
        Principal principal = request.getUserPrincipal();
        String caller = principal == null ? "" : principal.getName();
        HttpServletRequest whole = request;
        String asked = Long.toString(request.getContentLengthLong());
        if (request.getContentLengthLong() >= 0 && request.getContentLengthLong() <= MOST_COMPARED) {
            byte[] sent = request.getInputStream().readAllBytes();
            asked = DigestUtils.md5DigestAsHex(sent);
            whole = new Sent(request, sent);
        }
        String fingerprint = request.getRequestURI() + "?" + request.getQueryString() + "#" + asked;
        try {
            db.sql("DELETE FROM idempotency_key WHERE created_at < now() - interval '1 day'")
                    .update();
            boolean first = db.sql("""
                                    INSERT INTO idempotency_key AS k (caller, key, fingerprint)
                                    VALUES (:caller, :key, :fingerprint)
                                    ON CONFLICT (caller, key) DO UPDATE
                                      SET fingerprint = excluded.fingerprint, status = NULL, content_type = NULL,
                                          location = NULL, body = NULL, created_at = now()
                                      WHERE k.status IS NULL AND k.created_at < now() - interval '10 minutes'
                                    """)
                            .param("caller", caller)
                            .param("key", key)
                            .param("fingerprint", fingerprint)
                            .update()
                    == 1;
            if (!first) {
                repeat(caller, key, fingerprint, response);
                return;
            }
        } catch (DataAccessException | org.springframework.transaction.TransactionException away) {
            problems.write(response, Problem.away("database-away", "The database does not answer; try again."));
            return;
        }
        ContentCachingResponseWrapper caching = new ContentCachingResponseWrapper(response);
        boolean kept = false;
        try {
            chain.doFilter(whole, caching);
            if (caching.getStatus() < 500) {
                db.sql("""
                                UPDATE idempotency_key SET status = :status, content_type = :type,
                                  location = :location, body = :body
                                WHERE caller = :caller AND key = :key
                                """)
                        .param("status", caching.getStatus())
                        .param("type", caching.getContentType())
                        .param("location", caching.getHeader(HttpHeaders.LOCATION))
                        .param("body", caching.getContentAsByteArray())
                        .param("caller", caller)
                        .param("key", key)
                        .update();
                kept = true;
            }
        } finally {
            if (!kept) {
                db.sql("DELETE FROM idempotency_key WHERE caller = :caller AND key = :key")
                        .param("caller", caller)
                        .param("key", key)
                        .update();
            }
            caching.copyBodyToResponse();
        }
    }

    private void repeat(String caller, String key, String fingerprint, HttpServletResponse response)
            throws IOException {
        Kept kept = db.sql("""
                        SELECT fingerprint, status, content_type, location, body FROM idempotency_key
                        WHERE caller = :caller AND key = :key
                        """)
                .param("caller", caller)
                .param("key", key)
                .query((row, n) -> new Kept(
                        row.getString(1),
                        row.getObject(2, Integer.class),
                        row.getString(3),
                        row.getString(4),
                        row.getBytes(5)))
                .single();
        if (!kept.fingerprint().equals(fingerprint)) {
            problems.write(
                    response,
                    Problem.of(
                            HttpStatus.UNPROCESSABLE_CONTENT,
                            "idempotency-key-reused",
                            "This Idempotency-Key was used for another request."));
        } else if (kept.status() == null) {
            problems.write(
                    response, Problem.conflict("still-running", "The first request with this key is still running."));
        } else {
            response.setStatus(kept.status());
            response.setHeader("Idempotent-Replayed", "true");
            if (kept.contentType() != null) {
                response.setContentType(kept.contentType());
            }
            if (kept.location() != null) {
                response.setHeader(HttpHeaders.LOCATION, kept.location());
            }
            if (kept.body() != null) {
                response.getOutputStream().write(kept.body());
            }
        }
    }
}
