package winback.prediction.drift;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;
import winback.prediction.alerts.Alert;
import winback.prediction.alerts.Alert.Finding;
import winback.prediction.alerts.Alerts;
import winback.prediction.datasets.DataRefused;
import winback.prediction.datasets.Wanted;
import winback.prediction.evaluation.BackTest;
import winback.prediction.jobs.Job;
import winback.prediction.jobs.Jobs;
import winback.prediction.jobs.Work;
import winback.prediction.models.Model;
import winback.prediction.models.ModelName;
import winback.prediction.models.ModelVersion;
import winback.prediction.models.Registry;
import winback.prediction.models.Sample;
import winback.prediction.progress.Progress;
import winback.prediction.recipes.Recipes;

/**
 * Scores the customers of some time ago with a version as it is, and compares with what became of them since: only of a
 * time that the version learned nothing from, or it would be asked what it was told.
 */
@Component
class Outcomes implements Work {

    static final String KIND = "outcomes";

    /** Fewer days tell too little of what people do. */
    static final int LEAST_DAYS = 7;

    private static final String ROLE = "outcomes";

    private final Registry registry;
    private final Recipes recipes;
    private final Jobs jobs;
    private final Checks checks;
    private final Alerts alerts;
    private final TransactionTemplate transaction;
    private final Clock clock;
    private final DriftSettings settings;
    private final JsonMapper json;

    Outcomes(
            Registry registry,
            Recipes recipes,
            Jobs jobs,
            Checks checks,
            Alerts alerts,
            TransactionTemplate transaction,
            Clock clock,
            DriftSettings settings,
            JsonMapper json) {
        this.registry = registry;
        this.recipes = recipes;
        this.jobs = jobs;
        this.checks = checks;
        this.alerts = alerts;
        this.transaction = transaction;
        this.clock = clock;
        this.settings = settings;
        this.json = json;
    }

    /**
     * @param version whose predictions are compared
     * @param cutoff customers are scored as of this instant
     * @param labelDays after it, in which outcomes are counted
     */
    record Asked(String version, Instant cutoff, int labelDays) {}

