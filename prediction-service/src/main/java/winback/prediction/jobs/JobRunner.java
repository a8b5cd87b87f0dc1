package winback.prediction.jobs;

import jakarta.annotation.PreDestroy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import winback.chassis.events.EventPublisher;
import winback.chassis.events.Outage;
import winback.contracts.Topic;
import winback.contracts.TrainingSetRequested;
import winback.prediction.datasets.Collection;
import winback.prediction.datasets.DataRefused;
import winback.prediction.datasets.Datasets;
import winback.prediction.datasets.Wanted;
import winback.prediction.models.Sample;
import winback.prediction.progress.Progress;

/**
 * Moves open jobs on, twice a second, from whatever state the database says they are in; so a restart needs no recovery
 * of its own. One job at a time is carried out here, and each by one instance of the service: an advisory lock that
 * PostgreSQL lets go of when the instance dies.
 */
@Component
class JobRunner {

    private static final Logger log = LoggerFactory.getLogger(JobRunner.class);

    /** Collecting is the first half of the progress shown. */
    private static final double COLLECTING_SHARE = .5;

    private static final int MISSING_NAMED = 12;

    private final Jobs jobs;
    private final Datasets datasets;
    private final EventPublisher events;
    private final DataSource dataSource;
    private final Clock clock;
    private final JobSettings settings;
    private final Map<String, Work> works;
    private final AtomicBoolean busy = new AtomicBoolean();

    /** What the worker is at, and how it is stopped. */
    private volatile @Nullable Carried carried;

