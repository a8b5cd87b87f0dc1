package winback.content.learning;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import winback.chassis.access.DeploymentSecret;
import winback.content.learning.Outcome.Kind;
import winback.content.taste.TasteTable;
import winback.content.taste.TasteTable.Change;

/**
 * Outcomes and posteriors in PostgreSQL. Outcomes are written down first and settled with their decision from whichever
 * side comes second. A decision counts once as exposed and once as succeeded, whatever is told twice: what counts is the
 * change of its row from absent to present. All methods run within the caller's transaction.
 */
@Component
class Outcomes {

    /** The longest attribution window, in days. */
    static final int LONGEST_WINDOW_DAYS = 90;

    /** @param reader empty where nothing was known of who reads */
    private record ArmKey(String campaignId, String variantId, String reader) implements Comparable<ArmKey> {

        private static final Comparator<ArmKey> ORDER = Comparator.comparing(ArmKey::campaignId)
                .thenComparing(ArmKey::variantId)
                .thenComparing(ArmKey::reader);

        @Override
        public int compareTo(ArmKey other) {
            return ORDER.compare(this, other);
        }
    }

    private static final class Gain {
        private long exposures;
        private long successes;
    }

    private enum Reply {
        SEEN,
        ANSWERED,
        TAKEN_BACK
    }

    /** What a subscriber made of a mail. */
    private record Told(String campaignId, String variantId, String subscriberId, Reply reply) {}

    /** An order without a decision. */
    record Order(String activityId, String subscriberId, Instant at) {}

    private final JdbcTemplate jdbc;
    private final JdbcClient db;
    private final Counter exposures;
    private final Counter successes;
    private final Counter retractions;
    private final DeploymentSecret secret;
    private final TasteTable tastes;

    Outcomes(JdbcTemplate jdbc, JdbcClient db, TasteTable tastes, DeploymentSecret secret, MeterRegistry meters) {
        this.jdbc = jdbc;
        this.db = db;
        this.tastes = tastes;
        this.secret = secret;
        this.exposures = Counter.builder("winback.rewards")
                .description("Decisions that were seen or sent, and those that succeeded")
                .tag("kind", "exposure")
                .register(meters);
        this.successes =
                Counter.builder("winback.rewards").tag("kind", "success").register(meters);
        this.retractions =
                Counter.builder("winback.rewards").tag("kind", "retracted").register(meters);
    }

    /** Writes down what is not known yet. */
    void write(Collection<Outcome> outcomes) {
        List<Outcome> first = new ArrayList<>();
        Map<String, Outcome> due = new TreeMap<>();
        for (Outcome outcome : outcomes) {
            if (outcome.kind() == Kind.DUE) {
                due.put(outcome.decisionId(), outcome);
            } else {
                first.add(outcome);
            }
        }
        jdbc.batchUpdate(
                "INSERT INTO outcome (decision_id, kind, at, source) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                first,
                1000,
                (row, outcome) -> {
                    row.setString(1, outcome.decisionId());
                    row.setString(2, outcome.kind().column());
                    row.setTimestamp(3, Timestamp.from(outcome.at()));
                    row.setString(4, outcome.source());
                });
        // The last of each decision: a statement may not meet the same row twice.
        jdbc.batchUpdate("""
                INSERT INTO outcome AS o (decision_id, kind, at) VALUES (?, 'due', ?)
                ON CONFLICT (decision_id, kind, source) DO UPDATE SET at = excluded.at, settled = false
                  WHERE o.at <> excluded.at
                """, due.values(), 1000, (row, outcome) -> {
            row.setString(1, outcome.decisionId());
            row.setTimestamp(2, Timestamp.from(outcome.at()));
        });
    }

    /** Writes down orders that do not name their decision. */
    void writeOrders(Collection<Order> orders) {
        jdbc.batchUpdate(
                "INSERT INTO unattributed_order (activity_id, subscriber_id, at) VALUES (?, ?, ?)"
                        + " ON CONFLICT (activity_id) DO NOTHING",
                List.copyOf(orders),
                1000,
                (row, order) -> {
                    row.setString(1, order.activityId());
                    row.setString(2, order.subscriberId());
                    row.setTimestamp(3, Timestamp.from(order.at()));
                });
    }

    /** Settles what two transactions of the same moment missed because they did not see each other. */
    void settleLeftOver(int limit) {
        settle(db.sql("""
                        SELECT DISTINCT o.decision_id FROM outcome o JOIN decision d USING (decision_id)
                        WHERE NOT o.settled LIMIT :limit
                        """).param("limit", limit).query(String.class).list());
        settleOrdersOf(db.sql("""
                        SELECT DISTINCT subscriber_id FROM unattributed_order
                        WHERE decision_id IS NULL AND written_at > now() - interval '1 minute' LIMIT :limit
                        """).param("limit", limit).query(String.class).list());
    }

