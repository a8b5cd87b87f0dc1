package winback.delivery.sendtimes;

import static java.time.ZoneOffset.UTC;

import io.micrometer.core.instrument.MeterRegistry;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcOperations;
import org.springframework.jdbc.core.namedparam.SqlParameterSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;
import winback.chassis.events.EventPublisher;
import winback.contracts.ActivityApplied;
import winback.contracts.SendTimesChanged;
import winback.contracts.TimePrecision;
import winback.contracts.Topic;
import winback.delivery.identities.SubscriberMoved;
import winback.delivery.identities.SubscribersErased;
import winback.delivery.polling.Poller;
import winback.delivery.quiethours.QuietHours;
import winback.delivery.recipients.DefaultZone;
import winback.delivery.recipients.Recipient;
import winback.delivery.recipients.RecipientsChanged;
import winback.delivery.suppression.Suppressions;
import winback.delivery.suppression.SuppressionsChanged;

/**
 * When each subscriber tends to respond. What changed is marked in its row by a version that is newer than the announced
 * one, and published from there: a crash between the two loses nothing.
 */
@Component
public class SendTimes {

    /** What people do themselves and at a time of their choosing. */
    private static final Set<String> RESPONSES = Set.of("Email Opened", "Email Link Clicked", "Order Completed");

    private static final int PAGE = 500;

    /** The share of weight that must have moved before a refresh is worth an event. */
    private static final double WORTH_TELLING = 0.02;

    private static final String COLUMNS = """
            subscriber_id, counts, counted_at, observations, hour_weights, best_hour, timezone, computed_at, version,
            suppressed
            """;

    private final JdbcClient db;
    private final NamedParameterJdbcOperations batches;
    private final TransactionTemplate transaction;
    private final EventPublisher publisher;
    private final Suppressions suppressions;
    private final SendTimesSettings settings;
    private final QuietHours quiet;
    private final ZoneId defaultZone;
    private final Clock clock;
    private final MeterRegistry meters;
    private final Poller announcing = new Poller("send-times", this::announce);

    SendTimes(
            JdbcClient db,
            NamedParameterJdbcOperations batches,
            TransactionTemplate transaction,
            EventPublisher publisher,
            Suppressions suppressions,
            SendTimesSettings settings,
            QuietHours quiet,
            DefaultZone zone,
            Clock clock,
            MeterRegistry meters) {
        this.db = db;
        this.batches = batches;
        this.transaction = transaction;
        this.publisher = publisher;
        this.suppressions = suppressions;
        this.settings = settings;
        this.quiet = quiet;
        this.defaultZone = zone.zone();
        this.clock = clock;
        this.meters = meters;
    }

    /** One row of the table. */
    record Row(
            String subscriberId,
            HourCounts counts,
            long observations,
            double[] weights,
            int bestHour,
            @Nullable String timezone,
            Instant computedAt,
            long version,
            boolean suppressed) {

        SendTimesChanged event() {
            return new SendTimesChanged(
                    subscriberId, version, computedAt, weights, bestHour, observations, timezone, suppressed);
        }

        Row suppressed(boolean suppressed) {
            return new Row(
                    subscriberId, counts, observations, weights, bestHour, timezone, computedAt, version, suppressed);
        }
    }

    Poller announcing() {
        return announcing;
    }

    /** What changed is published now rather than within half a second. */
    public void wake() {
        announcing.wake();
    }

    /** Empty for a subscriber that neither a profile nor a response has made known. */
    public Optional<SendTimesChanged> find(String subscriberId) {
        return db.sql("SELECT " + COLUMNS + " FROM send_times WHERE subscriber_id = :id")
                .param("id", subscriberId)
                .query(SendTimes::row)
                .optional()
                .map(Row::event);
    }