    /** Platform threads: the work computes. */
    private final ExecutorService worker = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("job-", 0).daemon().factory());

    /** A job in the worker's hands. */
    private static final class Carried {
        private final String job;
        private final Thread thread;
        private boolean cancelled;
        private boolean left;
        private final AtomicReference<@Nullable Said> said = new AtomicReference<>();

        private Carried(String job, Thread thread) {
            this.job = job;
            this.thread = thread;
        }

        synchronized void cancel() {
            if (!left) {
                cancelled = true;
                thread.interrupt();
            }
        }

        /** No interrupt for this job comes after this; one that came is taken back. Says whether one did. */
        synchronized boolean leave() {
            left = true;
            if (cancelled) {
                Thread.interrupted();
            }
            return cancelled;
        }
    }

    private record Said(double progress, String detail) {}

    JobRunner(
            Jobs jobs,
            Datasets datasets,
            EventPublisher events,
            DataSource dataSource,
            Clock clock,
            JobSettings settings,
            List<Work> works) {
        this.jobs = jobs;
        this.datasets = datasets;
        this.events = events;
        this.dataSource = dataSource;
        this.clock = clock;
        this.settings = settings;
        this.works = works.stream().collect(Collectors.toUnmodifiableMap(Work::kind, Function.identity()));
    }

    @Scheduled(fixedDelay = 500, initialDelay = 500)
    void moveOn() {
        List<Job> open;
        try {
            open = jobs.open();
        } catch (RuntimeException failure) {
            log.warn("cannot look for open jobs: {}", failure.toString());
            return;
        }
        stopUnless(open.stream().map(Job::id).collect(Collectors.toSet()));
        for (Job job : open) {
            try {
                switch (job.state()) {
                    case REQUESTED, COLLECTING -> collect(job);
                    case FITTING -> carryOut(job);
                    case DONE, FAILED, CANCELLED -> {}
                }
            } catch (RuntimeException failure) {
                log.warn("job {} has to wait: {}", job.id(), failure.toString());
            }
        }
    }

    /** Another instance may have been asked to cancel what this one is at. */
    private void stopUnless(Set<String> open) {
        Carried now = carried;
        if (now == null) {
            return;
        }
        if (!open.contains(now.job)) {
            now.cancel();
            return;
        }
        Said said = now.said.getAndSet(null);
        if (said != null) {
            tell(now.job, said);
        }
    }

    private void tell(String job, Said said) {
        try {
            jobs.progress(job, said.progress(), said.detail());
        } catch (RuntimeException away) {
            log.debug("progress of job {} not noted", job, away);
        }
    }

    /** Stops the job if it is being carried out here. */
    void stop(String job) {
        Carried now = carried;
        if (now != null && now.job.equals(job)) {
            now.cancel();
        }
    }

    @Scheduled(fixedDelay = 500, initialDelay = 500)
    void dropRowsOfEnded() {
        try {
            jobs.dropRowsOfEnded();
        } catch (RuntimeException failure) {
            log.warn("rows of ended jobs stay for now: {}", failure.toString());
        }
    }

    @Scheduled(fixedDelay = 6, initialDelay = 1, timeUnit = TimeUnit.HOURS)
    void forget() {
        jobs.forgetBefore(clock.instant().minus(settings.kept()));
    }

    private void collect(Job job) {
        for (TrainingSetRequested request : datasets.unpublished(job.id())) {
            events.publishAll(Topic.COMMANDS, List.of(request));
            datasets.published(request.datasetId());
        }
        Collection collection = datasets.collection(job.id());
        if (collection.refusal() != null) {
            jobs.fail(job.id(), "No rows: " + collection.refusal());
        } else if (collection.complete()) {
            jobs.move(
                    job.id(),
                    Job.State.FITTING,
                    COLLECTING_SHARE,
                    "The rows asked for are there; it waits for its turn.");
            carryOut(job);
        } else if (Duration.between(collection.heardAt(), clock.instant()).compareTo(settings.silence()) > 0) {
            jobs.fail(
                    job.id(),
                    "Timed out: nothing arrived for " + settings.silence().toSeconds() + " s. Missing: "
                            + named(collection.missing()) + ".");
        } else {
            jobs.move(
                    job.id(),
                    Job.State.COLLECTING,
                    COLLECTING_SHARE * collection.share(),
                    "Waiting for " + named(collection.missing()) + ".");
        }
    }

    private static String named(List<String> missing) {
        return String.join("; ", missing.subList(0, Math.min(MISSING_NAMED, missing.size())))
                + (missing.size() > MISSING_NAMED ? "; and " + (missing.size() - MISSING_NAMED) + " more" : "");
    }

    private void carryOut(Job job) {
        if (!busy.compareAndSet(false, true)) {
            return;
        }
        try {
            worker.execute(() -> {
                try {
                    carryOutLocked(job);
                } finally {
                    busy.set(false);
                }
            });
        } catch (RuntimeException closing) {
            busy.set(false);
        }
    }

    private void carryOutLocked(Job job) {
        // Of its own for the whole time: the lock lives as long as the connection's session.
        try (Connection session = dataSource.getConnection()) {
            if (!locked("SELECT pg_try_advisory_lock(hashtextextended(current_schema() || :job, 0))", session, job)) {
                return;
            }
            try {
                carryOutAlone(job);
            } finally {
                locked("SELECT pg_advisory_unlock(hashtextextended(current_schema() || :job, 0))", session, job);
            }
        } catch (SQLException away) {
            log.warn("job {} has to wait: {}", job.id(), away.toString());
        }
    }

    private static boolean locked(String sql, Connection session, Job job) throws SQLException {
        try (PreparedStatement statement = session.prepareStatement(sql.replace(":job", "?"))) {
            statement.setString(1, job.id());
            try (ResultSet result = statement.executeQuery()) {
                return result.next() && result.getBoolean(1);
            }
        }
    }

    private void carryOutAlone(Job job) {
        Carried now = new Carried(job.id(), Thread.currentThread());
        carried = now;
        try {
            carryOut(job, now);
        } finally {
            carried = null;
            // The lock has to be let go of, and the next job carried out, without this one's interrupt.
            now.leave();
        }
    }

    private void carryOut(Job job, Carried now) {
        // Another instance may have ended it between our look and our lock.
        if (jobs.find(job.kind(), job.id()).orElse(job).state() != Job.State.FITTING) {
            return;
        }
        Work work = works.get(job.kind());
        if (work == null) {
            jobs.fail(job.id(), "This release does not know the kind " + job.kind() + ".");
            return;
        }
        long started = System.nanoTime();
        try {
            Map<String, Sample> samples = datasets.samples(job.id(), job.subject());
            List<Wanted> more = work.more(job, samples).stream()
                    .filter(wanted -> !samples.containsKey(wanted.role()))
                    .toList();
            if (!more.isEmpty()) {
                jobs.collectMore(job.id(), more);
                return;
            }
            // Noted by the next look at open jobs: computing does not wait for the database.
            Work.Outcome outcome = Progress.heardBy(
                    (share, detail) ->
                            now.said.set(new Said(COLLECTING_SHARE + (1 - COLLECTING_SHARE) * share, detail)),
                    () -> work.carryOut(job, samples));
            now.leave();
            boolean done = jobs.finish(job.id(), outcome);
            log.info(
                    "job {} {} in {} ms: {}",
                    job.id(),
                    done ? "done" : "cancelled at its end",
                    (System.nanoTime() - started) / 1_000_000,
                    outcome.detail());
        } catch (DataRefused refused) {
            now.leave();
            jobs.fail(job.id(), refused.sentence());
        } catch (RuntimeException failure) {
            // However an interrupt came out: of a computation, or of a call to the database.
            if (now.leave()) {
                log.info(
                        "job {} stopped, since it was cancelled, after {} ms",
                        job.id(),
                        (System.nanoTime() - started) / 1_000_000);
                return;
            }
            if (failure instanceof CancellationException
                    || Thread.currentThread().isInterrupted()) {
                log.info("job {} is left for the next start", job.id());
                return;
            }
            if (Outage.isOutage(failure)) {
                log.warn("job {} is tried again: {}", job.id(), failure.toString());
                return;
            }
            String incident = UUID.randomUUID().toString();
            log.error("incident {}: job {} failed", incident, job.id(), failure);
            jobs.fail(job.id(), "It failed for a reason of ours; the log has incident " + incident + ".");
        }
    }

    /** What is being carried out is left in its state, and is carried out again by whoever comes next. */
    @PreDestroy
    void stop() throws InterruptedException {
        worker.shutdownNow();
        worker.awaitTermination(5, TimeUnit.SECONDS);
    }
}
