package winback.profile.subscribers;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import winback.contracts.ActivityApplied;
import winback.contracts.ActivityReceived;
import winback.contracts.Event;
import winback.contracts.ProfileChanged.Consent;
import winback.contracts.SubscriberMerged;
import winback.profile.features.Activity;
import winback.profile.features.Deployment;
import winback.profile.features.SubscriberState;
import winback.profile.identities.Merges;
import winback.profile.identities.Names;
import winback.profile.identities.SubscriberIds;
import winback.profile.subscribers.ActivityLog.Entry;

/** Applies received activity to the profiles: each once, however often it is delivered. */
@Component
class ProfileUpdates {

    /** How often a batch starts again because ids were merged or erased while it waited for its subscribers. */
    private static final int ATTEMPTS = 10;

    private record Changes(
            List<Subscriber> subscribers, List<ActivityApplied> applied, List<SubscriberMerged> merged) {}

    private final ActivityLog log;
    private final Subscribers subscribers;
    private final SubscriberIds ids;
    private final Merges merges;
    private final ProfilePublication publication;
    private final ImportTally imports;
    private final TransactionTemplate transaction;
    private final Clock clock;
    private final Deployment deployment;
    private final Counter applied;
    private final Counter duplicates;
    private final Counter rebuilds;
    private final Counter erased;

    ProfileUpdates(
            ActivityLog log,
            Subscribers subscribers,
            SubscriberIds ids,
            Merges merges,
            ProfilePublication publication,
            ImportTally imports,
            TransactionTemplate transaction,
            Clock clock,
            Deployment deployment,
            MeterRegistry meters) {
        this.log = log;
        this.subscribers = subscribers;
        this.ids = ids;
        this.merges = merges;
        this.publication = publication;
        this.imports = imports;
        this.transaction = transaction;
        this.clock = clock;
        this.deployment = deployment;
        this.applied = meters.counter("winback.activity.applied");
        this.duplicates = meters.counter("winback.activity.duplicates");
        this.rebuilds = meters.counter("winback.profile.rebuilds");
        this.erased = Counter.builder("winback.erasure.dropped")
                .description("Activities of erased subscribers that came too late")
                .register(meters);
    }

    /**
     * Commits the batch in one transaction, then publishes what changed and waits for Kafka. A record that comes again,
     * after a crash between the two, changes nothing, and what it changed before is published again.
     */
    void apply(List<ConsumerRecord<String, Event>> batch) {
        List<ConsumerRecord<String, Event>> records = batch.stream()
                .filter(record -> record.value() instanceof ActivityReceived)
                .toList();
        if (records.isEmpty()) {
            return;
        }
        Changes changes = committed(records);
        publication.publish(changes.subscribers(), changes.applied());
        merges.publish(changes.merged());
    }

    private Changes committed(List<ConsumerRecord<String, Event>> records) {
        for (int attempt = 1; ; attempt++) {
            try {
                return Objects.requireNonNull(transaction.execute(status -> commit(records)));
            } catch (NamesChanged again) {
                if (attempt == ATTEMPTS) {
                    throw again;
                }
            }
        }
    }

    /** Somebody of the batch was merged or erased between reading the names and locking the subscribers. */
    private static final class NamesChanged extends ConcurrencyFailureException {
        private static final long serialVersionUID = 1;

        NamesChanged() {
            super("ids were merged or erased meanwhile");
        }
    }

    /**
     * A record and what is to be applied of it.
     *
     * @param entry null when it is older than the erasure of whom it speaks of
     */
    private record Arrival(
            ConsumerRecord<String, Event> record, @Nullable Entry entry) {

        ActivityReceived received() {
            return (ActivityReceived) record.value();
        }
    }

    private Changes commit(List<ConsumerRecord<String, Event>> records) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        List<ActivityReceived> received = records.stream()
                .map(record -> (ActivityReceived) record.value())
                .toList();
        Names names = ids.read(received);
        List<Arrival> arrivals = records.stream()
                .map(record -> new Arrival(record, entry(names.settle((ActivityReceived) record.value()))))
                .toList();
        List<Entry> entries =
                arrivals.stream().map(Arrival::entry).filter(Objects::nonNull).toList();

        List<Entry> unseen = log.addUnseen(entries, now);
        Set<Entry> isUnseen = Collections.newSetFromMap(new IdentityHashMap<>());
        isUnseen.addAll(unseen);
        List<Entry> seen =
                entries.stream().filter(entry -> !isUnseen.contains(entry)).toList();

