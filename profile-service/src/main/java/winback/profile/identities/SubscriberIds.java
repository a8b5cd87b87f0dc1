package winback.profile.identities;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import winback.chassis.access.DeploymentSecret;
import winback.contracts.ActivityReceived;

/**
 * The ids of the subscribers: which were merged away, and which were erased.
 *
 * <p>Merges and erasures lock the rows of the subscribers whom they concern, absent ones included, by creating them
 * first. So whoever {@link #read reads}, then locks, and finds by reading again that nothing has changed may go on until
 * the end of the transaction; who finds a change starts again.
 */
@Component
public class SubscriberIds {

    private static final String PURPOSE = "erasure";

    private final JdbcClient db;
    private final DeploymentSecret secret;

    SubscriberIds(JdbcClient db, DeploymentSecret secret) {
        this.db = db;
        this.secret = secret;
    }

    /** What is known of all ids that these activities name. */
    public Names read(Collection<ActivityReceived> events) {
        Set<String> ids = new TreeSet<>();
        for (ActivityReceived event : events) {
            ids.add(event.subscriberId());
            if (event.anonymousId() != null) {
                ids.add(event.anonymousId());
            }
            String previousId = MergeRequest.previousId(event);
            if (previousId != null) {
                ids.add(previousId);
            }
        }
        Map<String, String> byCode = new HashMap<>();
        ids.forEach(id -> byCode.put(code(id), id));
        return names(byCode);
    }

    /** Whether nothing has become known of these ids since. */
    public boolean stillHolds(Names names) {
        return names(names.byCode()).equals(names);
    }

    private Names names(Map<String, String> byCode) {
        Map<String, String> merged = new HashMap<>();
        Map<String, Instant> erased = new HashMap<>();
        db.sql("""
                        SELECT from_id, into_id, NULL::timestamptz FROM merge WHERE from_id = ANY(?::text[])
                        UNION ALL
                        SELECT code, NULL, erased_at FROM erasure WHERE code = ANY(?::text[])
                        """)
                .param(byCode.values().toArray(String[]::new))
                .param(byCode.keySet().toArray(String[]::new))
                .query(row -> {
                    OffsetDateTime erasedAt = row.getObject(3, OffsetDateTime.class);
                    if (erasedAt == null) {
                        merged.put(row.getString(1), row.getString(2));
                    } else {
                        erased.put(byCode.get(row.getString(1)), erasedAt.toInstant());
                    }
                });
        return new Names(byCode, merged, erased);
    }

    /** The id under which everything of this one is kept. */
    public String canonical(String id) {
        return db.sql("SELECT into_id FROM merge WHERE from_id = ?")
                .param(id)
                .query(String.class)
                .optional()
                .orElse(id);
    }

    /** All ids of the person whom this id means, in order, itself included. */
    public Set<String> person(String id) {
        String canonical = canonical(id);
        Set<String> ids = new TreeSet<>(db.sql("SELECT from_id FROM merge WHERE into_id = ?")
                .param(canonical)
                .query(String.class)
                .list());
        ids.add(canonical);
        ids.add(id);
        return ids;
    }

    /** By which an erased id is remembered. */
    public String code(String id) {
        return secret.code(PURPOSE, id);
    }
}
