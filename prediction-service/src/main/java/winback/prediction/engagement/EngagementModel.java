package winback.prediction.engagement;

import java.util.List;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import winback.prediction.attribution.Attribution;
import winback.prediction.churn.LogisticCurve;
import winback.prediction.correction.Correction;
import winback.prediction.intervals.ProbabilityRange;
import winback.prediction.intervals.Range;
import winback.prediction.models.FeatureSchema;
import winback.prediction.models.LabelledRows;
import winback.prediction.models.Model;
import winback.prediction.models.ModelName;
import winback.prediction.models.ModelOptions;
import winback.prediction.models.Sample;

/**
 * Probability that a subscriber opens or clicks the next mail within a week of its delivery, whether they have ordered or
 * not: a {@link CalibratedShare} of a ridge regression and boosted trees, calibrated on the newest labelled subscribers. It
 * knows no other horizon, and nothing of who has neither ordered nor been delivered a mail.
 */
public final class EngagementModel implements Model {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final FeatureSchema schema;
    private final int horizonDays;
    private final CalibratedShare share;
    private final ProbabilityRange range;

    private record Artefact(
            FeatureSchema schema, int horizonDays, CalibratedShare.Artefact share, ProbabilityRange range) {}

    private EngagementModel(FeatureSchema schema, int horizonDays, CalibratedShare share, ProbabilityRange range) {
        this.schema = schema;
        this.horizonDays = horizonDays;
        this.share = share;
        this.range = range;
    }

    /**
     * @param labelled subscribers who were delivered a mail after one or more cutoffs, the newest last; some answered it
     *     and some did not
     */
    public static EngagementModel fit(List<Sample> labelled, ModelOptions options) {
        LabelledRows rows = LabelledRows.ofGuesses(labelled, Sample::engaged, sample -> new double[sample.size()]);
        // A forest and a network would cost most of the time, and could not tell why they say what they say.
        CalibratedShare.Fitted fitted = CalibratedShare.fit(
                rows.x(), rows.y(), rows.group(), options.trees(), Correction.Also.NOTHING, rows::newestOf);
        return new EngagementModel(
                labelled.getLast().schema(),
                options.horizonDays(),
                fitted.model(),
                ProbabilityRange.fit(fitted.probabilities(), rows.labels(fitted.rows())));
    }

    @Override
    public ModelName name() {
        return ModelName.ENGAGEMENT;
    }

    @Override
    public FeatureSchema schema() {
        return schema;
    }

    @Override
    public int horizonDays() {
        return horizonDays;
    }

    @Override
    public int reach(int days) {
        return horizonDays;
    }

    /** What corrects the share of those who answer. */
    public Correction correction() {
        return share.correction();
    }

    public LogisticCurve calibration() {
        return share.calibration();
    }

    /** @param days asked for in vain: see {@link #reach} */
    @Override
    public double[] predict(float[][] features, int days) {
        boolean[] concerned = schema.concerned(ModelName.ENGAGEMENT, features);
        double[] probabilities = share.probabilities(features);
        for (int i = 0; i < probabilities.length; i++) {
            probabilities[i] = concerned[i] ? probabilities[i] : Double.NaN;
        }
        return probabilities;
    }

    /** In log-odds. */
    @Override
    public Optional<Attribution> explain(float[] row) {
        return schema.concerned(ModelName.ENGAGEMENT, new float[][] {row})[0]
                ? Optional.of(share.explain(row))
                : Optional.empty();
    }

    @Override
    public Range range(double prediction) {
        return range.of(prediction);
    }

    @Override
    public byte[] toBytes() {
        return JSON.writeValueAsBytes(new Artefact(schema, horizonDays, share.toArtefact(), range));
    }

    /** From {@link #toBytes()}. */
    public static EngagementModel load(byte[] bytes) {
        Artefact artefact = JSON.readValue(bytes, Artefact.class);
        return new EngagementModel(
                artefact.schema(),
                artefact.horizonDays(),
                CalibratedShare.load(artefact.share(), artefact.schema().names().size()),
                artefact.range());
    }

    @Override
    public void close() {
        share.close();
    }
}
