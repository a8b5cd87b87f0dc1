package winback.prediction.churn;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import winback.prediction.attribution.Attribution;
import winback.prediction.boosting.Objective;
import winback.prediction.correction.Correction;
import winback.prediction.correction.Learned;
import winback.prediction.intervals.ProbabilityRange;
import winback.prediction.intervals.Range;
import winback.prediction.models.FeatureSchema;
import winback.prediction.models.LabelledRows;
import winback.prediction.models.Model;
import winback.prediction.models.ModelName;
import winback.prediction.models.ModelOptions;
import winback.prediction.models.Sample;
import winback.prediction.progress.Progress;
import winback.prediction.purchases.BgNbd;
import winback.prediction.purchases.PurchaseHistory;

/**
 * Probability of no order within any number of days: {@code σ(slope × (logit P(customer, days) + f(features)) +
 * intercept)}.
 *
 * <p>P is BG/NBD's probability of no purchase, fitted on the newest features, which need no labels. f is what a ridge
 * regression and boosted trees add over the label window, fitted on log loss with logit P over it as their offset; a
 * horizon other than the label window is modelled, by how logit P goes on. Slope and intercept are Platt's calibration, on the newest labelled
 * customers and by members that did not see them.
 */
public final class ChurnModel implements Model {

    private static final double CLIP = 1e-6;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final FeatureSchema schema;
    private final int horizonDays;
    private final BgNbd purchases;
    private final LogisticCurve calibration;
    private final Correction correction;
    private final ProbabilityRange range;
    private final Learned learned;

    /**
     * Tree count and trees are of models that were kept before there was another member than trees; what was usually
     * guessed over the horizon is of those that were kept before it was known what members learned over.
     */
    @SuppressWarnings("ArrayRecordComponent") // bytes by design; compared nowhere
    private record Artefact(
            FeatureSchema schema,
            int horizonDays,
            BgNbd purchases,
            LogisticCurve calibration,
            Correction.@Nullable Artefact correction,
            @Nullable ProbabilityRange range,
            @Nullable Integer treeCount,
            byte @Nullable [] trees,
            @Nullable Double usualGuess,
            @Nullable Learned learned) {

        Correction.Artefact corrections() {
            return correction == null ? Correction.ofTreesAlone(treeCount, trees) : correction;
        }

        Learned learning() {
            return learned == null
                    ? Learned.unknown(horizonDays, usualGuess, (customer, days) -> margin(purchases, customer, days))
                    : learned;
        }
    }

    private ChurnModel(
            FeatureSchema schema,
            int horizonDays,
            BgNbd purchases,
            LogisticCurve calibration,
            Correction correction,
            ProbabilityRange range,
            Learned learned) {
        this.schema = schema;
        this.horizonDays = horizonDays;
        this.purchases = purchases;
        this.calibration = calibration;
        this.correction = correction;
        this.range = range;
        this.learned = learned;
    }

    /**
     * @param labelled customers at one or more cutoffs, the newest last; their labels end before {@code newest} begins
     * @param newest the customers as last known; its labels are not looked at
     */
    public static ChurnModel fit(List<Sample> labelled, Sample newest, ModelOptions options) {
        Progress.at(0, "purchase model of %d customers".formatted(newest.size()));
        BgNbd purchases = BgNbd.fit(newest.customers());
        LabelledRows rows =
                LabelledRows.of(labelled, Sample::churned, (customer, days) -> margin(purchases, customer, days));
        Correction.Fitted fitted =
                Correction.fit(rows.x(), rows.y(), rows.offset(), rows.group(), Objective.LOGISTIC, options.trees());
        int[] held = rows.newestOf(fitted.rows());
        double[] margins =
                Arrays.stream(held).mapToDouble(k -> fitted.margins()[k]).toArray();
        double[] outcomes =
                rows.labels(Arrays.stream(held).map(k -> fitted.rows()[k]).toArray());
        LogisticCurve calibration = held.length == 0 ? LogisticCurve.IDENTITY : LogisticCurve.fit(margins, outcomes);
        return new ChurnModel(
                newest.schema(),
                options.horizonDays(),
                purchases,
                calibration,
                fitted.correction(),
                ProbabilityRange.fit(Arrays.stream(margins).map(calibration::at).toArray(), outcomes),
                Learned.of(
                        labelled.getLast().labelDays(),
                        options.horizonDays(),
                        newest.customers(),
                        (customer, days) -> margin(purchases, customer, days)));
    }

    private double guess(PurchaseHistory customer, int days) {
        return margin(purchases, customer, days);
    }

    private static double margin(BgNbd purchases, PurchaseHistory customer, int days) {
        return Objective.LOGISTIC.margin(
                purchases.probabilityOfNoPurchase(customer, days / PurchaseHistory.DAYS_PER_WEEK), CLIP);
    }

    @Override
    public ModelName name() {
        return ModelName.CHURN;
    }

    @Override
    public FeatureSchema schema() {
        return schema;
    }

    @Override
    public int horizonDays() {
        return horizonDays;
    }

    /** What is believed before it is corrected. */
    public BgNbd purchases() {
        return purchases;
    }

    /** What corrects it. */
    public Correction correction() {
        return correction;
    }

    public LogisticCurve calibration() {
        return calibration;
    }

    @Override
    public double[] predict(float[][] features, int days) {
        if (features.length == 0) {
            return new double[0];
        }
        @Nullable PurchaseHistory[] histories = schema.histories(features);
        double[] predictions = correction.margins(features, histories, this::guess, learned, days);
        for (int i = 0; i < predictions.length; i++) {
            predictions[i] = histories[i] == null ? Double.NaN : calibration.at(predictions[i]);
        }
        return predictions;
    }

    /** In log-odds. */
    @Override
    public Optional<Attribution> explain(float[] row) {
        PurchaseHistory history = schema.histories(new float[][] {row})[0];
        if (history == null) {
            return Optional.empty();
        }
        Attribution parts =
                correction.explain(Attribution.Scale.LOG_ODDS, row, history, this::guess, learned, horizonDays);
        parts.calibrate(calibration.slope(), calibration.intercept());
        return Optional.of(parts);
    }

    @Override
    public Range range(double prediction) {
        return range.of(prediction);
    }

    @Override
    public byte[] toBytes() {
        return JSON.writeValueAsBytes(new Artefact(
                schema,
                horizonDays,
                purchases,
                calibration,
                correction.toArtefact(),
                range,
                null,
                null,
                null,
                learned));
    }

    /** From {@link #toBytes()}. */
    public static ChurnModel load(byte[] bytes) {
        Artefact artefact = JSON.readValue(bytes, Artefact.class);
        return new ChurnModel(
                artefact.schema(),
                artefact.horizonDays(),
                artefact.purchases(),
                artefact.calibration(),
                Correction.load(
                        artefact.corrections(), artefact.schema().names().size()),
                artefact.range() == null ? ProbabilityRange.UNKNOWN : artefact.range(),
                artefact.learning());
    }

    @Override
    public void close() {
        correction.close();
    }
}
