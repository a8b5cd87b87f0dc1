package winback.prediction.drift;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import winback.prediction.alerts.Alert;
import winback.prediction.alerts.Alerts;
import winback.prediction.drift.Figures.Level;
import winback.prediction.drift.Figures.Shift;
import winback.prediction.models.ModelVersion;
import winback.prediction.rollout.Rollouts;

/** Compares what a live model sees and says now with what it saw and said when it was fitted, and raises alerts. */
@Component
class Drift {

    /** Of fewer customers the index says little. */
    static final int LEAST_CUSTOMERS = 100;

    /**
     * Everyone is scored anew, in the order of their ids, when another version goes live: before most are, those who
     * are were chosen by their ids. Of those whom no canary scores.
     */
    private static final double LEAST_SCORED = .8;

    private static final double SECONDS_PER_DAY = 86_400;

    private final References references;
    private final Population population;
    private final Checks checks;
    private final Alerts alerts;
    private final Rollouts rollouts;
    private final TransactionTemplate transaction;
    private final Clock clock;
    private final DriftSettings settings;

    Drift(
            References references,
            Population population,
            Checks checks,
            Alerts alerts,
            Rollouts rollouts,
            TransactionTemplate transaction,
            Clock clock,
            DriftSettings settings) {
        this.references = references;
        this.population = population;
        this.checks = checks;
        this.alerts = alerts;
        this.rollouts = rollouts;
        this.transaction = transaction;
        this.clock = clock;
        this.settings = settings;
    }

    /** Looks now; does nothing for a version without a reference. */
    void check(ModelVersion live) {
        Optional<Reference> reference = references.find(live.version());
        if (reference.isPresent()) {
            transaction.executeWithoutResult(status -> {
                checks.waitToBeAlone(live.version());
                look(live, reference.get());
            });
        }
    }

    /** Looks when it is time to, unless another instance does. */
    void checkIfDue(ModelVersion live) {
        if (!due(live)) {
            return;
        }
        Optional<Reference> reference = references.find(live.version());
        if (reference.isPresent()) {
            transaction.executeWithoutResult(status -> {
                // Another instance may have done it since.
                if (checks.alone(live.version()) && due(live)) {
                    look(live, reference.get());
                }
            });
        }
    }

    private boolean due(ModelVersion live) {
        return checks.due(live.version(), Checks.Kind.POPULATION, Instant.EPOCH, settings.every(), clock.instant());
    }

    private void look(ModelVersion live, Reference reference) {
        Instant now = clock.instant();
        checks.begin(live.version(), Checks.Kind.POPULATION, now);
        Population.Drawn drawn = population.draw(live, settings.customers());
        double elapsed = Math.max(0, Duration.between(reference.asOf(), now).toSeconds() / SECONDS_PER_DAY);
        boolean enough = drawn.features().length >= LEAST_CUSTOMERS;

        List<String> names = live.schema().names();
        List<Shift> shifts = new ArrayList<>();
        List<String> notCompared = new ArrayList<>();
        for (int j = 0; j < names.size(); j++) {
            Column column = reference.bins().features().get(j);
            if (!column.varied()) {
                notCompared.add(names.get(j));
            } else if (enough) {
                shifts.add(shift(names.get(j), column, drawn.column(j), reference, elapsed));
            }
        }
        shifts.sort(Comparator.comparingDouble(Shift::room));

        float[] scores = scored(drawn.scores());
        @Nullable String scoreDetail = scoreDetail(live, drawn.features().length, scores.length, reference);
        @Nullable
        Shift score =
                scoreDetail == null ? shift("The score", reference.bins().score(), scores, reference, elapsed) : null;

        List<Shift> drifted =
                shifts.stream().filter(shift -> shift.level() == Level.DRIFTED).toList();
        checks.keep(
                live.version(),
                Checks.Kind.POPULATION,
                new Figures(
                        now,
                        drawn.features().length,
                        drawn.ofOtherSchema(),
                        score,
                        scoreDetail,
                        shifts.size(),
                        drifted.size(),
                        shifts.subList(0, Math.min(Figures.KEPT, shifts.size())),
                        notCompared));
        // What cannot be compared now leaves its alerts as they are.
        if (enough) {
            settle(live, Alert.Kind.FEATURE, drifted, reference);
        }
        if (score != null) {
            settle(live, Alert.Kind.SCORE, score.level() == Level.DRIFTED ? List.of(score) : List.of(), reference);
        }
    }

    private Shift shift(String name, Column column, float[] current, Reference reference, double elapsed) {
        return Shift.of(name, column, column.count(current), reference.days(), elapsed, settings.threshold());
    }

    private static float[] scored(float[] scores) {
        float[] known = new float[scores.length];
        int n = 0;
        for (float score : scores) {
            if (!Float.isNaN(score)) {
                known[n++] = score;
            }
        }
        return Arrays.copyOf(known, n);
    }

    private @Nullable String scoreDetail(ModelVersion live, int customers, int scored, Reference reference) {
        if (!reference.bins().score().varied()) {
            return live.version() + " gave the same score to everyone whom it was fitted on.";
        }
        if (customers < LEAST_CUSTOMERS) {
            return "%d customers with vectors of its feature schema: at least %d are needed."
                    .formatted(customers, LEAST_CUSTOMERS);
        }
        // Whom a canary scores is a matter of chance, so the others are like all.
        double share =
                1 - rollouts.canary(live.name()).map(Rollouts.Serving::share).orElse(0.);
        return scored < LEAST_SCORED * share * customers
                ? "%d of %d customers are scored by %s so far.".formatted(scored, customers, live.version())
                : null;
    }

    private void settle(ModelVersion live, Alert.Kind kind, List<Shift> drifted, Reference reference) {
        alerts.settle(
                live.name(),
                live.version(),
                kind,
                drifted.stream()
                        .map(shift -> shift.finding(live.version(), reference.asOf()))
                        .toList(),
                "It is not above its threshold any more.");
    }
}
