package winback.prediction.scoring;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import winback.contracts.ScoresChanged.Score;
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
 */
@Component
class LiveModels {

    private static final Logger log = LoggerFactory.getLogger(LiveModels.class);

    record Live(String version, Instant calibratedAt, Model model) {}

    /** Asked about its share of the subscribers instead of the live version. */
    record Canary(Live served, double share) {}

    private final Registry registry;
    private final Rollouts rollouts;
    private final Recipes recipes;
    private final MeterRegistry meters;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final Set<String> refusalsLogged = ConcurrentHashMap.newKeySet();
    private volatile Map<ModelName, Live> live = Map.of();
    private volatile Map<ModelName, Canary> canaries = Map.of();

    LiveModels(Registry registry, Rollouts rollouts, Recipes recipes, MeterRegistry meters) {
        this.registry = registry;
        this.rollouts = rollouts;
        this.recipes = recipes;
        this.meters = meters;
        for (ModelName name : ModelName.values()) {
            Gauge.builder("winback.models.live", () -> live.containsKey(name) ? 1 : 0)
                    .tag("model", name.wireName())
                    .description("1 when a version of the model is served")
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

    /** A service that cannot load its models does not start. */
    @PostConstruct
    void load() {
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

    private void refresh(List<Rollouts.Serving> wanted) {
        Map<String, Live> before = loaded();
        if (label(live, canaries).equals(label(wanted))) {
            return;
        }
        Map<ModelName, Live> after = new EnumMap<>(ModelName.class);
        Map<ModelName, Canary> trials = new EnumMap<>(ModelName.class);
        List<Live> fresh = new ArrayList<>();
        try {
            for (Rollouts.Serving serving : wanted) {
                Live served = before.get(serving.version());
                if (served == null) {
                    served = load(serving);
                    fresh.add(served);
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
            Map<String, Live> kept = loaded();
            before.values().stream()
                    .filter(old -> !kept.containsKey(old.version()))
                    .forEach(old -> old.model().close());
        } finally {
            lock.writeLock().unlock();
        }
        log.info("live models: {}", label());
    }

    private Live load(Rollouts.Serving serving) {
        String version = serving.version();
        Model model = recipes.load(serving.name(), registry.artefact(version));
        Optional<ModelVersion> registered = registry.find(serving.name(), version)
                .filter(found -> found.schema().equals(model.schema()));
        if (registered.isEmpty()) {
            model.close();
            throw new IllegalStateException("The artefact of " + version + " has another feature schema");
        }
        return new Live(version, registered.get().createdAt(), model);
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

    private static String label(Map<ModelName, Live> models, Map<ModelName, Canary> canaries) {
        return Stream.concat(
                        models.values().stream().map(Live::version),
                        canaries.values().stream()
                                .map(canary -> label(canary.served().version(), canary.share())))
                .sorted()
                .collect(Collectors.joining(","));
    }

    private static String label(String version, double share) {
        return share < 1 ? version + "@" + share : version;
    }

    /**
     * The versions that are served in one line, such as {@code churn-1,churn-2@0.25,value-2} with a canary for a
     * quarter; empty when there are none. Who was scored under another label is scored again.
     */
    String label() {
        return label(live, canaries);
    }

    /**
     * @param models the versions asked, see {@link #label()}
     * @param scores one map for each vector, in their order; a model that refuses a vector is absent
     */
    record Scored(String models, List<Map<String, Score>> scores) {}

    /** Scores vectors in one batch for each model and schema, each over its own horizon. */
    Scored score(List<Vector> vectors) {
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
            for (Map.Entry<ModelName, Live> entry : models.entrySet()) {
                Canary canary = trials.get(entry.getKey());
                List<Integer> trial = new ArrayList<>();
                List<Integer> others = new ArrayList<>(vectors.size());
                for (int i = 0; i < vectors.size(); i++) {
                    // A vector of nobody is not in a canary's share.
                    boolean tried = canary != null
                            && !vectors.get(i).subscriberId().isEmpty()
                            && CanaryShare.contains(
                                    canary.served().version(), vectors.get(i).subscriberId(), canary.share());
                    (tried ? trial : others).add(i);
                }
                score(entry.getKey(), entry.getValue(), vectors, others, days, scores);
                if (canary != null) {
                    score(entry.getKey(), canary.served(), vectors, trial, days, scores);
                }
            }
            return new Scored(label(models, trials), scores);
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Scores those of the vectors. */
    private void score(
            ModelName name,
            Live served,
            List<Vector> vectors,
            List<Integer> those,
            @Nullable Integer days,
            List<Map<String, Score>> scores) {
        Model model = served.model();
        int horizonDays = days == null ? model.horizonDays() : days;
        int columns = model.schema().names().size();
        List<Integer> fitting = new ArrayList<>(those.size());
        for (int i : those) {
            Vector vector = vectors.get(i);
            if (vector.featureSchema().equals(model.schema().fingerprint()) && vector.features().length == columns) {
                fitting.add(i);
            } else {
                refused(name, served.version(), vector.featureSchema());
            }
        }
        double[] predictions = model.predict(
                fitting.stream().map(i -> vectors.get(i).features()).toArray(float[][]::new), horizonDays);
        for (int k = 0; k < predictions.length; k++) {
            if (Double.isFinite(predictions[k])) {
                Range range = model.range(predictions[k]);
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

    private void refused(ModelName name, String version, String schema) {
        Counter.builder("winback.scoring.refused")
                .description("Vectors of another feature schema than the model's")
                .tag("model", name.wireName())
                .register(meters)
                .increment();
        if (refusalsLogged.size() < 1_000 && refusalsLogged.add(version + " " + schema)) {
            log.warn("{} refuses vectors of feature schema {}; train it again", version, schema);
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
            return model.explain(vector.features())
                    .map(parts -> Explanation.of(parts, name, model.schema(), vector.features(), language));
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Why a model has no score for a vector of this schema, in a sentence. */
    String whyNot(ModelName name, String featureSchema) {
        Live served = live.get(name);
        if (served == null) {
            return "No " + name.wireName() + " model is live; train one.";
        }
        if (!served.model().schema().fingerprint().equals(featureSchema)) {
            return served.version() + " was fitted on another feature schema; train it again.";
        }
        return "No " + name.wireName() + " score: the subscriber has not ordered yet, or is being scored.";
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
