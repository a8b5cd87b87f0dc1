package winback.delivery.deliveries;

import static java.time.ZoneOffset.UTC;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The schedule. Whoever changes a subscriber's deliveries holds the subscriber's lock. */
@Repository
class Deliveries {

    private static final String SELECT = """
            SELECT seq, delivery_id, decision_id, subscriber_id, campaign_id, variant_id, immediate, profile_as_of, state,
                   reason, due_at, created_at, changed_at, published_at, moves, revision, announced, attempts,
                   attempt_at, missing_since
            FROM delivery
            """;

    private final JdbcClient db;

    Deliveries(JdbcClient db) {
        this.db = db;
    }

    /** A delivery and its place in the list. */
    record Listed(long seq, Delivery delivery) {}

    /** What to list; an absent filter lets everything through. */
    record Filter(
            @Nullable String subscriberId,
            @Nullable String campaignId,
            @Nullable DeliveryState state) {}

    /** Until the transaction ends nobody else decides about this subscriber's mails. */
    void lock(String subscriberId) {
        db.sql("SELECT pg_advisory_xact_lock(hashtextextended(:id, 0)) IS NULL")
                .param("id", subscriberId)
                .query(Boolean.class)
                .single();
    }

    Optional<Delivery> find(String deliveryId) {
        return db.sql(SELECT + "WHERE delivery_id = :id")
                .param("id", deliveryId)
                .query(Deliveries::delivery)
                .optional();
    }

    Optional<Delivery> findForUpdate(String deliveryId) {
        return db.sql(SELECT + "WHERE delivery_id = :id FOR UPDATE")
                .param("id", deliveryId)
                .query(Deliveries::delivery)
                .optional();
    }

    /** Whether another delivery of the campaign to the subscriber is still to come. */
    boolean anotherIsLive(String campaignId, String subscriberId) {
        return db.sql("""
                        SELECT EXISTS (SELECT 1 FROM delivery
                          WHERE campaign_id = :campaign AND subscriber_id = :subscriber
                            AND state IN ('scheduled', 'publishing'))
                        """)
                .param("campaign", campaignId)
                .param("subscriber", subscriberId)
                .query(Boolean.class)
                .single();
    }

    /** When the subscriber's other mails left, those after {@code after}. */
    List<Instant> sent(Delivery other, Instant after) {
        return db.sql("""
                        SELECT published_at FROM delivery
                        WHERE subscriber_id = :subscriber AND delivery_id <> :id AND published_at > :after
                        """)
                .param("subscriber", other.subscriberId())
                .param("id", other.deliveryId())
                .param("after", after.atOffset(UTC))
                .query(Deliveries::instant)
                .list();
    }

    /** When the subscriber's other mails are planned to leave. */
    List<Instant> planned(String subscriberId, String exceptDeliveryId) {
        return db.sql("""
                        SELECT due_at FROM delivery
                        WHERE subscriber_id = :subscriber AND delivery_id <> :id AND state = 'scheduled'
                        """)
                .param("subscriber", subscriberId)
                .param("id", exceptDeliveryId)
                .query(Deliveries::instant)
                .list();
    }

