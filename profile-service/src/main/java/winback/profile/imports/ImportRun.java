package winback.profile.imports;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpStatus;
import org.springframework.kafka.KafkaException;
import org.springframework.kafka.support.SendResult;
import org.springframework.transaction.TransactionException;
import winback.chassis.events.EventPublisher;
import winback.chassis.problems.Problem;
import winback.contracts.Topic;
import winback.profile.imports.Imports.Attempt;
import winback.profile.imports.Imports.Checkpoint;
import winback.profile.imports.RowReader.Reading;
import winback.profile.subscribers.LiveFirst;

/**
 * One file on its way to Kafka, in order, with a bounded number of rows not yet acknowledged. Every second it waits until
 * Kafka has all rows so far and keeps that place; a later attempt reads the file up to there without sending, since a
 * row's identity depends on the rows before it, and goes on.
 */
final class ImportRun {

    private static final Logger log = LoggerFactory.getLogger(ImportRun.class);
    private static final Duration ACKNOWLEDGED_WITHIN = Duration.ofSeconds(15);
    private static final long KEEP_NANOS = 1_000_000_000L;
    /** Refused rows held before they are written. */
    private static final int HELD_REJECTIONS = 1000;

    private static final int ROWS_AT_A_TIME = 200;

    private record Sent(CompletableFuture<SendResult<String, byte[]>> acknowledgement, boolean row) {}

    private final Imports imports;
    private final EventPublisher events;
    private final ImportSettings settings;
    private final LiveFirst liveFirst;
    private final BooleanSupplier closing;
    private final Attempt attempt;
    private final Upload upload;
    private final Rows rows;
    private final RowReader reader;

    private final Deque<Sent> inFlight = new ArrayDeque<>();
    private final Map<Integer, Long> lastOffsets;
    private List<Rejection> refused = new ArrayList<>();
    private long read;
    private long accepted;
    private long rejected;
    private long checksum;
    private Checkpoint kept;
    private long keptNanos = System.nanoTime();

    /**
     * @param closing whether the service is about to stop
     */
    ImportRun(
            Imports imports,
            EventPublisher events,
            ImportSettings settings,
            LiveFirst liveFirst,
            BooleanSupplier closing,
            Attempt attempt,
            Upload upload,
            Rows rows,
            RowReader reader) {
        this.imports = imports;
        this.events = events;
        this.settings = settings;
        this.liveFirst = liveFirst;
        this.closing = closing;
        this.attempt = attempt;
        this.upload = upload;
        this.rows = rows;
        this.reader = reader;
        this.kept = attempt.from();
        this.lastOffsets = new TreeMap<>(kept.lastOffsets());
    }

    /**
     * Reads the file to its end.
     *
     * @param first the first row, when it has been read already
     * @throws Problem that says how far the file is safe
     */
    void run(Rows.@Nullable Row first) {
        try {
            Rows.Row row = first == null ? rows.next() : first;
            while (row != null) {
                if (read >= settings.maxRows()) {
                    throw failed(
                            HttpStatus.CONTENT_TOO_LARGE,
                            "too-many-rows",
                            "The file has more than %d rows; split it.".formatted(settings.maxRows()));
                }
                if (closing.getAsBoolean()) {
                    throw failed(HttpStatus.SERVICE_UNAVAILABLE, "service-stopping", "The service is stopping.");
                }
                if (read % ROWS_AT_A_TIME == 0) {
                    liveFirst.giveWay();
                }
                take(row);
                row = rows.next();
            }
            if (read < attempt.from().rowsRead()) {
                throw anotherFile();
            }
            acknowledge(0);
            if (!imports.finish(attempt, here(), refused)) {
                throw takenOver();
            }
        } catch (IOException cutOff) {
            log.info("import {} was cut off: {}", attempt.importId(), cutOff.toString());
            throw failed(
                    HttpStatus.BAD_REQUEST,
                    "import-cut-off",
                    "The file could not be read to its end: the upload was cut off, or the file is damaged.");
        } catch (KafkaException away) {
            log.info("import {} stopped: {}", attempt.importId(), away.toString());
            inFlight.clear();
            throw failed(HttpStatus.SERVICE_UNAVAILABLE, "kafka-away", "Kafka does not answer.");
        } catch (DataAccessException | TransactionException away) {
            log.info("import {} stopped: {}", attempt.importId(), away.toString());
            throw failed(HttpStatus.SERVICE_UNAVAILABLE, "database-away", "The database does not answer.");
        } catch (Problem told) {
            throw told;
        } catch (RuntimeException unexpected) {
            log.error("import {} failed", attempt.importId(), unexpected);
            throw failed(HttpStatus.INTERNAL_SERVER_ERROR, "import-failed", "Reading the file failed.");
        }
    }

