package winback.content.decisions;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import winback.chassis.access.DeploymentSecret;
import winback.chassis.problems.Problem;
import winback.content.broadcast.TopicReader;
import winback.content.cache.FeatureCache;
import winback.content.cache.Subscriber;
import winback.content.campaigns.Campaign;
import winback.content.campaigns.Campaigns;
import winback.content.campaigns.Variant;
import winback.content.policy.Policy;
import winback.content.taste.Taste;
import winback.content.taste.Tastes;
import winback.content.templates.JsonBytes;
import winback.content.templates.MailTemplate;
import winback.content.templates.RenderedMail;
import winback.content.templates.Traits;
import winback.contracts.ContentDecided;
import winback.contracts.ScoresChanged.Score;

/**
 * The path: lookup, hold-out, choice, rendering, answer. It touches memory only; the decision is published behind it.
 */
@Component
public class Personalizer {

    static final String HOLDOUT = "holdout";

    /** In the links of previews. */
    public static final String NO_DECISION = "00000000-0000-0000-0000-000000000000";

    /** Of a run, which nobody waits for. */
    private static final Duration NO_HURRY = Duration.ofHours(1);

    private final Campaigns campaigns;
    private final FeatureCache subscribers;
    private final Tastes tastes;
    private final LiveDeliveries live;
    private final TopicReader liveTopics;
    private final DecisionLog decisionLog;
    private final RecentDecisions recent;
    private final DeliveryTimes deliveryTimes;
    private final Links links;
    private final DecisionSettings settings;
    private final DeploymentSecret secret;
    private final Clock clock;
    private final Timer timer;
    private final Counter chosen;
    private final Counter heldOut;
    private final Counter repeats;
    private final Counter late;
    private final Counter renderFailures;
    private final Counter refusals;

