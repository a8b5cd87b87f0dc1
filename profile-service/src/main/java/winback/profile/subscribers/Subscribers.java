package winback.profile.subscribers;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import winback.profile.features.Lifecycle;
import winback.profile.features.SubscriberState;

/** The subscribers' current states. */
@Component
public class Subscribers {

    private record Row(
            String id,
            long version,
            int format,
            byte @Nullable [] state,
            @Nullable String declared,
            @Nullable Instant featuresAsOf) {}

    private static final String COLUMNS = "id, version, state_format, state, declared, features_as_of";

    private final JdbcClient db;
    private final ActivityLog log;
    private final Lifecycle lifecycle;

    Subscribers(JdbcClient db, ActivityLog log, Lifecycle lifecycle) {
        this.db = db;
        this.log = log;
        this.lifecycle = lifecycle;
    }

    /** Creates those that are absent, without a state. */
    void create(Collection<String> ids) {
        // Sorted, whatever the plan: everybody takes locks in id order. Most are there, and trying to insert them would
        // cost more than looking.
        db.sql("""
                        INSERT INTO subscriber (id)
                        SELECT id FROM unnest(?::text[]) AS n (id)
                        WHERE NOT EXISTS (SELECT FROM subscriber s WHERE s.id = n.id)
                        ORDER BY id COLLATE "C"
                        ON CONFLICT DO NOTHING
                        """).param(ids.toArray(String[]::new)).update();
    }

    /** Locks these until the end of the transaction, in id order; absent ones are left out. */
    List<Subscriber> lock(Collection<String> ids) {
        return locked(db.sql("SELECT " + COLUMNS + " FROM subscriber WHERE id = ANY(?::text[]) ORDER BY id FOR UPDATE")
                .param(ids.toArray(String[]::new))
                .query(Subscribers::row)
                .list());
    }

    /** Locks the next ones in id order. */
    public List<Subscriber> lockAfter(String id, int limit) {
        return locked(db.sql("SELECT " + COLUMNS + " FROM subscriber WHERE id > ? ORDER BY id LIMIT ? FOR UPDATE")
                .param(id)
                .param(limit)
                .query(Subscribers::row)
                .list());
    }

    public Optional<Subscriber> find(String id) {
        return subscribers(db.sql("SELECT " + COLUMNS + " FROM subscriber WHERE id = ? AND version > 0")
                        .param(id)
                        .query(Subscribers::row)
                        .list())
                .stream()
                .findFirst();
    }

    /**
     * What has become of some since.
     *
     * @param newer those of which there is a later version, in that version
     * @param gone those who have been merged away or erased
     */
    record Since(List<Subscriber> newer, List<String> gone) {}

    Since since(Collection<Subscriber> published) {
        if (published.isEmpty()) {
            return new Since(List.of(), List.of());
        }
        List<Row> newer = new ArrayList<>();
        List<String> gone = new ArrayList<>();
        db.sql("""
                        SELECT p.id, s.version, s.state_format, s.state, s.declared, s.features_as_of,
                          coalesce(s.version, 0) < p.version
                        FROM unnest(?::text[], ?::bigint[]) AS p (id, version) LEFT JOIN subscriber s USING (id)
                        WHERE s.version IS DISTINCT FROM p.version
                        """)
                .param(published.stream().map(Subscriber::id).toArray(String[]::new))
                .param(published.stream().map(Subscriber::version).toArray(Long[]::new))
                .query(result -> {
                    Row row = row(result, 0);
                    if (result.getBoolean(7)) {
                        gone.add(row.id());
                    } else {
                        newer.add(row);
                    }
                });
        return new Since(subscribers(newer), gone);
    }

    /** Saves what changes by time alone. */
    public void touch(List<Subscriber> subscribers) {
        if (subscribers.isEmpty()) {
            return;
        }
        db.sql("""
                        UPDATE subscriber SET
                          version = u.version, lifecycle = u.lifecycle, features_as_of = u.features_as_of
                        FROM unnest(?::text[], ?::bigint[], ?::text[], ?::timestamptz[])
                          AS u (id, version, lifecycle, features_as_of)
                        WHERE subscriber.id = u.id
                        """)
                .param(strings(subscribers, Subscriber::id))
                .param(subscribers.stream().map(Subscriber::version).toArray(Long[]::new))
                .param(strings(
                        subscribers,
                        s -> lifecycle.stage(s.state(), s.featuresAsOf()).wireName()))
                .param(strings(subscribers, s -> s.featuresAsOf().toString()))
                .update();
    }

