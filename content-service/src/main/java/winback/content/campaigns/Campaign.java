package winback.content.campaigns;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import winback.content.policy.Policy;
import winback.content.taste.Taste;

/** A campaign as the path sees it: settings, variants and the policy at the present state of the posteriors. Immutable. */
public final class Campaign {

    /**
     * @param language {@code en} or {@code es}
     * @param attributionDays 1 to 90: within how many days an order belongs to the mail before it
     * @param holdoutShare 0 to .5 of the subscribers never get anything from this campaign
     * @param immediateFirst how many deliveries may go without waiting for the best hour
     * @param unsubscribeUrl absent for the deployment's; {@code {decisionId}} and {@code {subscriberId}} are filled in
     */
    public record Settings(
            String campaignId,
            String name,
            String language,
            int attributionDays,
            double holdoutShare,
            int immediateFirst,
            @Nullable String unsubscribeUrl,
            Instant createdAt) {}

    /** With fewer a kind of reader is chosen for as everybody is. */
    private static final int LEAST_EXPOSURES = 50;

    /** With fewer, too: where one mail in a hundred is answered, fifty say nothing. */
    private static final int LEAST_ANSWERS = 5;

    private static final int MOST_BORROWED = 30;

    /** No kind of reader. */
    private static final String EVERYBODY = "";

    private final Settings settings;
    private final List<Variant> variants;
    private final List<Variant> live;
    private final @Nullable Policy policy;
    private final Map<String, Policy> policies;
    private final Map<String, Policy> ofTastes = new ConcurrentHashMap<>();
    private final boolean variesInTemper;
    private final @Nullable Policy fallbackPolicy;
    private final Map<String, Object> placeholders;
    private final long revision;

    Campaign(Settings settings, List<Variant> variants, long revision) {
        this.settings = settings;
        this.variants = List.copyOf(variants);
        this.live = this.variants.stream().filter(Variant::live).toList();
        this.variesInTemper =
                live.stream().mapToDouble(Variant::liveliness).distinct().count() > 1;
        this.policy = live.isEmpty() ? null : Policy.thompson(arms(EVERYBODY));
        this.fallbackPolicy = live.isEmpty()
                ? null
                : Policy.uniform(live.stream().map(Variant::variantId).toList());
        this.policies = new HashMap<>();
        for (String reader : readers(live)) {
            policies.put(reader, Policy.thompson(arms(reader)));
        }
        this.placeholders =
                Map.of("id", settings.campaignId(), "name", settings.name(), "language", settings.language());
        this.revision = revision;
    }

    public Settings settings() {
        return settings;
    }

    /** In the order in which they were added. */
    public List<Variant> variants() {
        return variants;
    }

    /** Those that the arms of {@link #policy()} stand for, in the same order. */
    public List<Variant> live() {
        return live;
    }

    /** @param kind that of which enough is known, or {@link #EVERYBODY} */
    private List<Policy.Arm> arms(String kind) {
        return live.stream()
                .map(variant -> kind.equals(EVERYBODY)
                        ? Policy.Arm.of(variant.variantId(), variant.exposures(), variant.successes())
                        : arm(variant, variant.of(kind)))
                .toList();
    }

    /** Kinds of readers of whom enough is known to choose for them; those with a taste are chosen for by it. */
    private static Set<String> readers(List<Variant> live) {
        Map<String, Long> exposures = new HashMap<>();
        Map<String, Long> answers = new HashMap<>();
        for (Variant variant : live) {
            variant.readers().forEach((reader, record) -> {
                if (Taste.of(reader) == null) {
                    exposures.merge(reader, record.exposures(), Long::sum);
                    answers.merge(reader, record.successes(), Long::sum);
                }
            });
        }
        exposures.values().removeIf(seen -> seen < LEAST_EXPOSURES);
        answers.values().removeIf(answered -> answered < LEAST_ANSWERS);
        exposures.keySet().retainAll(answers.keySet());
        return exposures.keySet();
    }

    /**
     * What the others said of the variant counts for these readers, too, but never for more than {@value #MOST_BORROWED}
     * of them: a power prior (Ibrahim and Chen 2000) whose weight is bounded. Where there are no others it is the uniform
     * prior that {@link #policy()} has, and neither answers nor their absence count for less than there.
     */
    private static Policy.Arm arm(Variant variant, Variant.Record own) {
        long seen = variant.exposures() - own.exposures();
        double rate = (variant.successes() - own.successes() + 1.) / (seen + 2);
        double weight = Math.min(MOST_BORROWED, seen + 2);
        return new Policy.Arm(
                variant.variantId(),
                own.successes() + Math.max(1, weight * rate),
                own.exposures() - own.successes() + Math.max(1, weight * (1 - rate)));
    }

    /** For those of whom nothing is known; absent when no variant is live. */
    public @Nullable Policy policy() {
        return policy;
    }

    /**
     * For a kind of reader, with a taste or without. A taste moves what is believed of each variant's rate by what it makes of its
     * liveliness; that is worked out when the first with that taste comes.
     *
     * @param reader absent when nothing is known
     * @return absent when no variant is live
     */
    public @Nullable Policy policy(@Nullable String reader) {
        if (reader == null || policy == null) {
            return policy;
        }
        Taste taste = Taste.of(reader);
        if (taste == null) {
            return policies.getOrDefault(reader, policy);
        }
        String kind = Taste.kind(reader);
        return variesInTemper ? ofTaste(policies.containsKey(kind) ? kind : EVERYBODY, taste) : policy(kind);
    }

    private Policy ofTaste(String kind, Taste taste) {
        return ofTastes.computeIfAbsent(taste.reader(kind), reader -> {
            List<Policy.Arm> arms = arms(kind);
            return Policy.thompson(IntStream.range(0, arms.size())
                    .mapToObj(i -> arms.get(i).shifted(taste.shift(live.get(i).liveliness())))
                    .toList());
        });
    }

    /** All of them, of which that of everybody is the first; empty when no variant is live. */
    public List<Policy> policies() {
        if (policy == null) {
            return List.of();
        }
        List<Policy> all = new ArrayList<>(List.of(policy));
        all.addAll(policies.values());
        if (variesInTemper) {
            for (Taste taste : Taste.values()) {
                all.add(ofTaste(EVERYBODY, taste));
                policies.keySet().forEach(kind -> all.add(ofTaste(kind, taste)));
            }
        }
        return all;
    }

    /** What chooses when there is no time for {@link #policy()}; absent when no variant is live. */
    public @Nullable Policy fallbackPolicy() {
        return fallbackPolicy;
    }

    /** What templates see as {@code campaign}. */
    public Map<String, Object> placeholders() {
        return placeholders;
    }

    public Duration attributionWindow() {
        return Duration.ofDays(settings.attributionDays());
    }

    long revision() {
        return revision;
    }
}
