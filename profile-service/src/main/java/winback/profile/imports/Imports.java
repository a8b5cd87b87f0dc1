package winback.profile.imports;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;
import winback.profile.subscribers.ImportTally;

/** The imports, how far they are, and which rows they did not take. */
@Component
class Imports implements ImportTally {

    /**
     * @param state {@code running} while the file is read, {@code applying} until every accepted row has reached the
     *     profiles, then {@code done}; {@code failed} when the file was not read to its end
     * @param detail why it failed, and how to go on
     * @param rowsRead rows of which Kafka has all that came of them
     * @param rowsApplied accepted rows that changed a profile
     * @param duplicates accepted rows that were known already
     * @param rowsDropped accepted rows older than what is kept, or than the erasure of whom they speak of
     * @param bytesRead received in this attempt, compressed if they came so
     * @param bytesTotal as the sender declared it
     * @param ratePerSecond rows a second, of reading while running, then of applying
     * @param secondsLeft of reading while running, then of applying; absent while nobody can tell
     * @param rejections the first {@value #SHOWN_REJECTIONS}
     * @param rejectionsListed how many the report lists
     */
    record Progress(
            UUID importId,
            @Nullable String name,
            String kind,
            String state,
            @Nullable String detail,
            long rowsRead,
            long rowsAccepted,
            long rowsRejected,
            long rowsApplied,
            long duplicates,
            long rowsDropped,
            long bytesRead,
            @Nullable Long bytesTotal,
            @Nullable Double ratePerSecond,
            @Nullable Long secondsLeft,
            List<Rejection> rejections,
            @JsonInclude(JsonInclude.Include.NON_DEFAULT) long rejectionsListed,
            Instant startedAt,
            @Nullable Instant finishedAt) {}

    /**
     * How far a file has been read: Kafka has all that came of the rows up to here.
     *
     * @param checksum over the rows
     * @param lastOffsets the last place of a row in each partition
     */
    record Checkpoint(
            long rowsRead,
            long rowsAccepted,
            long rowsRejected,
            long bytesRead,
            long checksum,
            Map<Integer, Long> lastOffsets) {

        static final Checkpoint START = new Checkpoint(0, 0, 0, 0, 0, Map.of());
    }

    /** The right to read a file: whoever has a later one has taken it over. */
    record Attempt(UUID importId, int number, Instant startedAt, Checkpoint from) {}

    static final int SHOWN_REJECTIONS = 100;

    private static final Logger log = LoggerFactory.getLogger(Imports.class);
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final TypeReference<List<Rejection>> REJECTIONS = new TypeReference<>() {};
    private static final TypeReference<Map<Integer, Long>> OFFSETS = new TypeReference<>() {};
    /** A reader that has not said for so long that it lives is gone. */
    private static final String GONE = "alive_at < now() - interval '15 seconds'";

    private static final String PROGRESS = """
            SELECT i.*, coalesce((
                SELECT jsonb_agg(jsonb_build_object('row', r.line, 'column', r.field, 'code', r.code, 'detail', r.detail)
                                 ORDER BY r.line)
                FROM (SELECT * FROM import_rejection WHERE import_id = i.id ORDER BY line LIMIT %d) r), '[]') AS shown
            FROM import i
            """.formatted(SHOWN_REJECTIONS);

    private final JdbcClient db;
    private final TransactionTemplate transaction;
    private final Clock clock;
    private final ImportSettings settings;
    /** Those that this instance reads, and at which attempt. */
    private final Map<UUID, Integer> running = new ConcurrentHashMap<>();

    Imports(JdbcClient db, TransactionTemplate transaction, Clock clock, ImportSettings settings) {
        this.db = db;
        this.transaction = transaction;
        this.clock = clock;
        this.settings = settings;
    }

    /** Begins a new import; empty when there is one with this id. */
    Optional<Attempt> start(UUID id, Mapping mapping, @Nullable Long bytesTotal, Instant startedAt) {
        int created = db.sql("""
                        INSERT INTO import (id, name, state, settings, bytes_total, started_at, attempt_at)
                        VALUES (:id, :name, 'running', :settings, :total, :at::timestamptz, :at::timestamptz)
                        ON CONFLICT (id) DO NOTHING
                        """)
                .param("id", id)
                .param("name", mapping.name())
                .param("settings", mapping.settings().toString())
                .param("total", bytesTotal)
                .param("at", startedAt.toString())
                .update();
        if (created == 0) {
            return Optional.empty();
        }
        running.put(id, 1);
        return Optional.of(new Attempt(id, 1, startedAt, Checkpoint.START));
    }

