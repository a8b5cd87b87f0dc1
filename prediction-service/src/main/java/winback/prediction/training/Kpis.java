package winback.prediction.training;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
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
    private final Map<String, MultiGauge> gauges;
    private final MultiGauge importance;

    Kpis(Registry registry, MeterRegistry meters) {
        this.registry = registry;
        this.gauges = METRICS.stream()
                .collect(Collectors.toUnmodifiableMap(
                        metric -> metric,
                        metric -> MultiGauge.builder("winback.prediction."
                                        + metric.replaceAll("([A-Z])", ".$1").toLowerCase(java.util.Locale.ROOT))
                                .description("Of the newest time-split back-test")
                                .register(meters)));
        this.importance = MultiGauge.builder("winback.model.group.importance")
                .description(
                        "Share of a group of features in the permutation importance of the newest back-test, 0 to 1")
                .register(meters);
    }

    @Scheduled(fixedDelay = 5, initialDelay = 1, timeUnit = TimeUnit.SECONDS)
    void refresh() {
        try {
            Map<String, List<MultiGauge.Row<?>>> rows = new HashMap<>();
            List<MultiGauge.Row<?>> shares = new ArrayList<>();
            Set<ModelName> seen = new HashSet<>();
            for (ModelVersion version : registry.all()) {
                if (!seen.add(version.name())) {
                    continue;
                }
                shares.addAll(shares(version));
                for (String metric : METRICS) {
                    if (version.metrics().get(metric) instanceof Number value) {
                        rows.computeIfAbsent(metric, m -> new ArrayList<>())
                                .add(MultiGauge.Row.of(
                                        Tags.of("model", version.name().wireName()), value.doubleValue()));
                    }
                }
            }
            importance.register(shares, true);
            gauges.forEach((metric, gauge) -> gauge.register(rows.getOrDefault(metric, List.of()), true));
        } catch (RuntimeException away) {
            log.debug("metrics of back-tests not refreshed", away);
        }
    }

    private static List<MultiGauge.Row<?>> shares(ModelVersion version) {
        List<MultiGauge.Row<?>> shares = new ArrayList<>();
        if (version.importance() != null) {
            for (Importance.Group group : version.importance().groups()) {
                if (group.share() != null) {
                    shares.add(MultiGauge.Row.of(
                            Tags.of("model", version.name().wireName(), "group", group.group()), group.share()));
                }
            }
        }
        return shares;
    }
}
