package winback.benchmarks.predict;

import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import winback.prediction.boosting.Objective;
import winback.prediction.churn.LogisticCurve;
import winback.prediction.correction.Correction;
import winback.prediction.fixed.FixedEngagement;
import winback.prediction.intervals.ProbabilityRange;
import winback.prediction.intervals.Range;
import winback.prediction.models.FeatureSchema;
import winback.prediction.models.LabelledRows;
import winback.prediction.models.Model;
import winback.prediction.models.ModelName;
import winback.prediction.models.ModelOptions;
import winback.prediction.models.Sample;

/**
 * What {@code EngagementModel} and {@link FixedEngagement} do, from their public members, for as long as engagement is
 * not a model that is served: then those take this one's place in {@link Question}. Whether somebody orders stands for
 * whether they answer a mail: what a prediction takes does not depend on it.
 */
final class EngagementMembers implements Model {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Correction.Also FOREST_AND_NET = new Correction.Also(true, true);

    private final FeatureSchema schema;
    private final int horizonDays;
    private final ProbabilityRange range;
    private final Scoring scoring;
    private final byte[] bytes;

    /** Rows of shape [n][p] to probabilities of shape [n]. */
    private interface Scoring extends AutoCloseable {
        double[] of(float[][] rows);

        @Override
        void close();
    }

    private record Served(
            FeatureSchema schema,
            int horizonDays,
            double margin,
            Correction.Artefact correction,
            LogisticCurve calibration,
            ProbabilityRange range) {}

    /** The recipe keeps nothing yet: loading fits it again, which by its seed gives the same. */
    private record Recipe(int customers, int columns, int windows, int labelDays, int horizonDays) {}

    private EngagementMembers(
            FeatureSchema schema, int horizonDays, ProbabilityRange range, Scoring scoring, byte[] bytes) {
        this.schema = schema;
        this.horizonDays = horizonDays;
        this.range = range;
        this.scoring = scoring;
        this.bytes = bytes;
    }

    private static LabelledRows rows(List<Sample> labelled) {
        return LabelledRows.of(
                labelled,
                sample -> Arrays.stream(sample.churned()).map(gone -> 1 - gone).toArray(),
                (customer, days) -> 0);
    }

    static Model fit(List<Sample> labelled, Sample newest, ModelOptions options) {
        LabelledRows rows = rows(labelled);
        double share = 0;
        for (float label : rows.y()) {
            share += label / rows.y().length;
        }
        float margin = (float) Math.log(share / (1 - share));
        float[] offset = new float[rows.y().length];
        Arrays.fill(offset, margin);
        Correction.Fitted fitted = Correction.fit(
                rows.x(), rows.y(), offset, rows.group(), Objective.LOGISTIC, options.trees(), FOREST_AND_NET);
        try (Correction correction = fitted.correction()) {
            double[] outcomes = rows.labels(fitted.rows());
            LogisticCurve calibration = LogisticCurve.fit(fitted.margins(), outcomes);
            ProbabilityRange range = ProbabilityRange.fit(
                    Arrays.stream(fitted.margins()).map(calibration::at).toArray(), outcomes);
            return load(JSON.writeValueAsBytes(new Served(
                    newest.schema(), options.horizonDays(), margin, correction.toArtefact(), calibration, range)));
        }
    }

    static Model load(byte[] bytes) {
        Served kept = JSON.readValue(bytes, Served.class);
        Correction correction =
                Correction.load(kept.correction(), kept.schema().names().size());
        Scoring scoring = new Scoring() {
            @Override
            public double[] of(float[][] rows) {
                float[] offset = new float[rows.length];
                Arrays.fill(offset, (float) kept.margin());
                double[] probabilities = correction.margins(rows, offset);
                for (int i = 0; i < probabilities.length; i++) {
                    probabilities[i] = kept.calibration().at(probabilities[i]);
                }
                return probabilities;
            }

            @Override
            public void close() {
                correction.close();
            }
        };
        return new EngagementMembers(kept.schema(), kept.horizonDays(), kept.range(), scoring, bytes);
    }

    static Model fitRecipe(List<Sample> labelled, ModelOptions options) {
        Sample newest = labelled.getLast();
        return recipe(
                labelled,
                new Recipe(
                        newest.size(),
                        newest.periods()[0].length / GeneratedCustomers.PERIODS,
                        labelled.size(),
                        newest.labelDays(),
                        options.horizonDays()));
    }

    static Model loadRecipe(byte[] bytes) {
        Recipe kept = JSON.readValue(bytes, Recipe.class);
        return recipe(
                Ensembles.labelled(new GeneratedCustomers(kept.customers(), kept.columns()), kept.windows()), kept);
    }

    private static Model recipe(List<Sample> labelled, Recipe kept) {
        LabelledRows rows = rows(labelled);
        FixedEngagement fixed = FixedEngagement.fit(rows.x(), rows.y(), rows.group(), Question.BOOSTING.seed());
        Scoring scoring = new Scoring() {
            @Override
            public double[] of(float[][] vectors) {
                return fixed.probabilities(vectors);
            }

            @Override
            public void close() {
                fixed.close();
            }
        };
        return new EngagementMembers(
                labelled.getLast().schema(),
                kept.horizonDays(),
                ProbabilityRange.UNKNOWN,
                scoring,
                JSON.writeValueAsBytes(kept));
    }

    @Override
    public ModelName name() {
        throw new UnsupportedOperationException("engagement has no name yet");
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
    public double[] predict(float[][] features, int days) {
        return scoring.of(features);
    }

    @Override
    public Range range(double prediction) {
        return range.of(prediction);
    }

    @Override
    public byte[] toBytes() {
        return bytes.clone();
    }

    @Override
    public void close() {
        scoring.close();
    }
}