    /** Begins anew where an import stopped; empty when it has not stopped, or somebody else was first. */
    Optional<Attempt> resume(UUID id, @Nullable Long bytesTotal) {
        Optional<Attempt> attempt = db.sql("""
                        UPDATE import SET state = 'running', detail = NULL, finished_at = NULL, alive_at = now(),
                          attempt = attempt + 1, attempt_at = :now::timestamptz, attempt_read = rows_read,
                          attempt_dealt = rows_applied + duplicates + rows_dropped, bytes_read = 0, bytes_total = :total
                        WHERE id = :id AND (state = 'failed' OR state = 'running' AND
                        """ + GONE + ") RETURNING *")
                .param("id", id)
                .param("now", clock.instant().toString())
                .param("total", bytesTotal)
                .query((row, n) -> new Attempt(
                        id,
                        row.getInt("attempt"),
                        instant(row, "started_at"),
                        new Checkpoint(
                                row.getLong("rows_read"),
                                row.getLong("rows_accepted"),
                                row.getLong("rows_rejected"),
                                0,
                                row.getLong("checksum"),
                                JSON.readValue(row.getString("last_offsets"), OFFSETS))))
                .optional();
        attempt.ifPresent(mine -> running.put(id, mine.number()));
        return attempt;
    }

    /** How an import is to be read, and since when; empty when there is none. */
    Optional<Mapping> mapping(UUID id) {
        return db.sql("SELECT settings FROM import WHERE id = ?")
                .param(id)
                .query(String.class)
                .optional()
                .map(Mapping::of);
    }

    /**
     * Keeps how far the file has been read, with the rows refused since the last time.
     *
     * @return false when the attempt has been taken over
     */
    boolean keep(Attempt attempt, Checkpoint checkpoint, List<Rejection> refused) {
        return save(attempt, checkpoint, refused, "running", null);
    }

    /** The file has been read to its end. */
    boolean finish(Attempt attempt, Checkpoint checkpoint, List<Rejection> refused) {
        leave(attempt);
        boolean mine = save(attempt, checkpoint, refused, "applying", null);
        complete(List.of(attempt.importId()));
        return mine;
    }

    /** This instance does not read it any more, whoever else does. */
    void leave(Attempt attempt) {
        running.remove(attempt.importId(), attempt.number());
    }

    /** The file was not read to its end; what was read stays. */
    void fail(Attempt attempt, Checkpoint checkpoint, List<Rejection> refused, String detail) {
        leave(attempt);
        save(attempt, checkpoint, refused, "failed", detail);
    }

    private boolean save(
            Attempt attempt, Checkpoint checkpoint, List<Rejection> refused, String state, @Nullable String detail) {
        return Boolean.TRUE.equals(transaction.execute(status -> {
            Long listed = db.sql("""
                            UPDATE import SET rows_read = :read, rows_accepted = :accepted, rows_rejected = :rejected,
                              bytes_read = :bytes, checksum = :checksum, last_offsets = :offsets::jsonb, alive_at = now(),
                              rejections_kept = least(rejections_kept + :refused, :most),
                              state = :state, detail = :detail,
                              finished_at = CASE WHEN :state = 'failed' THEN :now::timestamptz END
                            WHERE id = :id AND attempt = :attempt AND state = 'running'
                            RETURNING rejections_kept
                            """)
                    .param("read", checkpoint.rowsRead())
                    .param("accepted", checkpoint.rowsAccepted())
                    .param("rejected", checkpoint.rowsRejected())
                    .param("bytes", checkpoint.bytesRead())
                    .param("checksum", checkpoint.checksum())
                    .param("offsets", JSON.writeValueAsString(checkpoint.lastOffsets()))
                    .param("refused", refused.size())
                    .param("most", settings.maxRejections())
                    .param("state", state)
                    .param("detail", detail)
                    .param("now", clock.instant().toString())
                    .param("id", attempt.importId())
                    .param("attempt", attempt.number())
                    .query(Long.class)
                    .optional()
                    .orElse(null);
            if (listed == null) {
                return false;
            }
            long before = checkpoint.rowsRejected() - refused.size();
            int room = (int) Math.clamp(settings.maxRejections() - before, 0, refused.size());
            list(attempt.importId(), refused.subList(0, room));
            return true;
        }));
    }