    void add(Delivery delivery) {
        db.sql("""
                        INSERT INTO delivery (delivery_id, decision_id, subscriber_id, campaign_id, variant_id, immediate,
                          profile_as_of, state, reason, due_at, created_at, changed_at, published_at, moves, revision,
                          announced, attempts, attempt_at, missing_since)
                        VALUES (:id, :decision, :subscriber, :campaign, :variant, :immediate, :profileAsOf, :state,
                          :reason, :dueAt, :createdAt, :changedAt, :publishedAt, :moves, :revision, :announced, :attempts,
                          :attemptAt, :missingSince)
                        """)
                .param("id", delivery.deliveryId())
                .param("decision", delivery.decisionId())
                .param("subscriber", delivery.subscriberId())
                .param("campaign", delivery.campaignId())
                .param("variant", delivery.variantId())
                .param("immediate", delivery.immediate())
                .param("profileAsOf", utc(delivery.profileAsOf()), java.sql.Types.TIMESTAMP_WITH_TIMEZONE)
                .param("state", delivery.state().wireName())
                .param("reason", delivery.reason())
                .param("dueAt", utc(delivery.dueAt()), java.sql.Types.TIMESTAMP_WITH_TIMEZONE)
                .param("createdAt", utc(delivery.createdAt()))
                .param("changedAt", utc(delivery.changedAt()))
                .param("publishedAt", utc(delivery.publishedAt()), java.sql.Types.TIMESTAMP_WITH_TIMEZONE)
                .param("moves", delivery.moves())
                .param("revision", delivery.revision())
                .param("announced", delivery.announced())
                .param("attempts", delivery.attempts())
                .param("attemptAt", utc(delivery.attemptAt()))
                .param("missingSince", utc(delivery.missingSince()), java.sql.Types.TIMESTAMP_WITH_TIMEZONE)
                .update();
    }

    void save(Delivery delivery) {
        db.sql("""
                        UPDATE delivery SET state = :state, reason = :reason, due_at = :dueAt, changed_at = :changedAt,
                          published_at = :publishedAt, moves = :moves, revision = :revision, attempts = :attempts,
                          attempt_at = :attemptAt, missing_since = :missingSince
                        WHERE delivery_id = :id
                        """)
                .param("id", delivery.deliveryId())
                .param("state", delivery.state().wireName())
                .param("reason", delivery.reason())
                .param("dueAt", utc(delivery.dueAt()), java.sql.Types.TIMESTAMP_WITH_TIMEZONE)
                .param("changedAt", utc(delivery.changedAt()))
                .param("publishedAt", utc(delivery.publishedAt()), java.sql.Types.TIMESTAMP_WITH_TIMEZONE)
                .param("moves", delivery.moves())
                .param("revision", delivery.revision())
                .param("attempts", delivery.attempts())
                .param("attemptAt", utc(delivery.attemptAt()))
                .param("missingSince", utc(delivery.missingSince()), java.sql.Types.TIMESTAMP_WITH_TIMEZONE)
                .update();
    }

    /**
     * Those to be looked at now, taken for the length of the lease: nobody else gets them meanwhile. Only those whose
     * promise has been published, so that it precedes what becomes of it.
     */
    List<String> lease(Instant now, Duration lease, int limit) {
        return db.sql("""
                        UPDATE delivery SET attempt_at = :until
                        WHERE delivery_id IN (
                          SELECT delivery_id FROM delivery
                          WHERE state IN ('scheduled', 'publishing') AND attempt_at <= :now AND announced >= revision
                          ORDER BY attempt_at LIMIT :limit
                          FOR UPDATE SKIP LOCKED)
                        RETURNING delivery_id
                        """)
                .param("until", utc(now.plus(lease)))
                .param("now", utc(now))
                .param("limit", limit)
                .query(String.class)
                .list();
    }

    /** Those whose newest revision has not been told, oldest first; locked, so that an older one is never told last. */
    List<Delivery> unannounced(int limit) {
        return db.sql(SELECT + "WHERE announced < revision ORDER BY seq LIMIT :limit FOR UPDATE SKIP LOCKED")
                .param("limit", limit)
                .query(Deliveries::delivery)
                .list();
    }

    /** Kafka knows the newest revision of these. */
    void announced(Collection<String> deliveryIds) {
        db.sql("UPDATE delivery SET announced = revision WHERE delivery_id IN (:ids)")
                .param("ids", deliveryIds)
                .update();
    }

    /** What is still to come for these subscribers, by campaign; of one campaign what is nearest to leaving first. */
    List<Delivery> liveForUpdate(Collection<String> subscriberIds) {
        return db.sql(SELECT + """
                        WHERE subscriber_id IN (:ids) AND state IN ('scheduled', 'publishing')
                        ORDER BY campaign_id, state = 'scheduled', seq FOR UPDATE
                        """)
                .param("ids", subscriberIds)
                .query(Deliveries::delivery)
                .list();
    }

