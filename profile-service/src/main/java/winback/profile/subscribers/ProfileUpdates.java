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
import winback.contracts.ActivityRetracted;
import winback.contracts.Event;
import winback.contracts.ProfileChanged.Consent;
import winback.contracts.SubscriberMerged;
import winback.profile.features.Activity;
import winback.profile.features.Rates;
import winback.profile.features.SubscriberState;
import winback.profile.identities.Merges;
import winback.profile.identities.Names;
import winback.profile.identities.SubscriberIds;
import winback.profile.money.ExchangeRates;
import winback.profile.subscribers.ActivityLog.Entry;
import winback.profile.subscribers.ActivityLog.Rebuilt;
import winback.profile.subscribers.ActivityLog.Snapshot;
import winback.profile.subscribers.ActivityLog.Stored;

/** Applies received activity to the profiles: each once, however often it is delivered. */
@Component
class ProfileUpdates {

    /** How often a batch starts again because ids were merged or erased while it waited for its subscribers. */
    private static final int ATTEMPTS = 10;

    private record Changes(List<Subscriber> subscribers, List<Event> feedback, List<SubscriberMerged> merged) {}

    /** So many activities lie between two snapshots of a subscriber at most: what a late one makes to be read again. */
    private static final int SNAPSHOT_EVERY = 2000;

    private final ActivityLog log;
    private final Subscribers subscribers;
    private final SubscriberIds ids;
    private final Merges merges;
    private final ProfilePublication publication;
    private final ImportTally imports;
    private final TransactionTemplate transaction;
    private final Clock clock;
    private final ExchangeRates rates;
    private final Counter applied;
    private final Counter duplicates;
    private final Counter rebuilds;
    private final Counter erased;
    private final Counter expired;
    private final Counter retracted;

