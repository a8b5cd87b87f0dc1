package winback.content.decisions;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import winback.chassis.identities.Erasure;
import winback.chassis.identities.Identities;
import winback.content.broadcast.EventHandler;
import winback.content.campaigns.Campaign;
import winback.content.campaigns.Campaigns;
import winback.contracts.ContentDecided;
import winback.contracts.DeliveryDue;
import winback.contracts.DeliveryRefused;
import winback.contracts.DeliveryScheduled;
import winback.contracts.Event;
import winback.contracts.SubscriberErased;
import winback.contracts.SubscriberMerged;

/**
 * The at most one live delivery of each campaign to each subscriber, in memory: loaded from the database and kept by
 * reading {@code winback.decisions}, {@code winback.deliveries} and {@code winback.identities} from where the database ends. A delivery is live until
 * it is refused or until the campaign's attribution window after its due time has passed. Decisions of the hold-out that
 * asked for delivery are kept likewise, so that a campaign run twice records them once.
 */
@Component
class LiveDeliveries extends EventHandler {

    /** The first half of a SHA-256 of campaign and subscriber: as good as they, and smaller. */
    private record Key(long high, long low) {
        static Key of(String campaignId, String subscriberId) {
            ByteBuffer hash = ByteBuffer.wrap(Holdout.hash("winback-live", campaignId, subscriberId));
            return new Key(hash.getLong(), hash.getLong());
        }
    }

    /**
     * As little as possible is on the heap, since there may be as many as there are subscribers, of each campaign.
     *
     * @param until in milliseconds of the epoch
     * @param place of the decision on the shelf
     */
    private record Live(long until, long place) {
        boolean isOpen(Instant now) {
            return until > now.toEpochMilli();
        }
    }

    private static final int REFUSED_KEPT = 100_000;

    /** Longer than the topics keep anything. */
    private static final Duration REMEMBERED = Duration.ofDays(8);

    private final Campaigns campaigns;
    private final DecisionTables tables;
    private final RecentDecisions recent;
    private final DecisionLog decisionLog;
    private final Identities identities;
    private final Clock clock;
    private final Map<Key, Live> live = new ConcurrentHashMap<>();
    private final Shelf shelf;
    /** A refusal may be read before the decision it refuses. */
    private final RecentMap<Boolean> refused = new RecentMap<>(REFUSED_KEPT);

    /** Decisions of the topic's last days may be read after the merge or the erasure. */
    private final Map<String, String> merged = new ConcurrentHashMap<>();

    /** For the reader's thread only. */
    private final Map<String, Erasure> erased = new HashMap<>();

    private final Map<String, Set<String>> immediate = new ConcurrentHashMap<>();
    private final Counter skipped;

    LiveDeliveries(
            Campaigns campaigns,
            DecisionTables tables,
            RecentDecisions recentDecisions,
            DecisionLog decisionLog,
            Identities identities,
            JournalSettings journal,
            Clock clock,
            MeterRegistry meters) {
        this.campaigns = campaigns;
        this.tables = tables;
        this.recent = recentDecisions;
        this.decisionLog = decisionLog;
        this.identities = identities;
        this.clock = clock;
        this.skipped = Counter.builder("winback.deliveries.skipped")
                .description("Records that could not be read")
                .register(meters);
        this.shelf = new Shelf(journal.dir());
        meters.gauge("winback.deliveries.live", live, Map::size);
        Gauge.builder("winback.deliveries.bytes", shelf, Shelf::bytes)
                .description("Files of the live deliveries")
                .baseUnit("bytes")
                .register(meters);
    }

    @PreDestroy
    void close() {
        shelf.close();
    }

    /** What PostgreSQL knows, and what Kafka may not know yet. Runs before the topics are read. */
    void load() {
        live.keySet().forEach(this::remove);
        Instant since = clock.instant().minus(REMEMBERED);
        identities.eachMerge(since, merged::put);
        identities.eachErasure(since, erased::put);
        tables.eachLive(clock.instant(), this::keep);
        tables.eachImmediate((campaignId, decisionId) -> immediate(campaignId).add(decisionId));
        decisionLog.waiting().forEach(this::decided);
    }

    /** The live decision, or null; without the other variants' probabilities. Memory only. */
    @Nullable
    ContentDecided find(String campaignId, String subscriberId, Instant now) {
        Live found = live.get(Key.of(campaignId, subscriberId));
        return found == null || !found.isOpen(now) ? null : decision(found);
    }

    boolean has(String campaignId, String subscriberId, Instant now) {
        Live found = live.get(Key.of(campaignId, subscriberId));
        return found != null && found.isOpen(now);
    }

    /** Makes this decision the live one unless there is one; returns the one that is. */
    ContentDecided claim(ContentDecided decision, Instant now) {
        while (true) {
            ContentDecided winner = place(decision, until(decision), present -> present.isOpen(now));
            if (winner != null) {
                return winner;
            }
        }
    }

