package winback.prediction.value;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import winback.prediction.attribution.Attribution;
import winback.prediction.boosting.Objective;
import winback.prediction.correction.Correction;
import winback.prediction.correction.Learned;
import winback.prediction.intervals.Range;
import winback.prediction.intervals.SpendRange;
import winback.prediction.models.FeatureSchema;
import winback.prediction.models.LabelledRows;
import winback.prediction.models.Model;
import winback.prediction.models.ModelName;
import winback.prediction.models.ModelOptions;
import winback.prediction.models.Sample;
import winback.prediction.progress.Progress;
import winback.prediction.purchases.PurchaseHistory;

/**
 * Expected spend over any number of days: {@code level × E(customer, days) × exp(f(features))}.
 *
 * <p>E is BG/NBD × Gamma-Gamma, fitted on the newest features, which need no labels. f is what a ridge regression and boosted trees add, fitted with a
 * Tweedie objective and log E over the label window as their offset: they learn by which factor the customer's features
 * change what E expects. A horizon longer than the label window is modelled, E(days) ÷ E(label window) customer by
 * customer, and not scaled by days. The level is the geometric mean of two: one makes predictions of the newest labelled
 * customers, by members that did not see them, sum to what they spent; by the other predictions of the newest customers sum
 * to what E says. Either is off where the last window or the purchase models are unlike what comes, and their mean is
 * less so (J. Bates, C. Granger (1969), The Combination of Forecasts). Inside, spend is
 * counted in mean orders, so that penalties mean the same in any currency.
 */
public final class ValueModel implements Model {

    /** An expectation below this part of a mean order says "nothing", and has a logarithm. */
    private static final double LEAST = 1e-5;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final FeatureSchema schema;
    private final int horizonDays;
    private final SpendExpectation expectation;
    private final double level;
    private final Correction correction;
    private final SpendRange range;
    private final Learned learned;

    /**
     * Tree count and trees are of models that were kept before there was another member than trees; what was usually
     * guessed over the horizon is of those that were kept before it was known what members learned over.
     */
    @SuppressWarnings("ArrayRecordComponent") // bytes by design; compared nowhere
    private record Artefact(
            FeatureSchema schema,
            int horizonDays,
            SpendExpectation expectation,
            double level,
            Correction.@Nullable Artefact correction,
            @Nullable SpendRange range,
            @Nullable Integer treeCount,
            byte @Nullable [] trees,
            @Nullable Double usualGuess,
            @Nullable Learned learned) {

        Correction.Artefact corrections() {
            return correction == null ? Correction.ofTreesAlone(treeCount, trees) : correction;
        }

        Learned learning() {
            return learned == null
                    ? Learned.unknown(horizonDays, usualGuess, (customer, days) -> margin(expectation, customer, days))
                    : learned;
        }
    }

    private ValueModel(
            FeatureSchema schema,
            int horizonDays,
            SpendExpectation expectation,
            double level,
            Correction correction,
            SpendRange range,
            Learned learned) {
        this.schema = schema;
        this.horizonDays = horizonDays;
        this.expectation = expectation;
        this.level = level;
        this.correction = correction;
        this.range = range;
        this.learned = learned;
    }

    /**
     * @param labelled customers at one or more cutoffs, the newest last; their labels end before {@code newest} begins
     * @param newest the customers as last known; its labels are not looked at
     */
    public static ValueModel fit(List<Sample> labelled, Sample newest, ModelOptions options) {
        Progress.at(0, "purchase model of %d customers".formatted(newest.size()));
        SpendExpectation expectation = SpendExpectation.fit(newest.customers());
        LabelledRows rows = LabelledRows.of(
                labelled,
                sample -> Arrays.stream(sample.spend())
                        .map(spend -> spend / expectation.unit())
                        .toArray(),
                (customer, days) -> margin(expectation, customer, days));
        Correction.Fitted fitted =
                Correction.fit(rows.x(), rows.y(), rows.offset(), rows.group(), Objective.TWEEDIE, options.trees());
        int[] held = rows.newestOf(fitted.rows());
        double[] outcomes =
                rows.labels(Arrays.stream(held).map(k -> fitted.rows()[k]).toArray());
        double[] expectations = Arrays.stream(held)
                .mapToDouble(k -> Math.exp(fitted.margins()[k]))
                .toArray();
        double spent = Arrays.stream(outcomes).sum();
        double expected = Arrays.stream(expectations).sum();
        double own = spent > 0 && expected > 0 ? spent / expected : 1;
        Learned learned = Learned.of(
                labelled.getLast().labelDays(),
                options.horizonDays(),
                newest.customers(),
                (customer, days) -> margin(expectation, customer, days));
        double level =
                Math.sqrt(own * ofGuesses(fitted.correction(), expectation, newest, learned, options.horizonDays()));
        return new ValueModel(
                newest.schema(),
                options.horizonDays(),
                expectation,
                level,
                fitted.correction(),
                SpendRange.fit(
                        Arrays.stream(expectations).map(value -> level * value).toArray(), outcomes),
                learned);
    }

