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
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import winback.chassis.problems.Problem;
import winback.content.broadcast.TopicReader;
import winback.content.cache.FeatureCache;
import winback.content.cache.Subscriber;
import winback.content.campaigns.Campaign;
import winback.content.campaigns.Campaigns;
import winback.content.campaigns.Variant;
import winback.content.decisions.Personalization.Deliverable;
import winback.content.policy.ThompsonPolicy;
import winback.content.templates.MailJson;
import winback.content.templates.MailTemplate;
import winback.content.templates.RenderedMail;
import winback.contracts.ContentDecided;
import winback.contracts.ScoresChanged.Score;

/**
 * The path: lookup, hold-out, choice, rendering, answer. It touches memory only; the decision is published behind it.
 */
@Component
class Personalizer {

    static final String HOLDOUT = "holdout";

    private final Campaigns campaigns;
    private final FeatureCache subscribers;
    private final LiveDeliveries live;
    private final TopicReader liveTopics;
    private final DecisionLog decisionLog;
    private final RecentMap<EncodedDecision> recent;
    private final DeliveryTimes deliveryTimes;
    private final Links links;
    private final DecisionSettings settings;
    private final Clock clock;
    private final Timer timer;
    private final Counter chosen;
    private final Counter heldOut;
    private final Counter repeats;
    private final Counter renderFailures;
    private final Counter refusals;

    Personalizer(
            Campaigns campaigns,
            FeatureCache subscribers,
            LiveDeliveries live,
            TopicReader liveDeliveryTopics,
            DecisionLog decisionLog,
            RecentMap<EncodedDecision> recentDecisions,
            DeliveryTimes deliveryTimes,
            Links links,
            DecisionSettings settings,
            Clock clock,
            MeterRegistry meters) {
        this.campaigns = campaigns;
        this.subscribers = subscribers;
        this.live = live;
        this.liveTopics = liveDeliveryTopics;
        this.decisionLog = decisionLog;
        this.recent = recentDecisions;
        this.deliveryTimes = deliveryTimes;
        this.links = links;
        this.settings = settings;
        this.clock = clock;
        this.timer = Timer.builder("winback.personalization.seconds")
                .description("The personalisation path, without HTTP")
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofNanos(10_000))
                .maximumExpectedValue(Duration.ofSeconds(1))
                .register(meters);
        this.chosen = Counter.builder("winback.decisions")
                .tag("policy", ThompsonPolicy.NAME)
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
     * @param deliver whether delivery-service shall send it; at most one live delivery for each campaign and subscriber
     */
    Personalization personalize(String subscriberId, String campaignId, boolean deliver) {
        long start = System.nanoTime();
        Personalization answer = decide(subscriberId, campaignId, deliver);
        timer.record(Duration.ofNanos(System.nanoTime() - start));
        return answer;
    }

    private Personalization decide(String subscriberId, String campaignId, boolean deliver) {
        Campaign campaign = campaigns.find(campaignId);
        if (campaign == null) {
            throw Problem.notFound("unknown-campaign", "There is no such campaign.");
        }
        ThompsonPolicy policy = campaign.policy();
        if (policy == null) {
            throw Problem.conflict("no-live-variant", "No variant of this campaign is live.");
        }
        Instant now = clock.instant();
        Known known = Known.of(subscribers.find(subscriberId), now, settings.staleAfter());
        if (deliver) {
            if (!liveTopics.isCaughtUp()) {
                throw Problem.away("catching-up", "Earlier deliveries are still being read; try again.");
            }
            ContentDecided first = live.find(campaignId, subscriberId, now);
            if (first != null) {
                return repeat(first, known);
            }
        }
        if (!decisionLog.hasRoom()) {
            throw full();
        }
        String decisionId = DecisionIds.next(now);
        return Holdout.contains(campaignId, subscriberId, campaign.settings().holdoutShare())
                ? holdOut(decisionId, subscriberId, campaign, deliver, known, now)
                : choose(decisionId, subscriberId, campaign, policy, deliver, known, now);
    }

    private Problem full() {
        refusals.increment();
        return Problem.away("decision-log-full", "Too many decisions wait for Kafka; try again.");
    }

    private Personalization holdOut(
            String decisionId, String subscriberId, Campaign campaign, boolean deliver, Known known, Instant now) {
        ContentDecided decision = new ContentDecided(
                decisionId,
                subscriberId,
                campaign.settings().campaignId(),
                true,
                null,
                null,
                1,
                Map.of(),
                HOLDOUT,
                deliver,
                false,
                now,
                known.featuresAsOf(),
                null,
                0,
                Map.of());
        ContentDecided first = record(decision, now);
        if (first != null) {
            return repeat(first, known);
        }
        heldOut.increment();
        return answer(decision, null, known, known.fallbacks(), false, null);
    }

