package winback.prediction.scoring;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import winback.contracts.ScoresChanged.Score;
import winback.prediction.attribution.Attribution;
import winback.prediction.explanation.Explanation;
import winback.prediction.explanation.Language;
import winback.prediction.intervals.Range;
import winback.prediction.models.FeatureSchema;
import winback.prediction.models.Model;
import winback.prediction.models.ModelName;
import winback.prediction.models.ModelVersion;
import winback.prediction.models.Registry;
import winback.prediction.recipes.Recipes;
import winback.prediction.rollout.CanaryShare;
import winback.prediction.rollout.Rollouts;

/**
 * The models that are served, loaded at start and looked for in the registry every second. Owns their native memory: a
 * model is closed when nobody predicts with it any more.
 *
 * <p>A version that this release cannot load, or whose artefact is of another feature schema than the registry says, is
 * refused: it gives no scores, and the others are served all the same.
 */
@Component
public class LiveModels {

    private static final Logger log = LoggerFactory.getLogger(LiveModels.class);

    /** @param reachDays the longest horizon that its outcomes say anything of */
    record Live(String version, Instant calibratedAt, int reachDays, Model model) {}

    /** Asked about its share of the subscribers instead of the live version. */
    record Canary(Live served, double share) {

        /** A vector of nobody is in no share. */
        boolean scores(Vector vector) {
            return !vector.subscriberId().isEmpty()
                    && CanaryShare.contains(served.version(), vector.subscriberId(), share);
        }
    }

    private final Registry registry;
    private final Rollouts rollouts;
    private final Recipes recipes;
    private final Scores scores;
    private final MeterRegistry meters;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final Set<String> refusalsLogged = ConcurrentHashMap.newKeySet();
    private volatile Map<ModelName, Live> live = Map.of();
    private volatile Map<ModelName, Canary> canaries = Map.of();

    /** Versions that are to be served and are refused, with the reason in a sentence. */
    private volatile Map<String, String> refused = Map.of();

    /** The servings that the fields above are of. */
    private String looked = "";

    private volatile @Nullable Seen newest;

    /** What vectors are like, as last seen. */
    private record Seen(String schema, int periodSize, Instant asOf) {

        static Seen of(Vector vector) {
            return new Seen(vector.featureSchema(), vector.periodSize(), vector.featuresAsOf());
        }

        /** Whether the model scores such vectors. */
        boolean suits(Model model) {
            return schema.equals(model.schema().fingerprint()) && !lacksPeriods(model, periodSize);
        }
    }

    /** Whether it is a model that looks at the last periods, and such vectors come without them. */
    private static boolean lacksPeriods(Model model, int periodSize) {
        return model.periodSize() > 0 && model.periodSize() != periodSize;
    }

    private static String lacksPeriods(Live served, String what) {
        return "%s looks at the last periods, %d numbers, which %s without; they come with each profile that changes."
                .formatted(served.version(), served.model().periodSize(), what);
    }

    /**
     * Whether a version that is to be served gives scores here.
     *
     * @param name {@code serving}; {@code other-schema} when the newest vectors are not what it was fitted on;
     *     {@code no-periods} when they come without the last periods that it looks at;
     *     {@code refused} when it cannot be loaded; {@code loading} for a second after a change
     * @param detail why it gives none, in a sentence; absent when it does
     */
    public record State(String name, @Nullable String detail) {}

    LiveModels(Registry registry, Rollouts rollouts, Recipes recipes, Scores scores, MeterRegistry meters) {
        this.scores = scores;
        this.registry = registry;
        this.rollouts = rollouts;
        this.recipes = recipes;
        this.meters = meters;
        for (ModelName name : ModelName.values()) {
            Gauge.builder("winback.models.live", () -> live.containsKey(name) ? 1 : 0)
                    .tag("model", name.wireName())
                    .description("1 when a version of the model is served")
                    .register(meters);
            Gauge.builder("winback.models.refused", () -> refuses(name) ? 1 : 0)
                    .tag("model", name.wireName())
                    .description("1 when what is to be served gives no scores: not loadable, of another feature schema"
                            + " than the newest vectors, or without the last periods that it looks at")
                    .register(meters);
            Gauge.builder("winback.models.canary.share", () -> {
                        Canary canary = canaries.get(name);
                        return canary == null ? 0 : canary.share();
                    })
                    .tag("model", name.wireName())
                    .description("Share of the subscribers that a canary of the model scores, 0 to 0.5")
                    .register(meters);
        }
    }

