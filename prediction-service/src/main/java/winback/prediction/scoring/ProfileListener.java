package winback.prediction.scoring;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import winback.chassis.events.Batches;
import winback.chassis.events.EventPublisher;
import winback.chassis.identities.Erasure;
import winback.chassis.identities.Identities;
import winback.chassis.identities.IdentityChanges;
import winback.contracts.Event;
import winback.contracts.ProfileChanged;
import winback.contracts.ScoresChanged;
import winback.contracts.Topic;
import winback.prediction.datasets.Datasets;

/**
 * Scores profiles in micro-batches as they change, and removes what is held of those who merge or go.
 *
 * <p>Scores are published before the transaction that keeps them commits, while the subscribers' rows are locked: this and
 * {@link Rescoring} write the same subscribers, and the last event of a key on a compacted topic must be its newest. After a
 * crash in between the same versions are published again.
 */
@Component
class ProfileListener implements IdentityChanges {

    private static final Logger log = LoggerFactory.getLogger(ProfileListener.class);

    private static final Duration ACKNOWLEDGED_WITHIN = Duration.ofSeconds(15);

    /** At most, between machines that are kept in time. */
    private static final Duration CLOCKS_DIFFER_BY = Duration.ofMinutes(5);

    private final Scores scores;
    private final LiveModels models;
    private final Datasets datasets;
    private final EventPublisher events;
    private final TransactionTemplate transaction;
    private final Identities identities;
    private final Clock clock;
    private final Timer timer;
    private final Counter early;

    ProfileListener(
            Scores scores,
            LiveModels models,
            Datasets datasets,
            EventPublisher events,
            TransactionTemplate transaction,
            Identities identities,
            Clock clock,
            MeterRegistry meters) {
        this.scores = scores;
        this.models = models;
        this.datasets = datasets;
        this.events = events;
        this.transaction = transaction;
        this.identities = identities;
        this.clock = clock;
        this.early = Counter.builder("winback.scoring.early")
                .description("Vectors that were not scored, since their features are as of a time to come")
                .register(meters);
        this.timer = Timer.builder("winback.scoring.seconds")
                .description("From a batch of profiles to its scores acknowledged by Kafka")
                .publishPercentileHistogram()
                .register(meters);
    }

    @KafkaListener(topics = "${winback.topics.prefix}winback.profile", groupId = "${winback.topics.prefix}prediction")
    void on(List<ConsumerRecord<String, Event>> batch) {
        timer.record(() -> Batches.process(batch, this::apply));
    }

    private void apply(List<ConsumerRecord<String, Event>> batch) {
        transaction.executeWithoutResult(status -> {
            Identities.Known known = identities.known(batch.stream()
                    .map(ConsumerRecord::key)
                    .filter(Objects::nonNull)
                    .collect(Collectors.toSet()));
            Set<String> removed = new LinkedHashSet<>();
            Map<String, Vector> changed = new HashMap<>();
            List<ProfileChanged> ahead = new ArrayList<>();
            for (ConsumerRecord<String, Event> record : batch) {
                if (record.value() == null) {
                    removed.add(record.key());
                    changed.remove(record.key());
                } else if (record.value() instanceof ProfileChanged profile && isAhead(profile)) {
                    ahead.add(profile);
                } else if (record.value() instanceof ProfileChanged profile
                        && !known.merged(profile.subscriberId())
                        // Before versions are compared: who comes anew begins at 1.
                        && !known.forgotten(profile.subscriberId(), profile.featuresAsOf())) {
                    changed.merge(
                            profile.subscriberId(),
                            Vector.of(profile),
                            (a, b) -> b.profileVersion() >= a.profileVersion() ? b : a);
                }
            }
            tell(ahead);
            if (!removed.isEmpty()) {
                scores.remove(removed);
                withdraw(removed);
            }
            score(changed);
        });
    }

    /** Features that claim to know the future are not scored; clocks may differ a little. */
    private boolean isAhead(ProfileChanged profile) {
        return profile.featuresAsOf().isAfter(clock.instant().plus(CLOCKS_DIFFER_BY));
    }

    /** In one line: a wrong clock makes all of them wrong. */
    private void tell(List<ProfileChanged> ahead) {
        if (!ahead.isEmpty()) {
            early.increment(ahead.size());
            ProfileChanged first = ahead.getFirst();
            log.warn(
                    "{} vectors are not scored: the features of {} (version {}) are as of {}, which is to come",
                    ahead.size(),
                    first.subscriberId(),
                    first.version(),
                    first.featuresAsOf());
        }
    }

    @KafkaListener(
            topics = "${winback.topics.prefix}winback.identities",
            groupId = "${winback.topics.prefix}prediction-identities")
    void onIdentities(List<ConsumerRecord<String, Event>> batch) {
        Batches.process(batch, records -> identities.apply(records, this));
    }

    /** What to expect of the two together comes with the profile of the one that stays. */
    @Override
    public void merge(String from, String into) {
        scores.remove(Set.of(from));
        withdraw(Set.of(from));
    }

    @Override
    public void erase(Set<String> subscriberIds, Erasure erasure) {
        Set<String> gone = new LinkedHashSet<>(subscriberIds);
        // Who came anew has been scored anew, and the newest scores on the topic are theirs.
        scores.lock(subscriberIds).forEach((id, kept) -> {
            if (!erasure.covers(kept.vector().featuresAsOf())) {
                gone.remove(id);
            }
        });
        datasets.forget(subscriberIds, erasure);
        if (!gone.isEmpty()) {
            scores.remove(gone);
            withdraw(gone);
        }
    }

    private void withdraw(Set<String> subscribers) {
        List<CompletableFuture<?>> sends = new ArrayList<>();
        subscribers.forEach(subscriber -> sends.add(events.remove(Topic.SCORES, subscriber)));
        EventPublisher.await(sends, ACKNOWLEDGED_WITHIN);
    }

    private void score(Map<String, Vector> changed) {
        Map<String, Scores.Kept> before = scores.lock(changed.keySet());
        String label = models.label();
        List<Vector> toScore = new ArrayList<>();
        List<ScoresChanged> toPublish = new ArrayList<>();
        for (Vector vector : changed.values()) {
            Scores.Kept kept = before.get(vector.subscriberId());
            long known = kept == null ? -1 : kept.vector().profileVersion();
            if (vector.profileVersion() > known) {
                toScore.add(vector);
            } else if (vector.profileVersion() == known && kept != null) {
                ScoresChanged last = kept.scores();
                if (last == null || !kept.models().equals(label)) {
                    toScore.add(vector);
                } else if (!last.scores().isEmpty()) {
                    // Heard twice: perhaps it was kept and not published the first time.
                    toPublish.add(last);
                }
            }
        }
        if (!toScore.isEmpty()) {
            scores.keepVectors(toScore);
            toPublish.addAll(scores.keepScores(toScore, models.score(toScore), before));
        }
        events.publishAll(Topic.SCORES, toPublish);
    }
}
