package winback.chassis.identities;

import static java.time.ZoneOffset.UTC;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import winback.chassis.access.DeploymentSecret;
import winback.contracts.Event;
import winback.contracts.SubscriberErased;
import winback.contracts.SubscriberMerged;

/**
 * The merges and erasures that a service has heard of. Topics are read independently, so what speaks of an old id, or of
 * a person before the erasure, may arrive afterwards: whoever keeps something of a subscriber asks {@link #known} first.
 *
 * <p>Merges are kept by id until one of the two is erased; of the erased only a code under the deployment's secret stays.
 */
public final class Identities {

    /** The first lock of every transaction that takes it, so nobody waits in a circle. */
    private static final String LOCK = "(hashtextextended(current_schema() || ':identities', 0)) IS NULL";

    private final JdbcClient db;
    private final TransactionTemplate transaction;
    private final DeploymentSecret secret;
    private final Clock clock;

    Identities(JdbcClient db, TransactionTemplate transaction, DeploymentSecret secret, Clock clock) {
        this.db = db;
        this.transaction = transaction;
        this.secret = secret;
        this.clock = clock;
    }

    /**
     * Refuses a secret other than the one that this database's codes were made under: with it nobody erased and no address
     * suppressed would be recognised any more.
     */
    void checkSecret() {
        String check = secret.code("check", "");
        db.sql("INSERT INTO secret_check (one, code) VALUES (true, :code) ON CONFLICT DO NOTHING")
                .param("code", check)
                .update();
        if (!db.sql("SELECT code FROM secret_check")
                .query(String.class)
                .single()
                .equals(check)) {
            throw new IllegalStateException(
                    "The deployment's secret is not the one that this database was written with."
                            + " Bring it back from the backup: WINBACK_SECRET_FILE, or the file `secret` beside the keys file.");
        }
    }

    /** What is known of some ids, until the transaction that asked ends. */
    public static final class Known {

        private static final Known NOTHING = new Known(Map.of(), Map.of());

        private final Map<String, String> merged;
        private final Map<String, Erasure> erased;

        private Known(Map<String, String> merged, Map<String, Erasure> erased) {
            this.merged = merged;
            this.erased = erased;
        }

        /** The id that the subscriber goes by now. */
        public String current(String subscriberId) {
            return merged.getOrDefault(subscriberId, subscriberId);
        }

        /** Whether it goes by another id now. */
        public boolean merged(String subscriberId) {
            return merged.containsKey(subscriberId);
        }

        /** The newest erasure of the subscriber; null when there is none. */
        public @Nullable Erasure erasure(String subscriberId) {
            return erased.get(subscriberId);
        }

        /** Whether what happened at that instant is of somebody erased since, and must not be kept. */
        public boolean forgotten(String subscriberId, Instant at) {
            Erasure erasure = erasure(subscriberId);
            return erasure != null && erasure.covers(at);
        }
    }

    /** What a service may remember of an erased subscriber. */
    public String code(String subscriberId) {
        return secret.code("erasure", subscriberId);
    }

    /**
     * Looks the ids up, to be called first in the caller's transaction: no merge and no erasure is carried out until that
     * ends.
     */
    public Known known(Collection<String> subscriberIds) {
        if (subscriberIds.isEmpty()) {
            return Known.NOTHING;
        }
        db.sql("SELECT pg_advisory_xact_lock_shared" + LOCK)
                .query(Boolean.class)
                .single();
        return lookUp(subscriberIds);
    }

    /** The merges made since, from which id into which, for a memory of the caller's own. */
    public void eachMerge(Instant since, BiConsumer<String, String> fromInto) {
        db.sql("SELECT from_id, into_id FROM merge_heard WHERE merged_at > :since")
                .param("since", since.atOffset(UTC))
                .query(row -> {
                    fromInto.accept(row.getString(1), row.getString(2));
                });
    }

    /** The erasures asked for since, by {@link #code}, for a memory of the caller's own. */
    public void eachErasure(Instant since, BiConsumer<String, Erasure> byCode) {
        db.sql("SELECT code, erased_at, heard_at FROM erasure_heard WHERE erased_at > :since")
                .param("since", since.atOffset(UTC))
                .query(row -> {
                    byCode.accept(row.getString(1), erasure(row));
                });
    }

    /** Carries out the merges and erasures of a batch, in one transaction; other events are skipped. */
    public void apply(List<ConsumerRecord<String, Event>> batch, IdentityChanges changes) {
        transaction.executeWithoutResult(status -> {
            db.sql("SELECT pg_advisory_xact_lock" + LOCK).query(Boolean.class).single();
            for (ConsumerRecord<String, Event> record : batch) {
                switch (record.value()) {
                    case SubscriberMerged merged -> merge(merged, changes);
                    case SubscriberErased erased ->
                        erase(
                                new TreeSet<>(Set.of(erased.subscriberId())),
                                new Erasure(erased.erasedAt(), clock.instant()),
                                changes);
                    case null -> {}
                    default -> {}
                }
            }
        });
    }