    private void list(UUID id, List<Rejection> refused) {
        if (refused.isEmpty()) {
            return;
        }
        db.sql("""
                        INSERT INTO import_rejection (import_id, line, field, code, detail)
                        SELECT ?, * FROM unnest(?::bigint[], ?::text[], ?::text[], ?::text[])
                        ON CONFLICT DO NOTHING
                        """)
                .param(id)
                .param(refused.stream().map(Rejection::row).toArray(Long[]::new))
                .param(refused.stream().map(Rejection::column).toArray(String[]::new))
                .param(refused.stream().map(Rejection::code).toArray(String[]::new))
                .param(refused.stream().map(Rejection::detail).toArray(String[]::new))
                .update();
    }

    /** The refused rows beyond that line, in order. */
    List<Rejection> rejections(UUID id, long after, int limit) {
        return db.sql("""
                        SELECT line, field, code, detail FROM import_rejection
                        WHERE import_id = ? AND line > ? ORDER BY line LIMIT ?
                        """)
                .param(id)
                .param(after)
                .param(limit)
                .query((row, n) -> new Rejection(row.getLong(1), row.getString(2), row.getString(3), row.getString(4)))
                .list();
    }

    Optional<Progress> find(UUID id) {
        return db.sql(PROGRESS + " WHERE i.id = ?").param(id).query(this::read).optional();
    }

    List<Progress> newest(int limit) {
        return db.sql(PROGRESS + " ORDER BY i.started_at DESC, i.id LIMIT ?")
                .param(limit)
                .query(this::read)
                .list();
    }

    private Progress read(ResultSet row, int n) throws SQLException {
        String state = row.getString("state");
        long accepted = row.getLong("rows_accepted");
        long applied = row.getLong("rows_applied");
        // Rows that a resumed import sent twice were known, or dropped, the second time too; each row is told once.
        long dropped = Math.clamp(accepted - applied, 0, row.getLong("rows_dropped"));
        long duplicates = Math.clamp(accepted - applied - dropped, 0, row.getLong("duplicates"));
        long bytesRead = row.getLong("bytes_read");
        Long bytesTotal = row.getObject("bytes_total", Long.class);
        OffsetDateTime finished = row.getObject("finished_at", OffsetDateTime.class);
        Instant until = finished == null ? clock.instant() : finished.toInstant();
        double seconds = Math.max(
                0.001, Duration.between(instant(row, "attempt_at"), until).toMillis() / 1000.0);
        long dealt = row.getLong("rows_applied")
                + row.getLong("duplicates")
                + row.getLong("rows_dropped")
                - row.getLong("attempt_dealt");
        long read = row.getLong("rows_read") - row.getLong("attempt_read");
        double rate = (state.equals("running") ? read : dealt) / seconds;
        Long left = switch (state) {
            case "running" ->
                bytesTotal == null || bytesRead == 0
                        ? null
                        : Math.round(seconds * Math.max(0, bytesTotal - bytesRead) / bytesRead);
            case "applying" -> rate <= 0 ? null : Math.round((accepted - applied - duplicates - dropped) / rate);
            default -> null;
        };
        return new Progress(
                row.getObject("id", UUID.class),
                row.getString("name"),
                JSON.readTree(row.getString("settings"))
                        .path("kind")
                        .asString(Mapping.Kind.PURCHASES.name().toLowerCase(Locale.ROOT)),
                state,
                row.getString("detail"),
                row.getLong("rows_read"),
                accepted,
                row.getLong("rows_rejected"),
                applied,
                duplicates,
                dropped,
                bytesRead,
                bytesTotal,
                rate <= 0 ? null : Math.round(rate * 10) / 10.0,
                left,
                JSON.readValue(row.getString("shown"), REJECTIONS),
                row.getLong("rejections_kept"),
                instant(row, "started_at"),
                finished == null ? null : finished.toInstant());
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return Objects.requireNonNull(row.getObject(column, OffsetDateTime.class))
                .toInstant();
    }

