package winback.profile.subscribers;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;
import winback.contracts.ActivityReceived;
import winback.profile.features.Activity;
import winback.profile.features.Rates;
import winback.profile.features.Replay;
import winback.profile.features.SubscriberState;
import winback.profile.money.ExchangeRates;

/** Every applied activity once, in order of replay, and the memory of what has been seen. */
@Component
public class ActivityLog {

    /** An activity as received and as understood. */
    record Entry(ActivityReceived event, Activity activity) {
        static Entry of(ActivityReceived event) {
            return new Entry(event, Activity.of(event));
        }
    }

    /**
     * A stored activity.
     *
     * @param subscriberId under whom it is stored; a merge may have moved it
     * @param machineRule what it was taken for: null for a person's
     */
    record Stored(
            String subscriberId, Entry entry, @Nullable String machineRule) {
        static Stored of(Entry entry, @Nullable String machineRule) {
            return new Stored(entry.event().subscriberId(), entry, machineRule);
        }
    }

    /**
     * A state as rebuilt.
     *
     * @param revised activities that now show themselves to be a machine's and were stored as a person's
     */
    record Rebuilt(SubscriberState state, List<Stored> revised) {}

    /** Hears a replay of many subscribers, one after the other. */
    public interface Replayed {
        /** The next subscriber, with the state from which their replay starts; once more for a later start. */
        void begin(String subscriberId, SubscriberState state);

