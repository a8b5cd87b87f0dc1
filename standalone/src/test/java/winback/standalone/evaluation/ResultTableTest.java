package winback.standalone.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class ResultTableTest {

    @Test
    void alignsOneRowAMethodUnderTheSplit() {
        String table = ResultTable.of(JsonMapper.shared().readTree("""
                        {"population":2357,"split":{"testCutoff":"1997-09-30","trainCutoff":"1997-03-31"},"task":"value",
                         "methods":[{"name":"model","rmse":71.23456,"gini":0.65123456,"giniInterval":[0.61,0.69]},
                                    {"name":"BG/NBD × Gamma-Gamma","gini":0.638,"rmse":72.3,"total":{"ratio":0.84}}]}
                        """));

        assertThat(table).isEqualToNormalizingNewlines("""
                task         value
                split        trainCutoff 1997-03-31, testCutoff 1997-09-30
                population   2357

                method                  gini   giniInterval   rmse  total.ratio
                model                 0.6512  0.6100–0.6900  71.23
                BG/NBD × Gamma-Gamma  0.6380                 72.30       0.8400""");
    }

    @Test
    void setsTheMeasuredImportanceOfEachGroupBesideTheMissionsWeight() {
        String table = ResultTable.of(JsonMapper.shared().readTree("""
                        {"task":"churn","methods":[{"name":"served","auc":0.857}],
                         "importanceBasis":{"loss":"log loss","mean":0.1672,"rows":2357,"repeats":5},
                         "importanceByGroup":[
                          {"group":"behaviour","missionWeight":0.35,"features":90,"varying":40,"lossIncrease":0.2,
                           "share":1.0,"lower":0.98,"upper":1.0},
                          {"group":"psychographics","missionWeight":0.25,"features":0,"varying":0}]}
                        """));

        assertThat(table).isEqualToNormalizingNewlines("""
                task         churn

                method     auc
                served  0.8570

                importance   loss log loss, mean 0.1672, rows 2357, repeats 5

                group           missionWeight   share   lower   upper  lossIncrease  features  varying
                behaviour              0.3500  1.0000  0.9800  1.0000        0.2000        90       40
                psychographics         0.2500                                               0        0""");
    }

    @Test
    void showsDifferencesWithTheirErrorsAndWhetherWhatIsServedCameTrue() {
        String table = ResultTable.of(JsonMapper.shared().readTree("""
                        {"task":"churn","methods":[
                          {"name":"bg-nbd","auc":0.85,"vsServed":{"auc":{"difference":-0.0021,"standardError":0.003},
                                                                  "brier":{"difference":0.02,"standardError":0.01}}},
                          {"name":"served","auc":0.857}],
                         "reliability":{"served":[{"lower":0.1,"upper":0.3,"predicted":0.22,"observed":0.2,"n":236}]},
                         "curves":{"roc":{"served":[[0,0],[1,1]]}}}
                        """));

        assertThat(table).isEqualToNormalizingNewlines("""
                task         churn

                method     auc
                bg-nbd  0.8500
                served  0.8570

                less served, ± one standard error

                method                   auc            brier
                bg-nbd  -0.002100 ± 0.003000  0.0200 ± 0.0100

                served, by tenths of the customers

                tenth    n  predicted  observed  95 % interval
                1      236     0.2200    0.2000  0.1000–0.3000""");
    }
}
