package winback.prediction.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import winback.prediction.churn.LogisticCurve;
import winback.prediction.intervals.Range;
import winback.prediction.metrics.ChurnMetrics;
import winback.prediction.metrics.Interval;
import winback.prediction.metrics.PairedBootstrap.Difference;
import winback.prediction.metrics.Tenth;
import winback.prediction.metrics.ValueMetrics;
import winback.prediction.models.FeatureSchema;
import winback.prediction.models.Model;
import winback.prediction.models.ModelName;
import winback.prediction.models.Sample;
import winback.prediction.purchases.BgNbd;
import winback.prediction.purchases.PurchaseHistory;
import winback.prediction.value.SpendExpectation;

/**
 * Scores predictions made at a cutoff by what happened after it. What a method may learn from: rows of earlier cutoffs
 * with labels that end by the test cutoff, and the test customers' features, which are known then. The test labels are
 * only compared with.
 */
public final class BackTest {

    private static final int BOOTSTRAP_DRAWS = 400;
    private static final int CHANCE_DRAWS = 1_000;
    private static final long SEED = 20_051;
    private static final double LONG_AGO_DAYS = 365;

    private BackTest() {}

    /**
     * One method's predictions.
     *
     * @param predictions shape [n], of the test customers
     * @param ranges shape [n], of the same; empty when the method gives none
     * @param seconds that fitting and predicting took; NaN when nobody measured
     */
    @SuppressWarnings("ArrayRecordComponent") // numeric vector by design; compared nowhere
    public record Predicted(String method, double[] predictions, List<Range> ranges, double seconds) {

        public Predicted(String method, double[] predictions) {
            this(method, predictions, List.of(), Double.NaN);
        }
    }

    /** How many customers have the outcome that fewer have, of the two; or those who spent anything. */
    public static long rarer(ModelName task, Sample sample) {
        return switch (task) {
            case CHURN, ENGAGEMENT -> {
                long happened = (long) Arrays.stream(sample.outcomes(task)).sum();
                yield Math.min(happened, sample.size() - happened);
            }
            case VALUE ->
                Arrays.stream(sample.spend()).filter(spend -> spend > 0).count();
        };
    }

    /** What those {@link #rarer} ones did, for a sentence that begins with their number. */
    public static String rarerInWords(ModelName task, Sample sample) {
        if (task == ModelName.VALUE) {
            return "spent anything";
        }
        boolean happened = 2 * Arrays.stream(sample.outcomes(task)).sum() <= sample.size();
        return task == ModelName.CHURN
                ? happened ? "neither ordered nor visited" : "ordered or visited"
                : happened ? "answered a mail" : "answered no mail";
    }

    /** The simple methods that a model has to stand beside. */
    public static List<Predicted> simple(ModelName task, Sample train, Sample test, int horizonDays) {
        return switch (task) {
            case VALUE -> value(train, test, horizonDays);
            case CHURN -> churn(train, test, horizonDays);
            case ENGAGEMENT -> engagement(train, test);
        };
    }

    private static List<Predicted> value(Sample train, Sample known, int horizonDays) {
        Sample test = known.withoutLabels();
        double mean = Arrays.stream(train.spend()).average().orElse(0) * horizonDays / train.labelDays();
        SpendExpectation expectation = SpendExpectation.fit(test.customers());
        return List.of(
                new Predicted("base-rate", constant(mean, test.size())),
                new Predicted(
                        "bg-nbd",
                        Arrays.stream(test.histories())
                                .mapToDouble(customer -> expectation.of(customer, horizonDays))
                                .toArray()));
    }

    private static List<Predicted> churn(Sample train, Sample known, int horizonDays) {
        Sample test = known.withoutLabels();
        double share = Arrays.stream(train.churned()).average().orElse(0);
        LogisticCurve curve = LogisticCurve.fit(recency(train), train.churned());
        BgNbd purchases = BgNbd.fit(test.customers());
        return List.of(
                new Predicted("base-rate", constant(share, test.size())),
                new Predicted(
                        "recency", Arrays.stream(recency(test)).map(curve::at).toArray()),
                new Predicted(
                        "bg-nbd",
                        Arrays.stream(test.histories())
                                .mapToDouble(customer -> purchases.probabilityOfNoPurchase(
                                        customer, horizonDays / PurchaseHistory.DAYS_PER_WEEK))
                                .toArray()));
    }

    /** Recency is of the last open; who has opened nothing yet is taken for long away. */
    private static List<Predicted> engagement(Sample train, Sample test) {
        double share = Arrays.stream(train.engaged()).average().orElse(0);
        LogisticCurve curve = LogisticCurve.fit(sinceOpen(train), train.engaged());
        return List.of(
                new Predicted("base-rate", constant(share, test.size())),
                new Predicted(
                        "recency", Arrays.stream(sinceOpen(test)).map(curve::at).toArray()));
    }

