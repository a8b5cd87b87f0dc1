package winback.prediction.drift;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import winback.prediction.evaluation.BackTest;
import winback.prediction.models.Model;
import winback.prediction.models.Sample;
import winback.prediction.progress.Progress;

/**
 * What a model saw when it was fitted, and what it said of it. Aggregates alone.
 *
 * @param asOf when the rows were as they are counted here
 * @param rows customers counted
 * @param bins columns by column
 */
record Reference(Instant asOf, int rows, Kept bins) {

    /** More rows make the index no finer that anybody could act on. */
    static final int MOST_ROWS = 20_000;

    /**
     * As stored.
     *
     * @param days before {@code asOf} that earlier rows were of, rising, shape [w]
     * @param features shape [p], in the order of the model's schema
     * @param score over the model's horizon
     */
    @SuppressWarnings("ArrayRecordComponent") // numeric vector by design; compared nowhere
    record Kept(double[] days, List<Column> features, Column score) {}

    double[] days() {
        return bins.days();
    }

    /**
     * @param newest the customers as last known
     * @param earlier the customers at the cutoffs that the model learned from, in any order
     */
    static Reference of(Model model, Sample newest, List<Sample> earlier) {
        Sample counted = newest.thinned(MOST_ROWS);
        List<Sample> before = earlier.stream()
                .filter(sample -> sample.cutoff().isBefore(newest.cutoff()))
                .sorted(Comparator.comparing(Sample::cutoff).reversed())
                .map(sample -> sample.thinned(MOST_ROWS))
                .toList();
        double[] days = before.stream()
                .mapToDouble(sample ->
                        Duration.between(sample.cutoff(), newest.cutoff()).toSeconds() / 86_400.)
                .toArray();
        int columns = newest.schema().names().size();
        List<Column> features = new ArrayList<>();
        for (int column = 0; column < columns; column++) {
            int j = column;
            Progress.at((double) j / columns, "distributions of %d of %d features".formatted(j, columns));
            features.add(Column.of(
                    values(counted, j),
                    before.stream().map(sample -> values(sample, j)).toArray(float[][]::new)));
        }
        Column score = Column.of(
                scores(model, counted),
                before.stream().map(sample -> scores(model, sample)).toArray(float[][]::new));
        return new Reference(newest.cutoff(), counted.size(), new Kept(days, features, score));
    }

    private static float[] values(Sample sample, int column) {
        float[] values = new float[sample.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = sample.features()[i][column];
        }
        return values;
    }

    private static float[] scores(Model model, Sample sample) {
        double[] predictions = BackTest.predicted(BackTest.SERVED, model, sample, model.horizonDays())
                .predictions();
        float[] scores = new float[predictions.length];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = (float) predictions[i];
        }
        return scores;
    }
}