    /** A service that cannot ask for its models does not start; one that cannot load them says so and does. */
    @PostConstruct
    void load() {
        scores.newest().ifPresent(vector -> newest = Seen.of(vector));
        refresh(rollouts.now());
    }

    @Scheduled(fixedDelay = 1000)
    void refresh() {
        try {
            refresh(rollouts.now());
        } catch (RuntimeException failure) {
            log.warn("live models not refreshed: {}", failure.toString());
        }
    }

    private synchronized void refresh(List<Rollouts.Serving> wanted) {
        Map<String, Live> before = loaded();
        if (looked.equals(label(wanted))) {
            return;
        }
        Map<String, String> refusals = new HashMap<>();
        Map<ModelName, Live> after = new EnumMap<>(ModelName.class);
        Map<ModelName, Canary> trials = new EnumMap<>(ModelName.class);
        List<Live> fresh = new ArrayList<>();
        try {
            for (Rollouts.Serving serving : wanted) {
                Live served = before.get(serving.version());
                if (served == null) {
                    byte[] artefact = registry.artefact(serving.version());
                    try {
                        served = load(serving, artefact);
                        fresh.add(served);
                    } catch (ModelRefused refusal) {
                        log.error("{} is not served: {}", serving.version(), refusal.getMessage(), refusal.getCause());
                        refusals.put(serving.version(), refusal.sentence());
                    }
                }
                if (served == null) {
                    continue;
                }
                if (serving.canary()) {
                    trials.put(serving.name(), new Canary(served, serving.share()));
                } else {
                    after.put(serving.name(), served);
                }
            }
        } catch (RuntimeException failure) {
            fresh.forEach(served -> served.model().close());
            throw failure;
        }
        lock.writeLock().lock();
        try {
            live = after;
            canaries = trials;
            refused = Map.copyOf(refusals);
            looked = label(wanted);
            Map<String, Live> kept = loaded();
            before.values().stream()
                    .filter(old -> !kept.containsKey(old.version()))
                    .forEach(old -> old.model().close());
        } finally {
            lock.writeLock().unlock();
        }
        log.info("live models: {}", label());
    }

    private static final class ModelRefused extends Exception {
        private static final long serialVersionUID = 1;

        private final String sentence;

        ModelRefused(String sentence, @Nullable Throwable cause) {
            super(sentence, cause);
            this.sentence = sentence;
        }

        String sentence() {
            return sentence;
        }
    }

    private Live load(Rollouts.Serving serving, byte[] artefact) throws ModelRefused {
        String version = serving.version();
        ModelVersion registered = registry.find(serving.name(), version).orElseThrow();
        FeatureSchema expected = registered.schema();
        Model model;
        try {
            model = recipes.load(serving.name(), artefact);
        } catch (RuntimeException unreadable) {
            throw new ModelRefused(
                    version + " cannot be loaded by this release; train it again or roll back.", unreadable);
        }
        if (!model.schema().equals(expected)) {
            model.close();
            throw new ModelRefused(
                    "The artefact of %s is of feature schema %s, and the registry says %s; train it again or roll back."
                            .formatted(version, model.schema().fingerprint(), expected.fingerprint()),
                    null);
        }
        return new Live(
                version,
                registered.createdAt(),
                ModelVersion.Window.reachDays(registered.window().labelDays()),
                model);
    }

    /** How a version that is to be served fares on this instance. */
    public State state(String version) {
        String refusal = refused.get(version);
        if (refusal != null) {
            return new State("refused", refusal);
        }
        Live served = loaded().get(version);
        if (served == null) {
            return new State("loading", "This instance has not loaded it yet.");
        }
        Seen seen = newest;
        String schema = served.model().schema().fingerprint();
        if (seen != null && !seen.schema().equals(schema)) {
            return new State(
                    "other-schema",
                    "%s was fitted on feature schema %s, and the newest vectors are of %s, which it does not score; train"
                                    .formatted(version, schema, seen.schema())
                            + " it again.");
        }
        if (seen != null && lacksPeriods(served.model(), seen.periodSize())) {
            return new State("no-periods", lacksPeriods(served, "the newest vectors came"));
        }
        return new State("serving", null);
    }

