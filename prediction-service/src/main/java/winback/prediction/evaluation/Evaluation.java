package winback.prediction.evaluation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;
import winback.prediction.datasets.DataRefused;
import winback.prediction.datasets.Wanted;
import winback.prediction.jobs.Job;
import winback.prediction.jobs.Work;
import winback.prediction.models.Importance;
import winback.prediction.models.Model;
import winback.prediction.models.ModelName;
import winback.prediction.models.ModelOptions;
import winback.prediction.models.Sample;
import winback.prediction.progress.Progress;
import winback.prediction.recipes.Recipes;

/** Fits the product's recipe as if it were the test cutoff, and scores it beside simple methods. Serves nothing. */
@Component
class Evaluation implements Work {

    static final String KIND = "evaluation";

    private static final String TRAIN = "train";
    private static final String BETWEEN = "between-";
    private static final String TEST = "test";

    private static final int MOST_WINDOWS = 4;

    private final Recipes recipes;
    private final JsonMapper json;

    Evaluation(Recipes recipes, JsonMapper json) {
        this.recipes = recipes;
        this.json = json;
    }

    /**
     * @param trainCutoff as the caller wrote it
     * @param testCutoff as the caller wrote it
     * @param trainAt the instant meant
     * @param testAt the instant meant
     * @param horizonDays days after the test cutoff in which the outcomes are
     */
    record Split(String trainCutoff, String testCutoff, Instant trainAt, Instant testAt, int horizonDays) {

        /** Whole days, so that the train labels end at the test cutoff or before. */
        int labelDays() {
            return (int) Math.min(horizonDays, Duration.between(trainAt, testAt).toDays());
        }

        /**
         * Rows of the test cutoff, and of those before it that labels of full length follow by then: as many whole windows
         * as lie between the two cutoffs, at most {@link #MOST_WINDOWS}, the oldest at the train cutoff.
         */
        List<Wanted> wanted() {
            List<Wanted> wanted = new ArrayList<>();
            wanted.add(new Wanted(TEST, testAt, horizonDays));
            int windows = (int) Math.clamp(Duration.between(trainAt, testAt).toDays() / labelDays(), 1, MOST_WINDOWS);
            wanted.add(new Wanted(TRAIN, trainAt, labelDays()));
            for (int window = windows - 1; window >= 1; window--) {
                wanted.add(new Wanted(
                        BETWEEN + window, testAt.minus(Duration.ofDays((long) window * labelDays())), labelDays()));
            }
            return wanted;
        }
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Outcome carryOut(Job job, Map<String, Sample> samples) {
        Split split = json.readValue(job.request(), Split.class);
        ModelName task = job.subject();
        Sample train = samples.get(TRAIN);
        Sample test = samples.get(TEST);
        if (train == null || test == null) {
            throw new IllegalStateException("A data set is missing of " + samples.keySet());
        }
        if (train.size() < LEAST || test.size() < LEAST) {
            throw new DataRefused("%d customers at the train cutoff and %d at the test cutoff: at least %d are needed."
                    .formatted(train.size(), test.size(), LEAST));
        }
        List<Sample> labelled = samples.entrySet().stream()
                .filter(sample -> !sample.getKey().equals(TEST))
                .map(Map.Entry::getValue)
                .sorted(Comparator.comparing(Sample::cutoff))
                .toList();
        if (labelled.stream().noneMatch(Sample::varies)) {
            throw new DataRefused(
                    ("The %d customers at the train cutoff are the same in every feature: there is nothing to"
                                    + " tell them apart by, so nothing can be learned.")
                            .formatted(train.size()));
        }
        long learnable = labelled.stream()
                .mapToLong(sample -> BackTest.rarer(task, sample))
                .sum();
        if (learnable < LEAST_OF_EACH) {
            throw new DataRefused(
                    "%s between the train and the test cutoff, within %d days: at least %d are needed to learn from."
                            .formatted(outcomes(task, learnable), split.labelDays(), LEAST_OF_EACH));
        }
        long scorable = BackTest.rarer(task, test);
        if (scorable < LEAST_OF_EACH) {
            throw new DataRefused("%s within %d days after the test cutoff: at least %d are needed to be scored by."
                    .formatted(outcomes(task, scorable), split.horizonDays(), LEAST_OF_EACH));
        }
        Progress.at(.02, "simple methods on %d customers".formatted(train.size()));
        List<BackTest.Predicted> methods = new ArrayList<>(BackTest.simple(task, train, test, split.horizonDays()));
        Optional<Importance> importance;
        int horizonDays = task.anyHorizon() ? split.horizonDays() : task.defaultHorizonDays();
        ModelOptions options = recipes.options(horizonDays);
        if (task != ModelName.CHURN || labelled.stream().allMatch(Sample::hasPeriods)) {
            methods.add(Progress.within(
                    .1,
                    .5,
                    "the recipe",
                    () -> BackTest.timed(
                            BackTest.RECIPE, () -> recipes.fixed(task, labelled, options), test, split.horizonDays())));
        }
        long start = System.nanoTime();
        try (Model model =
                Progress.within(.5, .8, "fitting", () -> recipes.fit(task, labelled, test.withoutLabels(), options))) {
            double[] served = BackTest.predicted(BackTest.SERVED, model, test, split.horizonDays())
                    .predictions();
            methods.add(new BackTest.Predicted(
                    BackTest.SERVED,
                    served,
                    Arrays.stream(served).mapToObj(model::range).toList(),
                    (System.nanoTime() - start) / 1e9));
            importance = Progress.within(
                    .8, .95, "importance of the groups of features", () -> PermutationImportance.of(model, test));
        }
        Progress.at(.95, "intervals of %d methods".formatted(methods.size()));
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("task", task.wireName());
        Map<String, Object> said = new LinkedHashMap<>();
        said.put("trainCutoff", split.trainCutoff());
        said.put("testCutoff", split.testCutoff());
        said.put("horizonDays", horizonDays);
        said.put("labelDays", split.labelDays());
        result.put("split", said);
        result.put("population", test.size());
        result.put("methods", BackTest.table(task, methods, test));
        result.putAll(Comparisons.of(task, methods, test).answer());
        importance.ifPresent(measured -> {
            result.put("importanceBasis", measured.basis());
            result.put("importanceByGroup", measured.groups());
        });
        return new Outcome(
                "%d customers at the test cutoff, %d methods.".formatted(test.size(), methods.size()), null, result);
    }

    private static String outcomes(ModelName task, long n) {
        return switch (task) {
            case CHURN -> "%d customers had the rarer of the two outcomes, to order again or not to,".formatted(n);
            case VALUE -> "%d customers spent anything".formatted(n);
            case ENGAGEMENT -> "%d had the rarer of the two outcomes, to answer a mail or not to,".formatted(n);
        };
    }

    /** Fewer customers than this have no metrics worth the name. */
    private static final int LEAST = 50;

    /** Fewer of the rarer outcome than this neither. */
    private static final int LEAST_OF_EACH = 10;
}