    /**
     * Puts a decision in its place unless what is there stays.
     *
     * @return the decision that is there afterwards; null when what stayed was removed meanwhile
     */
    private @Nullable ContentDecided place(ContentDecided decision, Instant until, Predicate<Live> stays) {
        long place = shelf.put(bytes(decision));
        Live own = new Live(until.toEpochMilli(), place);
        AtomicReference<@Nullable Live> other = new AtomicReference<>();
        Live winner = live.compute(key(decision), (key, present) -> {
            other.set(present);
            return present != null && stays.test(present) ? present : own;
        });
        Live before = other.get();
        if (winner == own) {
            if (before != null) {
                shelf.remove(before.place());
            }
            return decision;
        }
        shelf.remove(place);
        return decision(winner);
    }

    /** Takes back a claim that could not be recorded. */
    void release(ContentDecided decision) {
        removeIf(key(decision), decision.decisionId());
    }

    private void remove(Key key) {
        Live removed = live.remove(key);
        if (removed != null) {
            shelf.remove(removed.place());
        }
    }

    private void removeIf(Key key, String decisionId) {
        Live present = live.get(key);
        if (present != null && isOf(present, decisionId) && live.remove(key, present)) {
            shelf.remove(present.place());
        }
    }

    private boolean isOf(Live present, String decisionId) {
        ByteBuffer bytes = shelved(present);
        return bytes != null && id(bytes).equals(decisionId);
    }

    private @Nullable ByteBuffer shelved(Live present) {
        byte[] bytes = shelf.get(present.place());
        return bytes == null ? null : ByteBuffer.wrap(bytes);
    }

    private @Nullable ContentDecided decision(Live present) {
        ByteBuffer bytes = shelved(present);
        if (bytes == null) {
            return null;
        }
        id(bytes);
        instant(bytes);
        byte[] json = new byte[bytes.remaining()];
        bytes.get(json);
        return DecisionJson.decision(json);
    }

    /** Id, instant, JSON. */
    private static byte[] bytes(ContentDecided decision) {
        byte[] id = decision.decisionId().getBytes(StandardCharsets.UTF_8);
        byte[] json = DecisionJson.bytes(decision.withoutProbabilities());
        return ByteBuffer.allocate(Short.BYTES + id.length + Long.BYTES + Integer.BYTES + json.length)
                .putShort((short) id.length)
                .put(id)
                .putLong(decision.decidedAt().getEpochSecond())
                .putInt(decision.decidedAt().getNano())
                .put(json)
                .array();
    }

    private static String id(ByteBuffer bytes) {
        byte[] id = new byte[bytes.getShort()];
        bytes.get(id);
        return new String(id, StandardCharsets.UTF_8);
    }

    private static Instant instant(ByteBuffer bytes) {
        return Instant.ofEpochSecond(bytes.getLong(), bytes.getInt());
    }

    /** Whether this decision is among the first {@code limit} of its campaign that may go at once. */
    boolean claimImmediate(String campaignId, String decisionId, int limit) {
        if (limit == 0) {
            return false;
        }
        Set<String> claimed = immediate(campaignId);
        if (claimed.size() >= limit) {
            return false;
        }
        // Only until the limit is reached; a set in memory, no input or output.
        synchronized (claimed) {
            return claimed.size() < limit && claimed.add(decisionId);
        }
    }

    void releaseImmediate(String campaignId, String decisionId) {
        immediate(campaignId).remove(decisionId);
    }

    private Set<String> immediate(String campaignId) {
        return immediate.computeIfAbsent(campaignId, id -> ConcurrentHashMap.newKeySet());
    }

    @Override
    protected void on(String key, @Nullable Event event) {
        switch (event) {
            case ContentDecided decision -> decided(decision);
            case DeliveryScheduled scheduled ->
                moved(scheduled.campaignId(), scheduled.subscriberId(), scheduled.decisionId(), scheduled.dueAt());
            case DeliveryDue due -> moved(due.campaignId(), due.subscriberId(), due.decisionId(), due.dueAt());
            case DeliveryRefused refusal -> {
                refused.put(refusal.decisionId(), true);
                removeIf(Key.of(refusal.campaignId(), current(refusal.subscriberId())), refusal.decisionId());
            }
            case SubscriberMerged merge -> merge(merge.from(), merge.into());
            case SubscriberErased erasure ->
                erase(erasure.subscriberId(), new Erasure(erasure.erasedAt(), clock.instant()));
            case null -> {}
            default -> {}
        }
    }

