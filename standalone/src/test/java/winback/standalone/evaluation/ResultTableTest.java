package winback.standalone.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class ResultTableTest {

    @Test
    void alignsOneRowAMethodUnderTheSplit() {
        String table = ResultTable.of(JsonMapper.shared().readTree("""
                        {"task":"value","split":{"trainCutoff":"1997-03-31","testCutoff":"1997-09-30"},"population":2357,
                         "methods":[{"name":"model","gini":0.65123456,"rmse":71.23456},
                                    {"name":"BG/NBD × Gamma-Gamma","gini":0.638,"rmse":72.3,"total":{"ratio":0.84}}]}
                        """));

        assertThat(table).isEqualToNormalizingNewlines("""
                task         value
                split        trainCutoff 1997-03-31, testCutoff 1997-09-30
                population   2357

                method                  gini   rmse  total.ratio
                model                 0.6512  71.23
                BG/NBD × Gamma-Gamma  0.6380  72.30       0.8400""");
    }
}
