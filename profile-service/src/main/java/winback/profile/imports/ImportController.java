package winback.profile.imports;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.CodingErrorAction;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import winback.chassis.events.EventPublisher;
import winback.chassis.problems.Problem;
import winback.contracts.ActivityReceived;
import winback.contracts.Topic;
import winback.profile.features.Deployment;

@RestController
@Tag(name = "Imports")
class ImportController {

    record Page(List<Imports.Progress> imports) {}

    private static final Logger log = LoggerFactory.getLogger(ImportController.class);
    private static final Duration ACKNOWLEDGED_WITHIN = Duration.ofSeconds(15);
    private static final long PROGRESS_NANOS = 1_000_000_000L;

    private final Imports imports;
    private final EventPublisher events;
    private final Clock clock;
    private final Deployment deployment;
    private final ImportSettings settings;

    ImportController(
            Imports imports, EventPublisher events, Clock clock, Deployment deployment, ImportSettings settings) {
        this.imports = imports;
        this.events = events;
        this.clock = clock;
        this.deployment = deployment;
        this.settings = settings;
    }

    @PostMapping("/v1/imports")
    @Operation(summary = "Import history from a CSV file, read as it comes; answered when Kafka has all good rows")
    ResponseEntity<Imports.Progress> start(
            @RequestParam MultiValueMap<String, String> query, HttpServletRequest request) throws IOException {
        Mapping mapping = Mapping.of(query, deployment.currency());
        UUID id = UUID.randomUUID();
        Instant startedAt = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        var decoder = mapping.charset()
                .newDecoder()
                // A malformed byte becomes U+FFFD, which spoils its row and not the file.
                .onMalformedInput(CodingErrorAction.REPLACE)
                .onUnmappableCharacter(CodingErrorAction.REPLACE);
        Table table = new Table(new InputStreamReader(request.getInputStream(), decoder), mapping.delimiter());
        RowReader rows = new RowReader(id, mapping, mapping.header() ? header(table) : null, startedAt);
        imports.start(id, mapping.name(), startedAt);
        new Run(id, table, rows).run();
        return ResponseEntity.accepted()
                .location(URI.create("/v1/imports/" + id))
                .body(imports.find(id).orElseThrow());
    }

    @GetMapping("/v1/imports/{id}")
    @Operation(summary = "How far an import is, and which rows were not taken")
    Imports.Progress find(@PathVariable UUID id) {
        return imports.find(id)
                .orElseThrow(() -> Problem.notFound("unknown-import", "There is no import with this id."));
    }

    @GetMapping("/v1/imports")
    @Operation(summary = "The newest imports")
    Page newest(@RequestParam(defaultValue = "20") @Min(1) @Max(100) int limit) {
        return new Page(imports.newest(limit));
    }

    private static List<String> header(Table table) throws IOException {
        try {
            return switch (table.next()) {
                case Table.Row.Values header -> header.values();
                case Table.Row.Unreadable unreadable ->
                    throw Problem.invalid("header", unreadable.code(), "line 1: " + unreadable.detail());
                case null -> throw Problem.invalid("header", "missing", "the file is empty");
            };
        } catch (IOException cutOff) {
            throw cutOff(cutOff);
        }
    }

    private static Problem cutOff(IOException failure) {
        log.info("an import was cut off: {}", failure.toString());
        return Problem.of(
                HttpStatus.BAD_REQUEST,
                "import-cut-off",
                "The file could not be read to its end. Rows read so far are kept; import the file again, no row is"
                        + " counted twice.");
    }

    /** One file on its way to Kafka, in order, with a bounded number of rows not yet acknowledged. */
    private final class Run {
        private final UUID id;
        private final Table table;
        private final RowReader rows;
        private final Deque<CompletableFuture<?>> inFlight = new ArrayDeque<>();
        private final List<Rejection> rejections = new ArrayList<>();
        private long read;
        private long accepted;
        private long rejected;
        private long toldNanos = System.nanoTime();

        Run(UUID id, Table table, RowReader rows) {
            this.id = id;
            this.table = table;
            this.rows = rows;
        }

        void run() {
            boolean finished = false;
            String failure = "stopped before the end of the file";
            try {
                Table.@Nullable Row row;
                while ((row = table.next()) != null) {
                    if (read >= settings.maxRows()) {
                        failure = "the file has more than %d rows".formatted(settings.maxRows());
                        throw Problem.of(HttpStatus.CONTENT_TOO_LARGE, "too-many-rows", failure + "; split it.");
                    }
                    take(row);
                    tell();
                }
                acknowledge(0);
                imports.finish(id, reading());
                finished = true;
            } catch (IOException cutOff) {
                failure = "the upload was cut off or unreadable; import the file again; rows already applied are not"
                        + " counted twice";
                acknowledge(0);
                throw cutOff(cutOff);
            } catch (org.springframework.kafka.KafkaException away) {
                failure = "Kafka was away; import the file again; rows already applied are not counted twice";
                throw away;
            } finally {
                if (!finished) {
                    imports.fail(id, reading(), failure);
                }
            }
        }

        private void take(Table.Row row) {
            read++;
            switch (row) {
                case Table.Row.Unreadable unreadable ->
                    reject(new Rejection(unreadable.line(), "", unreadable.code(), unreadable.detail()));
                case Table.Row.Values values -> {
                    switch (rows.read(values.line(), values.values())) {
                        case RowReader.Reading.Rejected refused -> reject(refused.rejection());
                        case RowReader.Reading.Activities good -> {
                            for (ActivityReceived activity : good.activities()) {
                                inFlight.addLast(events.publish(Topic.IMPORTS, activity));
                            }
                            accepted++;
                            acknowledge(settings.inFlight());
                        }
                    }
                }
            }
        }

        private void reject(Rejection rejection) {
            rejected++;
            if (rejections.size() < Imports.KEPT_REJECTIONS) {
                rejections.add(rejection);
            }
        }

        /** Waits until at most so many are not acknowledged. */
        private void acknowledge(int atMost) {
            if (inFlight.size() <= atMost) {
                return;
            }
            List<CompletableFuture<?>> oldest = new ArrayList<>();
            while (inFlight.size() > atMost / 2) {
                oldest.add(inFlight.removeFirst());
            }
            EventPublisher.await(oldest, ACKNOWLEDGED_WITHIN);
        }

        private void tell() {
            if (System.nanoTime() - toldNanos > PROGRESS_NANOS) {
                imports.progress(id, reading());
                toldNanos = System.nanoTime();
            }
        }

        private Imports.Reading reading() {
            return new Imports.Reading(read, accepted, rejected, List.copyOf(rejections));
        }
    }
}