    /**
     * One of the two, by what the model predicts.
     *
     * @param cutoff customers were scored as of this instant
     * @param labelDays after it, that were predicted and are over
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Compared(
            String version,
            Instant checkedAt,
            Instant cutoff,
            int labelDays,
            Calibration.@Nullable Probabilities probability,
            Calibration.@Nullable Totals total) {}

    @Override
    public String kind() {
        return KIND;
    }

    /** What is known of a version's predictions: as much of its horizon as its training has not seen. */
    Optional<Asked> known(ModelVersion version) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        long since = Duration.between(version.window().labelsUntil(), now).toDays();
        int days = (int) Math.min(version.name().labelDays(version.horizonDays()), since);
        return days < leastDays(version)
                ? Optional.empty()
                : Optional.of(new Asked(version.version(), now.minus(Duration.ofDays(days)), days));
    }

    /** A horizon may be shorter than what else is asked for. */
    private static int leastDays(ModelVersion version) {
        return version.name().leastLabelDays(Math.min(LEAST_DAYS, version.horizonDays()));
    }

    /** Why nothing is known, in a sentence. */
    static String unknown(ModelVersion version) {
        return ("No outcome since the training is known yet: %s learned from what happened until %s,"
                        + " and %d days have to follow.")
                .formatted(
                        version.version(),
                        version.window().labelsUntil().truncatedTo(ChronoUnit.SECONDS),
                        leastDays(version));
    }

    /** Asks for what is known; while that runs for the model, the job that does. */
    Job ask(ModelVersion version, Asked asked) {
        return Objects.requireNonNull(transaction.execute(status -> {
            checks.waitToBeAlone(version.version());
            return jobs.running(KIND, version.name()).orElseGet(() -> begin(version, asked));
        }));
    }

    /** Asks when it is time to, unless another instance does, or nothing is known yet. */
    void askIfDue(ModelVersion version) {
        Optional<Asked> asked = due(version) ? known(version) : Optional.empty();
        if (asked.isPresent()) {
            transaction.executeWithoutResult(status -> {
                if (checks.alone(version.version())
                        && due(version)
                        && jobs.running(KIND, version.name()).isEmpty()) {
                    begin(version, asked.get());
                }
            });
        }
    }

    private boolean due(ModelVersion version) {
        return checks.due(
                version.version(),
                Checks.Kind.OUTCOMES,
                version.createdAt(),
                settings.outcomesEvery(),
                clock.instant());
    }

    private Job begin(ModelVersion version, Asked asked) {
        checks.begin(version.version(), Checks.Kind.OUTCOMES, clock.instant());
        return jobs.request(KIND, version.name(), asked, List.of(new Wanted(ROLE, asked.cutoff(), asked.labelDays())));
    }

    @Override
    public Outcome carryOut(Job job, Map<String, Sample> samples) {
        Asked asked = json.readValue(job.request(), Asked.class);
        Sample sample = samples.get(ROLE);
        if (sample == null) {
            throw new IllegalStateException("The data set is missing of " + samples.keySet());
        }
        ModelVersion version = registry.versions(job.subject()).stream()
                .filter(known -> known.version().equals(asked.version()))
                .findFirst()
                .orElseThrow(() -> new DataRefused(asked.version() + " is gone."));
        if (!sample.schema().equals(version.schema())) {
            throw new DataRefused(version.version() + " was fitted on another feature schema; train it again.");
        }
        if (sample.size() < Drift.LEAST_CUSTOMERS) {
            throw new DataRefused("%d customers as of %s: at least %d are needed."
                    .formatted(sample.size(), asked.cutoff(), Drift.LEAST_CUSTOMERS));
        }
        Progress.at(.2, "scoring %d customers".formatted(sample.size()));
        Compared compared = compare(version, asked, sample);
        @Nullable Finding finding = finding(version, compared);
        transaction.executeWithoutResult(status -> {
            checks.keep(version.version(), Checks.Kind.OUTCOMES, compared);
            if (registry.live(version.name())
                    .filter(live -> live.version().equals(version.version()))
                    .isPresent()) {
                alerts.settle(
                        version.name(),
                        version.version(),
                        Alert.Kind.OUTCOMES,
                        finding == null ? List.of() : List.of(finding),
                        "What happened is what was predicted, within tolerance or chance.");
            }
        });
        return new Outcome(
                finding == null
                        ? "What happened to %d customers is what %s predicted, within tolerance or chance."
                                .formatted(sample.size(), version.version())
                        : finding.sentence(),
                null,
                json.convertValue(compared, new TypeReference<Map<String, Object>>() {}));
    }

    private Compared compare(ModelVersion version, Asked asked, Sample sample) {
        double[] predictions;
        try (Model model = recipes.load(version.name(), registry.artefact(version.version()))) {
            if (model.periodSize() > 0 && sample.periods().length == 0) {
                throw new DataRefused("The rows came without the last periods of the customers, which "
                        + version.version() + " looks at.");
            }
            predictions = BackTest.predicted(version.version(), model, sample, asked.labelDays())
                    .predictions();
        }
        ModelName name = version.name();
        return new Compared(
                version.version(),
                clock.instant(),
                asked.cutoff(),
                asked.labelDays(),
                name.isProbability() ? Calibration.ofProbabilities(predictions, sample.outcomes(name)) : null,
                name == ModelName.VALUE ? Calibration.ofAmounts(predictions, sample.spend()) : null);
    }

    /**
     * An alert asks for more than chance does not explain: of many customers the ranges are so narrow that no model
     * keeps within them.
     */
    private @Nullable Finding finding(ModelVersion version, Compared compared) {
        Calibration.Probabilities probability = compared.probability();
        if (probability != null
                && probability.outside().contains("ece")
                && probability.ece() > settings.eceTolerance()) {
            return new Finding(
                    "calibration",
                    probability.ece(),
                    Math.max(settings.eceTolerance(), probability.eceRange().upper()),
                    ("%s predicted %.1f %% for %d customers as of %s, and within %d days it came to %.1f %%;"
                                    + " its calibration error is %.3f, of which chance makes up to %.3f.")
                            .formatted(
                                    version.version(),
                                    100 * probability.predicted(),
                                    probability.customers(),
                                    compared.cutoff().truncatedTo(ChronoUnit.SECONDS),
                                    compared.labelDays(),
                                    100 * probability.observed(),
                                    probability.ece(),
                                    probability.eceRange().upper()));
        }
        Calibration.Totals total = compared.total();
        if (total == null || total.outside().isEmpty()) {
            return null;
        }
        double off = Math.abs(total.observed() / total.predicted() - 1);
        if (off > settings.totalTolerance()) {
            return new Finding(
                    "total",
                    off,
                    settings.totalTolerance(),
                    ("%s predicted a total of %.0f for %d customers as of %s, and within %d days it came to %.0f:"
                                    + " %.2f times as much, more than chance explains.")
                            .formatted(
                                    version.version(),
                                    total.predicted(),
                                    total.customers(),
                                    compared.cutoff().truncatedTo(ChronoUnit.SECONDS),
                                    compared.labelDays(),
                                    total.observed(),
                                    total.observed() / total.predicted()));
        }
        return null;
    }
}
