package winback.profile.subscribers;

import java.time.Clock;
import java.time.Instant;
import java.time.Period;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;
import winback.profile.features.SubscriberState;

/**
 * Drops the months of activity that are older than what is kept. Before one goes, its effect on each subscriber is sealed
 * as a snapshot, from which replays start; an earlier cutoff is refused from then on, and earlier activity no more taken.
 */
@Component
class Retention {

    /**
     * @param keep how long activity is kept, such as {@code 3y}, at least 35 days; absent for ever
     */
    @ConfigurationProperties("winback.activity")
    record Settings(@Nullable Period keep) {
        Settings {
            if (keep != null && keep.toTotalMonths() * 30 + keep.getDays() < 35) {
                throw new IllegalArgumentException("Invalid winback.activity.keep: " + keep + ", at least 35 days");
            }
        }
    }

    private static final Logger log = LoggerFactory.getLogger(Retention.class);
    private static final int CHUNK = 200;
    private static final String PREFIX = "activity_";

    private final JdbcClient db;
    private final ActivityLog activity;
    private final Subscribers subscribers;
    private final TransactionTemplate transaction;
    private final Clock clock;
    private final Settings settings;

    Retention(
            JdbcClient db,
            ActivityLog activity,
            Subscribers subscribers,
            TransactionTemplate transaction,
            Clock clock,
            Settings settings) {
        this.db = db;
        this.activity = activity;
        this.subscribers = subscribers;
        this.transaction = transaction;
        this.clock = clock;
        this.settings = settings;
    }

    @Scheduled(initialDelay = 1, fixedDelay = 60, timeUnit = TimeUnit.MINUTES)
    void run() {
        if (settings.keep() == null) {
            return;
        }
        try {
            drop(settings.keep());
        } catch (DataAccessException | TransactionException away) {
            log.warn("old activity stays for now: {}", away.toString());
        }
    }

    /**
     * Drops the months that are no more taken since the last run, when every instance knows of it; then says which ones
     * are no more taken from now on.
     */
    void drop(Period keep) {
        Instant until = activity.droppedUntil();
        for (YearMonth month : months()) {
            if (!end(month).isAfter(until)) {
                seal(month);
                // Waits for who reads the month, and lets others go on meanwhile; left over after a crash it is no
                // partition.
                db.sql("ALTER TABLE activity DETACH PARTITION %s CONCURRENTLY".formatted(name(month)))
                        .update();
                db.sql("DROP TABLE " + name(month)).update();
                log.info("dropped the activity of {}", month);
            }
        }
        Instant from = YearMonth.from(clock.instant().atOffset(ZoneOffset.UTC).minus(keep))
                .atDay(1)
                .atStartOfDay()
                .toInstant(ZoneOffset.UTC);
        db.sql("""
                        INSERT INTO activity_retention (dropped_until) VALUES (?::timestamptz)
                        ON CONFLICT (only_row) DO UPDATE SET
                          dropped_until = greatest(activity_retention.dropped_until, excluded.dropped_until)
                        """).param(from.toString()).update();
    }

    private static String name(YearMonth month) {
        return PREFIX + "%04d_%02d".formatted(month.getYear(), month.getMonthValue());
    }

    private static Instant end(YearMonth month) {
        return month.plusMonths(1).atDay(1).atStartOfDay().toInstant(ZoneOffset.UTC);
    }

    private List<YearMonth> months() {
        return db.sql("""
                        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                        WHERE i.inhparent = 'activity'::regclass ORDER BY c.relname
                        """)
                .query((row, n) -> YearMonth.parse(
                        row.getString(1).substring(PREFIX.length()).replace('_', '-')))
                .list();
    }

    private void seal(YearMonth month) {
        Instant end = end(month);
        String after = "";
        while (true) {
            List<String> ids = db.sql("SELECT DISTINCT subscriber_id FROM %s WHERE subscriber_id > ? ORDER BY 1 LIMIT ?"
                            .formatted(name(month)))
                    .param(after)
                    .param(CHUNK)
                    .query(String.class)
                    .list();
            if (ids.isEmpty()) {
                return;
            }
            transaction.executeWithoutResult(status -> {
                // Nobody rebuilds them, and nobody moves their activity, meanwhile.
                subscribers.lock(ids);
                Map<String, SubscriberState> states = activity.stateBefore(end, ids);
                List<ActivityLog.Snapshot> snapshots = new ArrayList<>();
                states.forEach(
                        (id, state) -> snapshots.add(new ActivityLog.Snapshot(id, end, Long.MIN_VALUE, true, state)));
                activity.snapshot(snapshots);
                activity.forgetSnapshotsBefore(end, ids);
            });
            after = ids.getLast();
        }
    }
}