    private void take(Rows.Row row) {
        Reading reading = reader.read(row);
        read++;
        boolean known = read <= attempt.from().rowsRead();
        switch (reading) {
            case Reading.Rejected bad -> {
                rejected++;
                checksum = 31 * checksum + bad.rejection().row();
                if (!known) {
                    refused.add(bad.rejection());
                }
            }
            case Reading.Activities good -> {
                accepted++;
                checksum = 31 * checksum + good.hash();
                if (!known) {
                    if (good.identification() != null) {
                        inFlight.addLast(new Sent(events.publish(Topic.IMPORTS, good.identification()), false));
                    }
                    inFlight.addLast(new Sent(events.publish(Topic.IMPORTS, good.row()), true));
                    acknowledge(settings.inFlight());
                }
            }
        }
        if (!known) {
            keep();
        } else if (read == attempt.from().rowsRead()
                && checksum != attempt.from().checksum()) {
            throw anotherFile();
        }
    }

    /** Waits until at most so many are not acknowledged; far below, so that it need not wait for each one. */
    private void acknowledge(int atMost) {
        if (inFlight.size() <= atMost) {
            return;
        }
        List<CompletableFuture<?>> oldest = new ArrayList<>();
        List<Sent> sent = new ArrayList<>();
        while (inFlight.size() > atMost / 2) {
            Sent next = inFlight.removeFirst();
            sent.add(next);
            oldest.add(next.acknowledgement());
        }
        EventPublisher.await(oldest, ACKNOWLEDGED_WITHIN);
        for (Sent one : sent) {
            if (one.row()) {
                RecordMetadata place = one.acknowledgement().join().getRecordMetadata();
                lastOffsets.merge(place.partition(), place.offset(), Math::max);
            }
        }
    }

    private void keep() {
        if (refused.size() < HELD_REJECTIONS && System.nanoTime() - keptNanos < KEEP_NANOS) {
            return;
        }
        acknowledge(0);
        if (!imports.keep(attempt, here(), refused)) {
            throw takenOver();
        }
        kept = here();
        refused = new ArrayList<>();
        keptNanos = System.nanoTime();
    }

    private Checkpoint here() {
        return new Checkpoint(read, accepted, rejected, upload.bytesRead(), checksum, Map.copyOf(lastOffsets));
    }

    /** Keeps as much as is safe and says so. */
    private Problem failed(HttpStatus status, String code, String why) {
        if (read > kept.rowsRead() && !code.equals("kafka-away")) {
            try {
                acknowledge(0);
                kept = here();
            } catch (KafkaException away) {
                refused = List.of();
            }
        } else {
            refused = List.of();
        }
        String detail = why + " " + Imports.goOn(attempt.importId(), kept.rowsRead());
        try {
            imports.fail(attempt, kept, refused, detail);
        } catch (DataAccessException | TransactionException away) {
            log.info("import {} cannot be said to have failed: {}", attempt.importId(), away.toString());
        }
        Problem problem = Problem.of(status, code, detail)
                .with("importId", attempt.importId())
                .with("rowsRead", kept.rowsRead())
                .with("bytesRead", kept.bytesRead());
        return status == HttpStatus.SERVICE_UNAVAILABLE ? problem.retryAfter(Duration.ofSeconds(2)) : problem;
    }

    private Problem anotherFile() {
        String detail = "This is not the file that the import began with: its first %d rows are others."
                .formatted(attempt.from().rowsRead());
        imports.fail(attempt, kept, List.of(), detail + " " + Imports.goOn(attempt.importId(), kept.rowsRead()));
        return Problem.conflict("another-file", detail).with("importId", attempt.importId());
    }

    /** This reader was silent for too long, and may not write any more. */
    private Problem takenOver() {
        imports.leave(attempt);
        return Problem.conflict(
                        "import-taken-over",
                        "The reading was taken for dead, or another request goes on with this import.")
                .with("importId", attempt.importId());
    }
}
