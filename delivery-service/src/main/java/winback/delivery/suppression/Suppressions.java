package winback.delivery.suppression;

import static java.time.ZoneOffset.UTC;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;
import winback.chassis.identities.Identities;
import winback.contracts.ActivityApplied;
import winback.delivery.identities.SubscriberMoved;
import winback.delivery.identities.SubscribersErased;
import winback.delivery.recipients.Address;
import winback.delivery.recipients.AddressCodes;
import winback.delivery.recipients.Recipient;
import winback.delivery.recipients.Recipients;

/** The suppression list. */
@Repository
public class Suppressions {

    private static final String SELECT = """
            SELECT suppression_id, subscriber_id, address_code, reason, source, suppressed_at FROM suppression
            """;

    /** Ids of those among a query's, of one column, whom the list or the list's word on their address means. */
    static final String AMONG = """
            SELECT wanted.id FROM (%s) AS wanted(id) LEFT JOIN recipient r ON r.subscriber_id = wanted.id
            WHERE EXISTS (
              SELECT 1 FROM suppression s
              WHERE (s.subscriber_id = wanted.id OR s.address_code = r.address_code)
                AND (s.reason <> 'unsubscribed' OR r.consent IS NOT TRUE OR s.suppressed_at >= r.consent_at))
            """;

    private final JdbcClient db;
    private final TransactionTemplate transaction;
    private final ApplicationEventPublisher changes;
    private final Recipients recipients;
    private final AddressCodes codes;
    private final Identities identities;

    Suppressions(
            JdbcClient db,
            TransactionTemplate transaction,
            ApplicationEventPublisher changes,
            Recipients recipients,
            AddressCodes codes,
            Identities identities) {
        this.db = db;
        this.transaction = transaction;
        this.changes = changes;
        this.recipients = recipients;
        this.codes = codes;
        this.identities = identities;
    }

    /**
     * Who of them must not be written to, by id or by address, as their profiles last said. A person who unsubscribed and
     * agreed again later may be.
     */
    public Set<String> suppressed(Collection<String> subscriberIds) {
        return new HashSet<>(db.sql(AMONG.formatted("SELECT * FROM unnest(:ids)"))
                .param("ids", subscriberIds.toArray(String[]::new))
                .query(String.class)
                .list());
    }

    /**
     * Until the caller's transaction ends the list stays as it is, and all that was added to it is seen: of a profile and an
     * entry that come at the same instant, one sees the other. To be called before rows of hours are locked.
     */
    public void holdStill() {
        db.sql("LOCK TABLE suppression IN SHARE MODE").update();
    }

    /** The counterpart of {@link #holdStill}: before it is looked whom a change is about. */
    private void begin() {
        db.sql("LOCK TABLE suppression IN ROW EXCLUSIVE MODE").update();
    }

    /**
     * Learns from bounces, complaints and unsubscriptions, whoever made the events, within the caller's transaction; others
     * say nothing.
     */
    public void learn(List<ActivityApplied> activities) {
        Set<String> changed = new TreeSet<>();
        for (ActivityApplied activity : activities) {
            SuppressionReason reason = SuppressionReason.ofActivity(activity.name());
            if (reason == null) {
                continue;
            }
            if (changed.isEmpty()) {
                begin();
            }
            changed.add(activity.subscriberId());
            Optional<byte[]> code = recipients
                    .find(activity.subscriberId())
                    .map(Recipient::address)
                    .map(codes::of);
            code.ifPresent(known -> {
                store(null, known, reason, "feedback", activity.at());
                changed.addAll(recipients.withAddress(known));
            });
            // A bounce speaks of the address: with another one the subscriber can be reached.
            if (reason != SuppressionReason.BOUNCED || code.isEmpty()) {
                store(activity.subscriberId(), null, reason, "feedback", activity.at());
            }
        }
        tell(changed);
    }

    /** Who has been merged is suppressed by the id that stays. */
    Suppression add(String subscriberId, SuppressionReason reason, String source, Instant at) {
        return within(() -> {
            String current = identities.known(List.of(subscriberId)).current(subscriberId);
            begin();
            Suppression stored = store(current, null, reason, source, at);
            tell(List.of(current));
            return stored;
        });
    }

    Suppression add(Address address, SuppressionReason reason, String source, Instant at) {
        byte[] code = codes.of(address);
        return within(() -> {
            begin();
            Suppression stored = store(null, code, reason, source, at);
            tell(recipients.withAddress(code));
            return stored;
        });
    }