    /** The level by which predictions of these customers sum to what was guessed of them. */
    private static double ofGuesses(
            Correction correction, SpendExpectation expectation, Sample customers, Learned learned, int days) {
        double guessed = customers.customers().stream()
                .mapToDouble(customer -> Math.exp(margin(expectation, customer, days)))
                .sum();
        double corrected = Arrays.stream(correction.margins(
                        customers.features(),
                        customers.histories(),
                        (customer, asked) -> margin(expectation, customer, asked),
                        learned,
                        days))
                .map(Math::exp)
                .sum();
        return guessed > 0 && corrected > 0 ? guessed / corrected : 1;
    }

    private double guess(PurchaseHistory customer, int days) {
        return margin(expectation, customer, days);
    }

    private static double margin(SpendExpectation expectation, PurchaseHistory customer, int days) {
        return Objective.TWEEDIE.margin(expectation.of(customer, days) / expectation.unit(), LEAST);
    }

    @Override
    public ModelName name() {
        return ModelName.VALUE;
    }

    @Override
    public FeatureSchema schema() {
        return schema;
    }

    @Override
    public int horizonDays() {
        return horizonDays;
    }

    /** What is expected before it is corrected. */
    public SpendExpectation expectation() {
        return expectation;
    }

    /** What corrects it. */
    public Correction correction() {
        return correction;
    }

    /** The factor that makes predictions sum to what the newest labelled customers spent. */
    public double level() {
        return level;
    }

    @Override
    public double[] predict(float[][] features, int days) {
        if (features.length == 0) {
            return new double[0];
        }
        @Nullable PurchaseHistory[] histories = schema.histories(features);
        double[] predictions = correction.margins(features, histories, this::guess, learned, days);
        for (int i = 0; i < predictions.length; i++) {
            predictions[i] = histories[i] == null ? Double.NaN : level * expectation.unit() * Math.exp(predictions[i]);
        }
        return predictions;
    }

    /** In logarithms of the deployment's currency. */
    @Override
    public Optional<Attribution> explain(float[] row) {
        PurchaseHistory history = schema.histories(new float[][] {row})[0];
        if (history == null) {
            return Optional.empty();
        }
        Attribution parts = correction.explain(Attribution.Scale.LOG, row, history, this::guess, learned, horizonDays);
        parts.addBase(Math.log(level * expectation.unit()));
        return Optional.of(parts);
    }

    @Override
    public Range range(double prediction) {
        // Ratios are the same in any unit. There and back the prediction may have moved by its last digit.
        Range there = range.of(prediction / expectation.unit()).times(expectation.unit());
        return new Range(Math.min(prediction, there.lower()), Math.max(prediction, there.upper()));
    }

    @Override
    public byte[] toBytes() {
        return JSON.writeValueAsBytes(new Artefact(
                schema, horizonDays, expectation, level, correction.toArtefact(), range, null, null, null, learned));
    }

    /** From {@link #toBytes()}. */
    public static ValueModel load(byte[] bytes) {
        Artefact artefact = JSON.readValue(bytes, Artefact.class);
        return new ValueModel(
                artefact.schema(),
                artefact.horizonDays(),
                artefact.expectation(),
                artefact.level(),
                Correction.load(
                        artefact.corrections(), artefact.schema().names().size()),
                artefact.range() == null ? SpendRange.UNKNOWN : artefact.range(),
                artefact.learning());
    }

    @Override
    public void close() {
        correction.close();
    }
}
