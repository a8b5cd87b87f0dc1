package winback.content.decisions;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import winback.chassis.identities.Erasure;
import winback.contracts.ContentDecided;

/** Decisions in PostgreSQL. */
@Component
public class DecisionTables {

    /** A decision and what became of it. */
    public record Recorded(
            @JsonUnwrapped ContentDecided decision,
            @Nullable Instant dueAt,
            @Nullable Instant refusedAt,
            @Nullable Instant exposedAt,
            @Nullable Instant succeededAt) {}

    private static final int BATCH = 1000;
    private static final String COLUMNS = """
            decision_id, subscriber_id, campaign_id, holdout, variant_id, variant_version, propensity, probabilities,
            policy, deliver, immediate, decided_at, features_as_of, delivery_time, personalization_score, inputs, run_id""";

    private final JdbcTemplate jdbc;
    /** Reads large results piece by piece, which PostgreSQL does within a transaction only. */
    private final JdbcTemplate streaming;

    private final TransactionTemplate transactions;
    private final JdbcClient db;

    DecisionTables(DataSource source, JdbcTemplate jdbc, JdbcClient db, TransactionTemplate transactions) {
        this.jdbc = jdbc;
        this.streaming = new JdbcTemplate(source);
        this.streaming.setFetchSize(BATCH);
        this.transactions = transactions;
        this.db = db;
    }

    /** Inserts those that are not there yet. */
    public void insert(List<ContentDecided> decisions) {
        jdbc.batchUpdate(
                "INSERT INTO decision (" + COLUMNS
                        + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?::json, ?, ?, ?, ?, ?, ?, ?, ?::json, ?)"
                        + " ON CONFLICT (decision_id) DO NOTHING",
                decisions,
                BATCH,
                (row, decision) -> {
                    row.setString(1, decision.decisionId());
                    row.setString(2, decision.subscriberId());
                    row.setString(3, decision.campaignId());
                    row.setBoolean(4, decision.holdout());
                    row.setString(5, decision.variantId());
                    row.setObject(6, decision.variantVersion(), Types.INTEGER);
                    row.setDouble(7, decision.propensity());
                    row.setString(8, DecisionJson.text(decision.probabilities()));
                    row.setString(9, decision.policy());
                    row.setBoolean(10, decision.deliver());
                    row.setBoolean(11, decision.immediate());
                    row.setTimestamp(12, Timestamp.from(decision.decidedAt()));
                    row.setTimestamp(13, timestamp(decision.featuresAsOf()));
                    row.setTimestamp(14, timestamp(decision.deliveryTime()));
                    row.setDouble(15, decision.personalizationScore());
                    row.setString(16, DecisionJson.text(decision.inputs()));
                    row.setString(17, decision.runId());
                });
    }

    /**
     * Whether a decision was made of what was known before the erasure; {@link #erase} says the same. One that does not
     * say how old its features were may rest on traits that were in memory until the erasure was heard.
     */
    public static boolean covers(Erasure erasure, ContentDecided decision) {
        Instant features = decision.featuresAsOf();
        return erasure.covers(decision.decidedAt())
                || (features == null ? !decision.decidedAt().isAfter(erasure.heardAt()) : erasure.covers(features));
    }

    /** Removes the decisions of these subscribers that the erasure covers; returns their ids. */
    public List<String> erase(Collection<String> subscriberIds, Erasure erasure) {
        return db.sql("""
                        DELETE FROM decision WHERE subscriber_id IN (:ids)
                          AND (decided_at <= :erasedAt OR features_as_of <= :erasedAt
                            OR features_as_of IS NULL AND decided_at <= :heardAt)
                        RETURNING decision_id
                        """)
                .param("ids", subscriberIds)
                .param("erasedAt", Timestamp.from(erasure.at()))
                .param("heardAt", Timestamp.from(erasure.heardAt()))
                .query(String.class)
                .list();
    }

    public void move(String from, String into) {
        db.sql("UPDATE decision SET subscriber_id = :into WHERE subscriber_id = :from")
                .param("from", from)
                .param("into", into)
                .update();
    }

    /** Removes some that were made before that, with their outcomes; returns how many. */
    int removeBefore(Instant instant, int limit) {
        return db.sql("""
                        WITH old AS (
                          DELETE FROM decision WHERE decision_id IN (
                            SELECT decision_id FROM decision WHERE decided_at < :before
                            ORDER BY decided_at LIMIT :limit)
                          RETURNING decision_id),
                        became AS (DELETE FROM outcome USING old WHERE outcome.decision_id = old.decision_id)
                        SELECT count(*) FROM old
                        """)
                .param("before", Timestamp.from(instant))
                .param("limit", limit)
                .query(Integer.class)
                .single();
    }

    Optional<Recorded> find(String decisionId) {
        return db.sql("SELECT " + COLUMNS
                        + ", due_at, refused_at, exposed_at, succeeded_at FROM decision WHERE decision_id = :id")
                .param("id", decisionId)
                .query((row, n) -> new Recorded(
                        decision(row), instant(row, 18), instant(row, 19), instant(row, 20), instant(row, 21)))
                .optional();
    }

    /** Those to be delivered that were not refused and whose campaign's window is open, with when it closes. */
    void eachLive(Instant now, BiConsumer<ContentDecided, Instant> live) {
        String sql = """
                SELECT %s, open_until FROM (
                  SELECT d.*, coalesce(d.due_at, d.delivery_time, d.decided_at)
                              + make_interval(days => c.attribution_days) AS open_until
                  FROM decision d JOIN campaign c USING (campaign_id)
                  WHERE d.deliver AND d.refused_at IS NULL) AS open
                WHERE open_until > ? ORDER BY decided_at DESC
                """.formatted(COLUMNS);
        transactions.executeWithoutResult(transaction -> streaming.query(
                sql,
                row -> {
                    live.accept(decision(row), row.getTimestamp(18).toInstant());
                },
                Timestamp.from(now)));
    }

    /** The ids of those that did not have to wait for the best hour. */
    void eachImmediate(BiConsumer<String, String> campaignAndDecision) {
        transactions.executeWithoutResult(transaction ->
                streaming.query("SELECT campaign_id, decision_id FROM decision WHERE deliver AND immediate", row -> {
                    campaignAndDecision.accept(row.getString(1), row.getString(2));
                }));
    }

    private static ContentDecided decision(ResultSet row) throws SQLException {
        return new ContentDecided(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getBoolean(4),
                row.getString(5),
                row.getObject(6, Integer.class),
                row.getDouble(7),
                DecisionJson.numbers(row.getString(8)),
                row.getString(9),
                row.getBoolean(10),
                row.getBoolean(11),
                row.getTimestamp(12).toInstant(),
                instant(row, 13),
                instant(row, 14),
                row.getDouble(15),
                DecisionJson.object(row.getString(16)),
                row.getString(17));
    }

    private static @Nullable Instant instant(ResultSet row, int column) throws SQLException {
        Timestamp time = row.getTimestamp(column);
        return time == null ? null : time.toInstant();
    }

    private static @Nullable Timestamp timestamp(@Nullable Instant instant) {
        return instant == null ? null : Timestamp.from(instant);
    }
}