    private <T> T within(Supplier<T> work) {
        return Objects.requireNonNull(transaction.execute(status -> work.get()));
    }

    private void tell(Collection<String> subscriberIds) {
        if (!subscriberIds.isEmpty()) {
            changes.publishEvent(new SuppressionsChanged(subscriberIds));
        }
    }

    /** Exactly one of id and code is given. */
    private Suppression store(
            @Nullable String subscriberId,
            byte @Nullable [] code,
            SuppressionReason reason,
            String source,
            Instant at) {
        return db.sql("""
                        INSERT INTO suppression AS s (subscriber_id, address_code, reason, source, suppressed_at)
                        VALUES (:id, :code, :reason, :source, :at)
                        ON CONFLICT (%s, reason) DO UPDATE
                          SET suppressed_at = GREATEST(s.suppressed_at, excluded.suppressed_at)
                        RETURNING suppression_id, subscriber_id, address_code, reason, source, suppressed_at
                        """.formatted(code == null ? "subscriber_id" : "address_code"))
                .param("id", subscriberId, Types.VARCHAR)
                .param("code", code, Types.BINARY)
                .param("reason", reason.wireName())
                .param("source", source)
                .param("at", at.atOffset(UTC))
                .query(Suppressions::suppression)
                .single();
    }

    /** Newest first, those before {@code before}. */
    List<Suppression> page(long before, int limit) {
        return db.sql(SELECT + "WHERE suppression_id < :before ORDER BY suppression_id DESC LIMIT :limit")
                .param("before", before)
                .param("limit", limit)
                .query(Suppressions::suppression)
                .list();
    }

    /** Removes one entry; false when there is none of that id. */
    boolean remove(String suppressionId) {
        return within(() -> removed("suppression_id::text = :key", suppressionId)) > 0;
    }

    /** Removes the entries of a subscriber; returns how many there were. */
    int removeOf(String subscriberId) {
        return within(() -> {
            String current = identities.known(List.of(subscriberId)).current(subscriberId);
            return removed("subscriber_id = :key", current);
        });
    }

    /** Removes the entries of an address; returns how many there were. */
    int removeOf(Address address) {
        return within(() -> removed("address_code = :key", codes.of(address)));
    }

    private int removed(String condition, Object key) {
        begin();
        List<Suppression> removed = db.sql("DELETE FROM suppression WHERE " + condition
                        + " RETURNING suppression_id, subscriber_id, address_code, reason, source, suppressed_at")
                .param("key", key)
                .query(Suppressions::suppression)
                .list();
        Set<String> changed = new TreeSet<>();
        for (Suppression entry : removed) {
            if (entry.subscriberId() != null) {
                changed.add(entry.subscriberId());
            }
            if (entry.addressCode() != null) {
                changed.addAll(recipients.withAddress(HexFormat.of().parseHex(entry.addressCode())));
            }
        }
        tell(changed);
        return removed.size();
    }

    /** The code of an address stays, so that the address stays suppressed whoever brings it back. */
    @EventListener
    void on(SubscribersErased erased) {
        db.sql("DELETE FROM suppression WHERE subscriber_id IN (:ids)")
                .param("ids", erased.subscriberIds())
                .update();
    }

    @EventListener
    void on(SubscriberMoved moved) {
        db.sql("""
                        INSERT INTO suppression AS s (subscriber_id, reason, source, suppressed_at)
                        SELECT :into, reason, source, suppressed_at FROM suppression WHERE subscriber_id = :from
                        ON CONFLICT (subscriber_id, reason) DO UPDATE
                          SET suppressed_at = GREATEST(s.suppressed_at, excluded.suppressed_at)
                        """).param("from", moved.from()).param("into", moved.into()).update();
        db.sql("DELETE FROM suppression WHERE subscriber_id = :from")
                .param("from", moved.from())
                .update();
        tell(List.of(moved.into()));
    }

    private static Suppression suppression(ResultSet row, int n) throws SQLException {
        byte @Nullable [] code = row.getBytes("address_code");
        return new Suppression(
                row.getString("suppression_id"),
                row.getString("subscriber_id"),
                code == null ? null : HexFormat.of().formatHex(code),
                row.getString("reason"),
                row.getString("source"),
                row.getObject("suppressed_at", OffsetDateTime.class).toInstant());
    }
}
