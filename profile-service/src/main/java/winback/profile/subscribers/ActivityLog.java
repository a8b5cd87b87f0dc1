package winback.profile.subscribers;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;
import winback.contracts.ActivityReceived;
import winback.profile.features.Activity;
import winback.profile.features.Deployment;
import winback.profile.features.SubscriberState;

/** Every applied activity once, in order of replay, and the memory of what has been seen. */
@Component
public class ActivityLog {

    /** An activity as received and as understood. */
    record Entry(ActivityReceived event, Activity activity) {
        static Entry of(ActivityReceived event) {
            return new Entry(event, Activity.of(event));
        }
    }

    /** {@code source} and message id, or {@code order} and order id. */
    private record Key(String source, String id) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int bySource = source.compareTo(other.source);
            return bySource != 0 ? bySource : id.compareTo(other.id);
        }
    }

    private static final String ORDER = "order";
    private static final int FETCH_ROWS = 2000;

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .changeDefaultPropertyInclusion(inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
            .build();

    private final JdbcClient db;
    private final JdbcTemplate cursors;
    private final Deployment deployment;

    ActivityLog(JdbcClient db, JdbcTemplate jdbc, Deployment deployment) {
        this.db = db;
        this.cursors = new JdbcTemplate(java.util.Objects.requireNonNull(jdbc.getDataSource()));
        this.cursors.setFetchSize(FETCH_ROWS);
        this.deployment = deployment;
    }

    /** Stores those that were never seen before and returns them, in the order given. */
    List<Entry> addUnseen(List<Entry> entries, Instant now) {
        List<Entry> unseen = claim(
                entries, entry -> new Key(entry.event().source(), entry.event().messageId()), now);
        List<Entry> orders = unseen.stream()
                .filter(entry -> entry.activity().orderId() != null)
                .toList();
        if (!orders.isEmpty()) {
            Set<Entry> claimed = new HashSet<>(claim(
                    orders,
                    entry -> new Key(ORDER, String.valueOf(entry.activity().orderId())),
                    now));
            unseen = unseen.stream()
                    .filter(entry -> entry.activity().orderId() == null || claimed.contains(entry))
                    .toList();
        }
        return insert(unseen);
    }

    /** Those whose key nobody claimed before, within the batch or ever. */
    private List<Entry> claim(List<Entry> entries, java.util.function.Function<Entry, Key> keyOf, Instant now) {
        Map<Key, Entry> first = new HashMap<>();
        for (Entry entry : entries) {
            first.putIfAbsent(keyOf.apply(entry), entry);
        }
        // Sorted, so that two batches that overlap wait for each other in one order.
        List<Key> keys = List.copyOf(new TreeSet<>(first.keySet()));
        Set<Key> claimed = new HashSet<>(db.sql("""
                        INSERT INTO deduplication (source, message_id, seen_at)
                        SELECT source, id, ?::timestamptz FROM unnest(?::text[], ?::text[]) AS k (source, id)
                        ON CONFLICT DO NOTHING
                        RETURNING source, message_id
                        """)
                .param(now.toString())
                .param(keys.stream().map(Key::source).toArray(String[]::new))
                .param(keys.stream().map(Key::id).toArray(String[]::new))
                .query((row, n) -> new Key(row.getString(1), row.getString(2)))
                .list());
        return entries.stream()
                .filter(entry -> {
                    Key key = keyOf.apply(entry);
                    return claimed.contains(key) && first.get(key) == entry;
                })
                .toList();
    }

    private record Place(String subscriberId, String activityId) {
        static Place of(Entry entry) {
            return new Place(entry.event().subscriberId(), entry.activity().id());
        }
    }

    private List<Entry> insert(List<Entry> entries) {
        if (entries.isEmpty()) {
            return entries;
        }
        // A conflict means a repeat from before the deduplication's memory.
        Set<Place> inserted = new HashSet<>(db.sql("""
                        INSERT INTO activity (subscriber_id, at, activity_id, precision, kind, event)
                        SELECT subscriber_id, at, activity_id, precision, kind, event
                        FROM unnest(?::text[], ?::timestamptz[], ?::text[], ?::text[], ?::text[], ?::text[]::jsonb[])
                          AS a (subscriber_id, at, activity_id, precision, kind, event)
                        ON CONFLICT DO NOTHING
                        RETURNING subscriber_id, activity_id
                        """)
                .param(strings(entries, entry -> entry.event().subscriberId()))
                .param(strings(entries, entry -> entry.activity().at().toString()))
                .param(strings(entries, entry -> entry.activity().id()))
                .param(strings(entries, entry -> entry.activity().precision().name()))
                .param(strings(entries, entry -> entry.activity().kind().name()))
                .param(strings(entries, entry -> JSON.writeValueAsString(entry.event())))
                .query((row, n) -> new Place(row.getString(1), row.getString(2)))
                .list());
        return inserted.size() == entries.size()
                ? entries
                : entries.stream()
                        .filter(entry -> inserted.contains(Place.of(entry)))
                        .toList();
    }

    /** Those that are stored exactly so: the same subscriber, time and id. */
    List<Entry> stored(List<Entry> entries) {
        if (entries.isEmpty()) {
            return entries;
        }
        Set<Place> stored = new HashSet<>(db.sql("""
                        SELECT subscriber_id, activity_id FROM activity
                        JOIN unnest(?::text[], ?::timestamptz[], ?::text[]) AS a (subscriber_id, at, activity_id)
                          USING (subscriber_id, at, activity_id)
                        """)
                .param(strings(entries, entry -> entry.event().subscriberId()))
                .param(strings(entries, entry -> entry.activity().at().toString()))
                .param(strings(entries, entry -> entry.activity().id()))
                .query((row, n) -> new Place(row.getString(1), row.getString(2)))
                .list());
        return entries.stream()
                .filter(entry -> stored.contains(Place.of(entry)))
                .toList();
    }

    private static String[] strings(List<Entry> entries, java.util.function.Function<Entry, String> value) {
        return entries.stream().map(value).toArray(String[]::new);
    }

    /** The states of these subscribers, rebuilt from everything stored; an empty one for who has nothing. */
    Map<String, SubscriberState> rebuild(Collection<String> subscriberIds) {
        Map<String, SubscriberState> states = new HashMap<>();
        subscriberIds.forEach(id -> states.put(id, new SubscriberState()));
        if (subscriberIds.isEmpty()) {
            return states;
        }
        List<Object> parameters = new ArrayList<>();
        parameters.add(subscriberIds.toArray(String[]::new));
        read(
                "WHERE subscriber_id = ANY(?::text[])",
                parameters,
                (id, activity) ->
                        java.util.Objects.requireNonNull(states.get(id)).apply(activity, deployment.currency()));
        return states;
    }

    /**
     * Streams the activity of everybody up to an instant, in order of subscriber and replay. Needs a transaction around
     * it, else the driver reads everything into memory.
     */
    public void replay(Instant until, BiConsumer<String, Activity> each) {
        read("WHERE at <= ?::timestamptz", List.of(until.toString()), each);
    }

    /**
     * Streams what is stored of one subscriber, as received, in order of replay. Needs a transaction around it, as
     * {@link #replay}.
     */
    public void received(String subscriberId, Consumer<ActivityReceived> each) {
        RowCallbackHandler handler =
                (ResultSet row) -> each.accept(JSON.readValue(row.getString(1), ActivityReceived.class));
        cursors.query(
                "SELECT event FROM activity WHERE subscriber_id = ? ORDER BY at, activity_id", handler, subscriberId);
    }

    /** The time of the earliest activity at or before an instant; empty when there is none. */
    public java.util.Optional<Instant> earliest(Instant until) {
        return db.sql("SELECT min(at) FROM activity WHERE at <= ?::timestamptz")
                .param(until.toString())
                .query(OffsetDateTime.class)
                .optional()
                .map(OffsetDateTime::toInstant);
    }

    private void read(String where, List<Object> parameters, BiConsumer<String, Activity> each) {
        RowCallbackHandler handler = (ResultSet row) -> each.accept(row.getString(1), activity(row));
        cursors.query(
                "SELECT subscriber_id, event FROM activity " + where + " ORDER BY subscriber_id, at, activity_id",
                handler,
                parameters.toArray());
    }

    private static Activity activity(ResultSet row) throws SQLException {
        return Activity.of(JSON.readValue(row.getString(2), ActivityReceived.class));
    }

    /** Forgets messages seen before that instant; imports and orders are remembered as long as their activity. */
    int forget(Instant before) {
        return db.sql("""
                        DELETE FROM deduplication
                        WHERE source NOT IN ('import', 'order') AND seen_at < ?::timestamptz
                        """).param(before.toString()).update();
    }
}