    /** Orders of these subscribers go to the last decision that they were exposed to within its campaign's window. */
    void settleOrdersOf(Collection<String> subscriberIds) {
        if (subscriberIds.isEmpty()) {
            return;
        }
        List<Outcome> successes = jdbc.query(
                """
                UPDATE unattributed_order u SET decision_id = found.decision_id FROM (
                  SELECT DISTINCT ON (o.activity_id) o.activity_id, d.decision_id
                  FROM unattributed_order o
                  JOIN decision d ON d.subscriber_id = o.subscriber_id AND d.exposed_at IS NOT NULL
                  JOIN campaign c ON c.campaign_id = d.campaign_id
                  WHERE o.subscriber_id = ANY (?) AND o.decision_id IS NULL AND NOT d.holdout
                    AND d.exposed_at <= o.at AND o.at <= d.exposed_at + make_interval(days => c.attribution_days)
                  ORDER BY o.activity_id, d.exposed_at DESC) AS found
                WHERE u.activity_id = found.activity_id AND u.decision_id IS NULL
                RETURNING u.decision_id, u.at, u.activity_id
                """,
                (row, n) -> new Outcome(
                        row.getString(1),
                        Kind.SUCCEEDED,
                        row.getTimestamp(2).toInstant(),
                        activityCode(row.getString(3))),
                (Object) subscriberIds.toArray(String[]::new));
        if (successes.isEmpty()) {
            return;
        }
        write(successes);
        settle(successes.stream().map(Outcome::decisionId).distinct().toList());
    }

    /** As {@link #settle}, and then the orders of the subscribers of those decisions. */
    void settleWithOrders(Collection<String> decisionIds) {
        if (decisionIds.isEmpty()) {
            return;
        }
        // Mostly there is none, and a decision without news has nothing that orders could be given to.
        List<String> news = db.sql(
                        "SELECT DISTINCT decision_id FROM outcome WHERE decision_id = ANY (:ids) AND NOT settled")
                .param("ids", decisionIds.toArray(String[]::new))
                .query(String.class)
                .list();
        if (news.isEmpty()) {
            return;
        }
        settle(news);
        settleOrdersOf(db.sql("""
                        SELECT DISTINCT d.subscriber_id FROM decision d
                        JOIN unattributed_order o ON o.subscriber_id = d.subscriber_id AND o.decision_id IS NULL
                        WHERE d.decision_id = ANY (:ids) AND d.exposed_at IS NOT NULL
                        """)
                .param("ids", news.toArray(String[]::new))
                .query(String.class)
                .list());
    }

    /**
     * Brings the outcomes of these decisions into the decisions and their arms. Decisions that are not here yet are left
     * for when they come. The campaigns' rows are locked first, in order of their ids: one writer a campaign.
     */
    private void settle(Collection<String> decisionIds) {
        if (decisionIds.isEmpty()) {
            return;
        }
        String[] ids = decisionIds.toArray(String[]::new);
        List<String> locked = db.sql("""
                        SELECT campaign_id FROM campaign WHERE campaign_id IN (
                          SELECT d.campaign_id FROM decision d JOIN outcome o USING (decision_id)
                          WHERE d.decision_id = ANY (:ids) AND NOT o.settled)
                        ORDER BY campaign_id FOR NO KEY UPDATE
                        """).param("ids", ids).query(String.class).list();
        if (locked.isEmpty()) {
            return;
        }
        String[] campaigns = locked.toArray(String[]::new);
        // First, in one statement: what comes while this runs, decisions and outcomes alike, is left for the next time
        // instead of being taken for settled without having been counted. Below only what is settled is looked at.
        db.sql("""
                        UPDATE outcome o SET settled = true FROM decision d
                        WHERE o.decision_id = ANY (:ids) AND NOT o.settled
                          AND d.decision_id = o.decision_id AND d.campaign_id = ANY (:campaigns)
                        """).param("ids", ids).param("campaigns", campaigns).update();
        Map<ArmKey, Gain> gains = new TreeMap<>();
        List<Told> told = new ArrayList<>();
        jdbc.query(
                """
                UPDATE decision d SET exposed_at = o.at FROM (
                  SELECT decision_id, min(at) AS at FROM outcome
                  WHERE decision_id = ANY (?) AND settled AND kind IN ('exposed', 'succeeded') GROUP BY decision_id) AS o
                WHERE d.decision_id = o.decision_id AND d.exposed_at IS NULL AND NOT d.holdout
                  AND d.campaign_id = ANY (?)
                RETURNING d.campaign_id, d.variant_id, coalesce(d.reader, ''), d.subscriber_id
                """,
                row -> {
                    gain(gains, row.getString(1), row.getString(2), row.getString(3)).exposures++;
                    told.add(new Told(row.getString(1), row.getString(2), row.getString(4), Reply.SEEN));
                },
                ids,
                campaigns);
        jdbc.query(
                """
                UPDATE decision d SET succeeded_at = o.at FROM (
                  SELECT decision_id, min(at) AS at FROM outcome
                  WHERE decision_id = ANY (?) AND settled AND kind = 'succeeded' GROUP BY decision_id) AS o
                WHERE d.decision_id = o.decision_id AND d.succeeded_at IS NULL AND NOT d.holdout AND d.campaign_id = ANY (?)
                RETURNING d.campaign_id, d.variant_id, coalesce(d.reader, ''), d.subscriber_id
                """,
                row -> {
                    gain(gains, row.getString(1), row.getString(2), row.getString(3)).successes++;
                    told.add(new Told(row.getString(1), row.getString(2), row.getString(4), Reply.ANSWERED));
                },
                ids,
                campaigns);
        // What these two say is in the decision from here on.
        intoDecision("due", "due_at", ids, campaigns);
        intoDecision("refused", "refused_at", ids, campaigns);
        add(gains);
        addToTastes(told);
    }