    @Override
    public void count(List<Row> rows) {
        if (rows.isEmpty()) {
            return;
        }
        Map<String, Long> positions = new HashMap<>();
        // The positions of these partitions stay locked, so that nobody counts the same places meanwhile.
        db.sql("""
                        SELECT topic, partition, applied_offset FROM import_position
                        WHERE topic = ? AND partition = ANY(?::int[])
                        ORDER BY partition FOR UPDATE
                        """)
                .param(rows.getFirst().topic())
                .param(rows.stream().map(Row::partition).distinct().toArray(Integer[]::new))
                .query(row -> {
                    positions.put(row.getString(1) + "-" + row.getInt(2), row.getLong(3));
                });
        Map<UUID, long[]> counts = new TreeMap<>();
        Map<String, Row> last = new TreeMap<>();
        for (Row row : rows) {
            String place = row.topic() + "-" + row.partition();
            if (row.offset() > positions.getOrDefault(place, -1L)) {
                counts.computeIfAbsent(row.importId(), id -> new long[Fate.values().length])[
                        row.fate().ordinal()]++;
                positions.put(place, row.offset());
                last.put(place, row);
            }
        }
        counts.forEach((id, count) -> db.sql("""
                        UPDATE import SET rows_applied = rows_applied + ?, duplicates = duplicates + ?,
                          rows_dropped = rows_dropped + ?
                        WHERE id = ?""")
                .param(count[Fate.APPLIED.ordinal()])
                .param(count[Fate.KNOWN_ALREADY.ordinal()])
                .param(count[Fate.DROPPED.ordinal()])
                .param(id)
                .update());
        for (Row row : last.values()) {
            db.sql("""
                            INSERT INTO import_position (topic, partition, applied_offset) VALUES (?, ?, ?)
                            ON CONFLICT (topic, partition) DO UPDATE SET applied_offset = excluded.applied_offset
                            """)
                    .param(row.topic())
                    .param(row.partition())
                    .param(row.offset())
                    .update();
        }
        complete(List.copyOf(counts.keySet()));
    }

    /** An import is done when the last of its rows in every partition have been dealt with. */
    private void complete(List<UUID> ids) {
        if (ids.isEmpty()) {
            return;
        }
        db.sql("""
                        UPDATE import i SET state = 'done', finished_at = ?::timestamptz,
                          duplicates = CASE WHEN attempt = 1 THEN duplicates
                            ELSE greatest(0, rows_accepted - rows_applied - rows_dropped) END
                        WHERE id = ANY(?::uuid[]) AND state = 'applying' AND NOT EXISTS (
                          SELECT FROM jsonb_each_text(i.last_offsets) AS sent (partition, place)
                          LEFT JOIN import_position p ON p.partition = sent.partition::int
                          WHERE coalesce(p.applied_offset, -1) < sent.place::bigint)
                        """)
                .param(clock.instant().toString())
                .param(ids.stream().map(UUID::toString).toArray(String[]::new))
                .update();
    }

    /** Says that this instance still reads, finds those whose reader is gone, and forgets old reports. */
    @Scheduled(initialDelay = 0, fixedRate = 3, timeUnit = TimeUnit.SECONDS)
    void watch() {
        try {
            running.forEach((id, attempt) -> db.sql("UPDATE import SET alive_at = now() WHERE id = ? AND attempt = ?")
                    .param(id)
                    .param(attempt)
                    .update());
            int abandoned = db.sql("""
                            UPDATE import SET state = 'failed', finished_at = ?::timestamptz,
                              detail = 'The service that read it went away. '
                            """ + " || " + GO_ON_SQL + " WHERE state = 'running' AND " + GONE)
                    .param(clock.instant().toString())
                    .update();
            if (abandoned > 0) {
                log.warn("{} imports were abandoned by their reader", abandoned);
            }
            complete(db.sql("SELECT id FROM import WHERE state = 'applying'")
                    .query(UUID.class)
                    .list());
            forget();
        } catch (DataAccessException | TransactionException away) {
            log.debug("cannot look after the imports, will try again", away);
        }
    }

    private static final String GO_ON_SQL = "'Rows 1 to ' || rows_read || ' are safe. Go on with the same file:"
            + " POST /v1/imports?resume=' || id || ', or ./winback import FILE --resume ' || id";

    /** How to go on with an import that stopped. */
    static String goOn(UUID id, long rowsRead) {
        return "Rows 1 to %d are safe. Go on with the same file: POST /v1/imports?resume=%s, or ./winback import FILE --resume %s"
                .formatted(rowsRead, id, id);
    }

    /** Reports are kept for a while; the imports' counts stay. */
    private void forget() {
        List<UUID> old = db.sql("SELECT id FROM import WHERE rejections_kept > 0 AND finished_at < ?::timestamptz")
                .param(clock.instant().minus(settings.keep()).toString())
                .query(UUID.class)
                .list();
        for (UUID id : old) {
            transaction.executeWithoutResult(status -> {
                db.sql("DELETE FROM import_rejection WHERE import_id = ?")
                        .param(id)
                        .update();
                db.sql("UPDATE import SET rejections_kept = 0 WHERE id = ?")
                        .param(id)
                        .update();
            });
        }
    }
}