        /** Their next activity in order. */
        void next(Activity activity);
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
    /** What is known of dropped months may be this old; {@link Retention} waits longer before it drops one. */
    private static final long DROPPED_FOR_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .changeDefaultPropertyInclusion(inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
            .build();

    private final JdbcClient db;
    private final JdbcTemplate cursors;
    private final ExchangeRates rates;
    private volatile Instant droppedUntil = Instant.EPOCH;
    private volatile long droppedReadNanos = System.nanoTime() - DROPPED_FOR_NANOS - 1;
    private final Set<YearMonth> months = ConcurrentHashMap.newKeySet();

    ActivityLog(JdbcClient db, JdbcTemplate jdbc, ExchangeRates rates) {
        this.db = db;
        this.cursors = new JdbcTemplate(Objects.requireNonNull(jdbc.getDataSource()));
        this.cursors.setFetchSize(FETCH_ROWS);
        this.rates = rates;
    }

    /** Makes room for activities of these times. Outside of a transaction, since others wait for the end of it. */
    void prepare(Collection<Instant> times) {
        Instant kept = droppedUntil();
        for (Instant at : times) {
            YearMonth month = YearMonth.from(at.atOffset(ZoneOffset.UTC));
            if (!months.contains(month) && !at.isBefore(kept)) {
                db.sql("SELECT create_activity_month(?::date)")
                        .param(month.atDay(1).toString())
                        .query(row -> {});
                months.add(month);
            }
        }
    }

    /** Before this instant activity is no more taken, and has been or will be dropped; the epoch when none is. */
    public Instant droppedUntil() {
        long now = System.nanoTime();
        if (now - droppedReadNanos > DROPPED_FOR_NANOS) {
            droppedUntil = readDroppedUntil();
            droppedReadNanos = now;
        }
        return droppedUntil;
    }

    private Instant readDroppedUntil() {
        return db.sql("SELECT dropped_until FROM activity_retention")
                .query(OffsetDateTime.class)
                .optional()
                .map(OffsetDateTime::toInstant)
                .orElse(Instant.EPOCH);
    }

    /** Stores those that were never seen before and returns them, in the order given. */
    List<Entry> addUnseen(List<Entry> entries, Instant now) {
        if (entries.isEmpty()) {
            return entries;
        }
        List<Entry> unseen = claim(
                entries, entry -> new Key(entry.event().source(), entry.event().messageId()), now);
        List<Entry> orders = unseen.stream()
                .filter(entry -> entry.activity().orderId() != null)
                .toList();
        if (!orders.isEmpty()) {
            Set<Entry> claimed = Collections.newSetFromMap(new IdentityHashMap<>());
            claimed.addAll(claim(
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
    private List<Entry> claim(List<Entry> entries, Function<Entry, Key> keyOf, Instant now) {
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

    private record Place(String subscriberId, Instant at, long tie) {
        static Place of(Entry entry) {
            return new Place(
                    entry.event().subscriberId(),
                    entry.activity().at(),
                    entry.activity().tie());
        }
    }

    private List<Entry> insert(List<Entry> entries) {
        if (entries.isEmpty()) {
            return entries;
        }
        String currency = rates.current().currency();
        // A conflict means a repeat from before the deduplication's memory.
        int inserted = db.sql("""
                        INSERT INTO activity
                          (subscriber_id, at, tie, activity_id, precision, kind, machine_rule, currency, event)
                        SELECT subscriber_id, at, tie, activity_id, precision, kind, machine_rule, currency, event
                        FROM unnest(?::text[], ?::timestamptz[], ?::bigint[], ?::text[], ?::text[], ?::text[], ?::text[],
                            ?::text[], ?::text[]::jsonb[])
                          AS a (subscriber_id, at, tie, activity_id, precision, kind, machine_rule, currency, event)
                        ON CONFLICT DO NOTHING
                        """)
                .param(strings(entries, entry -> entry.event().subscriberId()))
                .param(strings(entries, entry -> entry.activity().at().toString()))
                .param(entries.stream().map(entry -> entry.activity().tie()).toArray(Long[]::new))
                .param(strings(entries, entry -> entry.activity().id()))
                .param(strings(entries, entry -> entry.activity().precision().name()))
                .param(strings(entries, entry -> entry.activity().kind().name()))
                .param(strings(entries, entry -> entry.activity().machineRule()))
                .param(strings(entries, entry -> foreign(entry.activity(), currency)))
                .param(strings(entries, entry -> JSON.writeValueAsString(entry.event())))
                .update();
        return inserted == entries.size() ? entries : inserted(entries);
    }

    /** The currency of an amount that has to be converted. */
    private static @Nullable String foreign(Activity activity, String currency) {
        return activity.amount() == null || currency.equals(activity.currency()) ? null : activity.currency();
    }

    /** After a conflict, those that were not there before: the transaction's own. */
    private List<Entry> inserted(List<Entry> entries) {
        Set<Place> own = new HashSet<>(places(entries, """
                        SELECT subscriber_id, at, tie FROM activity
                        JOIN unnest(?::text[], ?::timestamptz[], ?::bigint[]) AS a (subscriber_id, at, tie)
                          USING (subscriber_id, at, tie)
                        WHERE activity.xmin = pg_current_xact_id()::xid
                        """)
                .query((row, n) -> new Place(
                        row.getString(1), row.getObject(2, OffsetDateTime.class).toInstant(), row.getLong(3)))
                .list());
        return entries.stream().filter(entry -> own.contains(Place.of(entry))).toList();
    }

    private JdbcClient.StatementSpec places(List<Entry> entries, String sql) {
        return db.sql(sql)
                .param(strings(entries, entry -> entry.event().subscriberId()))
                .param(strings(entries, entry -> entry.activity().at().toString()))
                .param(entries.stream().map(entry -> entry.activity().tie()).toArray(Long[]::new));
    }

    /** Those that are stored exactly so: the same subscriber, time and id. */
    List<Stored> stored(List<Entry> entries) {
        if (entries.isEmpty()) {
            return List.of();
        }
        Map<Place, Optional<String>> rules = new HashMap<>();
        places(entries, """
                        SELECT subscriber_id, at, tie, machine_rule FROM activity
                        JOIN unnest(?::text[], ?::timestamptz[], ?::bigint[]) AS a (subscriber_id, at, tie)
                          USING (subscriber_id, at, tie)
                        """).query(row -> {
            rules.put(
                    new Place(
                            row.getString(1),
                            row.getObject(2, OffsetDateTime.class).toInstant(),
                            row.getLong(3)),
                    Optional.ofNullable(row.getString(4)));
        });
        List<Stored> stored = new ArrayList<>();
        for (Entry entry : entries) {
            Optional<String> rule = rules.get(Place.of(entry));
            if (rule != null) {
                stored.add(Stored.of(entry, rule.orElse(null)));
            }
        }
        return stored;
    }

    /** What had been published as a person's until these, which come again, showed it to be a machine's. */
    List<Stored> retractedBy(List<Entry> entries) {
        List<Entry> causes = entries.stream()
                .filter(entry -> entry.activity().kind().name().startsWith("EMAIL_"))
                .toList();
        if (causes.isEmpty()) {
            return List.of();
        }
        return db.sql("""
                        SELECT DISTINCT ON (a.subscriber_id, a.at, a.tie) a.subscriber_id, a.event, a.machine_rule
                        FROM activity a JOIN unnest(?::text[], ?::timestamptz[]) AS c (subscriber_id, at)
                          ON a.subscriber_id = c.subscriber_id
                         AND a.at BETWEEN c.at - interval '10 seconds' AND c.at + interval '10 seconds'
                        WHERE a.retracted
                        """)
                .param(strings(causes, entry -> entry.event().subscriberId()))
                .param(strings(causes, entry -> entry.activity().at().toString()))
                .query((row, n) -> new Stored(
                        row.getString(1),
                        Entry.of(JSON.readValue(row.getString(2), ActivityReceived.class)),
                        row.getString(3)))
                .list();
    }

    /**
     * Notes what activities turned out to be.
     *
     * @param retracted whether they have been published as a person's
     */
    void judge(List<Stored> verdicts, boolean retracted) {
        if (verdicts.isEmpty()) {
            return;
        }
        List<Entry> entries = verdicts.stream().map(Stored::entry).toList();
        db.sql("""
                        UPDATE activity SET machine_rule = v.rule, retracted = activity.retracted OR ?
                        FROM unnest(?::text[], ?::timestamptz[], ?::bigint[], ?::text[])
                          AS v (subscriber_id, at, tie, rule)
                        WHERE activity.subscriber_id = v.subscriber_id AND activity.at = v.at AND activity.tie = v.tie
                        """)
                .param(retracted)
                .param(verdicts.stream().map(Stored::subscriberId).toArray(String[]::new))
                .param(strings(entries, entry -> entry.activity().at().toString()))
                .param(entries.stream().map(entry -> entry.activity().tie()).toArray(Long[]::new))
                .param(verdicts.stream().map(Stored::machineRule).toArray(String[]::new))
                .update();
    }

    private static @Nullable String[] strings(List<Entry> entries, Function<Entry, @Nullable String> value) {
        @Nullable String[] strings = new String[entries.size()];
        for (int i = 0; i < strings.length; i++) {
            strings[i] = value.apply(entries.get(i));
        }
        return strings;
    }

    /** The states of these subscribers, rebuilt from everything stored; an empty one for who has nothing. */
    Map<String, SubscriberState> rebuild(Collection<String> subscriberIds) {
        Map<String, Instant> from = new HashMap<>();
        subscriberIds.forEach(id -> from.put(id, Instant.EPOCH));
        Map<String, SubscriberState> states = new HashMap<>();
        rebuild(from).forEach((id, rebuilt) -> states.put(id, rebuilt.state()));
        return states;
    }

    /**
     * The states of these subscribers, rebuilt from the stored activity.
     *
     * @param changed of each the time of the earliest activity that the last snapshots may lack
     */
    Map<String, Rebuilt> rebuild(Map<String, Instant> changed) {
        Map<String, Rebuilt> rebuilt = new HashMap<>();
        if (changed.isEmpty()) {
            return rebuilt;
        }
        String[] ids = changed.keySet().toArray(String[]::new);
        String[] times = new String[ids.length];
        for (int i = 0; i < ids.length; i++) {
            times[i] = Objects.requireNonNull(changed.get(ids[i]))
                    .minusMillis(Replay.LOOKS_BACK_MILLIS)
                    .toString();
        }
        forgetSnapshots(ids, times);
        play(ids, "infinity").forEach((id, play) -> rebuilt.put(id, play.finish()));
        return rebuilt;
    }

    /** What these subscribers' states were before an instant. */
    Map<String, SubscriberState> stateBefore(Instant end, Collection<String> subscriberIds) {
        String[] ids = subscriberIds.toArray(String[]::new);
        forgetSnapshots(ids, Collections.nCopies(ids.length, end.toString()).toArray(String[]::new));
        Map<String, SubscriberState> states = new HashMap<>();
        play(ids, end.toString())
                .forEach((id, play) -> states.put(id, play.finish().state()));
        return states;
    }

    private Map<String, Play> play(String[] ids, String end) {
        Map<String, Snapshot> starts = newestSnapshots(ids);
        Rates current = rates.current();
        Map<String, Play> plays = new HashMap<>();
        String[] times = new String[ids.length];
        Long[] ties = new Long[ids.length];
        for (int i = 0; i < ids.length; i++) {
            Snapshot start = starts.get(ids[i]);
            plays.put(ids[i], new Play(ids[i], start == null ? new SubscriberState() : start.state(), current));
            times[i] = start == null ? "-infinity" : start.at().toString();
            ties[i] = start == null ? 0 : start.tie();
        }
        cursors.query(
                """
                        SELECT a.subscriber_id, a.event, a.machine_rule
                        FROM unnest(?::text[], ?::timestamptz[], ?::bigint[]) AS s (id, at, tie)
                        JOIN activity a ON a.subscriber_id = s.id AND (a.at, a.tie) > (s.at, s.tie)
                        WHERE a.at < ?::timestamptz
                        ORDER BY a.subscriber_id, a.at, a.tie
                        """,
                (RowCallbackHandler) row -> Objects.requireNonNull(plays.get(row.getString(1)))
                        .next(JSON.readValue(row.getString(2), ActivityReceived.class), row.getString(3)),
                ids,
                times,
                ties,
                end);
        return plays;
    }

    /** Forgets what a seal at that instant has made needless. */
    void forgetSnapshotsBefore(Instant seal, Collection<String> subscriberIds) {
        db.sql("DELETE FROM snapshot WHERE subscriber_id = ANY(?::text[]) AND at < ?::timestamptz")
                .param(subscriberIds.toArray(String[]::new))
                .param(seal.toString())
                .update();
    }

    /** The replay of one subscriber, by which it is seen what was wrongly taken for a person's. */
    private static final class Play {
        private final String subscriberId;
        private final Replay replay;
        private final List<Stored> revised = new ArrayList<>();
        /** Responses taken for a person's, by tie, until they are judged. */
        private final Map<Long, ActivityReceived> held = new HashMap<>();

        Play(String subscriberId, SubscriberState state, Rates rates) {
            this.subscriberId = subscriberId;
            this.replay = new Replay(state, rates, (activity, rule) -> {
                ActivityReceived event = held.remove(activity.tie());
                if (rule != null && event != null) {
                    revised.add(new Stored(subscriberId, new Entry(event, activity), rule));
                }
            });
        }

        void next(ActivityReceived event, @Nullable String rule) {
            Activity activity = Activity.of(event);
            if (rule == null && activity.kind().isResponse()) {
                held.put(activity.tie(), event);
            }
            replay.add(activity);
        }

        Rebuilt finish() {
            return new Rebuilt(replay.finish(), revised);
        }
    }

    private Map<String, Snapshot> newestSnapshots(String[] ids) {
        Map<String, Snapshot> newest = new HashMap<>();
        db.sql("""
                        SELECT DISTINCT ON (subscriber_id) subscriber_id, at, tie, sealed, state, declared FROM snapshot
                        WHERE subscriber_id = ANY(?::text[]) AND state_format = ?
                        ORDER BY subscriber_id, at DESC, tie DESC
                        """).param(ids).param(SubscriberState.FORMAT).query(row -> {
            newest.put(
                    row.getString(1),
                    new Snapshot(
                            row.getString(1),
                            row.getObject(2, OffsetDateTime.class).toInstant(),
                            row.getLong(3),
                            row.getBoolean(4),
                            SubscriberState.of(row.getBytes(5), row.getString(6))));
        });
        return newest;
    }

    /** Forgets what was noted only to save time from these times on, since something changes there. */
    private void forgetSnapshots(String[] ids, String[] times) {
        db.sql("""
                        DELETE FROM snapshot USING unnest(?::text[], ?::timestamptz[]) AS c (subscriber_id, at)
                        WHERE snapshot.subscriber_id = c.subscriber_id AND snapshot.at >= c.at AND NOT sealed
                        """).param(ids).param(times).update();
    }

    /** Forgets them likewise, for subscribers whose state was not rebuilt. */
    void forgetSnapshots(Map<String, Instant> changed) {
        if (!changed.isEmpty()) {
            forgetSnapshots(
                    changed.keySet().toArray(String[]::new),
                    changed.values().stream().map(Instant::toString).toArray(String[]::new));
        }
    }

    /** Notes states, so that later replays start there. */
    void snapshot(Collection<Snapshot> snapshots) {
        if (snapshots.isEmpty()) {
            return;
        }
        db.sql("""
                        INSERT INTO snapshot (subscriber_id, at, tie, sealed, state_format, state, declared)
                        SELECT id, at, tie, sealed, ?, state, declared
                        FROM unnest(?::text[], ?::timestamptz[], ?::bigint[], ?::boolean[], ?::bytea[], ?::text[]::jsonb[])
                          AS s (id, at, tie, sealed, state, declared)
                        ON CONFLICT (subscriber_id, at, tie) DO UPDATE SET
                          sealed = excluded.sealed OR snapshot.sealed, state_format = excluded.state_format,
                          state = excluded.state, declared = excluded.declared
                        """)
                .param(SubscriberState.FORMAT)
                .param(snapshots.stream().map(Snapshot::subscriberId).toArray(String[]::new))
                .param(snapshots.stream().map(s -> s.at().toString()).toArray(String[]::new))
                .param(snapshots.stream().map(Snapshot::tie).toArray(Long[]::new))
                .param(snapshots.stream().map(Snapshot::sealed).toArray(Boolean[]::new))
                .param(snapshots.stream().map(s -> s.state().toBytes()).toArray(byte[][]::new))
                .param(snapshots.stream().map(s -> s.state().declaredJson()).toArray(String[]::new))
                .update();
    }

    /**
     * A state up to and with a place in the order of replay.
     *
     * @param sealed whether the activity before it is to be dropped, rather than that it only saves time
     */
    record Snapshot(String subscriberId, Instant at, long tie, boolean sealed, SubscriberState state) {}

    /**
     * Streams the activity of everybody up to an instant, in order of subscriber and replay. Needs a transaction around
     * it, else the driver reads everything into memory.
     */
    public void replay(Instant until, Replayed each) {
        String[] current = new String[1];
        cursors.query(
                """
                        SELECT subscriber_id, at, tie, NULL AS event, state, declared FROM snapshot WHERE sealed
                        UNION ALL
                        SELECT subscriber_id, at, tie, event, NULL, NULL FROM activity WHERE at <= ?::timestamptz
                        ORDER BY 1, 2, 3
                        """,
                (RowCallbackHandler) row -> {
                    String id = row.getString(1);
                    byte[] state = row.getBytes(5);
                    if (state != null || !id.equals(current[0])) {
                        current[0] = id;
                        each.begin(
                                id,
                                state == null ? new SubscriberState() : SubscriberState.of(state, row.getString(6)));
                    }
                    if (state == null) {
                        each.next(Activity.of(JSON.readValue(row.getString(4), ActivityReceived.class)));
                    }
                },
                until.toString());
    }

    /**
     * Streams what is stored of one subscriber, as received, in order of replay. Needs a transaction around it, as
     * {@link #replay}.
     */
    public void received(String subscriberId, Consumer<ActivityReceived> each) {
        RowCallbackHandler handler = row -> each.accept(JSON.readValue(row.getString(1), ActivityReceived.class));
        cursors.query("SELECT event FROM activity WHERE subscriber_id = ? ORDER BY at, tie", handler, subscriberId);
    }

    /** What is stored of a subscriber before a place and not before an instant, newest first. */
    List<Stored> newest(String subscriberId, SubscriberState.Place before, Instant from, int limit) {
        return db.sql("""
                        SELECT event, machine_rule FROM activity
                        WHERE subscriber_id = ? AND (at, tie) < (?::timestamptz, ?) AND at >= ?::timestamptz
                          AND at <= ?::timestamptz
                        ORDER BY at DESC, tie DESC LIMIT ?
                        """)
                .param(subscriberId)
                .param(before.at().toString())
                .param(before.tie())
                .param(from.toString())
                .param(before.at().toString())
                .param(limit)
                .query((row, n) -> new Stored(
                        subscriberId,
                        Entry.of(JSON.readValue(row.getString(1), ActivityReceived.class)),
                        row.getString(2)))
                .list();
    }

    /** The time of the earliest activity at or before an instant; empty when there is none. */
    public Optional<Instant> earliest(Instant until) {
        return db.sql("SELECT min(at) FROM activity WHERE at <= ?::timestamptz")
                .param(until.toString())
                .query(OffsetDateTime.class)
                .optional()
                .map(OffsetDateTime::toInstant);
    }

    /** Forgets messages seen before that instant; imports and orders are remembered as long as their activity. */
    int forget(Instant before) {
        return db.sql("""
                        DELETE FROM deduplication
                        WHERE source NOT IN ('import', 'order') AND seen_at < ?::timestamptz
                        """).param(before.toString()).update();
    }
}
