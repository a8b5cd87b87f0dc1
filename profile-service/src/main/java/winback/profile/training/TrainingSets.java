package winback.profile.training;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;
import winback.chassis.events.Batches;
import winback.chassis.events.EventPublisher;
import winback.chassis.events.Topics;
import winback.contracts.Event;
import winback.contracts.Topic;
import winback.contracts.TrainingPartitionClosed;
import winback.contracts.TrainingRow;
import winback.contracts.TrainingSetRequested;
import winback.profile.features.Activity;
import winback.profile.features.Aftermath;
import winback.profile.features.FeatureSchema;
import winback.profile.features.Rates;
import winback.profile.features.Replay;
import winback.profile.features.SubscriberState;
import winback.profile.money.ExchangeRates;
import winback.profile.subscribers.ActivityLog;

/**
 * Answers a {@link TrainingSetRequested}: replays the stored activity of everybody who had ordered, or been delivered a
 * mail, by the cutoff, through the same state and features as live activity, and publishes a row each. What happened after
 * the cutoff enters the labels alone.
 */
@Component
class TrainingSets {

    private static final Logger log = LoggerFactory.getLogger(TrainingSets.class);
    private static final int IN_FLIGHT = 2000;
    private static final Duration ACKNOWLEDGED_WITHIN = Duration.ofSeconds(15);
    /** A horizon may end at the close of today: its last hours may still be missing. */
    private static final Duration GRACE = Duration.ofDays(1);

    private final ActivityLog activity;
    private final EventPublisher events;
    private final Topics topics;
    private final TransactionTemplate snapshot;
    private final Clock clock;
    private final ExchangeRates rates;
    private final Counter rows;

    TrainingSets(
            ActivityLog activity,
            EventPublisher events,
            Topics topics,
            PlatformTransactionManager transactions,
            Clock clock,
            ExchangeRates rates,
            MeterRegistry meters) {
        this.activity = activity;
        this.events = events;
        this.topics = topics;
        this.snapshot = new TransactionTemplate(transactions);
        this.snapshot.setReadOnly(true);
        this.snapshot.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
        this.clock = clock;
        this.rates = rates;
        this.rows = meters.counter("winback.training.rows");
    }

    /**
     * Works within the poll and commits after it, so that a set interrupted by a crash is made again, row by row the
     * same; hence the long interval.
     */
    @KafkaListener(
            id = "commands",
            idIsGroup = false,
            topics = "${winback.topics.prefix}winback.commands",
            groupId = "${winback.topics.prefix}profile-training",
            concurrency = "1",
            properties = {"max.poll.records=1", "max.poll.interval.ms=3600000"})
    void onCommand(List<ConsumerRecord<String, Event>> batch) {
        Batches.process(batch, records -> {
            for (ConsumerRecord<String, Event> record : records) {
                if (record.value() instanceof TrainingSetRequested request) {
                    answer(request);
                }
            }
        });
    }

    private void answer(TrainingSetRequested request) {
        long began = System.nanoTime();
        long[] counts = new long[topics.partitions()];
        String refusal = refusal(request);
        if (refusal == null) {
            Rows publishing = new Rows(request, counts);
            snapshot.executeWithoutResult(status -> {
                activity.replay(publishing.end, publishing);
                publishing.close();
            });
            if (java.util.Arrays.stream(counts).sum() == 0) {
                refusal = "nobody had ordered or been delivered a mail by the cutoff; an amount below 0 is a return and"
                        + " no order.";
            }
        }
        List<CompletableFuture<?>> closings = new ArrayList<>();
        for (int partition = 0; partition < counts.length; partition++) {
            closings.add(events.publish(
                    Topic.TRAINING,
                    partition,
                    new TrainingPartitionClosed(
                            request.datasetId(),
                            partition,
                            counts.length,
                            counts[partition],
                            FeatureSchema.CURRENT.fingerprint(),
                            FeatureSchema.CURRENT.names(),
                            FeatureSchema.CURRENT.groups(),
                            FeatureSchema.PERIOD_NAMES,
                            clock.instant(),
                            refusal)));
        }
        EventPublisher.await(closings, ACKNOWLEDGED_WITHIN);
        log.info(
                "training set {}: {} rows in {} ms{}",
                request.datasetId(),
                java.util.Arrays.stream(counts).sum(),
                (System.nanoTime() - began) / 1_000_000,
                refusal == null ? "" : ", " + refusal);
    }