    void remove(Collection<String> subscriberIds) {
        db.sql("DELETE FROM delivery WHERE subscriber_id IN (:ids)")
                .param("ids", subscriberIds)
                .update();
    }

    void move(String from, String into) {
        db.sql("UPDATE delivery SET subscriber_id = :into WHERE subscriber_id = :from")
                .param("from", from)
                .param("into", into)
                .update();
    }

    /** What is still to come for these subscribers is not looked at before that. */
    void holdUntil(Instant instant, Collection<String> subscriberIds) {
        db.sql("""
                        UPDATE delivery SET attempt_at = GREATEST(attempt_at, :until)
                        WHERE subscriber_id IN (:ids) AND state IN ('scheduled', 'publishing')
                        """).param("until", utc(instant)).param("ids", subscriberIds).update();
    }

    /** Removes some that ended before that; returns how many. */
    int removeEndedBefore(Instant instant, int limit) {
        return db.sql("""
                        DELETE FROM delivery WHERE delivery_id IN (
                          SELECT delivery_id FROM delivery
                          WHERE state IN ('due', 'refused') AND changed_at < :before AND announced >= revision
                          ORDER BY changed_at LIMIT :limit)
                        """).param("before", utc(instant)).param("limit", limit).update();
    }

    /** The oldest due time that has passed without a due event; empty when none has. */
    Optional<Instant> oldestOverdue(Instant now) {
        return db.sql("""
                        SELECT due_at FROM delivery
                        WHERE state IN ('scheduled', 'publishing') AND due_at <= :now ORDER BY due_at LIMIT 1
                        """).param("now", utc(now)).query(Deliveries::instant).optional();
    }

    /** Newest first, those before the place {@code before}. */
    List<Listed> page(Filter filter, long before, int limit) {
        StringBuilder sql = new StringBuilder(SELECT).append("WHERE seq < :before");
        if (filter.subscriberId() != null) {
            sql.append(" AND subscriber_id = :subscriber");
        }
        if (filter.campaignId() != null) {
            sql.append(" AND campaign_id = :campaign");
        }
        if (filter.state() != null) {
            sql.append(" AND state = :state");
        }
        DeliveryState state = filter.state();
        return db.sql(sql.append(" ORDER BY seq DESC LIMIT :limit").toString())
                .param("before", before)
                .param("subscriber", filter.subscriberId())
                .param("campaign", filter.campaignId())
                .param("state", state == null ? null : state.wireName())
                .param("limit", limit)
                .query((row, n) -> new Listed(row.getLong("seq"), delivery(row, n)))
                .list();
    }

    private static @Nullable OffsetDateTime utc(@Nullable Instant at) {
        return at == null ? null : at.atOffset(UTC);
    }

    private static Instant instant(ResultSet row, int n) throws SQLException {
        return row.getObject(1, OffsetDateTime.class).toInstant();
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime at = row.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }

    private static Delivery delivery(ResultSet row, int n) throws SQLException {
        return new Delivery(
                row.getString("delivery_id"),
                row.getString("decision_id"),
                row.getString("subscriber_id"),
                row.getString("campaign_id"),
                row.getString("variant_id"),
                row.getBoolean("immediate"),
                instant(row, "profile_as_of"),
                DeliveryState.ofWireName(row.getString("state")),
                row.getString("reason"),
                instant(row, "due_at"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getObject("changed_at", OffsetDateTime.class).toInstant(),
                instant(row, "published_at"),
                row.getInt("moves"),
                row.getInt("revision"),
                row.getInt("announced"),
                row.getInt("attempts"),
                row.getObject("attempt_at", OffsetDateTime.class).toInstant(),
                instant(row, "missing_since"));
    }
}
