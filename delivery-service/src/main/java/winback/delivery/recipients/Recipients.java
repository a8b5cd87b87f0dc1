package winback.delivery.recipients;

import static java.time.ZoneOffset.UTC;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcOperations;
import org.springframework.jdbc.core.namedparam.SqlParameterSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import winback.delivery.identities.SubscriberMoved;
import winback.delivery.identities.SubscribersErased;
import winback.delivery.recipients.Recipient.Consent;

/** The recipients as their profiles last said. */
@Repository
public class Recipients {

    private final JdbcClient db;
    private final NamedParameterJdbcOperations batches;
    private final AddressCodes codes;

    Recipients(JdbcClient db, NamedParameterJdbcOperations batches, AddressCodes codes) {
        this.db = db;
        this.codes = codes;
        this.batches = batches;
    }

    /** Empty while no profile of theirs has arrived, and after an erasure. */
    public Optional<Recipient> find(String subscriberId) {
        return db.sql("""
                        SELECT subscriber_id, version, profile_as_of, email, consent, consent_source, consent_at,
                               timezone, lifecycle
                        FROM recipient WHERE subscriber_id = :id
                        """)
                .param("id", subscriberId)
                .query(Recipients::recipient)
                .optional();
    }

    private static Recipient recipient(ResultSet row, int n) throws SQLException {
        Instant consentAt = instant(row, "consent_at");
        return new Recipient(
                row.getString("subscriber_id"),
                row.getLong("version"),
                row.getObject("profile_as_of", OffsetDateTime.class).toInstant(),
                Address.of(row.getString("email")).orElse(null),
                consentAt == null
                        ? null
                        : new Consent(row.getBoolean("consent"), row.getString("consent_source"), consentAt),
                Recipient.zone(row.getString("timezone")).orElse(null),
                row.getString("lifecycle"));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime at = row.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }

    /** Stores those that are newer than what is stored. */
    void store(List<Recipient> recipients) {
        batches.batchUpdate("""
                INSERT INTO recipient AS r (subscriber_id, version, profile_as_of, email, address_code, consent,
                                            consent_source, consent_at, timezone, lifecycle)
                VALUES (:id, :version, :asOf, :email, :code, :consent, :source, :at, :timezone, :lifecycle)
                ON CONFLICT (subscriber_id) DO UPDATE
                  SET version = excluded.version, profile_as_of = excluded.profile_as_of, email = excluded.email,
                      address_code = excluded.address_code, consent = excluded.consent,
                      consent_source = excluded.consent_source, consent_at = excluded.consent_at,
                      timezone = excluded.timezone, lifecycle = excluded.lifecycle
                  WHERE r.version < excluded.version
                """, recipients.stream().map(this::row).toArray(SqlParameterSource[]::new));
    }

    private SqlParameterSource row(Recipient recipient) {
        Address address = recipient.address();
        Consent consent = recipient.consent();
        return new MapSqlParameterSource()
                .addValue("id", recipient.subscriberId())
                .addValue("version", recipient.version())
                .addValue("asOf", recipient.profileAsOf().atOffset(UTC))
                .addValue("email", address == null ? null : address.value(), java.sql.Types.VARCHAR)
                .addValue("code", address == null ? null : codes.of(address), java.sql.Types.BINARY)
                .addValue("consent", recipient.consents())
                .addValue("source", consent == null ? null : consent.source(), java.sql.Types.VARCHAR)
                .addValue(
                        "at",
                        consent == null ? null : consent.at().atOffset(UTC),
                        java.sql.Types.TIMESTAMP_WITH_TIMEZONE)
                .addValue(
                        "timezone",
                        recipient.timezone() == null
                                ? null
                                : recipient.timezone().getId(),
                        java.sql.Types.VARCHAR)
                .addValue("lifecycle", recipient.lifecycle());
    }

    /** Whose address has that code. */
    public List<String> withAddress(byte[] code) {
        return db.sql("SELECT subscriber_id FROM recipient WHERE address_code = :code")
                .param("code", code)
                .query(String.class)
                .list();
    }

    void remove(Collection<String> subscriberIds) {
        db.sql("DELETE FROM recipient WHERE subscriber_id IN (:ids)")
                .param("ids", subscriberIds)
                .update();
    }

    /** Profiles newer than the erasure are those of a person who came anew. */
    @EventListener
    void on(SubscribersErased erased) {
        db.sql("DELETE FROM recipient WHERE subscriber_id IN (:ids) AND profile_as_of <= :at")
                .param("ids", erased.subscriberIds())
                .param("at", erased.erasure().at().atOffset(UTC))
                .update();
    }

    /** Who the two are together the profile of the id that stays will say. */
    @EventListener
    void on(SubscriberMoved moved) {
        remove(List.of(moved.from()));
    }
}