    public void save(List<Subscriber> subscribers) {
        if (subscribers.isEmpty()) {
            return;
        }
        db.sql("""
                        UPDATE subscriber SET
                          version = u.version, state_format = ?, state = u.state, declared = u.declared, lifecycle = u.lifecycle,
                          features_as_of = u.features_as_of, first_seen_at = u.first_seen_at,
                          last_activity_at = u.last_activity_at, first_order_at = u.first_order_at,
                          last_order_at = u.last_order_at, activities = u.activities, orders = u.orders, spend = u.spend
                        FROM unnest(?::text[], ?::bigint[], ?::bytea[], ?::text[]::jsonb[], ?::text[], ?::timestamptz[],
                            ?::timestamptz[], ?::timestamptz[], ?::timestamptz[], ?::timestamptz[], ?::bigint[],
                            ?::bigint[], ?::float8[])
                          AS u (id, version, state, declared, lifecycle, features_as_of, first_seen_at, last_activity_at,
                            first_order_at, last_order_at, activities, orders, spend)
                        WHERE subscriber.id = u.id
                        """)
                .param(SubscriberState.FORMAT)
                .param(strings(subscribers, Subscriber::id))
                .param(subscribers.stream().map(Subscriber::version).toArray(Long[]::new))
                .param(subscribers.stream().map(s -> s.state().toBytes()).toArray(byte[][]::new))
                .param(strings(subscribers, s -> s.state().declaredJson()))
                .param(strings(
                        subscribers,
                        s -> lifecycle.stage(s.state(), s.featuresAsOf()).wireName()))
                .param(strings(subscribers, s -> s.featuresAsOf().toString()))
                .param(strings(subscribers, s -> text(s.state().firstSeenAt())))
                .param(strings(subscribers, s -> text(s.state().lastActivityAt())))
                .param(strings(subscribers, s -> text(s.state().firstOrderAt())))
                .param(strings(subscribers, s -> text(s.state().lastOrderAt())))
                .param(subscribers.stream().map(s -> s.state().activities()).toArray(Long[]::new))
                .param(subscribers.stream().map(s -> s.state().orders()).toArray(Long[]::new))
                .param(subscribers.stream().map(s -> s.state().spend()).toArray(Double[]::new))
                .update();
    }

    private static @Nullable String[] strings(
            List<Subscriber> subscribers, Function<Subscriber, @Nullable String> value) {
        @Nullable String[] strings = new String[subscribers.size()];
        for (int i = 0; i < strings.length; i++) {
            strings[i] = value.apply(subscribers.get(i));
        }
        return strings;
    }

    private static @Nullable String text(@Nullable Instant instant) {
        return instant == null ? null : instant.toString();
    }

    private static Row row(ResultSet row, int n) throws SQLException {
        OffsetDateTime asOf = row.getObject(6, OffsetDateTime.class);
        return new Row(
                row.getString(1),
                row.getLong(2),
                row.getInt(3),
                row.getBytes(4),
                row.getString(5),
                asOf == null ? null : asOf.toInstant());
    }

    private List<Subscriber> locked(List<Row> rows) {
        List<Subscriber> subscribers = subscribers(rows);
        List<Subscriber> rebuilt = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            if (foreign(rows.get(i))) {
                rebuilt.add(subscribers.get(i));
            }
        }
        save(rebuilt);
        return subscribers;
    }

    private static boolean foreign(Row row) {
        return row.version() > 0 && row.format() != SubscriberState.FORMAT;
    }

    /** A state in a format of another version of this code is rebuilt from the stored activity. */
    private List<Subscriber> subscribers(List<Row> rows) {
        List<String> foreign =
                rows.stream().filter(Subscribers::foreign).map(Row::id).toList();
        Map<String, SubscriberState> rebuilt = log.rebuild(foreign);
        List<Subscriber> subscribers = new ArrayList<>(rows.size());
        for (Row row : rows) {
            SubscriberState state = rebuilt.get(row.id());
            if (state == null) {
                state = row.state() == null
                        ? new SubscriberState()
                        : SubscriberState.of(row.state(), Objects.requireNonNull(row.declared()));
            }
            subscribers.add(new Subscriber(
                    row.id(), row.version(), state, Objects.requireNonNullElse(row.featuresAsOf(), Instant.EPOCH)));
        }
        return subscribers;
    }
}