    private void intoDecision(String kind, String column, String[] decisionIds, String[] campaigns) {
        db.sql("""
                        WITH o AS (
                          DELETE FROM outcome WHERE decision_id = ANY (:ids) AND settled AND kind = :kind
                          RETURNING decision_id, at)
                        UPDATE decision d SET %s = o.at FROM o
                        WHERE d.decision_id = o.decision_id AND d.campaign_id = ANY (:campaigns)
                        """.formatted(column))
                .param("ids", decisionIds)
                .param("kind", kind)
                .param("campaigns", campaigns)
                .update();
    }

    /** Brings gains and losses into the arms. */
    private void add(Map<ArmKey, Gain> gains) {
        Set<String> changed = new HashSet<>();
        gains.forEach((arm, gain) -> {
            int rows = db.sql("""
                            UPDATE variant SET exposures = exposures + :exposures, successes = successes + :successes
                            WHERE campaign_id = :campaign AND variant_id = :variant
                            """)
                    .param("exposures", gain.exposures)
                    .param("successes", gain.successes)
                    .param("campaign", arm.campaignId())
                    .param("variant", arm.variantId())
                    .update();
            if (rows == 1) {
                addOfReader(arm, gain);
                changed.add(arm.campaignId());
                exposures.increment(gain.exposures);
                (gain.successes < 0 ? retractions : successes).increment(Math.abs(gain.successes));
            }
        });
        if (!changed.isEmpty()) {
            db.sql("UPDATE campaign SET revision = nextval('campaign_revision') WHERE campaign_id = ANY (:ids)")
                    .param("ids", changed.toArray(String[]::new))
                    .update();
        }
    }

    private void addOfReader(ArmKey arm, Gain gain) {
        if (!arm.reader().isEmpty()) {
            db.sql("""
                            INSERT INTO variant_reader AS r (campaign_id, variant_id, reader) VALUES (:campaign, :variant, :reader)
                            ON CONFLICT DO NOTHING
                            """)
                    .param("campaign", arm.campaignId())
                    .param("variant", arm.variantId())
                    .param("reader", arm.reader())
                    .update();
            db.sql("""
                            UPDATE variant_reader SET exposures = exposures + :exposures, successes = successes + :successes
                            WHERE campaign_id = :campaign AND variant_id = :variant AND reader = :reader
                            """)
                    .param("exposures", gain.exposures)
                    .param("successes", gain.successes)
                    .param("campaign", arm.campaignId())
                    .param("variant", arm.variantId())
                    .param("reader", arm.reader())
                    .update();
        }
    }

    /** Of variants whose liveliness is known. */
    private void addToTastes(List<Told> told) {
        Map<String, Map<String, Double>> liveliness = new HashMap<>();
        Map<String, Double> rates = new HashMap<>();
        SortedMap<String, Change> changes = new TreeMap<>();
        for (Told one : told) {
            double lively = liveliness
                    .computeIfAbsent(one.campaignId(), tastes::liveliness)
                    .getOrDefault(one.variantId(), 0.);
            if (lively != 0) {
                Change change = switch (one.reply()) {
                    case SEEN -> Change.seen(lively, rates.computeIfAbsent(one.campaignId(), this::rate));
                    case ANSWERED -> Change.answered(lively);
                    case TAKEN_BACK -> Change.answered(-lively);
                };
                changes.merge(one.subscriberId(), change, Change::plus);
            }
        }
        if (!changes.isEmpty()) {
            tastes.add(changes);
        }
    }

    /** Of answers to any mail of the campaign; one in twenty before there are any. */
    private double rate(String campaignId) {
        return db.sql("SELECT (sum(successes) + 1.0) / (sum(exposures) + 20.0) FROM variant WHERE campaign_id = :id")
                .param("id", campaignId)
                .query(Double.class)
                .single();
    }