    private Personalization choose(
            String decisionId,
            String subscriberId,
            Campaign campaign,
            ThompsonPolicy policy,
            boolean deliver,
            Known known,
            Instant now) {
        Campaign.Settings terms = campaign.settings();
        int arm = policy.draw(ThreadLocalRandom.current().nextDouble());
        Variant variant = campaign.live().get(arm);
        MailTemplate template = variant.mail();

        Map<String, Object> traits = used(template, known);
        List<String> fallbacks = known.fallbacks();
        Map<String, @Nullable Object> inputs;
        MailJson mail;
        try {
            inputs = inputs(traits, campaign, template, decisionId, subscriberId);
            mail = template.renderJson(inputs);
        } catch (RuntimeException broken) {
            // That it can be rendered without traits was tried when the campaign was created.
            renderFailures.increment();
            traits = Map.of();
            inputs = inputs(traits, campaign, template, decisionId, subscriberId);
            mail = template.renderJson(inputs);
            fallbacks = new ArrayList<>(fallbacks);
            fallbacks.add("rendered-with-defaults");
        }

        PersonalizationScore score = new PersonalizationScore(
                template.traits().size(),
                traits.size(),
                known.freshFeatures(),
                known.freshScores(),
                known.observations(),
                campaign.live().size(),
                policy.certainty());
        boolean immediate = deliver && live.claimImmediate(terms.campaignId(), decisionId, terms.immediateFirst());
        ContentDecided decision = new ContentDecided(
                decisionId,
                subscriberId,
                terms.campaignId(),
                false,
                variant.variantId(),
                variant.version(),
                policy.probability(arm),
                policy.probabilities(),
                ThompsonPolicy.NAME,
                deliver,
                immediate,
                now,
                known.featuresAsOf(),
                deliveryTimes.estimate(known.subscriber(), immediate, now),
                score.value(),
                inputs);
        ContentDecided first = record(decision, now);
        if (first != null) {
            if (immediate) {
                live.releaseImmediate(terms.campaignId(), decisionId);
            }
            return repeat(first, known);
        }
        chosen.increment();
        return answer(decision, mail, known, fallbacks, false, score);
    }

    /** Hands the decision over; returns another one instead if that one is live. */
    private @Nullable ContentDecided record(ContentDecided decision, Instant now) {
        EncodedDecision encoded = EncodedDecision.of(decision);
        if (decision.deliver()) {
            ContentDecided winner = live.claim(decision, encoded, now);
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

    private static Map<String, Object> used(MailTemplate template, Known known) {
        Map<String, Object> used = new LinkedHashMap<>();
        Subscriber subscriber = known.subscriber();
        if (subscriber != null) {
            for (String name : template.traits()) {
                Object value = subscriber.trait(name);
                if (value != null && !"".equals(value)) {
                    used.put(name, value);
                }
            }
        }
        return used;
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

    private Personalization repeat(ContentDecided first, Known known) {
        repeats.increment();
        MailJson mail = first.holdout() ? null : template(first).renderJson(first.inputs());
        return answer(first, mail, known, List.of(), true, null);
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
            ContentDecided decision,
            @Nullable MailJson mail,
            Known known,
            List<String> fallbacks,
            boolean repeated,
            @Nullable PersonalizationScore score) {
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
                fallbacks,
                known.deliverable(),
                new Explanation(decision.policy(), decision.probabilities(), score));
    }

    /**
     * What may be used of a subscriber at this instant.
     *
     * @param featuresAsOf of fresh features, else absent
     * @param scores fresh ones, else empty
     */
    private record Known(
            @Nullable Subscriber subscriber,
            @Nullable Instant featuresAsOf,
            Map<String, Score> scores,
            List<String> fallbacks,
            Deliverable deliverable) {

        private static final Known NOBODY =
                new Known(null, null, Map.of(), List.of("unknown-subscriber"), new Deliverable(false, false));

        static Known of(@Nullable Subscriber subscriber, Instant now, Duration staleAfter) {
            if (subscriber == null || !subscriber.hasProfile()) {
                return NOBODY;
            }
            Instant oldest = now.minus(staleAfter);
            Instant featuresAsOf = subscriber.featuresAsOf();
            boolean freshFeatures = !featuresAsOf.isBefore(oldest);
            boolean freshScores =
                    subscriber.hasScores() && !subscriber.scoresAsOf().isBefore(oldest);
            List<String> fallbacks = List.of();
            if (!freshFeatures || subscriber.hasScores() && !freshScores) {
                fallbacks = new ArrayList<>(2);
                if (!freshFeatures) {
                    fallbacks.add("stale-features");
                }
                if (subscriber.hasScores() && !freshScores) {
                    fallbacks.add("stale-scores");
                }
            }
            Object address = subscriber.trait("email");
            return new Known(
                    subscriber,
                    freshFeatures ? featuresAsOf : null,
                    freshScores ? subscriber.scores() : Map.of(),
                    fallbacks,
                    new Deliverable(
                            subscriber.consents("email", "marketing"),
                            address instanceof String text && !text.isBlank()));
        }

        boolean freshFeatures() {
            return featuresAsOf != null;
        }

        int freshScores() {
            return (scores.containsKey("churn") ? 1 : 0) + (scores.containsKey("value") ? 1 : 0);
        }

        long observations() {
            return subscriber == null ? 0 : subscriber.observations();
        }
    }
}
