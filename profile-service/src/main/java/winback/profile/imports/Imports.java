package winback.profile.imports;

import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;
import winback.profile.subscribers.ImportTally;

/** The imports and how far they are. */
@Component
class Imports implements ImportTally {

    /**
     * @param state {@code running} while the file is read, {@code applying} until every accepted row has reached the
     *     profiles, then {@code done}; {@code failed} when the file was not read to its end
     * @param rowsApplied accepted rows that changed a profile
     * @param duplicates accepted rows that were known already
     * @param rejections the first {@value #KEPT_REJECTIONS}
     */
    record Progress(
            UUID importId,
            @Nullable String name,
            String state,
            @Nullable String detail,
            long rowsRead,
            long rowsAccepted,
            long rowsRejected,
            long rowsApplied,
            long duplicates,
            List<Rejection> rejections,
            Instant startedAt,
            @Nullable Instant finishedAt) {}

    /** What has been read of a file so far. */
    record Reading(long rowsRead, long rowsAccepted, long rowsRejected, List<Rejection> rejections) {}

    static final int KEPT_REJECTIONS = 100;

    private static final Logger log = LoggerFactory.getLogger(Imports.class);
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final TypeReference<List<Rejection>> REJECTIONS = new TypeReference<>() {};
    private static final String COLUMNS =
            "id, name, state, detail, rows_read, rows_accepted, rows_rejected, rows_applied, duplicates, rejections,"
                    + " started_at, finished_at";

    private final JdbcClient db;
    private final Clock clock;
    /** Those that this instance reads. */
    private final Set<UUID> running = ConcurrentHashMap.newKeySet();

    Imports(JdbcClient db, Clock clock) {
        this.db = db;
        this.clock = clock;
    }

    void start(UUID id, @Nullable String name, Instant startedAt) {
        running.add(id);
        db.sql("INSERT INTO import (id, name, state, started_at) VALUES (?, ?, 'running', ?::timestamptz)")
                .param(id)
                .param(name)
                .param(startedAt.toString())
                .update();
    }

    void progress(UUID id, Reading reading) {
        db.sql("""
                        UPDATE import SET rows_read = ?, rows_accepted = ?, rows_rejected = ?, rejections = ?::jsonb,
                          alive_at = now()
                        WHERE id = ?
                        """)
                .param(reading.rowsRead())
                .param(reading.rowsAccepted())
                .param(reading.rowsRejected())
                .param(JSON.writeValueAsString(reading.rejections()))
                .param(id)
                .update();
    }

    /** The file has been read to its end. */
    void finish(UUID id, Reading reading) {
        progress(id, reading);
        running.remove(id);
        db.sql("UPDATE import SET state = 'applying' WHERE id = ? AND state = 'running'")
                .param(id)
                .update();
        complete(List.of(id));
    }

    /** The file was not read to its end; what was read stays. */
    void fail(UUID id, Reading reading, String detail) {
        running.remove(id);
        progress(id, reading);
        db.sql("UPDATE import SET state = 'failed', detail = ?, finished_at = ?::timestamptz WHERE id = ?")
                .param(detail)
                .param(clock.instant().toString())
                .param(id)
                .update();
    }

    Optional<Progress> find(UUID id) {
        return db.sql("SELECT " + COLUMNS + " FROM import WHERE id = ?")
                .param(id)
                .query(Imports::read)
                .optional();
    }

    List<Progress> newest(int limit) {
        return db.sql("SELECT " + COLUMNS + " FROM import ORDER BY started_at DESC, id LIMIT ?")
                .param(limit)
                .query(Imports::read)
                .list();
    }

    private static Progress read(java.sql.ResultSet row, int n) throws java.sql.SQLException {
        OffsetDateTime finished = row.getObject(12, OffsetDateTime.class);
        return new Progress(
                row.getObject(1, UUID.class),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getLong(5),
                row.getLong(6),
                row.getLong(7),
                row.getLong(8),
                row.getLong(9),
                JSON.readValue(row.getString(10), REJECTIONS),
                row.getObject(11, OffsetDateTime.class).toInstant(),
                finished == null ? null : finished.toInstant());
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
                counts.computeIfAbsent(row.importId(), id -> new long[2])[row.applied() ? 0 : 1]++;
                positions.put(place, row.offset());
                last.put(place, row);
            }
        }
        counts.forEach((id, count) -> db.sql(
                        "UPDATE import SET rows_applied = rows_applied + ?, duplicates = duplicates + ? WHERE id = ?")
                .param(count[0])
                .param(count[1])
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

    private void complete(List<UUID> ids) {
        if (ids.isEmpty()) {
            return;
        }
        db.sql("""
                        UPDATE import SET state = 'done', finished_at = ?::timestamptz
                        WHERE id = ANY(?::uuid[]) AND state = 'applying' AND rows_applied + duplicates >= rows_accepted
                        """)
                .param(clock.instant().toString())
                .param(ids.stream().map(UUID::toString).toArray(String[]::new))
                .update();
    }

    /** Says that this instance still reads, and finds those whose reader is gone. */
    @Scheduled(initialDelay = 0, fixedRate = 3, timeUnit = TimeUnit.SECONDS)
    void watch() {
        try {
            List<String> mine = new ArrayList<>();
            running.forEach(id -> mine.add(id.toString()));
            if (!mine.isEmpty()) {
                db.sql("UPDATE import SET alive_at = now() WHERE id = ANY(?::uuid[])")
                        .param(mine.toArray(String[]::new))
                        .update();
            }
            int abandoned = db.sql("""
                            UPDATE import SET state = 'failed', finished_at = ?::timestamptz,
                              detail = 'import the file again; rows already applied are not counted twice'
                            WHERE state = 'running' AND alive_at < now() - interval '15 seconds'
                            """).param(clock.instant().toString()).update();
            if (abandoned > 0) {
                log.warn("{} imports were abandoned by their reader", abandoned);
            }
        } catch (DataAccessException | TransactionException away) {
            log.debug("cannot look after the imports, will try again", away);
        }
    }
}