    /** What an activity is known by here. */
    String activityCode(String activityId) {
        return secret.code("activity", activityId);
    }

    /** Those of these activities that turned out to be a machine's. */
    Set<String> retracted(Collection<String> activityCodes) {
        return activityCodes.isEmpty()
                ? Set.of()
                : db.sql("SELECT activity_code FROM retraction WHERE activity_code = ANY (:codes)")
                        .param("codes", activityCodes.toArray(String[]::new))
                        .query(String.class)
                        .set();
    }

    /** Takes back the successes that rest on these clicks and on nothing else; that the mails arrived they still show. */
    void takeBack(Collection<String> activityCodes, Instant now) {
        String[] codes = activityCodes.toArray(String[]::new);
        db.sql("""
                        INSERT INTO retraction (activity_code, retracted_at)
                        SELECT code, :now FROM unnest(:codes) AS code ORDER BY code ON CONFLICT DO NOTHING
                        """).param("now", Timestamp.from(now)).param("codes", codes).update();
        List<String> decisions = db.sql(
                        "SELECT DISTINCT decision_id FROM outcome WHERE source = ANY (:codes) AND kind = 'succeeded'")
                .param("codes", codes)
                .query(String.class)
                .list();
        if (decisions.isEmpty()) {
            return;
        }
        String[] ids = decisions.toArray(String[]::new);
        db.sql("""
                        SELECT campaign_id FROM campaign WHERE campaign_id IN (
                          SELECT campaign_id FROM decision WHERE decision_id = ANY (:ids))
                        ORDER BY campaign_id FOR NO KEY UPDATE
                        """).param("ids", ids).query(String.class).list();
        db.sql("""
                        INSERT INTO outcome (decision_id, kind, at, settled)
                        SELECT decision_id, 'exposed', min(at), bool_and(settled) FROM outcome
                        WHERE source = ANY (:codes) AND kind = 'succeeded' GROUP BY decision_id
                        ON CONFLICT DO NOTHING
                        """).param("codes", codes).update();
        db.sql("DELETE FROM outcome WHERE source = ANY (:codes) AND kind = 'succeeded'")
                .param("codes", codes)
                .update();
        Map<ArmKey, Gain> losses = new TreeMap<>();
        List<Told> told = new ArrayList<>();
        jdbc.query(
                """
                UPDATE decision d SET succeeded_at = (
                  SELECT min(at) FROM outcome o
                  WHERE o.decision_id = d.decision_id AND o.kind = 'succeeded' AND o.settled)
                WHERE d.decision_id = ANY (?) AND d.succeeded_at IS NOT NULL
                RETURNING d.campaign_id, d.variant_id, coalesce(d.reader, ''), d.subscriber_id, d.succeeded_at
                """,
                row -> {
                    if (row.getTimestamp(5) == null) {
                        gain(losses, row.getString(1), row.getString(2), row.getString(3)).successes--;
                        told.add(new Told(row.getString(1), row.getString(2), row.getString(4), Reply.TAKEN_BACK));
                    }
                },
                (Object) ids);
        add(losses);
        addToTastes(told);
    }

    /** Of the erased nothing stays but what the arms have counted. */
    void erase(Collection<String> subscriberIds, Collection<String> decisionIds, Instant at) {
        db.sql("DELETE FROM unattributed_order WHERE subscriber_id IN (:ids) AND at <= :at")
                .param("ids", subscriberIds)
                .param("at", Timestamp.from(at))
                .update();
        db.sql("DELETE FROM outcome WHERE decision_id = ANY (:ids)")
                .param("ids", decisionIds.toArray(String[]::new))
                .update();
        tastes.erase(subscriberIds);
    }

    /** Orders of the one id may answer decisions made for the other. */
    void move(String from, String into) {
        db.sql("UPDATE unattributed_order SET subscriber_id = :into WHERE subscriber_id = :from")
                .param("from", from)
                .param("into", into)
                .update();
        tastes.move(from, into);
        settleOrdersOf(List.of(into));
    }

    private static Gain gain(Map<ArmKey, Gain> gains, String campaignId, String variantId, String reader) {
        return gains.computeIfAbsent(new ArmKey(campaignId, variantId, reader), arm -> new Gain());
    }

    /** Forgets what can no longer matter. */
    void forgetBefore(Instant instant) {
        db.sql("DELETE FROM unattributed_order WHERE at < :before")
                .param("before", Timestamp.from(instant))
                .update();
        db.sql("DELETE FROM retraction WHERE retracted_at < :before")
                .param("before", Timestamp.from(instant))
                .update();
        db.sql("DELETE FROM outcome WHERE NOT settled AND at < :before")
                .param("before", Timestamp.from(instant))
                .update();
    }
}
