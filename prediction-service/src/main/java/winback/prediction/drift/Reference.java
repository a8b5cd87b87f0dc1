package winback.prediction.drift;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import winback.prediction.evaluation.BackTest;
import winback.prediction.models.Model;
import winback.prediction.models.Sample;

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
        List<Sample> before = earlier.stream()
                .filter(sample -> sample.cutoff().isBefore(newest.cutoff()))
                .sorted(Comparator.comparing(Sample::cutoff).reversed())
                .toList();
        double[] days = before.stream()
                .mapToDouble(sample ->
                        Duration.between(sample.cutoff(), newest.cutoff()).toSeconds() / 86_400.)
                .toArray();
        List<Column> features = new ArrayList<>();
        for (int column = 0; column < newest.schema().names().size(); column++) {
            int j = column;
            features.add(Column.of(
                    values(newest, j),
                    before.stream().map(sample -> values(sample, j)).toArray(float[][]::new)));
        }
        Column score = Column.of(
                scores(model, newest),
                before.stream().map(sample -> scores(model, sample)).toArray(float[][]::new));
        return new Reference(
                newest.cutoff(),
                (newest.size() + step(newest.size()) - 1) / step(newest.size()),
                new Kept(days, features, score));
    }

    private static float[] values(Sample sample, int column) {
        int step = step(sample.size());
        float[] values = new float[(sample.size() + step - 1) / step];
        for (int i = 0; i < values.length; i++) {
            values[i] = sample.features()[i * step][column];
        }
        return values;
    }

    private static float[] scores(Model model, Sample sample) {
        double[] all = BackTest.predicted(BackTest.SERVED, model, sample, model.horizonDays())
                .predictions();
        int step = step(all.length);
        float[] scores = new float[(all.length + step - 1) / step];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = (float) all[i * step];
        }
        return scores;
    }

    /** Every so many rows, which are in the order of their ids, are counted. */
    private static int step(int rows) {
        return Math.max(1, (rows + MOST_ROWS - 1) / MOST_ROWS);
    }
}
