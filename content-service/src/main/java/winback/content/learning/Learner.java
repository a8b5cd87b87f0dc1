package winback.content.learning;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;
import winback.chassis.events.Batches;
import winback.content.campaigns.Campaigns;
import winback.content.decisions.DecisionTables;
import winback.content.learning.Outcome.Kind;
import winback.content.learning.Outcomes.Order;
import winback.contracts.ActivityApplied;
import winback.contracts.ActivityType;
import winback.contracts.ContentDecided;
import winback.contracts.DeliveryDue;
import winback.contracts.DeliveryRefused;
import winback.contracts.DeliveryScheduled;
import winback.contracts.Event;

/** Brings decisions, deliveries and responses together in PostgreSQL, and the posteriors from there to the path. */
@Component
class Learner {

    private static final Logger log = LoggerFactory.getLogger(Learner.class);
    private static final int LEFT_OVER_AT_ONCE = 5000;

    private final TransactionTemplate transactions;
    private final DecisionTables decisions;
    private final Outcomes outcomes;
    private final Campaigns campaigns;
    private final Clock clock;

    Learner(
            TransactionTemplate transactions,
            DecisionTables decisions,
            Outcomes outcomes,
            Campaigns campaigns,
            Clock clock) {
        this.transactions = transactions;
        this.decisions = decisions;
        this.outcomes = outcomes;
        this.campaigns = campaigns;
        this.clock = clock;
    }

    @KafkaListener(
            topics = "${winback.topics.prefix}winback.decisions",
            groupId = "${winback.topics.prefix}content-decisions",
            properties = "max.poll.records=2000")
    void onDecisions(List<ConsumerRecord<String, Event>> batch) {
        Batches.process(batch, this::project);
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

    private void project(List<ConsumerRecord<String, Event>> batch) {
        List<ContentDecided> decided = new ArrayList<>(batch.size());
        List<String> ids = new ArrayList<>(batch.size());
        for (ConsumerRecord<String, Event> record : batch) {
            if (record.value() instanceof ContentDecided decision) {
                decided.add(decision);
                ids.add(decision.decisionId());
            }
        }
        if (!decided.isEmpty()) {
            inTransaction(() -> {
                decisions.insert(decided);
                return outcomes.settleWithOrders(ids);
            });
        }
    }

    private void learn(List<ConsumerRecord<String, Event>> batch) {
        List<Outcome> found = new ArrayList<>();
        List<Order> orders = new ArrayList<>();
        for (ConsumerRecord<String, Event> record : batch) {
            if (record.value() instanceof ActivityApplied activity && activity.type() == ActivityType.TRACK) {
                learn(activity, found, orders);
            }
        }
        if (found.isEmpty() && orders.isEmpty()) {
            return;
        }
        inTransaction(() -> {
            outcomes.write(found);
            Set<String> changed = new LinkedHashSet<>(outcomes.settleWithOrders(ids(found)));
            if (!orders.isEmpty()) {
                outcomes.writeOrders(orders);
                changed.addAll(outcomes.settleOrdersOf(
                        orders.stream().map(Order::subscriberId).distinct().toList()));
            }
            return changed;
        });
    }

    private void learn(ActivityApplied activity, List<Outcome> found, List<Order> orders) {
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
            case "Order Completed" -> found.add(new Outcome(decisionId, Kind.SUCCEEDED, activity.at()));
            // A scanner that follows links shows that the mail arrived, and nothing more.
            case "Email Link Clicked" ->
                found.add(new Outcome(decisionId, activity.machine() ? Kind.EXPOSED : Kind.SUCCEEDED, activity.at()));
            case "Email Delivered", "Email Opened" -> found.add(new Outcome(decisionId, Kind.EXPOSED, activity.at()));
            default -> {}
        }
    }

    private void follow(List<ConsumerRecord<String, Event>> batch) {
        List<Outcome> found = new ArrayList<>();
        for (ConsumerRecord<String, Event> record : batch) {
            switch (record.value()) {
                case DeliveryScheduled scheduled ->
                    found.add(new Outcome(scheduled.decisionId(), Kind.DUE, scheduled.dueAt()));
                case DeliveryDue due -> {
                    found.add(new Outcome(due.decisionId(), Kind.DUE, due.dueAt()));
                    found.add(new Outcome(due.decisionId(), Kind.EXPOSED, due.dueAt()));
                }
                case DeliveryRefused refused ->
                    found.add(new Outcome(refused.decisionId(), Kind.REFUSED, refused.refusedAt()));
                case null -> {}
                default -> {}
            }
        }
        if (!found.isEmpty()) {
            inTransaction(() -> {
                outcomes.write(found);
                return outcomes.settleWithOrders(ids(found));
            });
        }
    }

    private static Collection<String> ids(List<Outcome> outcomes) {
        return outcomes.stream().map(Outcome::decisionId).distinct().toList();
    }

    private void inTransaction(Supplier<Set<String>> work) {
        Set<String> changed = transactions.execute(transaction -> work.get());
        if (changed != null && !changed.isEmpty()) {
            campaigns.refresh();
        }
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
