package winback.chassis.problems;

import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.kafka.KafkaException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.validation.FieldError;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.HandlerMethodValidationException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import tools.jackson.core.JacksonException;
import winback.chassis.http.BodyTooLarge;

/** Maps what a controller throws to a problem. */
@RestControllerAdvice
final class ProblemAdvice extends ResponseEntityExceptionHandler {

    private static final Logger log = LoggerFactory.getLogger(ProblemAdvice.class);

    @Override
    protected ResponseEntity<Object> handleHttpMessageNotReadable(
            HttpMessageNotReadableException failure, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        // Jackson wraps what the stream throws, so the bound is looked for first, the whole way down.
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof BodyTooLarge tooLarge) {
                return answer(tooLarge.problem());
            }
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof JacksonException json) {
                return answer(Problem.unreadable(json));
            }
        }
        return answer(
                Problem.of(HttpStatus.BAD_REQUEST, "unreadable-body", "The request body is missing or unreadable."));
    }

    @Override
    protected ResponseEntity<Object> handleMethodArgumentNotValid(
            MethodArgumentNotValidException failure, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        List<Problem.Fault> faults = failure.getBindingResult().getAllErrors().stream()
                .map(error -> new Problem.Fault(
                        error instanceof FieldError field ? field.getField() : error.getObjectName(),
                        error.getCode() == null ? "invalid" : error.getCode(),
                        error.getDefaultMessage() == null ? "invalid" : error.getDefaultMessage()))
                .toList();
        return answer(Problem.invalid(
                faults.getFirst().field() + ": " + faults.getFirst().detail(), faults));
    }

    @Override
    protected ResponseEntity<Object> handleHandlerMethodValidationException(
            HandlerMethodValidationException failure, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        List<Problem.Fault> faults = failure.getParameterValidationResults().stream()
                .flatMap(result -> result.getResolvableErrors().stream()
                        .map(error -> new Problem.Fault(
                                String.valueOf(result.getMethodParameter().getParameterName()),
                                "invalid",
                                String.valueOf(error.getDefaultMessage()))))
                .toList();
        return answer(Problem.invalid("The request is not valid.", faults));
    }

    @ExceptionHandler(MethodArgumentTypeMismatchException.class)
    ResponseEntity<Object> mismatch(MethodArgumentTypeMismatchException failure) {
        return answer(Problem.invalid(failure.getName(), "wrong-type", expected(failure.getRequiredType())));
    }

    private static String expected(@Nullable Class<?> wanted) {
        if (wanted == Instant.class) {
            return "expected a time such as 2026-11-24T08:00:00Z";
        }
        if (wanted == LocalDate.class) {
            return "expected a day such as 2026-11-24";
        }
        if (wanted == int.class || wanted == Integer.class || wanted == long.class || wanted == Long.class) {
            return "expected a whole number";
        }
        if (wanted == boolean.class || wanted == Boolean.class) {
            return "expected true or false";
        }
        if (wanted != null && wanted.isEnum()) {
            return "expected one of "
                    + Arrays.stream(wanted.getEnumConstants())
                            .map(String::valueOf)
                            .collect(Collectors.joining(", "));
        }
        return "expected another type";
    }

    /** Bytes of a query string that are no UTF-8, or no percent-encoding. */
    @ExceptionHandler(InvalidParameterException.class)
    ResponseEntity<Object> unreadableQuery() {
        return answer(Problem.of(
                HttpStatus.BAD_REQUEST, "unreadable-query", "The query string is not UTF-8 in percent-encoding."));
    }

    @ExceptionHandler(Problem.class)
    ResponseEntity<Object> problem(Problem problem) {
        return answer(problem);
    }

    @ExceptionHandler(BodyTooLarge.class)
    ResponseEntity<Object> tooLarge(BodyTooLarge tooLarge) {
        return answer(tooLarge.problem());
    }

    @ExceptionHandler({
        CannotGetJdbcConnectionException.class,
        CannotCreateTransactionException.class,
        DataAccessResourceFailureException.class,
        TransientDataAccessException.class,
        SQLTransientConnectionException.class
    })
    ResponseEntity<Object> databaseAway(Exception failure) {
        log.warn("database away: {}", failure.toString());
        return answer(Problem.away("database-away", "The database does not answer; try again."));
    }

    @ExceptionHandler({KafkaException.class, org.apache.kafka.common.KafkaException.class, TimeoutException.class})
    ResponseEntity<Object> kafkaAway(Exception failure) {
        log.warn("Kafka away: {}", failure.toString());
        return answer(Problem.away("kafka-away", "Kafka does not answer; try again."));
    }

    @ExceptionHandler(Exception.class)
    ResponseEntity<Object> unexpected(Exception failure, HttpServletRequest request) {
        if (isUnstorableText(failure)) {
            return answer(Problem.of(
                    HttpStatus.BAD_REQUEST, "control-character", "The request has text with a NUL character in it."));
        }
        String incident = UUID.randomUUID().toString();
        log.error("incident {} at {} {}", incident, request.getMethod(), request.getRequestURI(), failure);
        return answer(Problem.of(
                        HttpStatus.INTERNAL_SERVER_ERROR,
                        "unexpected",
                        "Something failed here; the log has the incident.")
                .with("incident", incident));
    }

    /** SQL state 22021: PostgreSQL's text cannot hold NUL. */
    private static boolean isUnstorableText(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && "22021".equals(sql.getSQLState())) {
                return true;
            }
        }
        return false;
    }

    /** Gives Spring's own problems a {@code type} and a {@code code} too. */
    @Override
    protected ResponseEntity<Object> createResponseEntity(
            @Nullable Object body, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        if (body instanceof ProblemDetail detail
                && (detail.getProperties() == null || !detail.getProperties().containsKey("code"))) {
            HttpStatus known = HttpStatus.resolve(status.value());
            String code = known == null
                    ? "http-" + status.value()
                    : known.getReasonPhrase().toLowerCase(Locale.ROOT).replace(' ', '-');
            detail.setType(URI.create("urn:winback:problem:" + code));
            detail.setProperty("code", code);
            if (status.value() == HttpStatus.NOT_FOUND.value()) {
                detail.setDetail("There is nothing at this path.");
            }
        }
        return super.createResponseEntity(body, headers, status, request);
    }

    private static ResponseEntity<Object> answer(Problem problem) {
        return ResponseEntity.status(problem.getStatusCode())
                .headers(problem.getHeaders())
                .contentType(org.springframework.http.MediaType.APPLICATION_PROBLEM_JSON)
                .body(problem.getBody());
    }
}
