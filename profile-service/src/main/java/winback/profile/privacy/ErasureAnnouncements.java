package winback.profile.privacy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.KafkaException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;
import winback.chassis.events.EventPublisher;
import winback.chassis.events.Topics;
import winback.contracts.SubscriberErased;
import winback.contracts.Topic;
import winback.profile.subscribers.ProfilePublication;
import winback.profile.subscribers.Subscribers;

/**
 * Tells the other services of erasures until Kafka has acknowledged it, and then once more: a sweep, a batch or a training
 * set that was under way may have published what it had read before. The id is kept until then and no longer.
 */
@Component
class ErasureAnnouncements {

    private record Untold(String code, String subscriberId, Instant erasedAt, Instant completeBy, boolean toldBefore) {}

    private static final Logger log = LoggerFactory.getLogger(ErasureAnnouncements.class);
    private static final Duration ACKNOWLEDGED_WITHIN = Duration.ofSeconds(15);
    private static final List<Topic> COMPACTED =
            java.util.Arrays.stream(Topic.values()).filter(Topic::compacted).toList();

    private final JdbcClient db;
    private final TransactionTemplate transaction;
    private final EventPublisher events;
    private final Topics topics;
    private final Subscribers subscribers;
    private final ProfilePublication publication;
    private final ErasureSettings settings;
    private final Clock clock;

    ErasureAnnouncements(
            JdbcClient db,
            TransactionTemplate transaction,
            EventPublisher events,
            Topics topics,
            Subscribers subscribers,
            ProfilePublication publication,
            ErasureSettings settings,
            Clock clock) {
        this.db = db;
        this.transaction = transaction;
        this.events = events;
        this.topics = topics;
        this.subscribers = subscribers;
        this.publication = publication;
        this.settings = settings;
        this.clock = clock;
    }

    @Scheduled(fixedDelay = 500, timeUnit = TimeUnit.MILLISECONDS)
    void tell() {
        try {
            while (Objects.requireNonNull(transaction.execute(status -> tellNext()))) {
                log.debug("told of an erasure");
            }
        } catch (DataAccessException | TransactionException | KafkaException away) {
            log.warn("an erasure waits to be told: {}", away.getClass().getName());
        }
    }

    private boolean tellNext() {
        Optional<Untold> next = db.sql("""
                        SELECT code, subscriber_id, erased_at, complete_by, told_at IS NOT NULL FROM erasure
                        WHERE subscriber_id IS NOT NULL AND (told_at IS NULL
                          OR told_at < clock_timestamp() - make_interval(secs => ?)
                            -- Nobody is left who may have read what was erased.
                            AND NOT EXISTS (SELECT FROM pg_stat_activity a
                              WHERE a.datname = current_database() AND a.usename = current_user
                                AND a.pid <> pg_backend_pid() AND a.xact_start <= told_at))
                        ORDER BY erased_at LIMIT 1 FOR UPDATE SKIP LOCKED
                        """)
                .param(settings.repeatAfter().toMillis() / 1000.0)
                .query((row, n) -> new Untold(
                        row.getString(1),
                        row.getString(2),
                        row.getObject(3, OffsetDateTime.class).toInstant(),
                        row.getObject(4, OffsetDateTime.class).toInstant(),
                        row.getBoolean(5)))
                .optional();
        next.ifPresent(this::tell);
        return next.isPresent();
    }

    private void tell(Untold untold) {
        // Topics keep what comes now as long as anything: told late, it is complete late.
        Instant latest = clock.instant().plus(topics.forgottenWithin());
        Instant completeBy = untold.completeBy().isBefore(latest) ? latest : untold.completeBy();
        String id = untold.subscriberId();
        EventPublisher.await(
                List.of(
                        events.remove(Topic.PROFILE, id),
                        events.publish(Topic.IDENTITIES, new SubscriberErased(id, untold.erasedAt(), completeBy))),
                ACKNOWLEDGED_WITHIN);
        // Who has started anew since then stands behind the tombstone again.
        subscribers.find(id).ifPresent(subscriber -> publication.publish(List.of(subscriber), List.of()));
        db.sql("""
                        UPDATE erasure SET complete_by = ?::timestamptz,
                          told_at = coalesce(told_at, clock_timestamp()),
                          subscriber_id = CASE WHEN told_at IS NULL THEN subscriber_id END
                        WHERE code = ?
                        """).param(completeBy.toString()).param(untold.code()).update();
    }

    /**
     * A compacted partition rolls its segment, and is cleaned a second time, only when something is written to it; in a
     * quiet one an erased person would stay.
     */
    @Scheduled(fixedDelayString = "${winback.topics.segment}")
    void stir() {
        try {
            boolean pending = db.sql("SELECT EXISTS (SELECT FROM erasure WHERE complete_by > ?::timestamptz)")
                    .param(clock.instant().toString())
                    .query(Boolean.class)
                    .single();
            if (pending) {
                COMPACTED.forEach(events::stir);
            }
        } catch (DataAccessException | KafkaException away) {
            log.warn("compaction waits to be stirred: {}", away.getClass().getName());
        }
    }
}
