package winback.prediction.recipes;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import winback.prediction.boosting.BoostingOptions;

/**
 * The trees' recipe, see {@link BoostingOptions}. The defaults are cautious: shallow trees, since they only correct what the
 * purchase models expect, and what they learned at one time has to hold at another. One thread, since XGBoost's threads
 * wait for each other by spinning, which on a machine that does other work too is far slower than one alone; more are worth
 * it from some hundred thousand customers on.
 */
@ConfigurationProperties("winback.boosting")
record RecipeSettings(
        @DefaultValue("320") int maxTrees,
        @DefaultValue("3") int depth,
        @DefaultValue(".05") double eta,
        @DefaultValue("5") double minChildWeight,
        @DefaultValue(".7") double subsample,
        @DefaultValue(".7") double columns,
        @DefaultValue("1") double lambda,
        @DefaultValue("5") int folds,
        @DefaultValue("7") long seed,
        @DefaultValue("1") int threads) {

    BoostingOptions toOptions() {
        return new BoostingOptions(
                maxTrees, depth, eta, minChildWeight, subsample, columns, lambda, folds, seed, threads);
    }
}