    /** The local hour to write at, 0 to 23; everybody's for somebody unknown. */
    public int bestHour(String subscriberId) {
        return find(subscriberId)
                .map(SendTimesChanged::bestHour)
                .orElseGet(() -> HourWeights.bestHour(everybody(clock.instant()), quiet, subscriberId));
    }

    /**
     * Counts responses that were not counted before, within the caller's transaction.
     *
     * @param partition of the feedback topic that they came from
     * @return those that count; others were no responses, or none of a person at a known time
     */
    public List<CountedResponse> learn(int partition, List<ActivityApplied> activities) {
        TreeMap<String, List<ActivityApplied>> responses = new TreeMap<>();
        for (ActivityApplied activity : activities) {
            if (!activity.machine()
                    && activity.precision() == TimePrecision.INSTANT
                    && activity.name() != null
                    && RESPONSES.contains(activity.name())) {
                responses
                        .computeIfAbsent(activity.subscriberId(), id -> new ArrayList<>())
                        .add(activity);
            }
        }
        if (responses.isEmpty()) {
            return List.of();
        }
        Instant now = now();
        Map<String, @Nullable String> zones = zones(responses.keySet());
        double[] prior = everybody(now);
        responses.forEach((id, list) -> {
            if (!zones.containsKey(id)) {
                zones.put(id, list.getLast().timezone());
            }
        });
        cover(zones, prior, now);

        HourCounts all = HourCounts.none(Instant.EPOCH);
        List<Row> changed = new ArrayList<>();
        List<CountedResponse> counted = new ArrayList<>();
        List<Row> locked = lock(responses.keySet());
        Map<String, HourCounts> own = new HashMap<>();
        for (Row row : locked) {
            HourCounts counts = row.counts();
            for (ActivityApplied response : responses.getOrDefault(row.subscriberId(), List.of())) {
                ZoneId zone = Recipient.zone(response.timezone())
                        .or(() -> Recipient.zone(row.timezone()))
                        .orElse(defaultZone);
                int hour = response.at().atZone(zone).getHour();
                counts = counts.plus(hour, response.at(), settings.halfLife());
                all = all.plus(hour, response.at(), settings.halfLife());
                counted.add(
                        new CountedResponse(response.activityId(), row.subscriberId(), response.at(), partition, hour));
            }
            own.put(row.subscriberId(), counts);
        }
        HourCounts more = all;
        changeEverybody(partition, before -> before.plus(more, settings.halfLife()));
        double[] everybody = everybody(now);
        for (Row row : locked) {
            HourCounts counts = own.getOrDefault(row.subscriberId(), row.counts());
            int count = responses.getOrDefault(row.subscriberId(), List.of()).size();
            changed.add(computed(row, counts, row.observations() + count, row.timezone(), everybody, now));
        }
        update(changed);
        return counted;
    }

    /** Takes a response back that {@link #learn} counted, within the caller's transaction. */
    public void takeBack(CountedResponse response) {
        Instant now = now();
        changeEverybody(
                response.partition(), before -> before.minus(response.hour(), response.at(), settings.halfLife()));
        double[] everybody = everybody(now);
        update(lock(List.of(response.subscriberId())).stream()
                .map(row -> computed(
                        row,
                        row.counts().minus(response.hour(), response.at(), settings.halfLife()),
                        Math.max(0, row.observations() - 1),
                        row.timezone(),
                        everybody,
                        now))
                .toList());
    }

    private Row computed(
            Row row, HourCounts counts, long observations, @Nullable String timezone, double[] everybody, Instant now) {
        double[] weights =
                HourWeights.shrunk(counts.at(now, settings.halfLife()).counts(), everybody, settings.priorStrength());
        return new Row(
                row.subscriberId(),
                counts,
                observations,
                weights,
                HourWeights.bestHour(weights, quiet, row.subscriberId()),
                timezone,
                now,
                Math.max(row.version() + 1, now.toEpochMilli()),
                row.suppressed());
    }

