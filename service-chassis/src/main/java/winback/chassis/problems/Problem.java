package winback.chassis.problems;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;
import tools.jackson.core.JacksonException;

/**
 * A request that cannot be served, as the caller will read it (RFC 9457). {@code code} is stable and for programs,
 * {@code detail} is a sentence for people and never carries personal data.
 */
public final class Problem extends ErrorResponseException {

    private static final long serialVersionUID = 1;

    /**
     * One fault in a request.
     *
     * @param field JSON path of the fault, such as {@code batch[3].messageId}, or a row and column of a file
     * @param code stable, for programs
     * @param detail a sentence for people
     */
    public record Fault(String field, String code, String detail) {}

    private Problem(HttpStatus status, ProblemDetail body) {
        super(status, body, null);
    }

    public static Problem of(HttpStatus status, String code, String detail) {
        ProblemDetail body = ProblemDetail.forStatusAndDetail(status, detail);
        body.setType(URI.create("urn:winback:problem:" + code));
        body.setProperty("code", code);
        return new Problem(status, body);
    }

    public static Problem notFound(String code, String detail) {
        return of(HttpStatus.NOT_FOUND, code, detail);
    }

    /** 400 with the places of the faults. */
    public static Problem invalid(String detail, List<Fault> faults) {
        Problem problem = of(HttpStatus.BAD_REQUEST, "invalid-request", detail);
        problem.getBody().setProperty("errors", faults);
        return problem;
    }

    /** 400 with the place of one fault. */
    public static Problem invalid(String field, String code, String detail) {
        return invalid(field + ": " + detail, List.of(new Fault(field, code, detail)));
    }

    /** 400 with the place in JSON that is none, or is not what was asked for. */
    public static Problem unreadable(JacksonException failure) {
        return UnreadableJson.problem(failure);
    }

    public static Problem conflict(String code, String detail) {
        return of(HttpStatus.CONFLICT, code, detail);
    }

    /** 503 with {@code Retry-After}: what this needs is away for the moment. */
    public static Problem away(String code, String detail) {
        return of(HttpStatus.SERVICE_UNAVAILABLE, code, detail).retryAfter(Duration.ofSeconds(2));
    }

    /** For programs. */
    public String code() {
        Map<String, Object> properties = getBody().getProperties();
        return properties == null ? "problem" : String.valueOf(properties.get("code"));
    }

    public Problem with(String property, Object value) {
        getBody().setProperty(property, value);
        return this;
    }

    public Problem retryAfter(Duration delay) {
        getHeaders().set(HttpHeaders.RETRY_AFTER, Long.toString(Math.max(1, delay.toSeconds())));
        return this;
    }
}