    private @Nullable String refusal(TrainingSetRequested request) {
        if (request.horizonDays() < 0 || request.horizonDays() > 36_500) {
            return "a horizon of %d days makes no sense".formatted(request.horizonDays());
        }
        Instant now = clock.instant();
        if (request.cutoff().isAfter(now.plus(GRACE))) {
            return "the cutoff lies in the future";
        }
        if (request.cutoff().plus(Duration.ofDays(request.horizonDays())).isAfter(now.plus(GRACE))) {
            return "the horizon after the cutoff is not over yet";
        }
        Instant dropped = activity.droppedUntil();
        if (request.cutoff().isBefore(dropped)) {
            return "the cutoff lies before %s, up to which activity has been dropped".formatted(dropped);
        }
        return activity.earliest(request.cutoff()).isEmpty() ? "no activity is stored by the cutoff" : null;
    }

    /** Gathers one subscriber after the other, as the replay brings them. */
    private final class Rows implements ActivityLog.Replayed {
        private final Rates current = rates.current();
        private final TrainingSetRequested request;
        private final Instant end;
        private final long[] counts;
        private final Deque<CompletableFuture<?>> inFlight = new ArrayDeque<>();
        private @Nullable String subscriberId;
        /** Up to the cutoff; null once it is passed. */
        private @Nullable Replay replay;
        /** As of the cutoff; null before it is passed, and of somebody who gets no row. */
        private @Nullable Row row;

        Rows(TrainingSetRequested request, long[] counts) {
            this.request = request;
            this.counts = counts;
            this.end = request.cutoff().plus(Duration.ofDays(request.horizonDays()));
        }

        /** Features as of the cutoff, and the replay from there on. */
        @SuppressWarnings("ArrayRecordComponent") // numeric vectors by design; compared nowhere
        private record Row(float[] features, float[][] periods, Replay later, Aftermath aftermath) {}

        @Override
        public void begin(String id, SubscriberState start) {
            if (!id.equals(subscriberId)) {
                finish();
                subscriberId = id;
            }
            replay = new Replay(start, current);
            row = null;
        }

        @Override
        public void next(Activity activity) {
            if (!activity.at().isAfter(request.cutoff())) {
                Objects.requireNonNull(replay).add(activity);
                return;
            }
            passCutoff();
            if (row != null) {
                row.later().add(activity);
            }
        }

        private void passCutoff() {
            if (replay == null) {
                return;
            }
            SubscriberState state = replay.finish();
            replay = null;
            if (state.orders() == 0 && state.delivered() == 0) {
                return;
            }
            Aftermath aftermath = new Aftermath(current, end);
            row = new Row(
                    FeatureSchema.CURRENT.vector(state, request.cutoff()),
                    state.periods(request.cutoff()),
                    new Replay(state, current, aftermath),
                    aftermath);
        }

        void close() {
            finish();
            acknowledge(0);
        }

        private void finish() {
            String id = subscriberId;
            if (id == null) {
                return;
            }
            passCutoff();
            Row finished = row;
            if (finished == null) {
                return;
            }
            row = null;
            finished.later().finish();
            TrainingRow published = new TrainingRow(
                    request.datasetId(),
                    id,
                    request.cutoff(),
                    finished.features(),
                    finished.periods(),
                    request.horizonDays() == 0 ? null : finished.aftermath().labels());
            inFlight.addLast(events.publish(Topic.TRAINING, published));
            // Kafka's own choice for a record with a key.
            counts[Utils.toPositive(Utils.murmur2(id.getBytes(StandardCharsets.UTF_8))) % counts.length]++;
            rows.increment();
            acknowledge(IN_FLIGHT);
        }

        private void acknowledge(int atMost) {
            if (inFlight.size() <= atMost) {
                return;
            }
            List<CompletableFuture<?>> oldest = new ArrayList<>();
            while (inFlight.size() > atMost / 2) {
                oldest.add(inFlight.removeFirst());
            }
            EventPublisher.await(oldest, ACKNOWLEDGED_WITHIN);
        }
    }
}
