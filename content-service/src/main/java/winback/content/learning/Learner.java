package winback.content.learning;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.dao.DataAccessException;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;
import winback.chassis.events.Batches;
import winback.chassis.identities.Erasure;
import winback.chassis.identities.Identities;
import winback.chassis.identities.Identities.Known;
import winback.chassis.identities.IdentityChanges;
import winback.content.Pace;
import winback.content.decisions.DecisionTables;
import winback.content.learning.Outcome.Kind;
import winback.content.learning.Outcomes.Order;
import winback.contracts.ActivityApplied;
import winback.contracts.ActivityRetracted;
import winback.contracts.ActivityType;
import winback.contracts.ContentDecided;
import winback.contracts.DeliveryDue;
import winback.contracts.DeliveryRefused;
import winback.contracts.DeliveryScheduled;
import winback.contracts.Event;

/** Brings decisions, deliveries and responses together in PostgreSQL, and the posteriors from there to the path. */
@Component
class Learner implements IdentityChanges {

    private static final Logger log = LoggerFactory.getLogger(Learner.class);
    private static final int LEFT_OVER_AT_ONCE = 5000;

    private final TransactionTemplate transactions;
    private final DecisionTables decisions;
    private final Outcomes outcomes;
    private final Identities identities;
    private final Clock clock;
    private final Pace pace;

    Learner(
            TransactionTemplate transactions,
            DecisionTables decisions,
            Outcomes outcomes,
            Identities identities,
            Clock clock,
            @Value("${winback.decisions.projected-per-second:5000}") int most,
            @Value("${winback.decisions.projected-when-busy:500}") int least) {
        this.transactions = transactions;
        this.decisions = decisions;
        this.outcomes = outcomes;
        this.identities = identities;
        this.clock = clock;
        this.pace = new Pace(new SpareTime(most, least)::perSecond);
    }

    /** As fast as the machine has time: the path goes before the record of it, which Kafka keeps meanwhile. */
    @KafkaListener(
            topics = "${winback.topics.prefix}winback.decisions",
            groupId = "${winback.topics.prefix}content-decisions",
            properties = {"max.poll.records=100", "fetch.min.bytes=131072", "fetch.max.wait.ms=200"})
    void onDecisions(List<ConsumerRecord<String, Event>> batch) {
        Batches.process(batch, this::project);
        pace.done(batch.size());
    }

    @KafkaListener(
            topics = "${winback.topics.prefix}winback.feedback",
            groupId = "${winback.topics.prefix}content-feedback")
    void onFeedback(List<ConsumerRecord<String, Event>> batch) {
        Batches.process(batch, this::learn);
    }

    @KafkaListener(
            topics = "${winback.topics.prefix}winback.deliveries",
            groupId = "${winback.topics.prefix}content-deliveries")
    void onDeliveries(List<ConsumerRecord<String, Event>> batch) {
        Batches.process(batch, this::follow);
    }

    @KafkaListener(
            topics = "${winback.topics.prefix}winback.identities",
            groupId = "${winback.topics.prefix}content-identities")
    void onIdentities(List<ConsumerRecord<String, Event>> batch) {
        Batches.process(batch, records -> identities.apply(records, this));
    }

    @Override
    public void merge(String from, String into) {
        decisions.move(from, into);
        outcomes.move(from, into);
    }

    @Override
    public void erase(Set<String> subscriberIds, Erasure erasure) {
        outcomes.erase(subscriberIds, decisions.erase(subscriberIds, erasure), erasure.at());
    }

    private void project(List<ConsumerRecord<String, Event>> batch) {
        List<ContentDecided> decided = new ArrayList<>(batch.size());
        for (ConsumerRecord<String, Event> record : batch) {
            if (record.value() instanceof ContentDecided decision) {
                decided.add(decision);
            }
        }
        if (!decided.isEmpty()) {
            inTransaction(() -> {
                Known known = identities.known(
                        decided.stream().map(ContentDecided::subscriberId).collect(Collectors.toSet()));
                List<ContentDecided> kept = decided.stream()
                        .filter(decision -> !forgotten(decision, known))
                        .map(decision -> decision.withSubscriberId(known.current(decision.subscriberId())))
                        .toList();
                decisions.insert(kept);
                outcomes.settleWithOrders(
                        kept.stream().map(ContentDecided::decisionId).toList());
            });
        }
    }

    private static boolean forgotten(ContentDecided decision, Known known) {
        Erasure erasure = known.erasure(decision.subscriberId());
        return erasure != null && DecisionTables.covers(erasure, decision);
    }

