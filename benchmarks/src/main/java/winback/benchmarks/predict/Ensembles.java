package winback.benchmarks.predict;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import winback.benchmarks.predict.Question.Kind;
import winback.benchmarks.rig.Report;
import winback.contracts.ScoresChanged.Score;
import winback.prediction.attribution.Attribution;
import winback.prediction.intervals.Range;
import winback.prediction.models.Model;
import winback.prediction.models.Sample;

/**
 * Fitted ensembles, and the way of a subscriber through them: what scoring does with its live models, and nothing else.
 */
final class Ensembles implements AutoCloseable {

    private static final int LABEL_DAYS = 60;

    /** Cutoffs that are learned from. */
    private static final int WINDOWS = 2;

    private static final Instant CALIBRATED_AT = Instant.EPOCH;

    private final List<Model> models;

    private Ensembles(List<Model> models) {
        this.models = models;
    }

    /** Customers as of so many cutoffs, with labels. */
    static List<Sample> labelled(GeneratedCustomers customers, int windows) {
        return IntStream.range(0, windows)
                .mapToObj(window -> customers.sample(window, LABEL_DAYS))
                .toList();
    }

    /** Customers at a later cutoff, whom no ensemble has learned from. */
    static Sample newest(GeneratedCustomers customers) {
        return customers.sample(WINDOWS, LABEL_DAYS).withoutLabels();
    }

    /** Fits all of them and keeps each in a file of the directory. */
    static void fit(Path directory, GeneratedCustomers customers) throws IOException {
        List<Sample> labelled = labelled(customers, WINDOWS);
        Sample newest = newest(customers);
        for (Kind kind : Kind.values()) {
            for (Question question : Question.values()) {
                long began = System.nanoTime();
                try (Model model = question.fit(kind, labelled, newest)) {
                    Files.write(file(directory, kind, question), model.toBytes());
                }
                Report.say(
                        "%s of %s fitted on %d rows in %d s",
                        question.word(),
                        kind.word(),
                        WINDOWS * customers.size(),
                        (System.nanoTime() - began) / 1_000_000_000);
            }
        }
    }

    static Ensembles load(Path directory, Kind kind, List<Question> questions) throws IOException {
        List<Model> models = new ArrayList<>();
        for (Question question : questions) {
            models.add(question.load(kind, Files.readAllBytes(file(directory, kind, question))));
        }
        return new Ensembles(models);
    }

    private static Path file(Path directory, Kind kind, Question question) {
        return directory.resolve(kind.word() + "-" + question.word());
    }

    /**
     * Values and intervals of each subscriber by each ensemble, as they are published.
     *
     * @param features shape [n][194]
     * @param periods shape [n][12·q]
     * @return shape [ensembles · n]
     */
    Score[] score(float[][] features, float[][] periods) {
        Score[] scores = new Score[models.size() * features.length];
        int at = 0;
        for (Model model : models) {
            int days = model.horizonDays();
            for (double prediction : model.predict(features, periods, days)) {
                Range range = model.range(prediction);
                scores[at++] = new Score(prediction, days, range.lower(), range.upper(), "bench-1", CALIBRATED_AT);
            }
        }
        return scores;
    }

    /**
     * What moved the first ensemble's prediction, in numbers.
     *
     * @param row shape [194]
     */
    Optional<Attribution> explain(float[] row) {
        return models.getFirst().explain(row);
    }

    @Override
    public void close() {
        models.forEach(Model::close);
    }
}