    private void merge(SubscriberMerged merged, IdentityChanges changes) {
        String from = merged.from();
        Known known = lookUp(List.of(from, merged.into()));
        String into = known.current(merged.into());
        if (into.equals(from)) {
            return; // a circle; the merge that came first stands
        }
        // The two events have different keys: the erasure of the one may be read before the older merge.
        Erasure erasure = known.erasure(merged.into());
        if (erasure != null && erasure.covers(merged.at())) {
            erase(new TreeSet<>(Set.of(from)), erasure, changes);
            return;
        }
        Erasure own = known.erasure(from);
        if (own != null && own.covers(merged.at())) {
            return; // nothing of then is left; whoever goes by the id now is another
        }
        db.sql("""
                        INSERT INTO merge_heard (from_id, into_id, merged_at) VALUES (:from, :into, :at)
                        ON CONFLICT (from_id) DO UPDATE SET into_id = excluded.into_id, merged_at = excluded.merged_at
                        """)
                .param("from", from)
                .param("into", into)
                .param("at", merged.at().atOffset(UTC))
                .update();
        db.sql("UPDATE merge_heard SET into_id = :into WHERE into_id = :from")
                .param("from", from)
                .param("into", into)
                .update();
        changes.merge(from, into);
    }

    private void erase(Set<String> subscriberIds, Erasure erasure, IdentityChanges changes) {
        subscriberIds.addAll(db.sql("SELECT from_id FROM merge_heard WHERE into_id IN (:ids) AND merged_at <= :at")
                .param("ids", subscriberIds)
                .param("at", erasure.at().atOffset(UTC))
                .query(String.class)
                .list());
        for (String id : subscriberIds) {
            db.sql("""
                            INSERT INTO erasure_heard AS e (code, erased_at, heard_at) VALUES (:code, :erasedAt, :heardAt)
                            ON CONFLICT (code) DO UPDATE SET erased_at = excluded.erased_at, heard_at = excluded.heard_at
                              WHERE e.erased_at < excluded.erased_at
                            """)
                    .param("code", code(id))
                    .param("erasedAt", erasure.at().atOffset(UTC))
                    .param("heardAt", erasure.heardAt().atOffset(UTC))
                    .update();
            forgetAnswers(id);
        }
        db.sql("DELETE FROM merge_heard WHERE (from_id IN (:ids) OR into_id IN (:ids)) AND merged_at <= :at")
                .param("ids", subscriberIds)
                .param("at", erasure.at().atOffset(UTC))
                .update();
        changes.erase(subscriberIds, erasure);
    }

    /** Answers kept for repeats that name the id as a JSON string, or whose key holds it as a word. */
    private void forgetAnswers(String subscriberId) {
        StringBuilder word = new StringBuilder();
        subscriberId.codePoints().forEach(c -> {
            if (!Character.isLetterOrDigit(c)) {
                word.append('\\');
            }
            word.appendCodePoint(c);
        });
        db.sql("""
                        DELETE FROM idempotency_key
                        WHERE position(:json IN body) > 0 OR key ~ :word
                        """)
                .param("json", ('"' + escaped(subscriberId) + '"').getBytes(StandardCharsets.UTF_8))
                .param("word", "(^|[^[:alnum:]])" + word + "($|[^[:alnum:]])")
                .update();
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    private Known lookUp(Collection<String> subscriberIds) {
        Map<String, String> merged = new HashMap<>();
        db.sql("SELECT from_id, into_id FROM merge_heard WHERE from_id = ANY (:ids)")
                .param("ids", subscriberIds.toArray(String[]::new))
                .query(row -> {
                    merged.put(row.getString(1), row.getString(2));
                });
        Map<String, String> byCode = new HashMap<>();
        subscriberIds.forEach(id -> byCode.put(code(id), id));
        Map<String, Erasure> erased = new HashMap<>();
        db.sql("SELECT code, erased_at, heard_at FROM erasure_heard WHERE code = ANY (:codes)")
                .param("codes", byCode.keySet().toArray(String[]::new))
                .query(row -> {
                    String id = byCode.get(row.getString(1));
                    if (id != null) {
                        erased.put(id, erasure(row));
                    }
                });
        return merged.isEmpty() && erased.isEmpty() ? Known.NOTHING : new Known(merged, erased);
    }

    private static Erasure erasure(ResultSet row) throws SQLException {
        return new Erasure(
                row.getObject("erased_at", OffsetDateTime.class).toInstant(),
                row.getObject("heard_at", OffsetDateTime.class).toInstant());
    }
}
