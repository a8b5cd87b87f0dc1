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
import java.util.stream.Collectors;
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

/**
 * The models that are served, loaded at start and looked for in the registry every second. Owns their native memory: a
 * model is closed when nobody predicts with it any more.
 */
@Component
class LiveModels {

    private static final Logger log = LoggerFactory.getLogger(LiveModels.class);

    record Live(String version, Instant calibratedAt, Model model) {}

    private final Registry registry;
    private final Recipes recipes;
    private final MeterRegistry meters;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final Set<String> refusalsLogged = ConcurrentHashMap.newKeySet();
    private volatile Map<ModelName, Live> live = Map.of();

    LiveModels(Registry registry, Recipes recipes, MeterRegistry meters) {
        this.registry = registry;
        this.recipes = recipes;
        this.meters = meters;
        for (ModelName name : ModelName.values()) {
            Gauge.builder("winback.models.live", () -> live.containsKey(name) ? 1 : 0)
                    .tag("model", name.wireName())
                    .description("1 when a version of the model is served")
                    .register(meters);
        }
    }

    /** A service that cannot load its models does not start. */
    @PostConstruct
    void load() {
        refresh(registry.live());
    }

    @Scheduled(fixedDelay = 1000)
    void refresh() {
        try {
            refresh(registry.live());
        } catch (RuntimeException failure) {
            log.warn("live models not refreshed: {}", failure.toString());
        }
    }

    private void refresh(List<ModelVersion> wanted) {
        Map<ModelName, Live> before = live;
        if (versions(before).equals(wanted.stream().map(ModelVersion::version).collect(Collectors.toSet()))) {
            return;
        }
        Map<ModelName, Live> after = new EnumMap<>(ModelName.class);
        List<Live> gone = new ArrayList<>(before.values());
        for (ModelVersion version : wanted) {
            Live same = before.get(version.name());
            if (same != null && same.version().equals(version.version())) {
                after.put(version.name(), same);
                gone.remove(same);
            } else {
                Model model = recipes.load(version.name(), registry.artefact(version.version()));
                if (!model.schema().equals(version.schema())) {
                    model.close();
                    throw new IllegalStateException(
                            "The artefact of " + version.version() + " has another feature schema");
                }
                after.put(version.name(), new Live(version.version(), version.createdAt(), model));
            }
        }
        lock.writeLock().lock();
        try {
            live = after;
            gone.forEach(old -> old.model().close());
        } finally {
            lock.writeLock().unlock();
        }
        log.info("live models: {}", versions(after));
    }

    private static Set<String> versions(Map<ModelName, Live> models) {
        return models.values().stream().map(Live::version).collect(Collectors.toSet());
    }

    /** The live versions in one line, such as {@code churn-1,value-2}; empty when there are none. */
    private static String label(Map<ModelName, Live> models) {
        return versions(models).stream().sorted().collect(Collectors.joining(","));
    }

    String label() {
        return label(live);
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
            for (Map.Entry<ModelName, Live> entry : models.entrySet()) {
                score(entry.getKey(), entry.getValue(), vectors, days, scores);
            }
            return new Scored(label(models), scores);
        } finally {
            lock.readLock().unlock();
        }
    }

    private void score(
            ModelName name,
            Live served,
            List<Vector> vectors,
            @Nullable Integer days,
            List<Map<String, Score>> scores) {
        Model model = served.model();
        int horizonDays = days == null ? model.horizonDays() : days;
        int columns = model.schema().names().size();
        List<Integer> fitting = new ArrayList<>(vectors.size());
        for (int i = 0; i < vectors.size(); i++) {
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
            live.values().forEach(served -> served.model().close());
            live = Map.of();
        } finally {
            lock.writeLock().unlock();
        }
    }
}
