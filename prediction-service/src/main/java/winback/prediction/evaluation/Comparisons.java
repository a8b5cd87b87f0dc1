package winback.prediction.evaluation;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import winback.prediction.evaluation.BackTest.Predicted;
import winback.prediction.metrics.Curves;
import winback.prediction.metrics.PairedBootstrap;
import winback.prediction.metrics.PairedBootstrap.Difference;
import winback.prediction.metrics.PairedBootstrap.Measure;
import winback.prediction.metrics.Tenth;
import winback.prediction.models.ModelName;
import winback.prediction.models.Sample;

/**
 * Methods that predicted for the same customers, side by side: by how much each differs from what is served and how sure
 * that is, whether what was said came true tenth by tenth, and how well the customers were ordered.
 */
public final class Comparisons {

    /** Of the paired bootstrap. */
    static final int DRAWS = 1_000;

    private static final int TENTH_DRAWS = 400;
    private static final long SEED = 20_051;

    /** The curve of a method that knew everything. */
    private static final String BEST = "best possible";

    private final List<Predicted> methods;
    private final double[] outcomes;
    private final boolean money;

    private Comparisons(List<Predicted> methods, double[] outcomes, boolean money) {
        this.methods = List.copyOf(methods);
        this.outcomes = outcomes;
        this.money = money;
    }

    static Comparisons of(ModelName task, List<Predicted> methods, Sample test) {
        return switch (task) {
            case VALUE -> new Comparisons(methods, test.spend(), true);
            case CHURN, ENGAGEMENT -> ofProbabilities(methods, test.outcomes(task));
        };
    }

    /** @param outcomes shape [n], 0 or 1 */
    public static Comparisons ofProbabilities(List<Predicted> methods, double[] outcomes) {
        return new Comparisons(methods, outcomes, false);
    }

    /**
     * Measure less that of what is served, by method and measure; {@code auc} and {@code brier}, or {@code gini} and
     * {@code rmse}. Empty where nothing served is among the methods; a measure without a value is absent.
     */
    public Map<String, Map<String, Difference>> vsServed() {
        Map<String, Map<String, Difference>> differences = new LinkedHashMap<>();
        Optional<Predicted> served = methods.stream()
                .filter(method -> method.method().equals(BackTest.SERVED))
                .findFirst();
        if (served.isEmpty()) {
            return differences;
        }
        List<Predicted> others = methods.stream()
                .filter(method -> !method.method().equals(BackTest.SERVED))
                .toList();
        for (String measure : money ? List.of("gini", "rmse") : List.of("auc", "brier")) {
            List<Difference> found = PairedBootstrap.differences(
                    outcomes.length,
                    others.stream().map(method -> measure(measure, method)).toList(),
                    measure(measure, served.get()),
                    DRAWS,
                    SEED);
            for (int i = 0; i < others.size(); i++) {
                if (found.get(i).finite()) {
                    differences
                            .computeIfAbsent(others.get(i).method(), method -> new LinkedHashMap<>())
                            .put(measure, found.get(i));
                }
            }
        }
        return differences;
    }

    private Measure measure(String name, Predicted method) {
        double[] predictions = method.predictions();
        return switch (name) {
            case "auc" -> PairedBootstrap.auc(predictions, outcomes);
            case "brier" -> PairedBootstrap.brier(predictions, outcomes);
            case "gini" -> PairedBootstrap.gini(predictions, outcomes);
            case "rmse" -> PairedBootstrap.rmse(predictions, outcomes);
            default -> throw new IllegalArgumentException("Unknown measure " + name);
        };
    }

    /** Tenths of the customers by method, each by its own prediction. */
    public Map<String, List<Tenth>> reliability() {
        Map<String, List<Tenth>> tenths = new LinkedHashMap<>();
        methods.forEach(method -> tenths.put(
                method.method(),
                money
                        ? Tenth.ofSpend(method.predictions(), outcomes, TENTH_DRAWS, SEED)
                        : Tenth.ofProbabilities(method.predictions(), outcomes)));
        return tenths;
    }

    /** Points by curve and method: {@code roc} of probabilities, {@code gain} of all; see {@link Curves}. */
    public Map<String, Map<String, List<double[]>>> curves() {
        Map<String, List<double[]>> gain = new LinkedHashMap<>();
        Map<String, List<double[]>> roc = new LinkedHashMap<>();
        for (Predicted method : methods) {
            gain.put(method.method(), Curves.gain(method.predictions(), outcomes));
            roc.put(method.method(), money ? List.of() : Curves.roc(method.predictions(), outcomes));
        }
        gain.put(BEST, Curves.gain(outcomes, outcomes));
        Map<String, Map<String, List<double[]>>> curves = new LinkedHashMap<>();
        if (!money) {
            curves.put("roc", roc);
        }
        curves.put("gain", gain);
        return curves;
    }

    /** Both, as they are answered beside the methods' metrics. */
    public Map<String, Object> answer() {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("reliability", reliability());
        answer.put("curves", curves());
        return answer;
    }
}
