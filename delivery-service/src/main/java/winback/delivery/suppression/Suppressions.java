package winback.delivery.suppression;

import static java.time.ZoneOffset.UTC;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import winback.contracts.ActivityApplied;
import winback.delivery.identities.SubscriberMoved;
import winback.delivery.identities.SubscribersErased;
import winback.delivery.recipients.Address;
import winback.delivery.recipients.Recipient;
import winback.delivery.recipients.Recipients;

/** The suppression list. */
@Repository
public class Suppressions {

    private static final String SELECT = """
            SELECT suppression_id, subscriber_id, address_code, reason, source, suppressed_at FROM suppression
            """;

    private final JdbcClient db;
    private final Recipients recipients;
    private final AddressCodes codes;

    Suppressions(JdbcClient db, Recipients recipients, AddressCodes codes) {
        this.db = db;
        this.codes = codes;
        this.recipients = recipients;
    }

    /**
     * Whether mail to this recipient is suppressed, by id or by address. A person who unsubscribed and agreed again
     * later is not.
     */
    public boolean suppressed(Recipient recipient) {
        Address address = recipient.address();
        Instant consentAt = recipient.consent() != null && recipient.consents()
                ? recipient.consent().at()
                : Instant.EPOCH;
        return db.sql("""
                        SELECT EXISTS (
                          SELECT 1 FROM suppression
                          WHERE (subscriber_id = :id OR address_code = :code)
                            AND NOT (reason = 'unsubscribed' AND suppressed_at < :consentAt))
                        """)
                .param("id", recipient.subscriberId())
                .param("code", address == null ? new byte[0] : codes.of(address))
                .param("consentAt", consentAt.atOffset(UTC))
                .query(Boolean.class)
                .single();
    }

    /** Learns from a bounce, a complaint or an unsubscription, whoever made the event; others say nothing. */
    public void learn(ActivityApplied activity) {
        SuppressionReason reason = SuppressionReason.ofActivity(activity.name());
        if (reason == null) {
            return;
        }
        Optional<Address> address = recipients.find(activity.subscriberId()).map(Recipient::address);
        address.ifPresent(known -> add(known, reason, "feedback", activity.at()));
        // A bounce speaks of the address: with another one the subscriber can be reached.
        if (reason != SuppressionReason.BOUNCED || address.isEmpty()) {
            add(activity.subscriberId(), reason, "feedback", activity.at());
        }
    }

    Suppression add(String subscriberId, SuppressionReason reason, String source, Instant at) {
        return db.sql("""
                        INSERT INTO suppression AS s (subscriber_id, reason, source, suppressed_at)
                        VALUES (:id, :reason, :source, :at)
                        ON CONFLICT (subscriber_id, reason) DO UPDATE
                          SET suppressed_at = GREATEST(s.suppressed_at, excluded.suppressed_at)
                        RETURNING suppression_id, subscriber_id, address_code, reason, source, suppressed_at
                        """)
                .param("id", subscriberId)
                .param("reason", reason.wireName())
                .param("source", source)
                .param("at", at.atOffset(UTC))
                .query(Suppressions::suppression)
                .single();
    }

    Suppression add(Address address, SuppressionReason reason, String source, Instant at) {
        return db.sql("""
                        INSERT INTO suppression AS s (address_code, reason, source, suppressed_at)
                        VALUES (:code, :reason, :source, :at)
                        ON CONFLICT (address_code, reason) DO UPDATE
                          SET suppressed_at = GREATEST(s.suppressed_at, excluded.suppressed_at)
                        RETURNING suppression_id, subscriber_id, address_code, reason, source, suppressed_at
                        """)
                .param("code", codes.of(address))
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

    /** Removes the entries of that address, subscriber or entry id; returns how many there were. */
    int remove(String addressOrId) {
        byte[] code = Address.of(addressOrId).map(codes::of).orElse(new byte[0]);
        return db.sql("""
                        DELETE FROM suppression
                        WHERE subscriber_id = :key OR address_code = :code OR suppression_id::text = :key
                        """).param("key", addressOrId).param("code", code).update();
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
