package winback.content.taste;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What answers say of each subscriber, in PostgreSQL. Methods run within the caller's transaction. */
@Component
public class TasteTable {

    /** What one mail adds. */
    public record Change(double lean, double information) {

        public static final Change NONE = new Change(0, 0);

        /**
         * Of a mail that was seen.
         *
         * @param rate of answers that is expected, in (0, 1)
         */
        public static Change seen(double liveliness, double rate) {
            return new Change(-rate * liveliness, rate * (1 - rate) * liveliness * liveliness);
        }

        /** Of its answer; its opposite when that is taken back. */
        public static Change answered(double liveliness) {
            return new Change(liveliness, 0);
        }

        public Change plus(Change other) {
            return new Change(lean + other.lean, information + other.information);
        }
    }

    private final JdbcTemplate jdbc;
    private final JdbcClient db;

    TasteTable(JdbcTemplate jdbc, JdbcClient db) {
        this.jdbc = jdbc;
        this.db = db;
    }

    /** @param changes by subscriber, in an order that all writers keep, so that none waits for another in a circle */
    public void add(SortedMap<String, Change> changes) {
        jdbc.batchUpdate("""
                INSERT INTO taste AS t (subscriber_id, lean, information) VALUES (?, ?, ?)
                ON CONFLICT (subscriber_id) DO UPDATE SET lean = t.lean + excluded.lean,
                  information = t.information + excluded.information, changed = pg_current_xact_id()
                """, changes.entrySet(), 1000, (row, change) -> {
            row.setString(1, change.getKey());
            row.setDouble(2, change.getValue().lean());
            row.setDouble(3, change.getValue().information());
        });
    }

    /** What the one answered is the other's from now on. */
    public void move(String from, String into) {
        db.sql("""
                        INSERT INTO taste AS t (subscriber_id, lean, information)
                        SELECT :into, lean, information FROM taste WHERE subscriber_id = :from
                        ON CONFLICT (subscriber_id) DO UPDATE SET lean = t.lean + excluded.lean,
                          information = t.information + excluded.information, changed = pg_current_xact_id()
                        """).param("into", into).param("from", from).update();
        erase(List.of(from));
    }

    public void erase(Collection<String> subscriberIds) {
        db.sql("DELETE FROM taste WHERE subscriber_id = ANY (:ids)")
                .param("ids", subscriberIds.toArray(String[]::new))
                .update();
    }

    /** A transaction before which nothing is open any more. */
    long settledUntil() {
        return db.sql("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
                .query(Long.class)
                .single();
    }

    interface Reader {
        void taste(String subscriberId, double lean, double information);
    }

    /** Everybody who may have a taste. */
    void each(Reader reader) {
        db.sql("SELECT subscriber_id, lean, information FROM taste WHERE abs(lean) >= :least")
                .param("least", Taste.leastLean())
                .query(row -> {
                    reader.taste(row.getString(1), row.getDouble(2), row.getDouble(3));
                });
    }

    /** Everybody whose answers came in by that transaction or a later one. */
    void eachSince(long transaction, Reader reader) {
        db.sql("SELECT subscriber_id, lean, information FROM taste WHERE changed >= CAST(:since AS text)::xid8")
                .param("since", Long.toString(transaction))
                .query(row -> {
                    reader.taste(row.getString(1), row.getDouble(2), row.getDouble(3));
                });
    }

    /** By variant, from -1 to 1; those that are not known are not in it. */
    public Map<String, Double> liveliness(String campaignId) {
        return db
                .sql("SELECT variant_id, liveliness FROM liveliness WHERE campaign_id = :id")
                .param("id", campaignId)
                .query((row, n) -> Map.entry(row.getString(1), row.getDouble(2)))
                .list()
                .stream()
                .collect(java.util.stream.Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }
}
