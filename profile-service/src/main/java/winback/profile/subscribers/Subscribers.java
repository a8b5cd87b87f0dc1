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
import java.util.TreeSet;
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
            @Nullable String state,
            @Nullable Instant featuresAsOf) {}

    private static final String COLUMNS = "id, version, state_format, state, features_as_of";

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
        // Sorted: everybody takes locks in id order.
        db.sql("INSERT INTO subscriber (id) SELECT id FROM unnest(?::text[]) AS s (id) ON CONFLICT DO NOTHING")
                .param(new TreeSet<>(ids).toArray(String[]::new))
                .update();
    }

    /** Locks these until the end of the transaction, in id order; absent ones are left out. */
    List<Subscriber> lock(Collection<String> ids) {
        return subscribers(
                db.sql("SELECT " + COLUMNS + " FROM subscriber WHERE id = ANY(?::text[]) ORDER BY id FOR UPDATE")
                        .param(ids.toArray(String[]::new))
                        .query(Subscribers::row)
                        .list());
    }

    /** Locks the next ones in id order. */
    public List<Subscriber> lockAfter(String id, int limit) {
        return subscribers(db.sql("SELECT " + COLUMNS + " FROM subscriber WHERE id > ? ORDER BY id LIMIT ? FOR UPDATE")
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

    /** Those of which there is a later version by now, in that version. */
    List<Subscriber> newerThan(Collection<Subscriber> published) {
        return subscribers(db.sql("""
                        SELECT s.id, s.version, s.state_format, s.state, s.features_as_of
                        FROM subscriber s JOIN unnest(?::text[], ?::bigint[]) AS p (id, version) USING (id)
                        WHERE s.version > p.version
                        """)
                .param(published.stream().map(Subscriber::id).toArray(String[]::new))
                .param(published.stream().map(Subscriber::version).toArray(Long[]::new))
                .query(Subscribers::row)
                .list());
    }

    /** Those who have been merged away or erased by now. */
    List<String> gone(Collection<Subscriber> published) {
        return published.isEmpty()
                ? List.of()
                : db.sql("""
                                SELECT id FROM unnest(?::text[]) AS p (id)
                                WHERE NOT EXISTS (SELECT FROM subscriber s WHERE s.id = p.id)
                                """)
                        .param(published.stream().map(Subscriber::id).toArray(String[]::new))
                        .query(String.class)
                        .list();
    }

    public void save(List<Subscriber> subscribers) {
        if (subscribers.isEmpty()) {
            return;
        }
        db.sql("""
                        UPDATE subscriber SET
                          version = u.version, state_format = ?, state = u.state, lifecycle = u.lifecycle,
                          features_as_of = u.features_as_of, first_seen_at = u.first_seen_at,
                          last_activity_at = u.last_activity_at, first_order_at = u.first_order_at,
                          last_order_at = u.last_order_at, activities = u.activities, orders = u.orders, spend = u.spend
                        FROM unnest(?::text[], ?::bigint[], ?::text[]::jsonb[], ?::text[], ?::timestamptz[],
                            ?::timestamptz[], ?::timestamptz[], ?::timestamptz[], ?::timestamptz[], ?::bigint[],
                            ?::bigint[], ?::float8[])
                          AS u (id, version, state, lifecycle, features_as_of, first_seen_at, last_activity_at,
                            first_order_at, last_order_at, activities, orders, spend)
                        WHERE subscriber.id = u.id
                        """)
                .param(SubscriberState.FORMAT)
                .param(strings(subscribers, Subscriber::id))
                .param(subscribers.stream().map(Subscriber::version).toArray(Long[]::new))
                .param(strings(subscribers, s -> s.state().toJson()))
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
        OffsetDateTime asOf = row.getObject(5, OffsetDateTime.class);
        return new Row(
                row.getString(1),
                row.getLong(2),
                row.getInt(3),
                row.getString(4),
                asOf == null ? null : asOf.toInstant());
    }

    /** A state in a format of another version of this code is rebuilt from the stored activity. */
    private List<Subscriber> subscribers(List<Row> rows) {
        List<String> foreign = rows.stream()
                .filter(row -> row.version() > 0 && row.format() != SubscriberState.FORMAT)
                .map(Row::id)
                .toList();
        Map<String, SubscriberState> rebuilt = log.rebuild(foreign);
        List<Subscriber> subscribers = new ArrayList<>(rows.size());
        for (Row row : rows) {
            SubscriberState state = rebuilt.get(row.id());
            if (state == null) {
                state = row.state() == null ? new SubscriberState() : SubscriberState.fromJson(row.state());
            }
            subscribers.add(new Subscriber(
                    row.id(), row.version(), state, Objects.requireNonNullElse(row.featuresAsOf(), Instant.EPOCH)));
        }
        return subscribers;
    }
}
