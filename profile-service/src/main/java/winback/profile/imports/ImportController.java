package winback.profile.imports;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import winback.chassis.events.EventPublisher;
import winback.chassis.problems.Problem;
import winback.chassis.problems.Problem.Fault;
import winback.profile.features.Deployment;
import winback.profile.imports.Imports.Attempt;
import winback.profile.subscribers.LiveFirst;

@RestController
@Tag(name = "Imports")
class ImportController {

    record Page(List<Imports.Progress> imports) {}

    private static final Logger log = LoggerFactory.getLogger(ImportController.class);
    /** So long a refused file is still taken in, so that its sender reads the answer instead of a broken pipe. */
    private static final Duration DRAINED_FOR = Duration.ofSeconds(5);

    private final Imports imports;
    private final EventPublisher events;
    private final Clock clock;
    private final Deployment deployment;
    private final ImportSettings settings;
    private final LiveFirst liveFirst;
    private final Semaphore places;
    private volatile boolean closing;

    ImportController(
            Imports imports,
            EventPublisher events,
            Clock clock,
            Deployment deployment,
            ImportSettings settings,
            LiveFirst liveFirst) {
        this.imports = imports;
        this.events = events;
        this.clock = clock;
        this.deployment = deployment;
        this.settings = settings;
        this.liveFirst = liveFirst;
        this.places = new Semaphore(settings.atOnce());
    }

    /** Files on their way stop at the next row, and say where, instead of holding the shutdown up. */
    @EventListener(ContextClosedEvent.class)
    void close() {
        closing = true;
    }

    @PostMapping("/v1/imports")
    @ResponseStatus(HttpStatus.ACCEPTED)
    @Operation(
            summary = "Import history from a file, read as it comes; answered when Kafka has all good rows",
            description =
                    "The mapping is given as parameters or as one JSON object in `mapping`, over which they stand."
                            + " A file imported again counts nothing twice; one cut off goes on with `resume`.",
            requestBody =
                    @RequestBody(
                            required = true,
                            description = "The file, gzipped or not.",
                            content = {
                                @Content(
                                        mediaType = "text/csv",
                                        schema = @Schema(type = "string"),
                                        examples = @ExampleObject("CustomerID,Date,Amount\n17,2024-02-29,12.50\n")),
                                @Content(
                                        mediaType = "application/x-ndjson",
                                        schema = @Schema(type = "string"),
                                        examples =
                                                @ExampleObject(
                                                        "{\"type\":\"track\",\"userId\":\"17\",\"event\":\"Product Viewed\",\"timestamp\":\"2024-02-29T08:00:00Z\"}\n")),
                                @Content(
                                        mediaType = "application/gzip",
                                        schema = @Schema(type = "string", format = "binary"))
                            }))
    @Parameter(
            name = "id",
            in = ParameterIn.QUERY,
            description = "the import's id, if the sender wants to know it beforehand",
            schema = @Schema(type = "string", format = "uuid"))
    @Parameter(
            name = "resume",
            in = ParameterIn.QUERY,
            description = "go on with this failed import: the same file, the mapping is known; no other parameter",
            schema = @Schema(type = "string", format = "uuid"))
    @Parameter(
            name = "mapping",
            in = ParameterIn.QUERY,
            description = "all of the following as one JSON object, columns as an object in it",
            schema = @Schema(type = "string"))
    @Parameter(
            name = "kind",
            in = ParameterIn.QUERY,
            description = "what a row is",
            schema =
                    @Schema(
                            type = "string",
                            allowableValues = {"purchases", "events", "subscribers"},
                            defaultValue = "purchases"))
    @Parameter(
            name = "format",
            in = ParameterIn.QUERY,
            description = "of the file; by the Content-Type if absent",
            schema =
                    @Schema(
                            type = "string",
                            allowableValues = {"csv", "ndjson"}))
    @Parameter(
            name = "columns",
            in = ParameterIn.QUERY,
            description = "role=column pairs: customer, at and, by kind, amount, orderId, quantity, event, type,"
                    + " consentSource, consents.CHANNEL/PURPOSE; properties.NAME and traits.NAME. A column is a name of"
                    + " the header, a number from 1, or a dotted path. Absent with kind=events, format=ndjson: each line"
                    + " is a whole Segment call",
            example = "customer=CustomerID,at=Date,amount=Amount",
            schema = @Schema(type = "string"))
    @Parameter(
            name = "header",
            in = ParameterIn.QUERY,
            description = "whether the first row names the columns",
            schema = @Schema(type = "boolean", defaultValue = "true"))
    @Parameter(
            name = "delimiter",
            in = ParameterIn.QUERY,
            description = "tab, whitespace or one character",
            schema = @Schema(type = "string", defaultValue = ","))
    @Parameter(name = "charset", in = ParameterIn.QUERY, schema = @Schema(type = "string", defaultValue = "UTF-8"))
    @Parameter(
            name = "type",
            in = ParameterIn.QUERY,
            description = "of events without a column for it",
            schema =
                    @Schema(
                            type = "string",
                            allowableValues = {"track", "page", "screen"},
                            defaultValue = "track"))
    @Parameter(
            name = "event",
            in = ParameterIn.QUERY,
            description = "the name of events without a column for it; of purchases Order Completed",
            schema = @Schema(type = "string"))
    @Parameter(
            name = "decimal",
            in = ParameterIn.QUERY,
            description = "how amounts are written",
            schema =
                    @Schema(
                            type = "string",
                            allowableValues = {"point", "comma"},
                            defaultValue = "point"))
    @Parameter(
            name = "currency",
            in = ParameterIn.QUERY,
            description = "of the amounts; the deployment's if absent",
            schema = @Schema(type = "string"))
    @Parameter(
            name = "shiftDays",
            in = ParameterIn.QUERY,
            description = "added to every date",
            schema = @Schema(type = "integer", defaultValue = "0"))
    @Parameter(
            name = "emailPattern",
            in = ParameterIn.QUERY,
            description = "the address of those who have none in the file, {id} standing for the id",
            schema = @Schema(type = "string"))
    @Parameter(
            name = "timezone",
            in = ParameterIn.QUERY,
            description = "of the customers, and of times without an offset",
            schema = @Schema(type = "string"))
    @Parameter(
            name = "consent",
            in = ParameterIn.QUERY,
            description = "channel/purpose, declared for everybody in the file",
            array = @ArraySchema(schema = @Schema(type = "string")))
    @Parameter(
            name = "consentSource",
            in = ParameterIn.QUERY,
            description = "where the consent was given; needed with any",
            schema = @Schema(type = "string"))
    @Parameter(name = "name", in = ParameterIn.QUERY, schema = @Schema(type = "string"))
    ResponseEntity<Imports.Progress> start(HttpServletRequest request) throws IOException {
        refuseForms(request.getContentType());
        MultiValueMap<String, String> query = query(request.getQueryString());
        if (!places.tryAcquire()) {
            throw Problem.of(
                            HttpStatus.TOO_MANY_REQUESTS,
                            "too-many-imports",
                            "%d files are being read already; try again when one is.".formatted(settings.atOnce()))
                    .retryAfter(Duration.ofSeconds(10));
        }
        try {
            UUID id = onAThreadOfItsOwn(query, request);
            return ResponseEntity.accepted()
                    .location(URI.create("/v1/imports/" + id))
                    .body(imports.find(id).orElseThrow());
        } catch (Problem problem) {
            drain(request.getInputStream());
            throw problem;
        } finally {
            places.release();
        }
    }

