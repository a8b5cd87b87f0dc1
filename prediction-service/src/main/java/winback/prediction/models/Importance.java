package winback.prediction.models;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How much of what a model knows it has from each group of features, as measured on customers whose outcomes it did not
 * learn from.
 *
 * @param groups those of the mission first, then the schema's others
 */
public record Importance(Basis basis, List<Group> groups) {

    /** The group that the last periods belong to. */
    public static final String BEHAVIOUR = "behaviour";

    /** What the mission expects of each group; a model is measured beside it and never made to fit it. */
    public static final Map<String, Double> MISSION_WEIGHTS = missionWeights();

    /**
     * @param loss by which predictions were judged
     * @param mean of the loss with the features as they are
     * @param rows customers measured on
     * @param repeats permutations, over which increases are averaged
     */
    public record Basis(String loss, double mean, int rows, int repeats) {}

    /**
     * Numbers are absent where they have no meaning: the mission's weight of a group that it does not name, the importance
     * of a group without features in the schema, and all shares of a model that no permutation harms.
     *
     * @param features in the schema
     * @param varying of them, those that were not the same (or unknown) for all customers: the others say nothing
     * @param lossIncrease of the mean loss when the group is permuted; below 0 when the model does better without it
     * @param share of the group in the sum of all increases above 0, in [0, 1]; all add up to 1
     * @param lower end of the share's 95 % interval
     * @param upper end of the share's 95 % interval
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Group(
            String group,
            @Nullable Double missionWeight,
            int features,
            int varying,
            @Nullable Double lossIncrease,
            @Nullable Double share,
            @Nullable Double lower,
            @Nullable Double upper) {}

    private static Map<String, Double> missionWeights() {
        Map<String, Double> weights = new LinkedHashMap<>();
        weights.put(BEHAVIOUR, .35);
        weights.put("demographics", .20);
        weights.put("psychographics", .25);
        weights.put("context", .20);
        return Collections.unmodifiableMap(weights);
    }
}