        List<ActivityReceived> unseenEvents = events(unseen);
        Set<String> concerned = merges.concerned(unseenEvents, names);
        Set<String> created = new TreeSet<>(concerned);
        unseen.forEach(entry -> created.add(entry.event().subscriberId()));
        if (!created.isEmpty()) {
            subscribers.create(created);
        }
        Set<String> wanted = new TreeSet<>(concerned);
        entries.forEach(entry -> wanted.add(entry.event().subscriberId()));
        Map<String, Subscriber> locked = new TreeMap<>();
        subscribers.lock(wanted).forEach(subscriber -> locked.put(subscriber.id(), subscriber));
        if (!ids.read(received).equals(names)) {
            throw new NamesChanged();
        }
        Merges.Made made = merges.make(unseenEvents, names, id -> consents(locked.get(id), id, unseen), now);
        made.merged().forEach(merge -> locked.remove(merge.from()));
        log.addUnseen(made.revocations().stream().map(Entry::of).toList(), now);

        Map<String, List<Activity>> bySubscriber = new TreeMap<>();
        for (Entry entry : unseen) {
            bySubscriber
                    .computeIfAbsent(made.canonical(entry.event().subscriberId()), id -> new ArrayList<>())
                    .add(entry.activity());
        }
        List<Subscriber> current = advance(startAfterErasure(locked.values(), names), bySubscriber, made.kept(), now);

        Map<String, @Nullable String> zones = new HashMap<>();
        current.forEach(
                subscriber -> zones.put(subscriber.id(), subscriber.state().timezone()));
        List<ActivityApplied> published = new ArrayList<>(entries.size());
        for (List<Entry> some : List.of(unseen, log.stored(seen))) {
            for (Entry entry : some) {
                ActivityReceived event = made.settle(entry.event());
                published.add(entry.activity().applied(event, deployment.currency(), zones.get(event.subscriberId())));
            }
        }
        tally(arrivals, isUnseen);
        applied.increment(unseen.size());
        duplicates.increment(seen.size());
        erased.increment(arrivals.size() - entries.size());
        List<SubscriberMerged> merged = new ArrayList<>(made.merged());
        merged.addAll(merges.madeBy(events(seen)));
        return new Changes(current, published, merged);
    }

    private static @Nullable Entry entry(@Nullable ActivityReceived event) {
        return event == null ? null : Entry.of(event);
    }

    private static List<ActivityReceived> events(List<Entry> entries) {
        return entries.stream().map(Entry::event).toList();
    }

    /** The newest word on each channel and purpose, that of the new activities included. */
    private static List<Consent> consents(@Nullable Subscriber subscriber, String id, List<Entry> unseen) {
        List<Consent> consents = new ArrayList<>();
        if (subscriber != null) {
            consents.addAll(subscriber.state().consents());
        }
        for (Entry entry : unseen) {
            if (entry.event().subscriberId().equals(id)) {
                consents.addAll(entry.activity().consents());
            }
        }
        consents.sort(Comparator.comparing(Consent::at));
        Map<String, Consent> newest = new TreeMap<>();
        consents.forEach(consent -> newest.put(consent.channel() + "/" + consent.purpose(), consent));
        return List.copyOf(newest.values());
    }

    /** Who comes back after an erasure starts with a version above all that readers have ever seen. */
    private static List<Subscriber> startAfterErasure(Collection<Subscriber> locked, Names names) {
        return locked.stream()
                .map(subscriber -> {
                    Instant erasedAt = names.erased().get(subscriber.id());
                    return erasedAt == null || subscriber.version() > 0
                            ? subscriber
                            : new Subscriber(
                                    subscriber.id(),
                                    erasedAt.toEpochMilli(),
                                    subscriber.state(),
                                    subscriber.featuresAsOf());
                })
                .toList();
    }

    /**
     * Applies what is new and saves it; who has nothing new stays as they are, to be published again.
     *
     * @param merged who is rebuilt from the stored activity in any case
     */
    private List<Subscriber> advance(
            List<Subscriber> locked, Map<String, List<Activity>> bySubscriber, Set<String> merged, Instant now) {
        Set<String> late = new HashSet<>(merged);
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

    private void tally(List<Arrival> arrivals, Set<Entry> unseen) {
        List<ImportTally.Row> rows = new ArrayList<>();
        for (Arrival arrival : arrivals) {
            Map<String, @Nullable Object> context = arrival.received().context();
            // Only rows are counted, not the identification that goes before a customer's first one.
            if (arrival.received().source().equals("import")
                    && context.get("row") != null
                    && context.get("importId") instanceof String importId) {
                rows.add(new ImportTally.Row(
                        UUID.fromString(importId),
                        arrival.entry() != null && unseen.contains(arrival.entry()),
                        arrival.record().topic(),
                        arrival.record().partition(),
                        arrival.record().offset()));
            }
        }
        if (!rows.isEmpty()) {
            imports.count(rows);
        }
    }
}