    private void decided(ContentDecided made) {
        Erasure erasure = erased.isEmpty() ? null : erased.get(identities.code(made.subscriberId()));
        if (erasure != null && DecisionTables.covers(erasure, made)) {
            return;
        }
        ContentDecided decision = made.withSubscriberId(current(made.subscriberId()));
        recent.put(decision.decisionId(), EncodedDecision.of(decision));
        if (decision.deliver()) {
            if (decision.immediate()) {
                immediate(decision.campaignId()).add(decision.decisionId());
            }
            if (refused.get(decision.decisionId()) == null) {
                keep(decision, until(decision));
            }
        }
    }

    /** What nobody is to deliver is remembered as it came, unread: most decisions of a busy shop are such. */
    @Override
    protected boolean skips(ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null
                || !"false".equals(header(record, "ce_" + DecisionLog.DELIVER))
                || !erased.isEmpty()) {
            return false;
        }
        String id = header(record, "ce_id");
        String key = new String(record.key(), StandardCharsets.UTF_8);
        if (id != null && id.startsWith(DecisionLog.ID_PREFIX)) {
            recent.put(id.substring(DecisionLog.ID_PREFIX.length()), new EncodedDecision(current(key), record.value()));
        }
        return true;
    }

    private static @Nullable String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }

    /** The id under which it is known now; merges of the last days only. */
    String current(String subscriberId) {
        return merged.getOrDefault(subscriberId, subscriberId);
    }

    /** Of two deliveries of one campaign the one that was decided first stays, as in delivery-service. */
    private void merge(String from, String mergedInto) {
        String into = current(mergedInto);
        if (from.equals(into)) {
            return;
        }
        merged.put(from, into);
        merged.replaceAll((id, target) -> target.equals(from) ? into : target);
        for (Campaign campaign : campaigns.all()) {
            String campaignId = campaign.settings().campaignId();
            Key key = Key.of(campaignId, from);
            Live moving = live.get(key);
            ContentDecided decision = moving == null ? null : decision(moving);
            if (moving != null && decision != null) {
                remove(key);
                place(
                        decision.withSubscriberId(into),
                        Instant.ofEpochMilli(moving.until()),
                        present -> !decidedAt(present).isAfter(decision.decidedAt()));
            }
        }
        recent.move(from, into);
    }

    private void erase(String subscriberId, Erasure erasure) {
        Set<String> ids = new HashSet<>(Set.of(subscriberId));
        merged.forEach((from, into) -> {
            if (into.equals(subscriberId)) {
                ids.add(from);
            }
        });
        merged.keySet().removeAll(ids);
        ids.forEach(id -> erased.put(identities.code(id), erasure));
        Predicate<ContentDecided> covered =
                decision -> ids.contains(decision.subscriberId()) && DecisionTables.covers(erasure, decision);
        decisionLog.forget(ids, covered);
        recent.removeIf(ids, known -> covered.test(known.decision()));
        for (Campaign campaign : campaigns.all()) {
            Key key = Key.of(campaign.settings().campaignId(), subscriberId);
            Live present = live.get(key);
            ContentDecided decision = present == null ? null : decision(present);
            if (decision != null && covered.test(decision)) {
                remove(key);
            }
        }
    }

    @Override
    public void onSkipped(ConsumerRecord<byte[], byte[]> record) {
        skipped.increment();
    }

    private Instant decidedAt(Live present) {
        ByteBuffer bytes = shelved(present);
        if (bytes == null) {
            return Instant.MAX;
        }
        id(bytes);
        return instant(bytes);
    }

    /** Of two that were decided at once by two instances, the earlier one stays. */
    private void keep(ContentDecided decision, Instant until) {
        if (!until.isAfter(clock.instant())) {
            return;
        }
        place(
                decision,
                until,
                present -> isOf(present, decision.decisionId())
                        || present.isOpen(decision.decidedAt())
                                && !decidedAt(present).isAfter(decision.decidedAt()));
    }

    private void moved(String campaignId, String subscriberId, String decisionId, Instant dueAt) {
        long until = dueAt.plus(window(campaignId)).toEpochMilli();
        live.computeIfPresent(
                Key.of(campaignId, current(subscriberId)),
                (key, present) -> isOf(present, decisionId) ? new Live(until, present.place()) : present);
    }

    private Instant until(ContentDecided decision) {
        Instant due = decision.deliveryTime() == null ? decision.decidedAt() : decision.deliveryTime();
        return due.plus(window(decision.campaignId()));
    }

    private Duration window(String campaignId) {
        Campaign campaign = campaigns.find(campaignId);
        return campaign == null ? Duration.ofDays(90) : campaign.attributionWindow();
    }

    private static Key key(ContentDecided decision) {
        return Key.of(decision.campaignId(), decision.subscriberId());
    }

    @Scheduled(fixedDelayString = "PT1M")
    void forgetExpired() {
        Instant now = clock.instant();
        live.forEach((key, present) -> {
            if (!present.isOpen(now) && live.remove(key, present)) {
                shelf.remove(present.place());
            }
        });
    }
}