    Personalizer(
            Campaigns campaigns,
            FeatureCache subscribers,
            Tastes tastes,
            LiveDeliveries live,
            TopicReader liveDeliveryTopics,
            DecisionLog decisionLog,
            RecentDecisions recentDecisions,
            DeliveryTimes deliveryTimes,
            Links links,
            DecisionSettings settings,
            DeploymentSecret secret,
            Clock clock,
            MeterRegistry meters) {
        this.campaigns = campaigns;
        this.subscribers = subscribers;
        this.tastes = tastes;
        this.live = live;
        this.liveTopics = liveDeliveryTopics;
        this.decisionLog = decisionLog;
        this.recent = recentDecisions;
        this.deliveryTimes = deliveryTimes;
        this.links = links;
        this.settings = settings;
        this.secret = secret;
        this.clock = clock;
        this.timer = Timer.builder("winback.personalization.seconds")
                .description("The personalisation path, without HTTP")
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofNanos(10_000))
                .maximumExpectedValue(Duration.ofSeconds(1))
                .register(meters);
        this.chosen = Counter.builder("winback.decisions")
                .tag("policy", Policy.THOMPSON)
                .register(meters);
        this.late = Counter.builder("winback.decisions")
                .tag("policy", Policy.UNIFORM)
                .register(meters);
        this.heldOut =
                Counter.builder("winback.decisions").tag("policy", HOLDOUT).register(meters);
        this.repeats = Counter.builder("winback.decisions.repeated")
                .description("Answers that gave a live decision again")
                .register(meters);
        this.renderFailures = Counter.builder("winback.decisions.render.failures")
                .description("Mails rendered with defaults because a subscriber's traits broke the template")
                .register(meters);
        this.refusals = Counter.builder("winback.decisions.refused")
                .description("Requests refused because the log was full")
                .register(meters);
    }

    /**
     * What is asked for.
     *
     * @param deliver whether delivery-service shall send it; at most one live delivery for each campaign and subscriber
     * @param deadline from which on stages are replaced by their fallbacks, {@code budget} after the request began
     */
    record Ask(String subscriberId, String campaignId, boolean deliver, Duration budget, Deadline deadline) {

        static Ask begun(String subscriberId, String campaignId, boolean deliver, Duration budget) {
            return new Ask(subscriberId, campaignId, deliver, budget, Deadline.in(budget));
        }

        /** The same of a batch, whose turn comes now. */
        Ask begun() {
            return begun(subscriberId, campaignId, deliver, budget);
        }

        Ask of(String otherId) {
            return otherId.equals(subscriberId) ? this : new Ask(otherId, campaignId, deliver, budget, deadline);
        }
    }

    /** Whose decision it is to become, and in which run. */
    private record Terms(
            String decisionId,
            @Nullable String runId,
            String subscriberId,
            Campaign campaign,
            Policy policy,
            boolean deliver,
            Deadline deadline,
            Instant now) {}

    /** Decides for one subscriber, from what is in memory here. */
    Personalization personalize(Ask ask) {
        return personalize(ask, null);
    }

    /**
     * As {@link #personalize(Ask)}, for somebody who cannot be asked for here.
     *
     * @param why see {@link Fallback}
     */
    Personalization personalizeUnasked(Ask ask, String why) {
        return personalize(ask, Known.nobody(Fallback.subscriber(why)));
    }

    private Personalization personalize(Ask ask, @Nullable Known instead) {
        long start = System.nanoTime();
        Campaign campaign = campaigns.get(ask.campaignId());
        Instant now = clock.instant();
        Known known = instead == null ? known(subscribers.find(ask.subscriberId()), ask.subscriberId(), now) : instead;
        Personalization answer = decide(
                new Terms(
                        DecisionIds.next(now),
                        null,
                        ask.subscriberId(),
                        campaign,
                        policy(campaign, known.reader()),
                        ask.deliver(),
                        ask.deadline(),
                        now),
                known);
        timer.record(Duration.ofNanos(System.nanoTime() - start));
        return answer;
    }

    private Known known(@Nullable Subscriber subscriber, String subscriberId, Instant now) {
        return Known.of(subscriber, tastes.of(subscriberId), now, settings.staleAfter());
    }

    /** What a run made of one subscriber. */
    public enum Decided {
        /** A mail is on its way to delivery. */
        MAILED,
        /** By this run or before. */
        HELD_OUT,
        /** There is a delivery of this campaign already, by another request. */
        LIVE_ALREADY
    }

    /**
     * Decides for a subscriber of a run, to be delivered. However often this is asked, it is one decision.
     *
     * @param created when the run was
     * @throws Problem 409 without a live variant; 503 while there is no room or earlier deliveries are still being read
     */
    public Decided decide(UUID run, Instant created, Campaign campaign, Subscriber subscriber) {
        String runId = run.toString();
        String decisionId = DecisionIds.of(created, secret.code("decision", runId + ' ' + subscriber.id()));
        Instant now = clock.instant();
        Known known = known(subscriber, subscriber.id(), now);
        Personalization answer = decide(
                new Terms(
                        decisionId,
                        runId,
                        subscriber.id(),
                        campaign,
                        policy(campaign, known.reader()),
                        true,
                        Deadline.in(NO_HURRY),
                        now),
                known);
        if (answer.holdout()) {
            return Decided.HELD_OUT;
        }
        return answer.decisionId().equals(decisionId) ? Decided.MAILED : Decided.LIVE_ALREADY;
    }

    /** Decisions that Kafka does not have yet. */
    public long waiting() {
        return decisionLog.unpublished();
    }

    /** The id under which a merged subscriber is known now. */
    String current(String subscriberId) {
        return live.current(subscriberId);
    }

    /** Whether there is a live delivery of this campaign to this subscriber. */
    public boolean hasLive(String campaignId, String subscriberId) {
        return live.has(campaignId, subscriberId, clock.instant());
    }

    private static Policy policy(Campaign campaign, @Nullable String reader) {
        Policy policy = campaign.policy(reader);
        if (policy == null) {
            throw Problem.conflict("no-live-variant", "No variant of this campaign is live.");
        }
        return policy;
    }

    /** Whether this subscriber gets nothing of the campaign, so that its effect can be told. */
    public static boolean isHeldOut(Campaign campaign, String subscriberId) {
        return Holdout.contains(
                campaign.settings().campaignId(),
                subscriberId,
                campaign.settings().holdoutShare());
    }

    private Personalization decide(Terms terms, Known known) {
        if (terms.deliver()) {
            if (!liveTopics.isCaughtUp()) {
                throw Problem.away("catching-up", "Earlier deliveries are still being read; try again.");
            }
            ContentDecided first =
                    live.find(terms.campaign().settings().campaignId(), terms.subscriberId(), terms.now());
            if (first != null) {
                return repeat(first, terms, known);
            }
        }
        if (!decisionLog.hasRoom()) {
            throw full();
        }
        return isHeldOut(terms.campaign(), terms.subscriberId()) ? holdOut(terms, known) : choose(terms, known);
    }

    private Problem full() {
        refusals.increment();
        return Problem.away("decision-log-full", "Too many decisions wait for Kafka; try again.");
    }

    private Personalization holdOut(Terms terms, Known known) {
        ContentDecided decision = new ContentDecided(
                terms.decisionId(),
                terms.subscriberId(),
                terms.campaign().settings().campaignId(),
                true,
                null,
                null,
                1,
                Map.of(),
                HOLDOUT,
                terms.deliver(),
                false,
                terms.now(),
                known.featuresAsOf(),
                null,
                0,
                Map.of(),
                terms.runId(),
                known.reader());
        ContentDecided first = record(decision, terms.now());
        if (first != null) {
            return repeat(first, terms, known);
        }
        heldOut.increment();
        return answer(terms, decision, null, known, known.fallbacks(), false, null, null);
    }

    private Personalization choose(Terms terms, Known known) {
        Campaign campaign = terms.campaign();
        Campaign.Settings settings = campaign.settings();
        String decisionId = terms.decisionId();
        List<Fallback> fallbacks = new ArrayList<>(known.fallbacks());

        Policy policy = terms.policy();
        Policy hurried = campaign.fallbackPolicy();
        if (hurried != null && terms.deadline().isOver()) {
            policy = hurried;
            fallbacks.add(Fallback.LATE_POLICY);
        }
        int arm = policy.draw(ThreadLocalRandom.current().nextDouble());
        Variant variant = campaign.live().get(arm);
        MailTemplate template = variant.mail();

        Map<String, Object> traits = Map.of();
        if (terms.deadline().isOver()) {
            fallbacks.add(Fallback.LATE_CONTENT);
        } else {
            traits = used(template, known.subscriber());
        }
        Map<String, @Nullable Object> inputs;
        JsonBytes mail;
        try {
            inputs = inputs(traits, campaign, template, decisionId, terms.subscriberId());
            mail = template.renderFirstJson(inputs);
        } catch (RuntimeException broken) {
            // That it can be rendered without traits was tried when the campaign was created.
            renderFailures.increment();
            traits = Map.of();
            inputs = inputs(traits, campaign, template, decisionId, terms.subscriberId());
            mail = template.renderJson(inputs);
            fallbacks.add(Fallback.BROKEN_CONTENT);
        }

        Subscriber timed = known.subscriber();
        if (timed != null && terms.deadline().isOver()) {
            timed = null;
            fallbacks.add(Fallback.LATE_SEND_TIME);
        } else if (timed != null && !timed.hasSendTimes()) {
            fallbacks.add(Fallback.NO_SEND_TIME);
        }
        PersonalizationScore score = new PersonalizationScore(
                template.traits().size(),
                traits.size(),
                known.freshFeatures(),
                known.freshScores(),
                timed == null ? 0 : timed.observations(),
                campaign.live().size(),
                policy.certainty());
        // Not for a mail that delivery would refuse: it goes as soon as it may.
        boolean immediate = terms.deliver()
                && known.deliverable().obstacle() == null
                && live.claimImmediate(settings.campaignId(), decisionId, settings.immediateFirst());
        ContentDecided decision = new ContentDecided(
                decisionId,
                terms.subscriberId(),
                settings.campaignId(),
                false,
                variant.variantId(),
                variant.version(),
                policy.probability(arm),
                policy.probabilities(),
                policy.name(),
                terms.deliver(),
                immediate,
                terms.now(),
                known.featuresAsOf(),
                deliveryTimes.estimate(timed, immediate, terms.now()),
                score.value(),
                inputs,
                terms.runId(),
                known.reader());
        ContentDecided first = record(decision, terms.now());
        if (first != null) {
            if (immediate) {
                live.releaseImmediate(settings.campaignId(), decisionId);
            }
            return repeat(first, terms, known);
        }
        (policy == terms.policy() ? chosen : late).increment();
        return answer(terms, decision, mail, known, fallbacks, false, score, policy == hurried ? null : campaign);
    }

    /** Hands the decision over; returns another one instead if that one is live. */
    private @Nullable ContentDecided record(ContentDecided decision, Instant now) {
        EncodedDecision encoded = EncodedDecision.of(decision);
        if (decision.deliver()) {
            ContentDecided winner = live.claim(decision, now);
            if (!winner.decisionId().equals(decision.decisionId())) {
                return winner;
            }
        }
        recent.put(decision.decisionId(), encoded);
        if (!decisionLog.append(decision, encoded.json())) {
            recent.remove(decision.decisionId());
            live.release(decision);
            throw full();
        }
        return null;
    }

    /** Those of the subscriber's traits that the mail may show. */
    public static Map<String, Object> used(MailTemplate template, @Nullable Subscriber subscriber) {
        Map<String, Object> used = new LinkedHashMap<>();
        if (subscriber != null) {
            for (String name : template.traits()) {
                Object value = subscriber.trait(name);
                if (value != null && Traits.canBeSaid(name, value)) {
                    used.put(name, value);
                }
            }
        }
        return used;
    }

    /**
     * What a mail would be.
     *
     * @param plain whether the traits broke the template, so that it has none of them
     */
    public record Preview(RenderedMail mail, boolean plain) {}

    /** The mail that a decision would give, with {@link #NO_DECISION} for its id. Nothing is decided. */
    public Preview preview(Campaign campaign, MailTemplate template, Map<String, Object> traits, String subscriberId) {
        try {
            return new Preview(
                    template.renderFirst(inputs(traits, campaign, template, NO_DECISION, subscriberId)), false);
        } catch (RuntimeException broken) {
            return new Preview(template.render(inputs(Map.of(), campaign, template, NO_DECISION, subscriberId)), true);
        }
    }

    /** All that the templates see and nothing else, so that a decision carries no more of a person than its mail. */
    private Map<String, @Nullable Object> inputs(
            Map<String, Object> traits,
            Campaign campaign,
            MailTemplate template,
            String decisionId,
            String subscriberId) {
        Map<String, @Nullable Object> inputs = new LinkedHashMap<>();
        inputs.put("subscriber", traits);
        inputs.put("campaign", campaign.placeholders());
        Map<String, Object> both = new HashMap<>();
        both.put("cta", links.cta(template.ctaUrl(inputs), decisionId));
        both.put("unsubscribe", links.unsubscribe(campaign.settings().unsubscribeUrl(), decisionId, subscriberId));
        inputs.put("links", both);
        return inputs;
    }

    private Personalization repeat(ContentDecided first, Terms terms, Known known) {
        repeats.increment();
        // Nobody reads what a run is answered.
        boolean isRead = terms.runId() == null && !first.holdout();
        JsonBytes mail = isRead ? template(first).renderJson(first.inputs()) : null;
        return answer(terms, first, mail, known, List.of(), true, null, null);
    }

    /** The mail of a decision, again. */
    RenderedMail render(ContentDecided decision) {
        return template(decision).render(decision.inputs());
    }

    private MailTemplate template(ContentDecided decision) {
        String variantId = decision.variantId();
        Integer version = decision.variantVersion();
        if (variantId == null || version == null) {
            throw Problem.notFound("no-mail", "This decision belongs to the hold-out and has no mail.");
        }
        return campaigns
                .mail(decision.campaignId(), variantId, version)
                .orElseThrow(() -> Problem.of(
                        HttpStatus.SERVICE_UNAVAILABLE, "unknown-version", "The variant's version is not here yet."));
    }

    private static Personalization answer(
            Terms terms,
            ContentDecided decision,
            @Nullable JsonBytes mail,
            Known known,
            List<Fallback> fallbacks,
            boolean repeated,
            @Nullable PersonalizationScore score,
            @Nullable Campaign explained) {
        return new Personalization(
                decision.decisionId(),
                decision.subscriberId(),
                decision.campaignId(),
                decision.holdout(),
                decision.deliver(),
                repeated,
                mail,
                decision.deliveryTime(),
                decision.immediate(),
                decision.personalizationScore(),
                decision.variantId(),
                decision.variantVersion(),
                decision.propensity(),
                known.scores(),
                decision.featuresAsOf(),
                undeliverable(decision, known, fallbacks),
                known.deliverable(),
                new Explanation(
                        decision.policy(),
                        decision.reader(),
                        decision.probabilities(),
                        decision.holdout() ? terms.campaign().settings().holdoutShare() : null,
                        explained,
                        score));
    }

    /** Told at once, though delivery decides by what it knows when the mail is due. */
    private static List<Fallback> undeliverable(ContentDecided decision, Known known, List<Fallback> fallbacks) {
        if (!decision.deliver() || decision.holdout()) {
            return fallbacks;
        }
        Deliverable deliverable = known.deliverable();
        if (deliverable.obstacle() == null) {
            return fallbacks;
        }
        List<Fallback> all = new ArrayList<>(fallbacks);
        if (deliverable.suppressed()) {
            all.add(Fallback.SUPPRESSED);
        }
        if (!deliverable.consent()) {
            all.add(Fallback.NO_CONSENT);
        }
        if (!deliverable.address()) {
            all.add(Fallback.NO_ADDRESS);
        }
        return all;
    }

    /**
     * What may be used of a subscriber at this instant.
     *
     * @param featuresAsOf of fresh features, else absent
     * @param scores fresh ones, else empty
     * @param reader the kind of reader, with the taste if there is one; absent where the features are not fresh that it rests on
     */
    private record Known(
            @Nullable Subscriber subscriber,
            @Nullable Instant featuresAsOf,
            Map<String, Score> scores,
            List<Fallback> fallbacks,
            Deliverable deliverable,
            @Nullable String reader) {

        private static final Known NOBODY = nobody(Fallback.UNKNOWN_SUBSCRIBER);

        static Known nobody(Fallback why) {
            return new Known(null, null, Map.of(), List.of(why), Deliverable.UNKNOWN, null);
        }

        static Known of(@Nullable Subscriber subscriber, @Nullable Taste taste, Instant now, Duration staleAfter) {
            if (subscriber == null || !subscriber.hasProfile()) {
                return NOBODY;
            }
            Instant oldest = now.minus(staleAfter);
            Instant featuresAsOf = subscriber.featuresAsOf();
            boolean freshFeatures = !featuresAsOf.isBefore(oldest);
            boolean freshScores =
                    subscriber.hasScores() && !subscriber.scoresAsOf().isBefore(oldest);
            List<Fallback> fallbacks = List.of();
            if (!freshFeatures || !freshScores) {
                fallbacks = new ArrayList<>(2);
                if (!freshFeatures) {
                    fallbacks.add(Fallback.STALE_FEATURES);
                }
                if (!freshScores) {
                    fallbacks.add(subscriber.hasScores() ? Fallback.STALE_SCORES : Fallback.NO_SCORES);
                }
            }
            return new Known(
                    subscriber,
                    freshFeatures ? featuresAsOf : null,
                    freshScores ? subscriber.scores() : Map.of(),
                    fallbacks,
                    Deliverable.of(subscriber),
                    freshFeatures ? reader(subscriber, taste) : null);
        }

        private static @Nullable String reader(Subscriber subscriber, @Nullable Taste taste) {
            String kind = subscriber.reader();
            return kind == null || taste == null ? kind : taste.reader(kind);
        }

        boolean freshFeatures() {
            return featuresAsOf != null;
        }

        int freshScores() {
            return (scores.containsKey("churn") ? 1 : 0) + (scores.containsKey("value") ? 1 : 0);
        }
    }
}