    /** Reading a file is work for a processor: on a virtual thread it would keep other requests from theirs. */
    private UUID onAThreadOfItsOwn(MultiValueMap<String, String> query, HttpServletRequest request) {
        FutureTask<UUID> reading = new FutureTask<>(() -> read(query, request));
        Thread.ofPlatform().daemon().name("import").start(reading);
        try {
            return reading.get();
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof RuntimeException unchecked
                    ? unchecked
                    : new IllegalStateException(failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw Problem.away("service-stopping", "The service is stopping.");
        }
    }

    private UUID read(MultiValueMap<String, String> query, HttpServletRequest request) {
        UUID resumed = uuid(query, "resume");
        if (resumed != null && query.size() > 1) {
            throw Problem.invalid("resume", "wrong-value", "goes alone: the mapping is known");
        }
        UUID id = resumed == null ? uuid(query, "id") : resumed;
        Mapping mapping = resumed == null ? mapping(query, request) : resumable(resumed);
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        Attempt attempt;
        Upload upload;
        Rows rows;
        RowReader reader;
        Rows.Row first;
        try {
            upload = new Upload(request.getInputStream(), request.getContentLengthLong(), mapping.charset());
            rows = mapping.format() == Mapping.Format.CSV
                    ? new Table(upload.text(), mapping.delimiter())
                    : new JsonLines(upload.text());
            first = rows.next();
        } catch (IOException unreadable) {
            log.info("a file could not be read: {}", unreadable.toString());
            throw Problem.of(
                    HttpStatus.BAD_REQUEST,
                    "import-cut-off",
                    "The file could not be read: the upload was cut off, or the file is damaged. Nothing was taken.");
        }
        if (first == null) {
            throw Problem.invalid("The file is empty.", List.of(new Fault("", "empty-file", "the file is empty")));
        }
        boolean header = mapping.header() && mapping.format() == Mapping.Format.CSV;
        UUID importId = id == null ? UUID.randomUUID() : id;
        List<String> names = header ? names(first) : null;
        if (resumed == null) {
            reader = new RowReader(importId, mapping, names, now);
            attempt = imports.start(importId, mapping, upload.bytesTotal(), now)
                    .orElseThrow(() -> Problem.conflict("import-exists", "There is an import with this id already."));
        } else {
            attempt = imports.resume(importId, upload.bytesTotal()).orElseThrow(ImportController::stillRunning);
            reader = new RowReader(importId, mapping, names, attempt.startedAt());
        }
        new ImportRun(imports, events, settings, liveFirst, () -> closing, attempt, upload, rows, reader)
                .run(header ? null : first);
        return importId;
    }

    /** Read here, since the container would look for parameters in a body that is said to be a form, too. */
    private static MultiValueMap<String, String> query(@Nullable String text) {
        MultiValueMap<String, String> query = new LinkedMultiValueMap<>();
        for (String pair : text == null ? new String[0] : text.split("&")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                query.add(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)));
            } else if (!pair.isEmpty()) {
                throw Problem.invalid(decoded(pair), "missing", "has no value");
            }
        }
        return query;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            throw Problem.invalid("", "wrong-value", "the query is not percent-encoded as it should be");
        }
    }

    private Mapping mapping(MultiValueMap<String, String> query, HttpServletRequest request) {
        MultiValueMap<String, String> settingsOnly = new LinkedMultiValueMap<>(query);
        settingsOnly.remove("id");
        String type = request.getContentType() == null ? "" : request.getContentType();
        return Mapping.of(settingsOnly, type.contains("ndjson") || type.contains("jsonl"), deployment.currency());
    }

    private Mapping resumable(UUID id) {
        Imports.Progress progress = imports.find(id).orElseThrow(ImportController::unknown);
        if (progress.state().equals("applying") || progress.state().equals("done")) {
            throw Problem.conflict(
                    "nothing-to-resume", "This import has been read to its end; it is " + progress.state() + ".");
        }
        return imports.mapping(id).orElseThrow(ImportController::unknown);
    }

    private static Problem stillRunning() {
        return Problem.conflict(
                        "still-running",
                        "This import is being read, or the service that read it has only just gone; try again in 15 s.")
                .retryAfter(Duration.ofSeconds(15));
    }

    private static Problem unknown() {
        return Problem.notFound("unknown-import", "There is no import with this id.");
    }

    private static @Nullable UUID uuid(MultiValueMap<String, String> query, String name) {
        String text = query.getFirst(name);
        try {
            return text == null ? null : UUID.fromString(text);
        } catch (IllegalArgumentException none) {
            throw Problem.invalid(name, "wrong-value", "must be a UUID");
        }
    }

    private static List<String> names(Rows.Row header) {
        return switch (header) {
            case Rows.Row.Values values -> values.values();
            case Rows.Row.Unreadable bad -> throw Problem.invalid("header", bad.code(), "line 1: " + bad.detail());
            case Rows.Row.Json json -> throw new IllegalStateException("JSON has no header");
        };
    }

    /**
     * What a browser's or curl's form sends is not the file, or not only; XML, as newer spreadsheets are, is no table of text.
     */
    private static void refuseForms(@Nullable String contentType) {
        String type = contentType == null ? "" : contentType.toLowerCase(Locale.ROOT);
        if (type.startsWith("multipart/")
                || type.startsWith("application/x-www-form-urlencoded")
                || type.contains("xml")) {
            throw Problem.of(
                    HttpStatus.UNSUPPORTED_MEDIA_TYPE,
                    "not-a-file",
                    "The body is the file itself: Content-Type text/csv or application/x-ndjson, curl --data-binary @FILE.");
        }
    }

    private static void drain(InputStream body) {
        try {
            byte[] buffer = new byte[65_536];
            long began = System.nanoTime();
            int read = 0;
            while (read >= 0 && System.nanoTime() - began < DRAINED_FOR.toNanos()) {
                read = body.read(buffer);
            }
        } catch (IOException gone) {
            log.debug("the sender of a refused file is gone", gone);
        }
    }

    @GetMapping("/v1/imports/{id}")
    @Operation(summary = "How far an import is, and which rows were not taken")
    Imports.Progress find(@PathVariable UUID id) {
        return imports.find(id).orElseThrow(ImportController::unknown);
    }

    @GetMapping(
            path = "/v1/imports/{id}/rejections",
            produces = {"text/csv", "application/x-ndjson"})
    @Operation(summary = "All rows that an import did not take, as CSV, or as NDJSON if asked for by Accept")
    void rejections(
            @PathVariable UUID id,
            @Parameter(hidden = true) @RequestHeader(name = HttpHeaders.ACCEPT, defaultValue = "text/csv")
                    String accept,
            HttpServletResponse response)
            throws IOException {
        Imports.Progress progress = imports.find(id).orElseThrow(ImportController::unknown);
        boolean ndjson = accept.contains("ndjson");
        response.setContentType(ndjson ? "application/x-ndjson" : "text/csv;charset=UTF-8");
        response.setHeader(
                HttpHeaders.CONTENT_DISPOSITION,
                "attachment; filename=\"rejections-%s.%s\"".formatted(id, ndjson ? "ndjson" : "csv"));
        Writer out = new OutputStreamWriter(response.getOutputStream(), StandardCharsets.UTF_8);
        new RejectionReport(imports, progress).write(ndjson, out);
        out.flush();
    }

    @GetMapping("/v1/imports")
    @Operation(summary = "The newest imports")
    Page newest(@RequestParam(defaultValue = "20") @Min(1) @Max(100) int limit) {
        return new Page(imports.newest(limit));
    }
}
