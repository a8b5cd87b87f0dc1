package winback.profile.privacy;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;
import winback.chassis.events.Topics;
import winback.profile.identities.SubscriberIds;

/**
 * Forgets people: everything that this service holds of a person's ids goes at once, in one transaction, which notes what
 * the others have to be told.
 */
@Component
class Erasures {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int ATTEMPTS = 10;

    private final JdbcClient db;
    private final TransactionTemplate transaction;
    private final SubscriberIds ids;
    private final Topics topics;
    private final ErasureSettings settings;
    private final Clock clock;
    private final Counter erased;

    Erasures(
            JdbcClient db,
            TransactionTemplate transaction,
            SubscriberIds ids,
            Topics topics,
            ErasureSettings settings,
            Clock clock,
            MeterRegistry meters) {
        this.db = db;
        this.transaction = transaction;
        this.ids = ids;
        this.topics = topics;
        this.settings = settings;
        this.clock = clock;
        this.erased = Counter.builder("winback.erasures")
                .description("Ids erased, those merged into another counted each")
                .register(meters);
    }

    /** The person's ids changed between reading and locking them. */
    private static final class PersonChanged extends ConcurrencyFailureException {
        private static final long serialVersionUID = 1;

        PersonChanged() {
            super("ids were merged or erased meanwhile");
        }
    }

    /** Forgets the person whom the id means; while that is pending, the same answer. Empty when nothing is known of the id. */
    Optional<Erasure> erase(String id) {
        for (int attempt = 1; ; attempt++) {
            try {
                return Objects.requireNonNull(transaction.execute(status -> commit(id, status)));
            } catch (PersonChanged again) {
                if (attempt == ATTEMPTS) {
                    throw again;
                }
            }
        }
    }

    private Optional<Erasure> commit(String id, TransactionStatus status) {
        Set<String> person = ids.person(id);
        String[] all = person.toArray(String[]::new);
        // Absent rows are created, so that whoever is about to create them waits and then sees the erasure.
        db.sql("INSERT INTO subscriber (id) SELECT id FROM unnest(?::text[]) AS s (id) ON CONFLICT DO NOTHING")
                .param(all)
                .update();
        db.sql("SELECT id FROM subscriber WHERE id = ANY(?::text[]) ORDER BY id FOR UPDATE")
                .param(all)
                .query(String.class)
                .list();
        if (!ids.person(id).equals(person)) {
            throw new PersonChanged();
        }
        if (!isKnown(person)) {
            status.setRollbackOnly(); // without the rows that were made to be locked
            return find(id).filter(erasure -> erasure.completeBy().isAfter(clock.instant()));
        }
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        Erasure erasure = new Erasure(now, now.plus(topics.forgottenWithin()).plus(settings.margin()));
        delete(all);
        for (String each : person) {
            note(each, erasure);
        }
        erased.increment(person.size());
        return Optional.of(erasure);
    }

    private boolean isKnown(Set<String> person) {
        return person.size() > 1
                || db.sql("""
                        SELECT EXISTS (SELECT FROM activity WHERE subscriber_id = ANY(:ids))
                          OR EXISTS (SELECT FROM subscriber WHERE id = ANY(:ids) AND version > 0)
                        """)
                        .param("ids", person.toArray(String[]::new))
                        .query(Boolean.class)
                        .single();
    }

    private void delete(String[] person) {
        db.sql("""
                        DELETE FROM deduplication d USING activity a
                        WHERE a.subscriber_id = ANY(?::text[])
                          AND d.source = a.event ->> 'source' AND d.message_id = a.event ->> 'messageId'
                        """).param(person).update();
        db.sql("""
                        DELETE FROM deduplication d USING activity a
                        WHERE a.subscriber_id = ANY(?::text[]) AND a.activity_id LIKE 'order:%'
                          AND d.source = 'order' AND d.message_id = substr(a.activity_id, length('order:') + 1)
                        """).param(person).update();
        db.sql("DELETE FROM activity WHERE subscriber_id = ANY(?::text[])")
                .param(person)
                .update();
        db.sql("DELETE FROM snapshot WHERE subscriber_id = ANY(?::text[])")
                .param(person)
                .update();
        db.sql("DELETE FROM merge WHERE from_id = ANY(:ids) OR into_id = ANY(:ids)")
                .param("ids", person)
                .update();
        db.sql("DELETE FROM subscriber WHERE id = ANY(?::text[])").param(person).update();
        db.sql("UPDATE sweep SET cursor_id = NULL WHERE state = 'done' AND cursor_id = ANY(?::text[])")
                .param(person)
                .update();
        for (String id : person) {
            db.sql("DELETE FROM idempotency_key WHERE position(convert_to(?, 'UTF8') IN body) > 0")
                    .param(JSON.writeValueAsString(id))
                    .update();
        }
    }

    private void note(String id, Erasure erasure) {
        db.sql("""
                        INSERT INTO erasure (code, erased_at, complete_by, subscriber_id)
                        VALUES (?, ?::timestamptz, ?::timestamptz, ?)
                        ON CONFLICT (code) DO UPDATE SET erased_at = excluded.erased_at,
                          complete_by = excluded.complete_by, subscriber_id = excluded.subscriber_id, told_at = NULL
                        """)
                .param(ids.code(id))
                .param(erasure.erasedAt().toString())
                .param(erasure.completeBy().toString())
                .param(id)
                .update();
    }

    /** The last erasure of that id. */
    Optional<Erasure> find(String id) {
        return db.sql("SELECT erased_at, complete_by FROM erasure WHERE code = ?")
                .param(ids.code(id))
                .query(Erasures::erasure)
                .optional();
    }

    private static Erasure erasure(ResultSet row, int n) throws SQLException {
        return new Erasure(
                row.getObject(1, OffsetDateTime.class).toInstant(),
                row.getObject(2, OffsetDateTime.class).toInstant());
    }
}