    /**
     * New recipients get everybody's hours; one that moved to another zone keeps its local hours there. Consent and another
     * address may lift a suppression.
     */
    @EventListener
    void on(RecipientsChanged profiles) {
        Map<String, @Nullable String> zones = new TreeMap<>();
        for (Recipient recipient : profiles.recipients()) {
            ZoneId zone = recipient.timezone();
            zones.put(recipient.subscriberId(), zone == null ? null : zone.getId());
        }
        suppressions.holdStill();
        Set<String> suppressed = suppressions.suppressed(zones.keySet());
        Map<String, @Nullable String> missing = new TreeMap<>(zones);
        Set<String> changed = new TreeSet<>();
        db.sql("SELECT subscriber_id, timezone, suppressed FROM send_times WHERE subscriber_id IN (:ids)")
                .param("ids", zones.keySet())
                .query(row -> {
                    String id = row.getString(1);
                    missing.remove(id);
                    if (!Objects.equals(row.getString(2), zones.get(id))
                            || row.getBoolean(3) != suppressed.contains(id)) {
                        changed.add(id);
                    }
                });
        if (missing.isEmpty() && changed.isEmpty()) {
            return;
        }
        Instant now = now();
        double[] everybody = everybody(now);
        cover(missing, everybody, now);
        if (!changed.isEmpty()) {
            update(lock(changed).stream()
                    .map(row -> row.suppressed(suppressed.contains(row.subscriberId())))
                    .map(row -> computed(
                            row, row.counts(), row.observations(), zones.get(row.subscriberId()), everybody, now))
                    .toList());
        }
        wakeAfterCommit();
    }

    @EventListener
    void on(SuppressionsChanged changed) {
        Set<String> suppressed = suppressions.suppressed(changed.subscriberIds());
        Instant now = now();
        double[] everybody = everybody(now);
        update(lock(changed.subscriberIds()).stream()
                .filter(row -> row.suppressed() != suppressed.contains(row.subscriberId()))
                .map(row -> row.suppressed(!row.suppressed()))
                .map(row -> computed(row, row.counts(), row.observations(), row.timezone(), everybody, now))
                .toList());
        wakeAfterCommit();
    }

    /** What everybody's hours learned from them stays. */
    @EventListener
    void on(SubscribersErased erased) {
        remove(erased.subscriberIds());
    }

    /** The hours of both count for the one that they are. */
    @EventListener
    void on(SubscriberMoved moved) {
        Map<String, Row> rows = new HashMap<>();
        lock(List.of(moved.from(), moved.into())).forEach(row -> rows.put(row.subscriberId(), row));
        Row from = rows.get(moved.from());
        if (from == null) {
            return;
        }
        Instant now = now();
        double[] everybody = everybody(now);
        Row into = rows.get(moved.into());
        if (into == null) {
            Map<String, @Nullable String> zone = zones(List.of(moved.into()));
            zone.putIfAbsent(moved.into(), from.timezone());
            cover(zone, everybody, now);
            into = lock(List.of(moved.into())).getFirst();
        }
        update(List.of(computed(
                into,
                into.counts().plus(from.counts(), settings.halfLife()),
                into.observations() + from.observations(),
                into.timezone(),
                everybody,
                now)));
        remove(List.of(moved.from()));
        wakeAfterCommit();
    }

    /** The tombstones are out before the transaction ends: after a crash in between it is all done again. */
    private void remove(Collection<String> subscriberIds) {
        db.sql("DELETE FROM send_times WHERE subscriber_id IN (:ids)")
                .param("ids", subscriberIds)
                .update();
        EventPublisher.await(
                subscriberIds.stream()
                        .map(id -> publisher.remove(Topic.SEND_TIMES, id))
                        .toList(),
                Duration.ofSeconds(15));
    }

