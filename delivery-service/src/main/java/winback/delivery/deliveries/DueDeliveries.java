package winback.delivery.deliveries;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import winback.chassis.events.EventPublisher;
import winback.contracts.DeliveryDue;
import winback.contracts.Topic;
import winback.delivery.deliveries.ContentMails.Answer;
import winback.delivery.polling.Poller;
import winback.delivery.recipients.Address;

/**
 * Publishes what is due.
 *
 * <p>A delivery goes through four steps: judged, under the subscriber's lock; its mail fetched; judged once more and, in
 * that transaction, marked as being published; published and, once Kafka has acknowledged, marked as due. After a crash
 * or an outage between the last two nobody knows whether the event went out: it is judged again and published again,
 * under the same id. While it is in that state it counts as a mail for the gap of all others.
 */
@Component
class DueDeliveries {

    /** Leaves an event room for JSON's escapes and headers below the topic's 1 MB. */
    static final int LARGEST_MAIL_BYTES = 700 * 1024;

    private static final Logger log = LoggerFactory.getLogger(DueDeliveries.class);

    /** Longer than the timeouts of one delivery together. */
    private static final Duration LEASE = Duration.ofSeconds(60);

    private static final Duration ACKNOWLEDGED_WITHIN = Duration.ofSeconds(15);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    /** How a step through the worker ended for one delivery. */
    private enum Outcome {
        DONE,
        /** What all deliveries depend on is away. */
        OUTAGE
    }

    private final Deliveries deliveries;
    private final Rules rules;
    private final Announcements announcements;
    private final ContentMails mails;
    private final EventPublisher publisher;
    private final DeliveryMeters meters;
    private final TransactionTemplate transaction;
    private final DeliverySettings settings;
    private final Clock clock;
    private final Poller polling = new Poller("due-deliveries", this::round);

    /** Many mails are fetched at once; most of the connection pool stays for the listeners and for callers. */
    private final Semaphore databaseTurns = new Semaphore(4);

    private int outages;

    DueDeliveries(
            Deliveries deliveries,
            Rules rules,
            Announcements announcements,
            ContentMails mails,
            EventPublisher publisher,
            DeliveryMeters meters,
            TransactionTemplate transaction,
            DeliverySettings settings,
            Clock clock) {
        this.deliveries = deliveries;
        this.rules = rules;
        this.announcements = announcements;
        this.mails = mails;
        this.publisher = publisher;
        this.meters = meters;
        this.transaction = transaction;
        this.settings = settings;
        this.clock = clock;
    }

    Poller polling() {
        return polling;
    }

    /** The next round begins now. */
    void wake() {
        polling.wake();
    }

    private Duration round() {
        announcements.publish();
        Instant now = now();
        meters.lag(deliveries
                .oldestOverdue(now)
                .map(due -> Duration.between(due, now))
                .orElse(Duration.ZERO));
        List<String> leased = deliveries.lease(now, LEASE, settings.batch());
        if (leased.isEmpty()) {
            return settings.poll();
        }
        List<Outcome> outcomes = inParallel(leased);
        announcements.publish();
        if (!outcomes.contains(Outcome.DONE)) {
            // Nothing got through: no use in asking for the whole backlog one by one.
            Duration pause = settings.poll().multipliedBy(1L << Math.min(outages++, 6));
            return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
        }
        outages = 0;
        return leased.size() == settings.batch() ? Duration.ZERO : settings.poll();
    }

    private List<Outcome> inParallel(List<String> deliveryIds) {
        List<Outcome> outcomes = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Outcome>> steps = new ArrayList<>();
            for (String id : deliveryIds) {
                steps.add(() -> deliver(id));
            }
            for (Future<Outcome> step : threads.invokeAll(steps)) {
                outcomes.add(step.get());
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException failed) {
            throw new IllegalStateException(failed.getCause());
        }
        return outcomes;
    }

    private Outcome deliver(String deliveryId) {
        try {
            Optional<Ready> ready = examine(deliveryId, false);
            if (ready.isEmpty()) {
                return Outcome.DONE;
            }
            Delivery delivery = ready.get().delivery();
            return switch (mails.fetch(delivery.decisionId())) {
                case Answer.Found found -> found(delivery, found);
                case Answer.TooLarge large -> refuse(deliveryId, Refusal.MAIL_TOO_LARGE);
                case Answer.Missing missing -> missing(deliveryId);
                case Answer.Withdrawn withdrawn -> refuse(deliveryId, Refusal.WITHDRAWN);
                case Answer.Away away -> {
                    log.warn("content-service away for delivery {}: {}", deliveryId, away.why());
                    failed(deliveryId);
                    yield Outcome.OUTAGE;
                }
            };
        } catch (RuntimeException failure) {
            // It stays as it is, and is looked at again when the lease ends at the latest.
            log.warn("delivery {} is tried again: {}", deliveryId, failure.toString());
            try {
                failed(deliveryId);
            } catch (RuntimeException databaseToo) {
                log.debug("delivery {} waits for its lease to end", deliveryId, databaseToo);
            }
            return Outcome.OUTAGE;
        }
    }

