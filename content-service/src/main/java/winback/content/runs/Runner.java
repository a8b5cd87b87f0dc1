package winback.content.runs;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import winback.chassis.problems.Problem;
import winback.content.Pace;
import winback.content.broadcast.TopicReader;
import winback.content.cache.FeatureCache;
import winback.content.cache.Subscriber;
import winback.content.campaigns.Campaign;
import winback.content.campaigns.Campaigns;
import winback.content.decisions.DecisionSettings;
import winback.content.decisions.Deliverable;
import winback.content.decisions.Deliverable.Obstacle;
import winback.content.decisions.Personalizer;
import winback.content.decisions.Personalizer.Decided;
import winback.content.runs.Run.Counts;
import winback.content.runs.Run.State;
import winback.content.runs.RunTables.Part;

/**
 * Works on the open runs, a partition at a time, in a thread of its own. The subscribers of a partition are taken in the
 * order of their hashes; how far it is is saved about every second. After a crash some are decided for once more, under
 * the ids that they had: so it is one decision for each, whatever happens.
 */
@Component
class Runner implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(Runner.class);
    private static final Duration IDLE = Duration.ofSeconds(1);
    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final Duration SAVING = Duration.ofSeconds(1);

    /** What is not saved for so long is not worked on any more; less than the lease. */
    private static final Duration PATIENCE = Duration.ofSeconds(8);

    /** Decisions that may wait for Kafka before a run waits for them: the path needs the journal's room as well. */
    private static final int MOST_WAITING = 20_000;

    private static final long GRANT = 100;

    private final UUID owner = UUID.randomUUID();
    private final RunTables tables;
    private final Campaigns campaigns;
    private final FeatureCache subscribers;
    private final TopicReader featureCache;
    private final Personalizer personalizer;
    private final DecisionSettings settings;
    private final Clock clock;
    private final Pace pace;
    private final Map<Decided, Counter> decided = new EnumMap<>(Decided.class);
    private final Counter failures;
    private volatile boolean running;
    private volatile @Nullable Thread thread;

    /** Increased when a state was changed here, so that nobody waits for the next saving. */
    private final AtomicInteger changes = new AtomicInteger();

    Runner(
            RunTables tables,
            Campaigns campaigns,
            FeatureCache subscribers,
            TopicReader featureCache,
            Personalizer personalizer,
            DecisionSettings settings,
            Clock clock,
            MeterRegistry meters,
            @Value("${winback.runs.per-second:5000}") int perSecond) {
        this.tables = tables;
        this.campaigns = campaigns;
        this.subscribers = subscribers;
        this.featureCache = featureCache;
        this.personalizer = personalizer;
        this.settings = settings;
        this.clock = clock;
        this.pace = new Pace(() -> perSecond);
        for (Decided kind : Decided.values()) {
            decided.put(
                    kind,
                    Counter.builder("winback.runs.decided")
                            .description("Subscribers that runs decided for")
                            .tag("result", kind.name().toLowerCase(Locale.ROOT))
                            .register(meters));
        }
        failures = Counter.builder("winback.runs.failures")
                .description("Subscribers that could not be decided for, and times that a run had to wait")
                .register(meters);
    }

    /** A run was created, or its state has changed. */
    void wakeUp() {
        changes.incrementAndGet();
        LockSupport.unpark(thread);
    }

    private void run() {
        boolean complained = false;
        while (running) {
            try {
                // Not by who does a last part: it may be killed, or the run paused, before it comes to that.
                tables.completeDone(clock.instant());
                Optional<Part> part = featureCache.isCaughtUp() ? tables.lease(owner, partitions()) : Optional.empty();
                if (part.isPresent()) {
                    new Work(part.get()).run();
                } else {
                    LockSupport.parkNanos(IDLE.toNanos());
                }
                complained = false;
            } catch (DataAccessException | TransactionException away) {
                if (!complained) {
                    complained = true;
                    log.warn("runs wait for the database: {}", away.getClass().getSimpleName());
                }
                failures.increment();
                LockSupport.parkNanos(IDLE.toNanos());
            } catch (RuntimeException unexpected) {
                log.error("a run goes on in a while", unexpected);
                failures.increment();
                LockSupport.parkNanos(IDLE.toNanos());
            }
        }
    }

    private void count(Decided result) {
        Counter counter = decided.get(result);
        if (counter != null) {
            counter.increment();
        }
    }

    private Collection<Integer> partitions() {
        return IntStream.range(0, subscribers.partitions())
                .filter(featureCache::isCaughtUp)
                .boxed()
                .toList();
    }

    /** One part, as far as it gets. */
    private final class Work {
        private final Run run;
        private final int partition;
        private long position;
        private long granted;
        private long lookedAt;
        private final EnumMap<Decided, Long> results = new EnumMap<>(Decided.class);
        private final EnumMap<Obstacle, Long> obstacles = new EnumMap<>(Obstacle.class);
        private long failed;

        private long savedAt = System.nanoTime();
        private int seenChanges = changes.get();

        Work(Part part) {
            run = part.run();
            partition = part.partition();
            position = part.position();
            granted = part.granted();
            Counts counts = part.counts();
            lookedAt = counts.lookedAt();
            results.put(Decided.MAILED, counts.mailed());
            results.put(Decided.HELD_OUT, counts.heldOut());
            results.put(Decided.LIVE_ALREADY, counts.liveAlready());
            obstacles.put(Obstacle.SUPPRESSED, counts.suppressed());
            obstacles.put(Obstacle.NO_CONSENT, counts.noConsent());
            obstacles.put(Obstacle.NO_ADDRESS, counts.noAddress());
            failed = counts.failed();
        }

        private Counts counts() {
            return new Counts(
                    lookedAt,
                    results.getOrDefault(Decided.MAILED, 0L),
                    results.getOrDefault(Decided.HELD_OUT, 0L),
                    results.getOrDefault(Decided.LIVE_ALREADY, 0L),
                    obstacles.getOrDefault(Obstacle.SUPPRESSED, 0L),
                    obstacles.getOrDefault(Obstacle.NO_CONSENT, 0L),
                    obstacles.getOrDefault(Obstacle.NO_ADDRESS, 0L),
                    failed);
        }

        void run() {
            for (int hash : subscribers.order(partition)) {
                long unsigned = Integer.toUnsignedLong(hash);
                if (unsigned < position) {
                    continue;
                }
                boolean due = System.nanoTime() - savedAt > SAVING.toNanos() || changes.get() != seenChanges;
                if (!running || !featureCache.isCaughtUp(partition) || due && !save(false)) {
                    save(true);
                    return;
                }
                for (Subscriber subscriber : subscribers.with(partition, hash)) {
                    if (!take(subscriber)) {
                        save(true);
                        return;
                    }
                }
                position = unsigned + 1;
            }
            finish();
        }

        private void finish() {
            position = RunTables.POSITIONS;
            long unused = granted - results.getOrDefault(Decided.MAILED, 0L);
            if (run.cap() != null && unused > 0) {
                tables.takeBack(run.runId(), partition, unused);
            }
            save(true);
        }

        /** Whether to go on. */
        private boolean save(boolean released) {
            seenChanges = changes.get();
            try {
                Optional<State> state = tables.save(owner, run.runId(), partition, position, counts(), released);
                savedAt = System.nanoTime();
                return state.isPresent() && state.get() == State.RUNNING;
            } catch (DataAccessException | TransactionException away) {
                failures.increment();
                return System.nanoTime() - savedAt < PATIENCE.toNanos();
            }
        }

        /** Whether this subscriber is done; false when the work on this part is over for now. */
        private boolean take(Subscriber subscriber) {
            if (!run.audience().matches(subscriber, clock.instant().minus(settings.staleAfter()))) {
                lookedAt++;
                return true;
            }
            Obstacle obstacle = Deliverable.of(subscriber).obstacle();
            if (obstacle != null) {
                lookedAt++;
                obstacles.merge(obstacle, 1L, Long::sum);
                return true;
            }
            if (run.cap() != null && results.getOrDefault(Decided.MAILED, 0L) >= granted) {
                granted += tables.grant(run.runId(), partition, GRANT);
                if (results.getOrDefault(Decided.MAILED, 0L) >= granted) {
                    finish();
                    return false;
                }
            }
            return decide(subscriber);
        }

        private boolean decide(Subscriber subscriber) {
            while (running) {
                try {
                    Campaign campaign = campaigns.find(run.campaignId());
                    if (campaign != null && personalizer.waiting() < MOST_WAITING) {
                        Decided result = personalizer.decide(run.runId(), run.createdAt(), campaign, subscriber);
                        results.merge(result, 1L, Long::sum);
                        count(result);
                        lookedAt++;
                        pace.done(1);
                        return true;
                    }
                } catch (Problem problem) {
                    if (problem.getStatusCode() != HttpStatus.SERVICE_UNAVAILABLE) {
                        String reason = problem.code();
                        log.warn("run {} is paused: {}", run.runId(), reason);
                        tables.change(run.runId(), List.of(State.RUNNING), State.PAUSED, reason, clock.instant());
                        return false;
                    }
                } catch (RuntimeException unexpected) {
                    failures.increment();
                    if (failed == 0) {
                        log.error("run {} could not decide for somebody", run.runId(), unexpected);
                    }
                    failed++;
                    lookedAt++;
                    return true;
                }
                // For Kafka, for what is still being read, or for the campaign.
                LockSupport.parkNanos(PAUSE.toNanos());
                if (System.nanoTime() - savedAt > SAVING.toNanos() && !save(false)) {
                    return false;
                }
            }
            return false;
        }
    }

    @Override
    public void start() {
        running = true;
        thread = Thread.ofPlatform().name("campaign-runs").daemon(true).start(this::run);
    }

    @Override
    public void stop() {
        running = false;
        Thread working = thread;
        if (working != null) {
            LockSupport.unpark(working);
            try {
                working.join(PATIENCE);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
