package winback.profile.subscribers;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import winback.contracts.ActivityApplied;
import winback.contracts.ActivityReceived;
import winback.contracts.Event;
import winback.profile.features.Activity;
import winback.profile.features.Deployment;
import winback.profile.features.SubscriberState;
import winback.profile.subscribers.ActivityLog.Entry;

/** Applies received activity to the profiles: each once, however often it is delivered. */
@Component
class ProfileUpdates {

    private record Changes(List<Subscriber> subscribers, List<ActivityApplied> applied) {}

    private final ActivityLog log;
    private final Subscribers subscribers;
    private final ProfilePublication publication;
    private final ImportTally imports;
    private final TransactionTemplate transaction;
    private final Clock clock;
    private final Deployment deployment;
    private final Counter applied;
    private final Counter duplicates;
    private final Counter rebuilds;

    ProfileUpdates(
            ActivityLog log,
            Subscribers subscribers,
            ProfilePublication publication,
            ImportTally imports,
            TransactionTemplate transaction,
            Clock clock,
            Deployment deployment,
            MeterRegistry meters) {
        this.log = log;
        this.subscribers = subscribers;
        this.publication = publication;
        this.imports = imports;
        this.transaction = transaction;
        this.clock = clock;
        this.deployment = deployment;
        this.applied = meters.counter("winback.activity.applied");
        this.duplicates = meters.counter("winback.activity.duplicates");
        this.rebuilds = meters.counter("winback.profile.rebuilds");
    }

    /**
     * Commits the batch in one transaction, then publishes what changed and waits for Kafka. A record that comes again,
     * after a crash between the two, changes nothing, and what it changed before is published again.
     */
    void apply(List<ConsumerRecord<String, Event>> batch) {
        Map<Entry, ConsumerRecord<String, Event>> places = new java.util.IdentityHashMap<>();
        List<Entry> entries = new ArrayList<>(batch.size());
        for (ConsumerRecord<String, Event> record : batch) {
            if (record.value() instanceof ActivityReceived event) {
                Entry entry = Entry.of(event);
                entries.add(entry);
                places.put(entry, record);
            }
        }
        if (entries.isEmpty()) {
            return;
        }
        Changes changes = Objects.requireNonNull(transaction.execute(status -> commit(entries, places)));
        publication.publish(changes.subscribers(), changes.applied());
    }

    private Changes commit(List<Entry> entries, Map<Entry, ConsumerRecord<String, Event>> places) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        Set<String> ids = new TreeSet<>();
        entries.forEach(entry -> ids.add(entry.event().subscriberId()));

        List<Entry> unseen = log.addUnseen(entries, now);
        Set<Entry> isUnseen = java.util.Collections.newSetFromMap(new java.util.IdentityHashMap<>());
        isUnseen.addAll(unseen);
        List<Entry> seen =
                entries.stream().filter(entry -> !isUnseen.contains(entry)).toList();
        Map<String, List<Activity>> bySubscriber = new TreeMap<>();
        for (Entry entry : unseen) {
            bySubscriber
                    .computeIfAbsent(entry.event().subscriberId(), id -> new ArrayList<>())
                    .add(entry.activity());
        }
        if (!bySubscriber.isEmpty()) {
            subscribers.create(bySubscriber.keySet());
        }
        List<Subscriber> current = advance(subscribers.lock(ids), bySubscriber, now);

        Map<String, @Nullable String> zones = new HashMap<>();
        current.forEach(
                subscriber -> zones.put(subscriber.id(), subscriber.state().timezone()));
        List<ActivityApplied> published = new ArrayList<>(entries.size());
        for (List<Entry> some : List.of(unseen, log.stored(seen))) {
            for (Entry entry : some) {
                published.add(entry.activity()
                        .applied(
                                entry.event(),
                                deployment.currency(),
                                zones.get(entry.event().subscriberId())));
            }
        }
        tally(entries, isUnseen, places);
        applied.increment(unseen.size());
        duplicates.increment(seen.size());
        return new Changes(current, published);
    }

    /** Applies what is new and saves it; who has nothing new stays as they are, to be published again. */
    private List<Subscriber> advance(List<Subscriber> locked, Map<String, List<Activity>> bySubscriber, Instant now) {
        Set<String> late = new HashSet<>();
        for (Subscriber subscriber : locked) {
            List<Activity> activities = bySubscriber.get(subscriber.id());
            if (activities == null) {
                continue;
            }
            activities.sort(Activity.IN_ORDER);
            if (!activities.stream().allMatch(subscriber.state()::accepts)) {
                late.add(subscriber.id());
            }
        }
        Map<String, SubscriberState> rebuilt = log.rebuild(late);
        rebuilds.increment(late.size());
        List<Subscriber> current = new ArrayList<>(locked.size());
        List<Subscriber> changed = new ArrayList<>(locked.size());
        for (Subscriber subscriber : locked) {
            List<Activity> activities = bySubscriber.getOrDefault(subscriber.id(), List.of());
            if (activities.isEmpty()) {
                if (subscriber.version() > 0) {
                    current.add(subscriber);
                }
                continue;
            }
            SubscriberState state = rebuilt.get(subscriber.id());
            if (state == null) {
                state = subscriber.state();
                for (Activity activity : activities) {
                    state.apply(activity, deployment.currency());
                }
            }
            Subscriber next =
                    new Subscriber(subscriber.id(), subscriber.version(), state, subscriber.featuresAsOf()).asOf(now);
            changed.add(next);
            current.add(next);
        }
        subscribers.save(changed);
        return current;
    }

    private void tally(List<Entry> entries, Set<Entry> unseen, Map<Entry, ConsumerRecord<String, Event>> places) {
        List<ImportTally.Row> rows = new ArrayList<>();
        for (Entry entry : entries) {
            Map<String, @Nullable Object> context = entry.event().context();
            ConsumerRecord<String, Event> place = places.get(entry);
            // Only rows are counted, not the identification that goes before a customer's first one.
            if (place != null
                    && entry.event().source().equals("import")
                    && context.get("row") != null
                    && context.get("importId") instanceof String importId) {
                rows.add(new ImportTally.Row(
                        UUID.fromString(importId),
                        unseen.contains(entry),
                        place.topic(),
                        place.partition(),
                        place.offset()));
            }
        }
        if (!rows.isEmpty()) {
            imports.count(rows);
        }
    }
}
