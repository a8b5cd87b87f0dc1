package winback.profile.sweep;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.KafkaException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;
import winback.profile.subscribers.ProfilePublication;
import winback.profile.subscribers.Subscriber;
import winback.profile.subscribers.Subscribers;

/**
 * Recomputes everybody as of now and publishes it. One instance sweeps at a time; a sweep that was interrupted goes on
 * where it stood, a few subscribers being published once more.
 */
@Component
class Sweeps {

    record Sweep(
            UUID sweepId,
            String state,
            long done,
            long total,
            Instant requestedAt,
            @Nullable Instant finishedAt) {}

    private record Position(UUID id, String cursor) {}

    private static final Logger log = LoggerFactory.getLogger(Sweeps.class);
    /** Rows locked at a time: live activity for one of them waits as long as these take. */
    private static final int CHUNK = 250;

    private final JdbcClient db;
    private final DataSource connections;
    private final Subscribers subscribers;
    private final ProfilePublication publication;
    private final TransactionTemplate transaction;
    private final Clock clock;
    private final SweepSettings settings;
    private final Counter swept;
    private volatile boolean closing;

    Sweeps(
            JdbcClient db,
            DataSource connections,
            Subscribers subscribers,
            ProfilePublication publication,
            TransactionTemplate transaction,
            Clock clock,
            SweepSettings settings,
            MeterRegistry meters) {
        this.db = db;
        this.connections = connections;
        this.subscribers = subscribers;
        this.publication = publication;
        this.transaction = transaction;
        this.clock = clock;
        this.settings = settings;
        this.swept = meters.counter("winback.sweep.subscribers");
    }

    /** Asks for a sweep; one that is asked for and has not begun is as good. */
    UUID request() {
        Optional<UUID> waiting = db.sql("SELECT id FROM sweep WHERE state = 'requested' ORDER BY requested_at LIMIT 1")
                .query(UUID.class)
                .optional();
        return waiting.orElseGet(() -> {
            UUID id = UUID.randomUUID();
            db.sql("INSERT INTO sweep (id, state, requested_at) VALUES (?, 'requested', ?::timestamptz)")
                    .param(id)
                    .param(clock.instant().toString())
                    .update();
            return id;
        });
    }

    Optional<Sweep> find(UUID id) {
        return db.sql("SELECT id, state, done, total, requested_at, finished_at FROM sweep WHERE id = ?")
                .param(id)
                .query((row, n) -> new Sweep(
                        row.getObject(1, UUID.class),
                        row.getString(2),
                        row.getLong(3),
                        row.getLong(4),
                        row.getObject(5, OffsetDateTime.class).toInstant(),
                        instant(row.getObject(6, OffsetDateTime.class))))
                .optional();
    }

    private static @Nullable Instant instant(@Nullable OffsetDateTime time) {
        return time == null ? null : time.toInstant();
    }

    @jakarta.annotation.PreDestroy
    void close() {
        closing = true;
    }

    @Scheduled(fixedDelay = 1, timeUnit = TimeUnit.SECONDS)
    void run() {
        try (Connection session = connections.getConnection()) {
            if (!lock(session)) {
                return;
            }
            try {
                if (due()) {
                    request();
                }
                Optional<Position> next = next();
                if (next.isPresent()) {
                    sweep(next.get());
                }
            } finally {
                unlock(session);
            }
        } catch (SQLException | DataAccessException | TransactionException | KafkaException away) {
            log.warn("the sweep waits: {}", away.toString());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Whether the newest sweep is older than the interval, as seen from now: so also soon after a start, when the service
     * was down or the clock went ahead.
     */
    private boolean due() {
        return db.sql("""
                        SELECT NOT EXISTS (SELECT FROM sweep WHERE state <> 'done' OR requested_at > ?::timestamptz)
                          AND EXISTS (SELECT FROM subscriber WHERE version > 0)
                        """)
                .param(clock.instant().minus(settings.every()).toString())
                .query(Boolean.class)
                .single();
    }

    private Optional<Position> next() {
        return db.sql("""
                        SELECT id, coalesce(cursor_id, '') FROM sweep WHERE state <> 'done'
                        ORDER BY requested_at LIMIT 1
                        """)
                .query((row, n) -> new Position(row.getObject(1, UUID.class), row.getString(2)))
                .optional();
    }

    private void sweep(Position start) throws InterruptedException {
        db.sql("""
                        UPDATE sweep SET state = 'running', total = CASE WHEN state = 'requested'
                          THEN (SELECT count(*) FROM subscriber) ELSE total END
                        WHERE id = ?
                        """).param(start.id()).update();
        String cursor = start.cursor();
        while (!closing) {
            long began = System.nanoTime();
            String after = cursor;
            List<Subscriber> chunk = Objects.requireNonNull(transaction.execute(status -> advance(after)));
            if (chunk.isEmpty()) {
                finish(start.id());
                return;
            }
            publication.publish(chunk, List.of());
            cursor = chunk.getLast().id();
            db.sql("UPDATE sweep SET cursor_id = ?, done = done + ?, total = greatest(total, done + ?) WHERE id = ?")
                    .param(cursor)
                    .param(chunk.size())
                    .param(chunk.size())
                    .param(start.id())
                    .update();
            swept.increment(chunk.size());
            long spare = TimeUnit.SECONDS.toNanos(chunk.size()) / settings.rate() - (System.nanoTime() - began);
            if (spare > 0) {
                TimeUnit.NANOSECONDS.sleep(spare);
            }
        }
    }

    private List<Subscriber> advance(String after) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        List<Subscriber> chunk = subscribers.lockAfter(after, CHUNK).stream()
                .map(subscriber -> subscriber.asOf(now))
                .toList();
        subscribers.touch(chunk);
        return chunk;
    }

    private void finish(UUID id) {
        db.sql(
                        "UPDATE sweep SET state = 'done', cursor_id = NULL, total = done, finished_at = ?::timestamptz WHERE id = ?")
                .param(clock.instant().toString())
                .param(id)
                .update();
    }

    /** An advisory lock of the session, so that it ends with the process; by schema, since one database may hold several. */
    private static boolean lock(Connection session) throws SQLException {
        return ask(session, "SELECT pg_try_advisory_lock(hashtext('winback.sweep'), hashtext(current_schema()))");
    }

    private static void unlock(Connection session) throws SQLException {
        ask(session, "SELECT pg_advisory_unlock(hashtext('winback.sweep'), hashtext(current_schema()))");
    }

    private static boolean ask(Connection session, String question) throws SQLException {
        try (Statement statement = session.createStatement();
                ResultSet answer = statement.executeQuery(question)) {
            return answer.next() && answer.getBoolean(1);
        }
    }
}
