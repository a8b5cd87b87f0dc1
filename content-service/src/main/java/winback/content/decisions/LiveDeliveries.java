package winback.content.decisions;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import winback.content.broadcast.TopicReader;
import winback.content.campaigns.Campaign;
import winback.content.campaigns.Campaigns;
import winback.contracts.ContentDecided;
import winback.contracts.DeliveryDue;
import winback.contracts.DeliveryRefused;
import winback.contracts.DeliveryScheduled;
import winback.contracts.Event;

/**
 * The at most one live delivery of each campaign to each subscriber, in memory: loaded from the database and kept by
 * reading {@code winback.decisions} and {@code winback.deliveries} from where the database ends. A delivery is live until
 * it is refused or until the campaign's attribution window after its due time has passed. Decisions of the hold-out that
 * asked for delivery are kept likewise, so that a campaign run twice records them once.
 */
@Component
class LiveDeliveries implements TopicReader.Handler {

    private record Key(String campaignId, String subscriberId) {}

    /** As JSON: a tenth of what the object graph takes. */
    @SuppressWarnings("ArrayRecordComponent") // bytes, compared nowhere
    private record Live(String decisionId, Instant decidedAt, Instant until, byte[] decision) {
        Live until(Instant changed) {
            return new Live(decisionId, decidedAt, changed, decision);
        }
    }

    private static final int REFUSED_KEPT = 100_000;

    private final Campaigns campaigns;
    private final DecisionTables tables;
    private final RecentMap<ContentDecided> recent;
    private final Clock clock;
    private final Map<Key, Live> live = new ConcurrentHashMap<>();
    /** A refusal may be read before the decision it refuses. */
    private final RecentMap<Boolean> refused = new RecentMap<>(REFUSED_KEPT);

    private final Map<String, Set<String>> immediate = new ConcurrentHashMap<>();
    private final Counter skipped;

    LiveDeliveries(
            Campaigns campaigns,
            DecisionTables tables,
            RecentMap<ContentDecided> recentDecisions,
            Clock clock,
            MeterRegistry meters) {
        this.campaigns = campaigns;
        this.tables = tables;
        this.recent = recentDecisions;
        this.clock = clock;
        this.skipped = Counter.builder("winback.deliveries.skipped")
                .description("Records that could not be read")
                .register(meters);
        meters.gauge("winback.deliveries.live", live, Map::size);
    }

    /** What PostgreSQL knows. Runs before the topics are read. */
    void load() {
        live.clear();
        tables.eachLive(clock.instant(), (decision, until) -> keep(decision, until));
        tables.eachImmediate((campaignId, decisionId) -> immediate(campaignId).add(decisionId));
    }

    /** The live decision, or null. Memory only. */
    @Nullable
    ContentDecided find(String campaignId, String subscriberId, Instant now) {
        Live found = live.get(new Key(campaignId, subscriberId));
        return found == null || !found.until().isAfter(now) ? null : DecisionJson.decision(found.decision());
    }

    /** Makes this decision the live one unless there is one; returns the one that is. */
    ContentDecided claim(ContentDecided decision, Instant now) {
        Live own = live(decision, until(decision));
        Live winner = live.merge(
                key(decision), own, (present, added) -> present.until().isAfter(now) ? present : added);
        return winner == own ? decision : DecisionJson.decision(winner.decision());
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
    public void on(ConsumerRecord<?, ?> record, String key, @Nullable Event event) {
        switch (event) {
            case ContentDecided decision -> {
                recent.put(decision.decisionId(), decision);
                if (decision.deliver()) {
                    if (decision.immediate()) {
                        immediate(decision.campaignId()).add(decision.decisionId());
                    }
                    if (refused.get(decision.decisionId()) == null) {
                        keep(decision, until(decision));
                    }
                }
            }
            case DeliveryScheduled scheduled ->
                moved(scheduled.campaignId(), scheduled.subscriberId(), scheduled.decisionId(), scheduled.dueAt());
            case DeliveryDue due -> moved(due.campaignId(), due.subscriberId(), due.decisionId(), due.dueAt());
            case DeliveryRefused refusal -> {
                refused.put(refusal.decisionId(), true);
                live.computeIfPresent(
                        new Key(refusal.campaignId(), refusal.subscriberId()),
                        (place, present) -> present.decisionId().equals(refusal.decisionId()) ? null : present);
            }
            case null -> {}
            default -> {}
        }
    }

    @Override
    public void onSkipped(ConsumerRecord<?, ?> record) {
        skipped.increment();
    }

    /** Of two that were decided at once by two instances, the earlier one stays. */
    private void keep(ContentDecided decision, Instant until) {
        if (!until.isAfter(clock.instant())) {
            return;
        }
        live.merge(
                key(decision),
                live(decision, until),
                (present, added) -> present.decisionId().equals(added.decisionId())
                                || present.until().isAfter(added.decidedAt())
                                        && !present.decidedAt().isAfter(added.decidedAt())
                        ? present
                        : added);
    }

    private void moved(String campaignId, String subscriberId, String decisionId, Instant dueAt) {
        live.computeIfPresent(
                new Key(campaignId, subscriberId),
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

    private static Live live(ContentDecided decision, Instant until) {
        return new Live(decision.decisionId(), decision.decidedAt(), until, DecisionJson.bytes(decision));
    }

    @Scheduled(fixedDelayString = "PT1M")
    void forgetExpired() {
        Instant now = clock.instant();
        live.values().removeIf(entry -> !entry.until().isAfter(now));
    }
}