    private boolean refuses(ModelName name) {
        Live served = live.get(name);
        Seen seen = newest;
        return served == null
                ? refused.keySet().stream().anyMatch(version -> version.startsWith(name.wireName() + "-"))
                : seen != null && !seen.suits(served.model());
    }

    /** All that are in memory, by version. */
    private Map<String, Live> loaded() {
        return Stream.concat(live.values().stream(), canaries.values().stream().map(Canary::served))
                .collect(Collectors.toMap(Live::version, Function.identity()));
    }

    /** As {@link #label()} once these are loaded. */
    private static String label(List<Rollouts.Serving> servings) {
        return servings.stream()
                .map(serving -> label(serving.version(), serving.share()))
                .sorted()
                .collect(Collectors.joining(","));
    }

    private static String label(
            Map<ModelName, Live> models, Map<ModelName, Canary> canaries, Map<String, String> refused) {
        Stream<String> live = models.values().stream().map(Live::version);
        Stream<String> trials =
                canaries.values().stream().map(canary -> label(canary.served().version(), canary.share()));
        Stream<String> none = refused.keySet().stream().map(version -> version + "!");
        return Stream.of(live, trials, none)
                .flatMap(Function.identity())
                .sorted()
                .collect(Collectors.joining(","));
    }

    private static String label(String version, double share) {
        return share < 1 ? version + "@" + share : version;
    }

    /**
     * The versions that are served in one line, such as {@code churn-1,churn-2@0.25,value-2!} with a canary for a
     * quarter and a refused value model; empty when there are none. Who was scored under another label is scored again.
     */
    String label() {
        return label(live, canaries, refused);
    }

    /**
     * @param models the versions asked, see {@link #label()}
     * @param scores one map for each vector, in their order; a model that refuses a vector is absent
     */
    record Scored(String models, List<Map<String, Score>> scores) {}

    /** Scores vectors in one batch for each model and schema, each over its own horizon. */
    Scored score(List<Vector> vectors) {
        see(vectors);
        return score(vectors, null);
    }

    /** Likewise over {@code days}; null for each model's own horizon. */
    Scored score(List<Vector> vectors, @Nullable Integer days) {
        List<Map<String, Score>> scores = new ArrayList<>(vectors.size());
        for (int i = 0; i < vectors.size(); i++) {
            scores.add(new TreeMap<>());
        }
        lock.readLock().lock();
        try {
            Map<ModelName, Live> models = live;
            Map<ModelName, Canary> trials = canaries;
            for (ModelName name : ModelName.values()) {
                Live served = models.get(name);
                Canary canary = trials.get(name);
                if (served != null) {
                    score(name, served, vectors, vector -> canary == null || !canary.scores(vector), days, scores);
                }
                if (canary != null) {
                    score(name, canary.served(), vectors, canary::scores, days, scores);
                }
            }
            return new Scored(label(models, trials, refused), scores);
        } finally {
            lock.readLock().unlock();
        }
    }

    private void see(List<Vector> vectors) {
        for (Vector vector : vectors) {
            Seen seen = newest;
            if (seen == null || !vector.featuresAsOf().isBefore(seen.asOf())) {
                newest = Seen.of(vector);
            }
        }
    }

