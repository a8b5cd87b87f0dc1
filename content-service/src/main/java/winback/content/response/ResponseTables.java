package winback.content.response;

import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;
import winback.content.drafts.Attributes;

/** Answers, and the rankers that were learned from them, in PostgreSQL. */
@Component
class ResponseTables {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final JdbcClient db;

    ResponseTables(JdbcClient db) {
        this.db = db;
    }

    /** All whose attribution window is over at that instant, days in UTC, oldest first. */
    List<Answered> answers(Instant now) {
        return db.sql("""
                        WITH answered AS (
                          SELECT d.campaign_id, d.variant_id, max(d.variant_version) AS version, coalesce(d.reader, '') AS reader,
                                 (d.decided_at AT TIME ZONE 'UTC')::date AS day,
                                 count(*) AS exposures, count(d.succeeded_at) AS successes
                          FROM decision d JOIN campaign c USING (campaign_id)
                          WHERE NOT d.holdout
                            AND d.exposed_at < CAST(:now AS timestamptz) - make_interval(days => c.attribution_days)
                          GROUP BY 1, 2, 4, 5)
                        SELECT a.campaign_id, a.variant_id, c.language, a.reader, w.subject, f.attributes, a.day, a.exposures,
                               a.successes
                        FROM answered a JOIN campaign c USING (campaign_id)
                        JOIN variant_version w USING (campaign_id, variant_id, version)
                        LEFT JOIN draft f ON f.campaign_id = a.campaign_id AND f.draft_id = a.variant_id
                        ORDER BY a.day, a.campaign_id, a.variant_id, a.reader
                        """)
                .param("now", Timestamp.from(now))
                .query((row, n) -> {
                    String attributes = row.getString(6);
                    return new Answered(
                            row.getString(1),
                            row.getString(2),
                            row.getString(3),
                            row.getString(4),
                            row.getString(5),
                            attributes == null ? null : JSON.readValue(attributes, Attributes.class),
                            row.getObject(7, LocalDate.class),
                            row.getLong(8),
                            row.getLong(9));
                })
                .list();
    }

    /** The one that is used; empty before the first that won. */
    Optional<Ranker.Version> live() {
        return db.sql("""
                        SELECT version, trained_at, learned_until, weights, deviations, comparison FROM ranker
                        WHERE adopted ORDER BY version DESC LIMIT 1
                        """)
                .query((row, n) -> new Ranker.Version(
                        row.getInt(1),
                        row.getTimestamp(2).toInstant(),
                        row.getObject(3, LocalDate.class),
                        new ResponseModel(
                                JSON.readValue(row.getString(4), double[].class),
                                JSON.readValue(row.getString(5), double[].class)),
                        JSON.readValue(row.getString(6), Comparison.class)))
                .optional()
                .filter(version -> version.model().weights().length == Features.SIZE);
    }

    void insert(Instant now, LocalDate learnedUntil, ResponseModel model, Comparison comparison) {
        db.sql("""
                        INSERT INTO ranker (trained_at, learned_until, weights, deviations, comparison, adopted)
                        VALUES (:now, :until, CAST(:weights AS json), CAST(:deviations AS json),
                          CAST(:comparison AS json), :adopted)
                        """)
                .param("now", Timestamp.from(now))
                .param("until", learnedUntil)
                .param("weights", JSON.writeValueAsString(model.weights()))
                .param("deviations", JSON.writeValueAsString(model.deviations()))
                .param("comparison", JSON.writeValueAsString(comparison))
                .param("adopted", comparison.won())
                .update();
    }

    /** Those that never won, but for the last. */
    void forgetLosersBefore(Instant instant) {
        db.sql("""
                        DELETE FROM ranker WHERE NOT adopted AND trained_at < :before
                          AND version < (SELECT max(version) FROM ranker)
                        """).param("before", Timestamp.from(instant)).update();
    }

    /** Of the last training, whatever came of it. */
    @Nullable
    Instant lastTraining() {
        return db.sql("SELECT max(trained_at) FROM ranker")
                .query((row, n) -> row.getTimestamp(1))
                .optional()
                .map(Timestamp::toInstant)
                .orElse(null);
    }
}