    private void learn(List<ConsumerRecord<String, Event>> batch) {
        List<ActivityApplied> applied = new ArrayList<>();
        Set<String> retracted = new HashSet<>();
        for (ConsumerRecord<String, Event> record : batch) {
            if (record.value() instanceof ActivityApplied activity && activity.type() == ActivityType.TRACK) {
                applied.add(activity);
            } else if (record.value() instanceof ActivityRetracted activity && isClick(activity.name())) {
                retracted.add(outcomes.activityCode(activity.activityId()));
            }
        }
        if (applied.isEmpty() && retracted.isEmpty()) {
            return;
        }
        inTransaction(() -> {
            Known known = identities.known(
                    applied.stream().map(ActivityApplied::subscriberId).collect(Collectors.toSet()));
            // First, so that a click retracted within the batch is not counted at all.
            if (!retracted.isEmpty()) {
                outcomes.takeBack(retracted, clock.instant());
            }
            Set<String> machines = outcomes.retracted(applied.stream()
                    .filter(activity -> activity.decisionId() != null && isClick(activity.name()))
                    .map(activity -> outcomes.activityCode(activity.activityId()))
                    .toList());
            List<Outcome> found = new ArrayList<>();
            List<Order> orders = new ArrayList<>();
            for (ActivityApplied activity : applied) {
                if (!known.forgotten(activity.subscriberId(), activity.at())) {
                    learn(activity.withSubscriberId(known.current(activity.subscriberId())), machines, found, orders);
                }
            }
            if (!found.isEmpty()) {
                outcomes.write(found);
                outcomes.settleWithOrders(ids(found));
            }
            if (!orders.isEmpty()) {
                outcomes.writeOrders(orders);
                outcomes.settleOrdersOf(
                        orders.stream().map(Order::subscriberId).distinct().toList());
            }
        });
    }

    private static boolean isClick(@Nullable String name) {
        return "Email Link Clicked".equals(name);
    }

    private void learn(ActivityApplied activity, Set<String> machines, List<Outcome> found, List<Order> orders) {
        String decisionId = activity.decisionId();
        String name = activity.name() == null ? "" : activity.name();
        boolean order = name.equals("Order Completed");
        if (decisionId == null) {
            boolean mayCount =
                    activity.at().isAfter(clock.instant().minus(Duration.ofDays(Outcomes.LONGEST_WINDOW_DAYS + 1)));
            if (order && mayCount) {
                orders.add(new Order(activity.activityId(), activity.subscriberId(), activity.at()));
            }
            return;
        }
        switch (name) {
            case "Order Completed" ->
                found.add(new Outcome(
                        decisionId, Kind.SUCCEEDED, activity.at(), outcomes.activityCode(activity.activityId())));
            case "Email Link Clicked" -> {
                String code = outcomes.activityCode(activity.activityId());
                // A scanner that follows links shows that the mail arrived, and nothing more.
                found.add(
                        activity.machine() || machines.contains(code)
                                ? new Outcome(decisionId, Kind.EXPOSED, activity.at())
                                : new Outcome(decisionId, Kind.SUCCEEDED, activity.at(), code));
            }
            case "Email Delivered", "Email Opened" -> found.add(new Outcome(decisionId, Kind.EXPOSED, activity.at()));
            default -> {}
        }
    }

    private void follow(List<ConsumerRecord<String, Event>> batch) {
        List<Event> events = new ArrayList<>();
        for (ConsumerRecord<String, Event> record : batch) {
            if (record.value() != null) {
                events.add(record.value());
            }
        }
        if (!events.isEmpty()) {
            inTransaction(() -> {
                Known known =
                        identities.known(events.stream().map(Event::eventKey).collect(Collectors.toSet()));
                List<Outcome> found = new ArrayList<>();
                for (Event event : events) {
                    if (!known.forgotten(event.eventKey(), event.eventTime())) {
                        follow(event, found);
                    }
                }
                outcomes.write(found);
                outcomes.settleWithOrders(ids(found));
            });
        }
    }

    private static void follow(Event event, List<Outcome> found) {
        switch (event) {
            case DeliveryScheduled scheduled ->
                found.add(new Outcome(scheduled.decisionId(), Kind.DUE, scheduled.dueAt()));
            case DeliveryDue due -> {
                found.add(new Outcome(due.decisionId(), Kind.DUE, due.dueAt()));
                found.add(new Outcome(due.decisionId(), Kind.EXPOSED, due.dueAt()));
            }
            case DeliveryRefused refused -> {
                // Nothing is to be written down of somebody who is being forgotten.
                if (!refused.reason().equals("erased")) {
                    found.add(new Outcome(refused.decisionId(), Kind.REFUSED, refused.refusedAt()));
                }
            }
            default -> {}
        }
    }

    private static Collection<String> ids(List<Outcome> outcomes) {
        return outcomes.stream().map(Outcome::decisionId).distinct().toList();
    }

    /** What it changes of the posteriors is in memory when the campaigns are polled next: here, as on other instances. */
    private void inTransaction(Runnable work) {
        transactions.executeWithoutResult(transaction -> work.run());
    }

    /** An outcome and its decision that were written at the same moment did not see each other. */
    @Scheduled(fixedDelayString = "PT1S")
    void settleLeftOver() {
        try {
            inTransaction(() -> outcomes.settleLeftOver(LEFT_OVER_AT_ONCE));
        } catch (DataAccessException | TransactionException away) {
            log.debug("left-over outcomes wait for the database", away);
        }
    }

    @Scheduled(initialDelayString = "PT10M", fixedDelayString = "PT6H")
    void forget() {
        try {
            transactions.executeWithoutResult(transaction ->
                    outcomes.forgetBefore(clock.instant().minus(Duration.ofDays(Outcomes.LONGEST_WINDOW_DAYS + 1))));
        } catch (DataAccessException | TransactionException away) {
            log.debug("forgetting waits for the database", away);
        }
    }
}
