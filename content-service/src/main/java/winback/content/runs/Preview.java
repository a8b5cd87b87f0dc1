package winback.content.runs;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;
import winback.chassis.problems.Problem;
import winback.content.broadcast.TopicReader;
import winback.content.cache.FeatureCache;
import winback.content.cache.Subscriber;
import winback.content.campaigns.Campaign;
import winback.content.decisions.DecisionSettings;
import winback.content.decisions.Deliverable;
import winback.content.decisions.Deliverable.Obstacle;
import winback.content.decisions.Personalizer;
import winback.content.instances.Forwarder;
import winback.content.instances.Owners;
import winback.contracts.ScoresChanged.Score;

/** Counts an audience as a run would meet it now, and decides nothing. One at a time, since it looks at everybody. */
@Component
class Preview {

    /**
     * @param subscribers that are known
     * @param matching the conditions
     * @param suppressed of them, are on the suppression list
     * @param noConsent of the rest, did not agree to marketing mail
     * @param noAddress of the rest, have no address
     * @param heldOut of the rest, get nothing so that the effect can be told
     * @param liveAlready of the rest, have a live delivery of this campaign
     * @param mails that a run would decide on, the cap considered
     * @param sample some of those, drawn at random once and for all
     */
    record Counted(
            long subscribers,
            long matching,
            long suppressed,
            long noConsent,
            long noAddress,
            long heldOut,
            long liveAlready,
            long mails,
            List<Sampled> sample) {

        private Counted and(Counted other, @Nullable Long cap) {
            long both = mails + other.mails;
            return new Counted(
                    subscribers + other.subscribers,
                    matching + other.matching,
                    suppressed + other.suppressed,
                    noConsent + other.noConsent,
                    noAddress + other.noAddress,
                    heldOut + other.heldOut,
                    liveAlready + other.liveAlready,
                    cap == null ? both : Math.min(cap, both),
                    Stream.concat(sample.stream(), other.sample.stream())
                            .limit(SAMPLE)
                            .toList());
        }
    }

    record Sampled(String subscriberId, String lifecycle, Map<String, Score> scores) {}

    private static final int SAMPLE = 10;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final FeatureCache subscribers;
    private final TopicReader featureCache;
    private final Personalizer personalizer;
    private final Owners owners;
    private final Forwarder forwarder;
    private final JsonMapper json;
    private final DecisionSettings settings;
    private final Clock clock;
    private final Semaphore turn = new Semaphore(1);

    Preview(
            FeatureCache subscribers,
            TopicReader featureCache,
            Personalizer personalizer,
            Owners owners,
            Forwarder forwarder,
            JsonMapper json,
            DecisionSettings settings,
            Clock clock) {
        this.subscribers = subscribers;
        this.featureCache = featureCache;
        this.personalizer = personalizer;
        this.owners = owners;
        this.forwarder = forwarder;
        this.json = json;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * Of this instance's subscribers and those of the others.
     *
     * @param request that asked for it
     * @param body of that
     */
    Counted everywhere(
            Campaign campaign, Audience audience, @Nullable Long cap, HttpServletRequest request, Object body) {
        if (request.getHeader(Forwarder.FORWARDED) != null) {
            return of(campaign, audience, cap);
        }
        List<CompletableFuture<Forwarder.Answer>> asked = owners.others().stream()
                .map(other -> forwarder.post(
                        other,
                        request.getRequestURI(),
                        json.writeValueAsBytes(body),
                        request.getHeader(HttpHeaders.AUTHORIZATION),
                        PATIENCE))
                .toList();
        Counted counted = of(campaign, audience, cap);
        for (CompletableFuture<Forwarder.Answer> each : asked) {
            Forwarder.@Nullable Answer answer = each.exceptionally(away -> null).join();
            if (answer == null || answer.status() != HttpStatus.OK.value()) {
                throw Problem.away("owner-away", "Another instance did not count its subscribers; try again.");
            }
            counted = counted.and(json.readValue(answer.body(), Counted.class), cap);
        }
        return counted;
    }

    private Counted of(Campaign campaign, Audience audience, @Nullable Long cap) {
        if (!featureCache.isCaughtUp()) {
            throw Problem.away("catching-up", "The subscribers are still being read; try again.");
        }
        if (!turn.tryAcquire()) {
            throw Problem.of(HttpStatus.TOO_MANY_REQUESTS, "busy", "Another audience is being counted; try again.")
                    .retryAfter(Duration.ofSeconds(2));
        }
        try {
            return count(campaign, audience, cap);
        } finally {
            turn.release();
        }
    }

    /** Of the lowest hashes, which say nothing about anybody. */
    private record Drawn(long hash, Subscriber subscriber) {}

    private Counted count(Campaign campaign, Audience audience, @Nullable Long cap) {
        Instant oldest = clock.instant().minus(settings.staleAfter());
        String campaignId = campaign.settings().campaignId();
        long all = 0;
        long matching = 0;
        EnumMap<Obstacle, Long> obstacles = new EnumMap<>(Obstacle.class);
        long heldOut = 0;
        long liveAlready = 0;
        long mails = 0;
        PriorityQueue<Drawn> sample =
                new PriorityQueue<>(Comparator.comparingLong(Drawn::hash).reversed());
        for (int partition = 0; partition < subscribers.partitions(); partition++) {
            for (int hash : subscribers.order(partition)) {
                for (Subscriber subscriber : subscribers.with(partition, hash)) {
                    all++;
                    if (!audience.matches(subscriber, oldest)) {
                        continue;
                    }
                    matching++;
                    Obstacle obstacle = Deliverable.of(subscriber).obstacle();
                    if (obstacle != null) {
                        obstacles.merge(obstacle, 1L, Long::sum);
                    } else if (Personalizer.isHeldOut(campaign, subscriber.id())) {
                        // First, since an earlier run has left a decision of them, too.
                        heldOut++;
                    } else if (personalizer.hasLive(campaignId, subscriber.id())) {
                        liveAlready++;
                    } else {
                        mails++;
                        sample.add(new Drawn(Integer.toUnsignedLong(hash), subscriber));
                        if (sample.size() > SAMPLE) {
                            sample.poll();
                        }
                    }
                }
            }
        }
        List<Sampled> shown = new ArrayList<>();
        for (Drawn drawn : sample) {
            Subscriber subscriber = drawn.subscriber();
            shown.add(new Sampled(
                    subscriber.id(),
                    subscriber.lifecycle(),
                    subscriber.hasScores() && !subscriber.scoresAsOf().isBefore(oldest)
                            ? subscriber.scores()
                            : Map.of()));
        }
        return new Counted(
                all,
                matching,
                obstacles.getOrDefault(Obstacle.SUPPRESSED, 0L),
                obstacles.getOrDefault(Obstacle.NO_CONSENT, 0L),
                obstacles.getOrDefault(Obstacle.NO_ADDRESS, 0L),
                heldOut,
                liveAlready,
                cap == null ? mails : Math.min(cap, mails),
                shown);
    }
}
