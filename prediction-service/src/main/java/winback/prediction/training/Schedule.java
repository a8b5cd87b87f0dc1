package winback.prediction.training;

import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import winback.prediction.jobs.Job;
import winback.prediction.jobs.Jobs;
import winback.prediction.models.ModelName;
import winback.prediction.models.ModelVersion;
import winback.prediction.models.Registry;
import winback.prediction.rollout.Rollouts;

/**
 * Trains a model again when its newest training, however that ended, is old enough. A model that was never trained
 * waits for the first training to be asked for: only people know when the history is there. When the next one is due
 * follows from what is in the database, so a restart changes nothing, and instances agree on one job by its lock.
 */
@Component
class Schedule {

    private static final Logger log = LoggerFactory.getLogger(Schedule.class);

    private final Jobs jobs;
    private final Registry registry;
    private final Rollouts rollouts;
    private final TrainingSettings settings;
    private final Clock clock;

    Schedule(Jobs jobs, Registry registry, Rollouts rollouts, TrainingSettings settings, Clock clock) {
        this.jobs = jobs;
        this.registry = registry;
        this.rollouts = rollouts;
        this.settings = settings;
        this.clock = clock;
    }

    /** When the next training is due, which may be now; empty when none is to come by itself. */
    Optional<Instant> next(ModelName name) {
        if (settings.every().isZero()) {
            return Optional.empty();
        }
        // Jobs are forgotten after a while, versions are not.
        Optional<Instant> newest = Stream.concat(
                        jobs.newest(Training.KIND, name).stream(), registry.newestAt(name).stream())
                .max(Instant::compareTo);
        // A canary is to be compared for all its days with what it was compared with at first.
        Optional<Instant> trial = rollouts.canary(name).map(Rollouts.Serving::promotedAt);
        return newest.map(last -> last.plus(settings.every()))
                .map(due -> trial.filter(due::isBefore).orElse(due));
    }

    @Scheduled(fixedDelay = 5, initialDelay = 5, timeUnit = TimeUnit.SECONDS)
    void tick() {
        for (ModelName name : ModelName.values()) {
            try {
                Instant now = clock.instant();
                if (next(name).filter(due -> !due.isAfter(now)).isPresent()
                        && rollouts.canary(name).isEmpty()) {
                    train(name, now);
                }
            } catch (RuntimeException failure) {
                log.warn("the training of {} that may be due waits: {}", name.wireName(), failure.toString());
            }
        }
    }

    private void train(ModelName name, Instant now) {
        int horizon = registry.live(name).map(ModelVersion::horizonDays).orElse(name.defaultHorizonDays());
        Training.Plan plan = Training.Plan.upTo(now, horizon);
        Optional<Job> job =
                jobs.requestUnlessSince(now.minus(settings.every()), Training.KIND, name, plan, plan.first());
        job.ifPresent(begun -> log.info("{} is trained again by schedule: job {}", name.wireName(), begun.id()));
    }
}
