package winback.content.decisions;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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

    private record Key(String campaignId, String subscriberId) {}

    private record Live(String decisionId, Instant decidedAt, Instant until, EncodedDecision encoded) {
        Live of(String subscriberId) {
            return new Live(decisionId, decidedAt, until, encoded.movedTo(subscriberId));
        }

        Live until(Instant changed) {
            return new Live(decisionId, decidedAt, changed, encoded);
        }
    }

    private static final int REFUSED_KEPT = 100_000;

    /** Longer than the topics keep anything. */
    private static final Duration REMEMBERED = Duration.ofDays(8);

    private final Campaigns campaigns;
    private final DecisionTables tables;
    private final RecentMap<EncodedDecision> recent;
    private final DecisionLog decisionLog;
    private final Identities identities;
    private final Clock clock;
    private final Map<Key, Live> live = new ConcurrentHashMap<>();
    /** A refusal may be read before the decision it refuses. */
    private final RecentMap<Boolean> refused = new RecentMap<>(REFUSED_KEPT);

    /** Decisions of the topic's last days may be read after the merge or the erasure. For the reader's thread only. */
    private final Map<String, String> merged = new HashMap<>();

    private final Map<String, Erasure> erased = new HashMap<>();

    private final Map<String, Set<String>> immediate = new ConcurrentHashMap<>();
    private final Counter skipped;

    LiveDeliveries(
            Campaigns campaigns,
            DecisionTables tables,
            RecentMap<EncodedDecision> recentDecisions,
            DecisionLog decisionLog,
            Identities identities,
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
        meters.gauge("winback.deliveries.live", live, Map::size);
    }

    /** What PostgreSQL knows, and what Kafka may not know yet. Runs before the topics are read. */
    void load() {
        live.clear();
        Instant since = clock.instant().minus(REMEMBERED);
        identities.eachMerge(since, merged::put);
        identities.eachErasure(since, erased::put);
        tables.eachLive(clock.instant(), (decision, until) -> keep(decision, EncodedDecision.of(decision), until));
        tables.eachImmediate((campaignId, decisionId) -> immediate(campaignId).add(decisionId));
        decisionLog.waiting().forEach(this::decided);
    }

    /** The live decision, or null. Memory only. */
    @Nullable
    ContentDecided find(String campaignId, String subscriberId, Instant now) {
        Live found = live.get(new Key(campaignId, subscriberId));
        return found == null || !found.until().isAfter(now)
                ? null
                : found.encoded().decision();
    }

    /** Makes this decision the live one unless there is one; returns the one that is. */
    ContentDecided claim(ContentDecided decision, EncodedDecision encoded, Instant now) {
        Live own = new Live(decision.decisionId(), decision.decidedAt(), until(decision), encoded);
        Live winner = live.merge(
                key(decision), own, (present, added) -> present.until().isAfter(now) ? present : added);
        return winner == own ? decision : winner.encoded().decision();
    }

    /** Takes back a claim that could not be recorded. */
    void release(ContentDecided decision) {
        live.computeIfPresent(
                key(decision), (place, present) -> present.decisionId().equals(decision.decisionId()) ? null : present);
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
                live.computeIfPresent(
                        new Key(refusal.campaignId(), current(refusal.subscriberId())),
                        (place, present) -> present.decisionId().equals(refusal.decisionId()) ? null : present);
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
        EncodedDecision encoded = EncodedDecision.of(decision);
        recent.put(decision.decisionId(), encoded);
        if (decision.deliver()) {
            if (decision.immediate()) {
                immediate(decision.campaignId()).add(decision.decisionId());
            }
            if (refused.get(decision.decisionId()) == null) {
                keep(decision, encoded, until(decision));
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

    private String current(String subscriberId) {
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
            Live moving = live.remove(new Key(campaignId, from));
            if (moving != null) {
                live.merge(
                        new Key(campaignId, into),
                        moving.of(into),
                        (present, added) -> present.decidedAt().isAfter(added.decidedAt()) ? added : present);
            }
        }
        recent.replaceAll(decision -> decision.subscriberId().equals(from) ? decision.movedTo(into) : decision);
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
        recent.removeIf(known -> ids.contains(known.subscriberId()) && covered.test(known.decision()));
        for (Campaign campaign : campaigns.all()) {
            live.computeIfPresent(
                    new Key(campaign.settings().campaignId(), subscriberId),
                    (place, present) -> covered.test(present.encoded().decision()) ? null : present);
        }
    }

    @Override
    public void onSkipped(ConsumerRecord<byte[], byte[]> record) {
        skipped.increment();
    }

    /** Of two that were decided at once by two instances, the earlier one stays. */
    private void keep(ContentDecided decision, EncodedDecision encoded, Instant until) {
        if (!until.isAfter(clock.instant())) {
            return;
        }
        live.merge(
                key(decision),
                new Live(decision.decisionId(), decision.decidedAt(), until, encoded),
                (present, added) -> present.decisionId().equals(added.decisionId())
                                || present.until().isAfter(added.decidedAt())
                                        && !present.decidedAt().isAfter(added.decidedAt())
                        ? present
                        : added);
    }

    private void moved(String campaignId, String subscriberId, String decisionId, Instant dueAt) {
        live.computeIfPresent(
                new Key(campaignId, current(subscriberId)),
                (place, present) -> present.decisionId().equals(decisionId)
                        ? present.until(dueAt.plus(window(campaignId)))
                        : present);
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
        return new Key(decision.campaignId(), decision.subscriberId());
    }

    @Scheduled(fixedDelayString = "PT1M")
    void forgetExpired() {
        Instant now = clock.instant();
        live.values().removeIf(entry -> !entry.until().isAfter(now));
    }
}