    ProfileUpdates(
            ActivityLog log,
            Subscribers subscribers,
            SubscriberIds ids,
            Merges merges,
            ProfilePublication publication,
            ImportTally imports,
            TransactionTemplate transaction,
            Clock clock,
            ExchangeRates rates,
            MeterRegistry meters) {
        this.log = log;
        this.subscribers = subscribers;
        this.ids = ids;
        this.merges = merges;
        this.publication = publication;
        this.imports = imports;
        this.transaction = transaction;
        this.clock = clock;
        this.rates = rates;
        this.applied = Counter.builder("winback.activity.applied")
                .description("Activities applied to profiles")
                .register(meters);
        this.duplicates = Counter.builder("winback.activity.duplicates")
                .description("Activities that came again")
                .register(meters);
        this.rebuilds = Counter.builder("winback.profile.rebuilds")
                .description("Profiles rebuilt from the stored activity")
                .register(meters);
        this.expired = Counter.builder("winback.activity.expired")
                .description("Activities older than what is kept, and so dropped")
                .register(meters);
        this.retracted = Counter.builder("winback.activity.retracted")
                .description("Activities that later turned out to be a machine's")
                .register(meters);
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
        // The months of what merges add are there too: it lies beside what is received.
        log.prepare(records.stream()
                .map(record -> ((ActivityReceived) record.value()).at())
                .toList());
        log.prepare(List.of(clock.instant()));
        Changes changes = committed(records);
        publication.publish(changes.subscribers(), changes.feedback());
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
     * @param entry null when it is older than the erasure of whom it speaks of, or than what is kept
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
        Instant droppedUntil = log.droppedUntil();
        List<Arrival> arrivals = new ArrayList<>(records.size());
        int tooOld = 0;
        for (ConsumerRecord<String, Event> record : records) {
            ActivityReceived event = (ActivityReceived) record.value();
            boolean old = event.at().isBefore(droppedUntil);
            tooOld += old ? 1 : 0;
            arrivals.add(new Arrival(record, old ? null : entry(names.settle(event))));
        }
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
        if (!ids.stillHolds(names)) {
            throw new NamesChanged();
        }
        Merges.Made made = merges.make(unseenEvents, names, id -> consents(locked.get(id), id, unseen), now);
        made.merged().forEach(merge -> locked.remove(merge.from()));
        log.addUnseen(made.revocations().stream().map(Entry::of).toList(), now);

        Map<String, List<Entry>> bySubscriber = new TreeMap<>();
        for (Entry entry : unseen) {
            bySubscriber
                    .computeIfAbsent(made.canonical(entry.event().subscriberId()), id -> new ArrayList<>())
                    .add(entry);
        }
        Advance advance = advance(startAfterErasure(locked.values(), names), bySubscriber, made.kept(), now);
        List<Subscriber> current = advance.subscribers();

        Map<String, @Nullable String> zones = new HashMap<>();
        current.forEach(
                subscriber -> zones.put(subscriber.id(), subscriber.state().timezone()));
        List<Event> feedback = new ArrayList<>(entries.size());
        for (Entry entry : unseen) {
            feedback.add(applied(
                    made.settle(entry.event()),
                    entry.activity(),
                    advance.rules().get(entry),
                    zones));
        }
        for (Stored again : log.stored(seen)) {
            feedback.add(
                    applied(made.settle(again.entry().event()), again.entry().activity(), again.machineRule(), zones));
        }
        for (List<Stored> some : List.of(advance.retracted(), log.retractedBy(seen))) {
            for (Stored wrong : some) {
                feedback.add(retraction(wrong, zones.get(wrong.subscriberId())));
            }
        }
        tally(arrivals, isUnseen);
        applied.increment(unseen.size());
        duplicates.increment(seen.size());
        erased.increment(arrivals.size() - entries.size() - tooOld);
        expired.increment(tooOld);
        List<SubscriberMerged> merged = new ArrayList<>(made.merged());
        merged.addAll(merges.madeBy(events(seen)));
        return new Changes(current, feedback, merged);
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

    private ActivityApplied applied(
            ActivityReceived event, Activity activity, @Nullable String rule, Map<String, @Nullable String> zones) {
        return activity.applied(event, rule, rates.current().currency(), zones.get(event.subscriberId()));
    }

    private static ActivityRetracted retraction(Stored wrong, @Nullable String zone) {
        ActivityReceived event = wrong.entry().event();
        Activity activity = wrong.entry().activity();
        return new ActivityRetracted(
                activity.id(),
                wrong.subscriberId(),
                event.type(),
                event.name(),
                activity.at(),
                activity.precision(),
                activity.decisionId(),
                Objects.requireNonNull(wrong.machineRule()),
                zone);
    }

    /**
     * What has become of a batch.
     *
     * @param rules by which new activities are a machine's
     * @param retracted activities that were published as a person's before
     */
    private record Advance(List<Subscriber> subscribers, Map<Entry, String> rules, List<Stored> retracted) {}

    /**
     * Applies what is new and saves it; who has nothing new stays as they are, to be published again.
     *
     * @param merged who is rebuilt from the stored activity in any case
     */
    private Advance advance(
            List<Subscriber> locked, Map<String, List<Entry>> bySubscriber, Set<String> merged, Instant now) {
        Rates current = rates.current();
        Map<Entry, String> rules = new IdentityHashMap<>();
        Map<String, Instant> late = new HashMap<>();
        Map<String, Instant> overtaken = new HashMap<>();
        Map<String, Long> before = new HashMap<>();
        merged.forEach(id -> late.put(id, Instant.EPOCH));
        for (Subscriber subscriber : locked) {
            List<Entry> entries = bySubscriber.getOrDefault(subscriber.id(), List.of());
            if (entries.isEmpty() || late.containsKey(subscriber.id())) {
                continue;
            }
            entries.sort(Comparator.comparing(Entry::activity, Activity.IN_ORDER));
            Instant earliest = entries.getFirst().activity().at();
            before.put(subscriber.id(), subscriber.state().activities());
            if (subscriber.state().activities() >= SNAPSHOT_EVERY) {
                overtaken.put(subscriber.id(), earliest);
            }
            for (Entry entry : entries) {
                if (!subscriber.state().accepts(entry.activity())) {
                    late.put(subscriber.id(), earliest);
                    break;
                }
                String rule = subscriber.state().apply(entry.activity(), current);
                if (rule != null) {
                    rules.put(entry, rule);
                }
            }
        }
        overtaken.keySet().removeAll(late.keySet());
        log.forgetSnapshots(overtaken);
        Map<String, Rebuilt> rebuilt = log.rebuild(late);
        rebuilds.increment(late.size());
        List<Stored> wrong = revise(rebuilt, bySubscriber, rules);
        List<Subscriber> all = new ArrayList<>(locked.size());
        List<Subscriber> changed = new ArrayList<>(locked.size());
        List<Snapshot> snapshots = new ArrayList<>();
        for (Subscriber subscriber : locked) {
            boolean isNew = bySubscriber.containsKey(subscriber.id()) || rebuilt.containsKey(subscriber.id());
            if (!isNew) {
                if (subscriber.version() > 0) {
                    all.add(subscriber);
                }
                continue;
            }
            Rebuilt again = rebuilt.get(subscriber.id());
            SubscriberState state = again == null ? subscriber.state() : again.state();
            Subscriber next =
                    new Subscriber(subscriber.id(), subscriber.version(), state, subscriber.featuresAsOf()).asOf(now);
            changed.add(next);
            all.add(next);
            if (state.activities() / SNAPSHOT_EVERY > before.getOrDefault(subscriber.id(), 0L) / SNAPSHOT_EVERY) {
                SubscriberState.Place place = state.lastPlace();
                snapshots.add(new Snapshot(subscriber.id(), place.at(), place.tie(), false, state));
            }
        }
        subscribers.save(changed);
        log.snapshot(snapshots);
        List<Stored> bySequence = new ArrayList<>();
        rules.forEach((entry, rule) -> {
            if (entry.activity().machineRule() == null) {
                bySequence.add(Stored.of(entry, rule));
            }
        });
        log.judge(bySequence, false);
        log.judge(wrong, true);
        retracted.increment(wrong.size());
        return new Advance(all, rules, wrong);
    }

    /** Takes over what rebuilding has shown of new activities, and returns what it has shown of earlier ones. */
    private static List<Stored> revise(
            Map<String, Rebuilt> rebuilt, Map<String, List<Entry>> bySubscriber, Map<Entry, String> rules) {
        List<Stored> wrong = new ArrayList<>();
        rebuilt.forEach((id, again) -> {
            Map<Long, Entry> fresh = new HashMap<>();
            for (Entry entry : bySubscriber.getOrDefault(id, List.of())) {
                fresh.put(entry.activity().tie(), entry);
                rules.remove(entry);
                if (entry.activity().machineRule() != null) {
                    rules.put(entry, entry.activity().machineRule());
                }
            }
            for (Stored revised : again.revised()) {
                Entry entry = fresh.get(revised.entry().activity().tie());
                if (entry == null) {
                    wrong.add(revised);
                } else {
                    rules.put(entry, Objects.requireNonNull(revised.machineRule()));
                }
            }
        });
        return wrong;
    }

    private static ImportTally.Fate fate(Arrival arrival, Set<Entry> unseen) {
        if (arrival.entry() == null) {
            return ImportTally.Fate.DROPPED;
        }
        return unseen.contains(arrival.entry()) ? ImportTally.Fate.APPLIED : ImportTally.Fate.KNOWN_ALREADY;
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
                        fate(arrival, unseen),
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
