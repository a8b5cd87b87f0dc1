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
}
