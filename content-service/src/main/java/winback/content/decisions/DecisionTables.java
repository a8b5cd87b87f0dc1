package winback.content.decisions;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
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

    /** The probabilities that some decisions were drawn from. */
    private record DrawnFrom(UUID id, String probabilities, Instant usedAt) {

        static DrawnFrom of(ContentDecided decision) {
            String probabilities = DecisionJson.text(decision.probabilities());
            UUID id = UUID.nameUUIDFromBytes(probabilities.getBytes(StandardCharsets.UTF_8));
            return new DrawnFrom(id, probabilities, decision.decidedAt());
        }
    }

    private static final int BATCH = 1000;
    private static final String COLUMNS = """
            decision_id, subscriber_id, campaign_id, holdout, variant_id, variant_version, propensity, policy, deliver,
            immediate, decided_at, features_as_of, delivery_time, personalization_score, inputs, run_id, reader""";

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
        Iterator<UUID> drawnFrom = drawnFrom(decisions).iterator();
        jdbc.batchUpdate(
                "INSERT INTO decision (" + COLUMNS
                        + ", drawn_from_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?::json, ?, ?, ?)"
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
                    row.setString(8, decision.policy());
                    row.setBoolean(9, decision.deliver());
                    row.setBoolean(10, decision.immediate());
                    row.setTimestamp(11, Timestamp.from(decision.decidedAt()));
                    row.setTimestamp(12, timestamp(decision.featuresAsOf()));
                    row.setTimestamp(13, timestamp(decision.deliveryTime()));
                    row.setDouble(14, decision.personalizationScore());
                    row.setString(15, DecisionJson.text(decision.inputs()));
                    row.setString(16, decision.runId());
                    row.setString(17, decision.reader());
                    row.setObject(18, drawnFrom.next());
                });
    }

    /** Writes down the probabilities that they were drawn from, each once; returns their ids, one a decision. */
    private List<UUID> drawnFrom(List<ContentDecided> decisions) {
        List<UUID> ids = new ArrayList<>(decisions.size());
        // By id, so that two who write the same ones wait for each other and not in a circle.
        Map<UUID, DrawnFrom> distinct = new TreeMap<>();
        for (ContentDecided decision : decisions) {
            DrawnFrom from = DrawnFrom.of(decision);
            ids.add(from.id());
            distinct.merge(from.id(), from, (one, other) -> one.usedAt().isAfter(other.usedAt()) ? one : other);
        }
        jdbc.batchUpdate("""
                INSERT INTO drawn_from AS known (drawn_from_id, probabilities, used_at) VALUES (?, ?::json, ?)
                ON CONFLICT (drawn_from_id) DO UPDATE SET used_at = excluded.used_at
                  WHERE known.used_at < excluded.used_at - interval '1 day'
                """, distinct.values(), BATCH, (row, from) -> {
            row.setObject(1, from.id());
            row.setString(2, from.probabilities());
            row.setTimestamp(3, Timestamp.from(from.usedAt()));
        });
        return ids;
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

    /** Removes the probabilities that no decision since then was drawn from. */
    void removeDrawnFromBefore(Instant instant) {
        db.sql("DELETE FROM drawn_from WHERE used_at < CAST(:before AS timestamptz) - interval '1 day'")
                .param("before", Timestamp.from(instant))
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
        return db.sql("SELECT " + COLUMNS + """
                        , probabilities, due_at, refused_at, exposed_at, succeeded_at
                        FROM decision JOIN drawn_from USING (drawn_from_id) WHERE decision_id = :id
                        """)
                .param("id", decisionId)
                .query((row, n) -> new Recorded(
                        decision(row, DecisionJson.numbers(row.getString(18))),
                        instant(row, 19),
                        instant(row, 20),
                        instant(row, 21),
                        instant(row, 22)))
                .optional();
    }

    /**
     * Those to be delivered that were not refused and whose campaign's window is open, with when it closes; without the
     * other variants' probabilities.
     */
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
                    live.accept(decision(row, Map.of()), row.getTimestamp(18).toInstant());
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

    private static ContentDecided decision(ResultSet row, Map<String, Double> probabilities) throws SQLException {
        return new ContentDecided(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getBoolean(4),
                row.getString(5),
                row.getObject(6, Integer.class),
                row.getDouble(7),
                probabilities,
                row.getString(8),
                row.getBoolean(9),
                row.getBoolean(10),
                row.getTimestamp(11).toInstant(),
                instant(row, 12),
                instant(row, 13),
                row.getDouble(14),
                DecisionJson.object(row.getString(15)),
                row.getString(16),
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
