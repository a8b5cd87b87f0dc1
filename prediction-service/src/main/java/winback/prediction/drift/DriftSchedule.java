package winback.prediction.drift;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import winback.prediction.alerts.Alert;
import winback.prediction.alerts.Alerts;
import winback.prediction.gauges.SteadyGauge;
import winback.prediction.models.ModelName;
import winback.prediction.models.ModelVersion;
import winback.prediction.models.Registry;

/**
 * Asks every few seconds what is due, by the clock and by what PostgreSQL says of the last checks, so that neither a
 * restart nor a second instance checks twice; and keeps the gauges.
 */
@Component
class DriftSchedule {

    private static final Logger log = LoggerFactory.getLogger(DriftSchedule.class);

    private final Registry registry;
    private final Drift drift;
    private final Outcomes outcomes;
    private final Checks checks;
    private final Alerts alerts;
    private final Clock clock;
    private final DriftSettings settings;
    private final MeterRegistry meters;
    private final SteadyGauge scorePsi;
    private final SteadyGauge driftedFeatures;
    private final SteadyGauge openAlerts;
    private final AtomicBoolean busy = new AtomicBoolean();

    DriftSchedule(
            Registry registry,
            Drift drift,
            Outcomes outcomes,
            Checks checks,
            Alerts alerts,
            Clock clock,
            DriftSettings settings,
            MeterRegistry meters) {
        this.registry = registry;
        this.drift = drift;
        this.outcomes = outcomes;
        this.checks = checks;
        this.alerts = alerts;
        this.clock = clock;
        this.settings = settings;
        this.meters = meters;
        // Each is there at 0 from the start, so that a first failure is an increase.
        for (ModelName name : ModelName.values()) {
            failures(name);
        }
        this.scorePsi = new SteadyGauge(
                "winback.drift.score.psi", "Population stability index of the live version's scores", meters);
        this.driftedFeatures = new SteadyGauge(
                "winback.drift.features", "Features of the live version above their thresholds", meters);
        this.openAlerts = new SteadyGauge("winback.alerts.open", "Open alerts", meters);
    }

    private Counter failures(ModelName name) {
        return Counter.builder("winback.drift.failures")
                .description("Checks on schedule that failed; each is tried again")
                .tag("model", name.wireName())
                .register(meters);
    }

    /** At a rate, and not with a delay: that would keep the others' scheduled work waiting. */
    @Scheduled(fixedRate = 5, initialDelay = 5, timeUnit = TimeUnit.SECONDS)
    void tick() {
        if (!busy.compareAndSet(false, true)) {
            return;
        }
        try {
            Map<ModelName, ModelVersion> live =
                    registry.live().stream().collect(Collectors.toMap(ModelVersion::name, Function.identity()));
            for (ModelName name : ModelName.values()) {
                check(name, live.get(name));
            }
            measure(live);
        } catch (RuntimeException away) {
            log.debug("drift not looked at", away);
        } finally {
            busy.set(false);
        }
    }

    private void check(ModelName name, @Nullable ModelVersion live) {
        try {
            alerts.closeOfOthers(
                    name,
                    live == null ? null : live.version(),
                    live == null ? "No version is served any more." : live.version() + " is served instead.");
            if (live != null) {
                drift.checkIfDue(live);
                outcomes.askIfDue(live);
            }
        } catch (RuntimeException failure) {
            failures(name).increment();
            log.warn("drift of {} not checked: {}", name.wireName(), failure.toString());
        }
    }

    private void measure(Map<ModelName, ModelVersion> live) {
        Map<Tags, Number> psi = new HashMap<>();
        Map<Tags, Number> drifted = new HashMap<>();
        Map<Tags, Number> open = new HashMap<>();
        for (ModelName name : ModelName.values()) {
            Tags tags = Tags.of("model", name.wireName());
            List<Alert> known = alerts.open(name);
            for (Alert.Kind kind : Alert.Kind.values()) {
                open.put(
                        tags.and("kind", kind.wireName()),
                        known.stream()
                                .filter(alert -> alert.kind().equals(kind.wireName()))
                                .count());
            }
            ModelVersion version = live.get(name);
            if (version != null) {
                checks.summary(version.version()).ifPresent(summary -> {
                    drifted.put(tags, summary.drifted());
                    if (summary.scorePsi() != null) {
                        psi.put(tags, summary.scorePsi());
                    }
                });
            }
        }
        scorePsi.set(psi);
        driftedFeatures.set(drifted);
        openAlerts.set(open);
    }

    @Scheduled(fixedDelay = 6, initialDelay = 1, timeUnit = TimeUnit.HOURS)
    void forget() {
        alerts.forgetBefore(clock.instant().minus(settings.alertsKept()));
    }
}
