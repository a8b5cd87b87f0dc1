package winback.prediction.training;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import winback.prediction.gauges.SteadyGauge;
import winback.prediction.models.Importance;
import winback.prediction.models.ModelName;
import winback.prediction.models.ModelVersion;
import winback.prediction.models.Registry;

/**
 * The metrics of each model's newest back-test as gauges: {@code winback.prediction.auc{model="churn"}} and so on, and the
 * importance of the groups of features in it.
 */
@Component
class Kpis {

    private static final Logger log = LoggerFactory.getLogger(Kpis.class);

    private static final List<String> METRICS = List.of(
            "auc", "accuracy", "precision", "recall", "f1", "brier", "ece", "logLoss", "gini", "rmse", "mae", "ratio");

    private final Registry registry;
    private final Map<String, SteadyGauge> gauges;
    private final SteadyGauge importance;

    Kpis(Registry registry, MeterRegistry meters) {
        this.registry = registry;
        this.gauges = METRICS.stream()
                .collect(Collectors.toUnmodifiableMap(
                        metric -> metric,
                        metric -> new SteadyGauge(
                                "winback.prediction."
                                        + metric.replaceAll("([A-Z])", ".$1").toLowerCase(java.util.Locale.ROOT),
                                "Of the newest time-split back-test",
                                meters)));
        this.importance = new SteadyGauge(
                "winback.model.group.importance",
                "Share of a group of features in the permutation importance of the newest back-test, 0 to 1",
                meters);
    }

    @Scheduled(fixedDelay = 5, initialDelay = 1, timeUnit = TimeUnit.SECONDS)
    void refresh() {
        try {
            Map<String, Map<Tags, Double>> figures = new HashMap<>();
            Map<Tags, Double> shares = new HashMap<>();
            Set<ModelName> seen = new HashSet<>();
            for (ModelVersion version : registry.all()) {
                if (!seen.add(version.name())) {
                    continue;
                }
                shares.putAll(shares(version));
                for (String metric : METRICS) {
                    if (version.metrics().get(metric) instanceof Number value) {
                        figures.computeIfAbsent(metric, m -> new HashMap<>())
                                .put(Tags.of("model", version.name().wireName()), value.doubleValue());
                    }
                }
            }
            importance.set(shares);
            gauges.forEach((metric, gauge) -> gauge.set(figures.getOrDefault(metric, Map.of())));
        } catch (RuntimeException away) {
            log.debug("metrics of back-tests not refreshed", away);
        }
    }

    private static Map<Tags, Double> shares(ModelVersion version) {
        Map<Tags, Double> shares = new HashMap<>();
        if (version.importance() != null) {
            for (Importance.Group group : version.importance().groups()) {
                if (group.share() != null) {
                    shares.put(Tags.of("model", version.name().wireName(), "group", group.group()), group.share());
                }
            }
        }
        return shares;
    }
}
