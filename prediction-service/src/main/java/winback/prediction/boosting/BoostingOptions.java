package winback.prediction.boosting;

import java.util.Map;

/**
 * What XGBoost is told.
 *
 * @param maxTrees most trees, 1 to 5,000; how many of them are used is chosen by cross-validation
 * @param depth of a tree, 1 to 16
 * @param eta learning rate, in (0, 1]
 * @param minChildWeight least sum of Hessians in a leaf, ≥ 0
 * @param subsample share of the rows that a tree sees, in (0, 1]
 * @param columns share of the features that a tree sees, in (0, 1]
 * @param lambda L2 penalty on leaf values, ≥ 0
 * @param folds of the cross-validation, 2 to 20
 * @param seed of all that is drawn
 * @param threads that one training uses, ≥ 1; does not change the result's meaning, only its last digits
 */
public record BoostingOptions(
        int maxTrees,
        int depth,
        double eta,
        double minChildWeight,
        double subsample,
        double columns,
        double lambda,
        int folds,
        long seed,
        int threads) {

    public BoostingOptions {
        if (maxTrees < 1
                || maxTrees > 5_000
                || depth < 1
                || depth > 16
                || !(eta > 0 && eta <= 1)
                || !(minChildWeight >= 0)
                || !(subsample > 0 && subsample <= 1)
                || !(columns > 0 && columns <= 1)
                || !(lambda >= 0)
                || folds < 2
                || folds > 20
                || threads < 1) {
            throw new IllegalArgumentException("Invalid boosting options: trees " + maxTrees + ", depth " + depth
                    + ", eta " + eta + ", minChildWeight " + minChildWeight + ", subsample " + subsample + ", columns "
                    + columns + ", lambda " + lambda + ", folds " + folds + ", threads " + threads);
        }
    }

    public BoostingOptions withThreads(int threads) {
        return new BoostingOptions(
                maxTrees, depth, eta, minChildWeight, subsample, columns, lambda, folds, seed, threads);
    }

    Map<String, Object> parameters(Objective objective) {
        Map<String, Object> parameters = objective.parameters();
        parameters.put("max_depth", depth);
        parameters.put("eta", eta);
        parameters.put("min_child_weight", minChildWeight);
        parameters.put("subsample", subsample);
        parameters.put("colsample_bytree", columns);
        parameters.put("lambda", lambda);
        parameters.put("seed", seed);
        parameters.put("nthread", threads);
        parameters.put("tree_method", "hist");
        parameters.put("verbosity", 0);
        return parameters;
    }
}