    private void wakeAfterCommit() {
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                wake();
            }
        });
    }

    private Map<String, @Nullable String> zones(Collection<String> subscriberIds) {
        Map<String, @Nullable String> zones = new TreeMap<>();
        db.sql("SELECT subscriber_id, timezone FROM recipient WHERE subscriber_id IN (:ids)")
                .param("ids", subscriberIds)
                .query(row -> {
                    zones.put(row.getString(1), row.getString(2));
                });
        return zones;
    }

    /** Rows for those that have none. */
    private void cover(Map<String, @Nullable String> zones, double[] everybody, Instant now) {
        if (zones.isEmpty()) {
            return;
        }
        Set<String> suppressed = suppressions.suppressed(zones.keySet());
        List<SqlParameterSource> rows = new ArrayList<>();
        zones.forEach((id, zone) -> {
            Row blank =
                    new Row(id, HourCounts.none(Instant.EPOCH), 0, everybody, 0, zone, now, 0, suppressed.contains(id));
            rows.add(parameters(computed(blank, blank.counts(), 0, zone, everybody, now)));
        });
        batches.batchUpdate("""
                INSERT INTO send_times (subscriber_id, counts, counted_at, observations, hour_weights, best_hour,
                                        timezone, computed_at, version, suppressed, announced)
                VALUES (:id, :counts, :countedAt, :observations, :weights, :bestHour, :timezone, :computedAt, :version,
                        :suppressed, 0)
                ON CONFLICT (subscriber_id) DO NOTHING
                """, rows.toArray(SqlParameterSource[]::new));
    }

    private List<Row> lock(Collection<String> subscriberIds) {
        return db.sql("SELECT " + COLUMNS
                        + " FROM send_times WHERE subscriber_id IN (:ids) ORDER BY subscriber_id FOR UPDATE")
                .param("ids", subscriberIds)
                .query(SendTimes::row)
                .list();
    }

    private void update(List<Row> rows) {
        if (rows.isEmpty()) {
            return;
        }
        batches.batchUpdate("""
                UPDATE send_times SET counts = :counts, counted_at = :countedAt, observations = :observations,
                  hour_weights = :weights, best_hour = :bestHour, timezone = :timezone, computed_at = :computedAt,
                  version = :version, suppressed = :suppressed
                WHERE subscriber_id = :id
                """, rows.stream().map(SendTimes::parameters).toArray(SqlParameterSource[]::new));
    }

    private static SqlParameterSource parameters(Row row) {
        return new MapSqlParameterSource()
                .addValue("id", row.subscriberId())
                .addValue("counts", row.counts().counts())
                .addValue("countedAt", row.counts().asOf().atOffset(UTC))
                .addValue("observations", row.observations())
                .addValue("weights", row.weights())
                .addValue("bestHour", row.bestHour())
                .addValue("timezone", row.timezone(), java.sql.Types.VARCHAR)
                .addValue("computedAt", row.computedAt().atOffset(UTC))
                .addValue("version", row.version())
                .addValue("suppressed", row.suppressed());
    }

    private double[] everybody(Instant now) {
        HourCounts sum = HourCounts.none(Instant.EPOCH);
        for (HourCounts part : db.sql("SELECT counts, counted_at FROM everybody_hours")
                .query((row, n) -> counts(row))
                .list()) {
            sum = sum.plus(part, settings.halfLife());
        }
        return HourWeights.everybody(
                sum.at(now, settings.halfLife()).counts(), quiet, settings.everybodyPriorStrength());
    }

    private void changeEverybody(int partition, UnaryOperator<HourCounts> change) {
        HourCounts before = db.sql(
                        "SELECT counts, counted_at FROM everybody_hours WHERE feedback_partition = :partition FOR UPDATE")
                .param("partition", partition)
                .query((row, n) -> counts(row))
                .optional()
                .orElseGet(() -> HourCounts.none(Instant.EPOCH));
        HourCounts after = change.apply(before);
        db.sql("""
                        INSERT INTO everybody_hours (feedback_partition, counts, counted_at)
                        VALUES (:partition, :counts, :countedAt)
                        ON CONFLICT (feedback_partition) DO UPDATE
                          SET counts = excluded.counts, counted_at = excluded.counted_at
                        """)
                .param("partition", partition)
                .param("counts", after.counts())
                .param("countedAt", after.asOf().atOffset(UTC))
                .update();
    }

    /** Publishes what is newer than its announcement. */
    private Duration announce() {
        Integer count = transaction.execute(status -> {
            List<Row> rows = db.sql("SELECT " + COLUMNS
                            + " FROM send_times WHERE announced < version ORDER BY subscriber_id LIMIT :limit"
                            + " FOR UPDATE SKIP LOCKED")
                    .param("limit", PAGE)
                    .query(SendTimes::row)
                    .list();
            if (rows.isEmpty()) {
                return 0;
            }
            publisher.publishAll(Topic.SEND_TIMES, rows.stream().map(Row::event).toList());
            db.sql("UPDATE send_times SET announced = version WHERE subscriber_id IN (:ids)")
                    .param("ids", rows.stream().map(Row::subscriberId).toList())
                    .update();
            return rows.size();
        });
        int published = count == null ? 0 : count;
        meters.counter("winback.sendtimes.published").increment(published);
        return published == PAGE ? Duration.ZERO : Duration.ofMillis(500);
    }

    /**
     * Others' responses and the passing of time change the weights of those who did nothing. Whose first response and
     * suppression were stored at the same instant, neither seeing the other, is told here at the latest.
     */
    @Scheduled(
            fixedDelayString = "${winback.send-times.refresh:1h}",
            initialDelayString = "${winback.send-times.refresh:1h}")
    void refresh() {
        String after = "";
        while (true) {
            String from = after;
            List<Row> page = transaction.execute(status -> refresh(from));
            if (page == null || page.size() < PAGE) {
                return;
            }
            after = page.getLast().subscriberId();
        }
    }

    private List<Row> refresh(String after) {
        List<Row> page = db.sql(
                        "SELECT " + COLUMNS
                                + " FROM send_times WHERE subscriber_id > :after ORDER BY subscriber_id LIMIT :limit FOR UPDATE")
                .param("after", after)
                .param("limit", PAGE)
                .query(SendTimes::row)
                .list();
        Instant now = now();
        double[] everybody = everybody(now);
        Set<String> suppressed =
                suppressions.suppressed(page.stream().map(Row::subscriberId).toList());
        List<Row> changed = new ArrayList<>();
        for (Row row : page) {
            Row fresh = computed(
                    row.suppressed(suppressed.contains(row.subscriberId())),
                    row.counts(),
                    row.observations(),
                    row.timezone(),
                    everybody,
                    now);
            if (fresh.bestHour() != row.bestHour()
                    || fresh.suppressed() != row.suppressed()
                    || HourWeights.distance(fresh.weights(), row.weights()) > WORTH_TELLING) {
                changed.add(fresh);
            }
        }
        update(changed);
        return page;
    }

    /** As PostgreSQL and JSON keep it. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private static HourCounts counts(ResultSet row) throws SQLException {
        return new HourCounts(
                doubles(row, "counts"),
                row.getObject("counted_at", OffsetDateTime.class).toInstant());
    }

    private static double[] doubles(ResultSet row, String column) throws SQLException {
        Double[] boxed = (Double[]) row.getArray(column).getArray();
        double[] values = new double[boxed.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = boxed[i];
        }
        return values;
    }

    private static Row row(ResultSet row, int n) throws SQLException {
        return new Row(
                row.getString("subscriber_id"),
                counts(row),
                row.getLong("observations"),
                doubles(row, "hour_weights"),
                row.getInt("best_hour"),
                row.getString("timezone"),
                row.getObject("computed_at", OffsetDateTime.class).toInstant(),
                row.getLong("version"),
                row.getBoolean("suppressed"));
    }
}
