package winback.prediction.explanation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import winback.prediction.attribution.Attribution;
import winback.prediction.models.FeatureSchema;
import winback.prediction.models.ModelName;

/**
 * Why a score is what it is: {@code margin = base + Σ contributions + rest + other}.
 *
 * @param scale of the margin: log-odds, or log of the expectation
 * @param margin the score on that scale
 * @param base what the model says of the usual customer
 * @param contributions that moved it most, the largest first
 * @param rest of all other features together
 * @param other of members of the model that cannot tell why; absent when there are none
 * @param unexplained the names of these members; absent likewise
 */
public record Explanation(
        String scale,
        double margin,
        double base,
        List<Contribution> contributions,
        double rest,
        @Nullable Double other,
        @Nullable List<String> unexplained) {

    /** What the orders alone let expect, before any feature is looked at. */
    public static final String PURCHASE_HISTORY = "purchase_history";

    private static final int MOST_EACH_WAY = 5;
    private static final int MOST = 8;

    /** A hundredth of the odds, or of the expectation: less is not worth a line. */
    private static final double LEAST = .01;

    /**
     * @param feature its name, or {@link #PURCHASE_HISTORY}
     * @param value absent when it is unknown, and of the purchase history
     * @param direction {@code raises} or {@code lowers} the score
     * @param contribution to the margin
     * @param text the same in words
     */
    public record Contribution(
            String feature, @Nullable Float value, String direction, double contribution, String text) {}

    /**
     * @param row the features that were explained, shape [p]
     * @param parts what the model said of them
     */
    public static Explanation of(
            Attribution parts, ModelName model, FeatureSchema schema, float[] row, Language language) {
        Words words = Words.of(language);
        double[] features = parts.features();
        List<Contribution> all = new ArrayList<>();
        if (Math.abs(parts.guess()) >= LEAST) {
            all.add(contribution(
                    PURCHASE_HISTORY,
                    null,
                    parts.guess(),
                    words.sentence(
                            model.wireName(),
                            words.historyPhrase(),
                            words.history(
                                    row[schema.column(FeatureSchema.ORDER_DAYS)],
                                    row[schema.column(FeatureSchema.DAYS_SINCE_LAST_ORDER)]),
                            parts.guess() > 0)));
        }
        IntStream.range(0, features.length)
                .filter(column -> Math.abs(features[column]) >= LEAST)
                .mapToObj(column -> {
                    String name = schema.names().get(column);
                    return contribution(
                            name,
                            Float.isFinite(row[column]) ? row[column] : null,
                            features[column],
                            words.sentence(
                                    model.wireName(),
                                    words.phrase(name),
                                    words.value(name, row[column]),
                                    features[column] > 0));
                })
                .forEach(all::add);
        List<Contribution> told = most(all);
        boolean silent = !parts.silent().isEmpty();
        double rest = parts.margin()
                - parts.base()
                - parts.other()
                - told.stream().mapToDouble(Contribution::contribution).sum();
        return new Explanation(
                parts.scale().words(),
                parts.margin(),
                parts.base(),
                told,
                rest,
                silent ? parts.other() : null,
                silent ? List.copyOf(parts.silent()) : null);
    }

    private static Contribution contribution(String feature, @Nullable Float value, double amount, String text) {
        return new Contribution(feature, value, amount > 0 ? "raises" : "lowers", amount, text);
    }

    private static List<Contribution> most(List<Contribution> all) {
        all.sort(Comparator.comparingDouble((Contribution part) -> -Math.abs(part.contribution())));
        List<Contribution> told = new ArrayList<>();
        int[] eachWay = new int[2];
        for (Contribution part : all) {
            if (told.size() < MOST && eachWay[part.contribution() > 0 ? 1 : 0]++ < MOST_EACH_WAY) {
                told.add(part);
            }
        }
        return told;
    }
}