    private Outcome found(Delivery delivery, Answer.Found found) {
        if (!found.subscriberId().equals(delivery.subscriberId())) {
            log.error("the mail of delivery {} is somebody else's", delivery.deliveryId());
            return missing(delivery.deliveryId());
        }
        if (found.bytes() > LARGEST_MAIL_BYTES) {
            return refuse(delivery.deliveryId(), Refusal.MAIL_TOO_LARGE);
        }
        return publish(delivery.deliveryId(), found.mail());
    }

    /** A delivery that may leave now. */
    private record Ready(Delivery delivery, Address to) {}

    /** What the verdict led to: at most one of the two. */
    private record Examined(Optional<Ready> ready, Optional<Delivery> changed) {
        static final Examined NOTHING = new Examined(Optional.empty(), Optional.empty());
    }

    /**
     * Judges the delivery under its subscriber's lock and does what the verdict says.
     *
     * @param claim whether to mark it as being published when it may leave
     * @return empty when it may not leave now
     */
    private Optional<Ready> examine(String deliveryId, boolean claim) {
        Examined examined = inTurn(() -> {
            Optional<Delivery> known = deliveries.find(deliveryId);
            if (known.isEmpty()) {
                return Examined.NOTHING;
            }
            deliveries.lock(known.get().subscriberId());
            return deliveries
                    .findForUpdate(deliveryId)
                    .filter(current -> current.state().live())
                    .map(current -> examined(current, claim))
                    .orElse(Examined.NOTHING);
        });
        examined.changed().ifPresent(meters::count);
        return examined.ready();
    }

    private Examined examined(Delivery delivery, boolean claim) {
        Instant now = now();
        return switch (rules.judge(delivery, now)) {
            case Verdict.Go go -> {
                Delivery leaving = claim ? delivery.publishing(rules.due(delivery, now), now) : delivery;
                if (claim) {
                    deliveries.save(leaving);
                }
                yield new Examined(Optional.of(new Ready(leaving, go.to())), Optional.empty());
            }
            case Verdict.Wait wait -> {
                deliveries.save(delivery.waiting(wait.until()));
                yield Examined.NOTHING;
            }
            case Verdict.Move move -> changed(delivery.moved(move.slot(), now));
            case Verdict.Refuse refuse -> changed(delivery.refused(refuse.refusal(), now));
        };
    }

    private Examined changed(Delivery delivery) {
        deliveries.save(delivery);
        return new Examined(Optional.empty(), Optional.of(delivery));
    }

    private Outcome publish(String deliveryId, DeliveryDue.Mail mail) {
        Optional<Ready> claimed = examine(deliveryId, true);
        if (claimed.isEmpty()) {
            return Outcome.DONE;
        }
        Delivery delivery = claimed.get().delivery();
        DeliveryDue due = new DeliveryDue(
                deliveryId,
                delivery.decisionId(),
                delivery.subscriberId(),
                delivery.campaignId(),
                delivery.variantId(),
                claimed.get().to().value(),
                delivery.promise(),
                mail);
        EventPublisher.await(List.of(publisher.publish(Topic.DELIVERIES, due)), ACKNOWLEDGED_WITHIN);
        change(
                        deliveryId,
                        current -> current.state() == DeliveryState.PUBLISHING
                                ? Optional.of(current.published(now()))
                                : Optional.empty())
                .ifPresent(meters::count);
        return Outcome.DONE;
    }

    private Outcome missing(String deliveryId) {
        change(deliveryId, current -> {
                    Delivery failed = current.failed(now(), true);
                    Instant since = failed.missingSince();
                    return Optional.of(
                            since != null && since.plus(settings.mailPatience()).isBefore(now())
                                    ? current.refused(Refusal.MAIL_UNAVAILABLE, now())
                                    : failed);
                })
                .filter(changed -> changed.state() == DeliveryState.REFUSED)
                .ifPresent(meters::count);
        return Outcome.DONE;
    }

    private Outcome refuse(String deliveryId, Refusal refusal) {
        change(deliveryId, current -> Optional.of(current.refused(refusal, now())))
                .ifPresent(meters::count);
        return Outcome.DONE;
    }

    private void failed(String deliveryId) {
        change(deliveryId, current -> Optional.of(current.failed(now(), false)));
    }

    /** Changes a delivery that is still live; empty when nothing changed. */
    private Optional<Delivery> change(String deliveryId, Function<Delivery, Optional<Delivery>> change) {
        return inTurn(() -> {
            Optional<Delivery> next = deliveries
                    .findForUpdate(deliveryId)
                    .filter(current -> current.state().live())
                    .flatMap(change);
            next.ifPresent(deliveries::save);
            return next;
        });
    }

    /** Does the work in a transaction, when it is its turn. */
    private <T> T inTurn(Supplier<T> work) {
        databaseTurns.acquireUninterruptibly();
        try {
            return Objects.requireNonNull(transaction.execute(status -> work.get()));
        } finally {
            databaseTurns.release();
        }
    }

    /** As PostgreSQL and JSON keep it. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
