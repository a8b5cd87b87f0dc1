package winback.prediction.drift;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.json.JsonMapper;

/** The newest check of each kind of each version, in PostgreSQL. */
@Repository
class Checks {

    enum Kind {
        POPULATION("population"),
        OUTCOMES("outcomes");

        private final String wireName;

        Kind(String wireName) {
            this.wireName = wireName;
        }
    }

    private final JdbcClient db;
    private final JsonMapper json;

    Checks(JdbcClient db, JsonMapper json) {
        this.db = db;
        this.json = json;
    }

    /** Within a transaction: whether nobody else is at this version's checks; until it ends they cannot be. */
    boolean alone(String version) {
        return db.sql("SELECT pg_try_advisory_xact_lock(hashtextextended(current_schema() || 'drift' || :version, 0))")
                .param("version", version)
                .query(Boolean.class)
                .single();
    }

    /** Within a transaction: waits until {@link #alone}. */
    void waitToBeAlone(String version) {
        db.sql("SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || 'drift' || :version, 0))")
                .param("version", version)
                .query((row, n) -> 0)
                .single();
    }

    /** When the newest was begun. */
    Optional<Instant> begunAt(String version, Kind kind) {
        return db.sql("SELECT begun_at FROM drift_check WHERE version = :version AND kind = :kind")
                .param("version", version)
                .param("kind", kind.wireName)
                .query((row, n) -> row.getTimestamp(1).toInstant())
                .optional();
    }

    /** Whether so much time has passed since the newest was begun, or since {@code otherwise} if there was none. */
    boolean due(String version, Kind kind, Instant otherwise, Duration every, Instant now) {
        return every.isPositive()
                && !begunAt(version, kind).orElse(otherwise).plus(every).isAfter(now);
    }

    /** Notes the beginning of one; the result of the last stays until there is a new one. */
    void begin(String version, Kind kind, Instant now) {
        db.sql("""
                        INSERT INTO drift_check (version, kind, begun_at) VALUES (:version, :kind, :now)
                        ON CONFLICT (version, kind) DO UPDATE SET begun_at = excluded.begun_at
                        """)
                .param("version", version)
                .param("kind", kind.wireName)
                .param("now", Timestamp.from(now))
                .update();
    }

    /** Keeps the result of one that was begun. */
    void keep(String version, Kind kind, Object result) {
        db.sql("UPDATE drift_check SET result = :result::jsonb WHERE version = :version AND kind = :kind")
                .param("version", version)
                .param("kind", kind.wireName)
                .param("result", json.writeValueAsString(result))
                .update();
    }

    /**
     * The newest look at the population, in short.
     *
     * @param scorePsi absent when there were too few scores
     */
    record Summary(@Nullable Double scorePsi, int drifted) {}

    Optional<Summary> summary(String version) {
        return db.sql("""
                        SELECT (result -> 'score' ->> 'psi')::float8, (result ->> 'drifted')::int FROM drift_check
                        WHERE version = :version AND kind = 'population' AND result IS NOT NULL
                        """)
                .param("version", version)
                .query((row, n) -> new Summary(row.getObject(1, Double.class), row.getInt(2)))
                .optional();
    }

    /** The newest of this kind; absent when there was none. */
    <T> Optional<T> result(String version, Kind kind, Class<T> type) {
        return db.sql("SELECT result FROM drift_check WHERE version = :version AND kind = :kind AND result IS NOT NULL")
                .param("version", version)
                .param("kind", kind.wireName)
                .query((row, n) -> json.readValue(row.getString(1), type))
                .optional();
    }
}