    private static double[] sinceOpen(Sample sample) {
        return days(sample, FeatureSchema.DAYS_SINCE_EMAIL_OPEN, LONG_AGO_DAYS);
    }

    private static double[] recency(Sample sample) {
        return days(sample, FeatureSchema.DAYS_SINCE_LAST_ORDER, 0);
    }

    private static double[] days(Sample sample, String feature, double unknown) {
        float[] days = sample.schema().values(sample.features(), feature);
        return IntStream.range(0, days.length)
                .mapToDouble(i -> Float.isFinite(days[i]) ? days[i] : unknown)
                .toArray();
    }

    private static double[] constant(double value, int n) {
        double[] values = new double[n];
        Arrays.fill(values, value);
        return values;
    }

    /** What a model predicts that is fitted for it alone, with the time that both take. */
    public static Predicted timed(String method, java.util.function.Supplier<Model> fit, Sample test, int horizonDays) {
        long start = System.nanoTime();
        try (Model model = fit.get()) {
            double[] predictions = predicted(method, model, test, horizonDays).predictions();
            List<Range> ranges =
                    Arrays.stream(predictions).mapToObj(model::range).toList();
            return new Predicted(method, predictions, ranges, (System.nanoTime() - start) / 1e9);
        }
    }

    /** A fitted model's predictions. */
    public static Predicted predicted(String method, Model model, Sample test, int horizonDays) {
        return new Predicted(method, model.predict(test.features(), test.periods(), horizonDays));
    }

    /** The metrics of one method by name. */
    public static Map<String, Double> metrics(ModelName task, Predicted predicted, Sample test) {
        return switch (task) {
            case VALUE -> ValueMetrics.of(predicted.predictions(), test.spend()).toMap();
            case CHURN, ENGAGEMENT ->
                ChurnMetrics.of(predicted.predictions(), test.outcomes(task)).toMap();
        };
    }

    /** Whether one method's predictions came true, tenth by tenth of the customers. */
    public static List<Tenth> reliability(ModelName task, Predicted predicted, Sample test) {
        return Comparisons.of(task, List.of(predicted), test).reliability().getOrDefault(predicted.method(), List.of());
    }

    /** The 95 % bootstrap interval of the metric that orders customers: {@code gini} or {@code auc}. */
    public static Interval interval(ModelName task, Predicted predicted, Sample test) {
        return switch (task) {
            case VALUE -> ValueMetrics.giniInterval(predicted.predictions(), test.spend(), BOOTSTRAP_DRAWS, SEED);
            case CHURN, ENGAGEMENT ->
                ChurnMetrics.aucInterval(predicted.predictions(), test.outcomes(task), BOOTSTRAP_DRAWS, SEED);
        };
    }

    /**
     * All methods as they are answered: each a map with its {@code name} and metrics, {@code served} with its interval, the
     * others with what they differ from it by.
     */
    public static List<Map<String, Object>> table(ModelName task, List<Predicted> methods, Sample test) {
        List<Map<String, Object>> table = new ArrayList<>();
        Map<String, Map<String, Difference>> vsServed =
                Comparisons.of(task, methods, test).vsServed();
        for (Predicted method : methods) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("name", method.method());
            line.putAll(metrics(task, method, test));
            Map<String, Difference> differences = vsServed.getOrDefault(method.method(), Map.of());
            if (!differences.isEmpty()) {
                line.put("vsServed", differences);
            }
            if (task == ModelName.VALUE && method.ranges().stream().anyMatch(range -> Double.isFinite(range.width()))) {
                double[] spend = test.spend();
                line.put(
                        "coverage80",
                        IntStream.range(0, spend.length)
                                .mapToDouble(i -> method.ranges().get(i).holds(spend[i]) ? 1 : 0)
                                .average()
                                .orElse(Double.NaN));
                line.put(
                        "meanWidth80",
                        method.ranges().stream()
                                .mapToDouble(Range::width)
                                .average()
                                .orElse(Double.NaN));
            }
            if (Double.isFinite(method.seconds())) {
                line.put("seconds", Math.round(method.seconds() * 10) / 10.);
            }
            if (method.method().equals(SERVED)) {
                if (task.isProbability()) {
                    line.put("eceByChance", ChurnMetrics.eceByChance(method.predictions(), CHANCE_DRAWS, SEED));
                }
                Interval interval = interval(task, method, test);
                if (Double.isFinite(interval.lower())) {
                    line.put(
                            task == ModelName.VALUE ? "giniInterval" : "aucInterval",
                            List.of(interval.lower(), interval.upper()));
                }
            }
            table.add(line);
        }
        return table;
    }

    /** The mission's ensemble in a table of methods. */
    public static final String RECIPE = "recipe";

    /** The product's own model in a table of methods. */
    public static final String SERVED = "served";
}