    /** Scores those of the vectors that are the model's to score. */
    private void score(
            ModelName name,
            Live served,
            List<Vector> vectors,
            Predicate<Vector> its,
            @Nullable Integer days,
            List<Map<String, Score>> scores) {
        Model model = served.model();
        int horizonDays = days == null ? model.horizonDays() : model.reach(days);
        int columns = model.schema().names().size();
        List<Integer> fitting = new ArrayList<>(vectors.size());
        for (int i = 0; i < vectors.size(); i++) {
            Vector vector = vectors.get(i);
            if (!its.test(vector)) {
                continue;
            }
            if (!vector.featureSchema().equals(model.schema().fingerprint()) || vector.features().length != columns) {
                refused(
                        name,
                        served,
                        "%s refuses vectors of feature schema %s; train it again"
                                .formatted(served.version(), vector.featureSchema()));
            } else if (lacksPeriods(model, vector.periodSize())) {
                refused(name, served, lacksPeriods(served, "vectors came"));
            } else {
                fitting.add(i);
            }
        }
        float[][] features =
                fitting.stream().map(i -> vectors.get(i).features()).toArray(float[][]::new);
        double[] predictions = model.periodSize() == 0
                ? model.predict(features, horizonDays)
                : model.predict(
                        features,
                        fitting.stream().map(i -> vectors.get(i).sequence()).toArray(float[][]::new),
                        horizonDays);
        for (int k = 0; k < predictions.length; k++) {
            if (Double.isFinite(predictions[k])) {
                // Farther than the outcomes went, nobody knows how wrong it is.
                Range range = horizonDays > served.reachDays() ? Range.UNKNOWN : model.range(predictions[k]);
                scores.get(fitting.get(k))
                        .put(
                                name.wireName(),
                                new Score(
                                        predictions[k],
                                        horizonDays,
                                        finite(range.lower()),
                                        finite(range.upper()),
                                        served.version(),
                                        served.calibratedAt()));
            }
        }
    }

    private static @Nullable Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }

    private void refused(ModelName name, Live served, String why) {
        Counter.builder("winback.scoring.refused")
                .description("Vectors of another feature schema than the model's, or without the last periods that it"
                        + " looks at")
                .tag("model", name.wireName())
                .register(meters)
                .increment();
        if (refusalsLogged.size() < 1_000 && refusalsLogged.add(why)) {
            log.warn("{}", why);
        }
    }

    /** The schemas of the live models, by version. */
    Map<String, FeatureSchema> schemas() {
        Map<String, FeatureSchema> schemas = new TreeMap<>();
        live.values()
                .forEach(served -> schemas.put(served.version(), served.model().schema()));
        return schemas;
    }

    /** Why a version gives a vector its score; empty when it is not served (any more), or cannot tell. */
    Optional<Explanation> explain(ModelName name, String version, Vector vector, Language language) {
        lock.readLock().lock();
        try {
            Live served = live.get(name);
            if (served == null || !served.version().equals(version)) {
                return Optional.empty();
            }
            Model model = served.model();
            return (lacksPeriods(model, vector.periodSize())
                            ? Optional.<Attribution>empty()
                            : model.explain(vector.features(), vector.sequence()))
                    .map(parts -> Explanation.of(parts, name, model.schema(), vector.features(), language));
        } finally {
            lock.readLock().unlock();
        }
    }

    /** That a horizon is farther than a model can be sure of, in a sentence; empty when it is not. */
    Optional<String> tooFar(ModelName name, int days) {
        Live served = live.get(name);
        return served == null || served.model().reach(days) <= served.reachDays()
                ? Optional.empty()
                : Optional.of("%s: no interval, its outcomes say nothing sure of more than %d days."
                        .formatted(served.version(), served.reachDays()));
    }

    /** Why a model has no score for a vector, in a sentence. */
    String whyNot(ModelName name, Vector vector) {
        Live served = live.get(name);
        if (served == null) {
            return refused.entrySet().stream()
                    .filter(refusal -> refusal.getKey().startsWith(name.wireName() + "-"))
                    .map(Map.Entry::getValue)
                    .findFirst()
                    .orElse("No " + name.wireName() + " model is live; train one.");
        }
        if (!served.model().schema().fingerprint().equals(vector.featureSchema())) {
            return served.version() + " was fitted on another feature schema; train it again.";
        }
        if (lacksPeriods(served.model(), vector.periodSize())) {
            return lacksPeriods(served, "this vector came");
        }
        if (vector.subscriberId().isEmpty()) {
            return "No %s score: by its features this is nobody who has ordered%s yet."
                    .formatted(name.wireName(), name == ModelName.ENGAGEMENT ? " or been delivered a mail" : "");
        }
        return "No %s score: the subscriber has not ordered%s yet, or is being scored."
                .formatted(name.wireName(), name == ModelName.ENGAGEMENT ? ", nor been delivered a mail" : "");
    }

    @PreDestroy
    void close() {
        lock.writeLock().lock();
        try {
            loaded().values().forEach(served -> served.model().close());
            live = Map.of();
            canaries = Map.of();
        } finally {
            lock.writeLock().unlock();
        }
    }
}
