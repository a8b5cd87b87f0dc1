package winback.benchmarks.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import winback.prediction.boosting.BoostingOptions;
import winback.prediction.churn.ChurnModel;
import winback.prediction.models.ModelOptions;
import winback.prediction.models.Sample;

class PredictBenchTest {

    @Test
    void optionsAreCheckedBeforeAnythingIsFitted() {
        assertThat(PredictBench.Options.parse(List.of())).isEqualTo(new PredictBench.Options(4_000, 5, false));
        assertThat(PredictBench.Options.parse(List.of("--json", "--customers", "800", "--seconds", "1")))
                .isEqualTo(new PredictBench.Options(800, 1, true));
        assertThatThrownBy(() -> PredictBench.Options.parse(List.of("--customers", "3")))
                .hasMessage("--customers must be 500 to 1000000, not 3");
        assertThatThrownBy(() -> PredictBench.Options.parse(List.of("--seconds")))
                .hasMessage("--seconds must be 1 to 600, not ");
        assertThatThrownBy(() -> PredictBench.Options.parse(List.of("--rows", "3")))
                .hasMessage("unknown argument: --rows");
    }

    /** Else the benchmark would measure models that leave a member out. */
    @Test
    void bothMembersLearnSomethingOfTheGeneratedCustomers() {
        GeneratedCustomers customers = new GeneratedCustomers(1_500);
        Sample newest = customers.sample(1, 60);
        assertThat(newest.features()[0]).hasSize(194);
        try (ChurnModel model = ChurnModel.fit(
                List.of(customers.sample(0, 60)),
                newest,
                new ModelOptions(30, new BoostingOptions(80, 3, .1, 5, .7, .7, 1, 3, 7, 1)))) {
            assertThat(model.correction().weights().linear()).isPositive();
            assertThat(model.correction().weights().trees()).isPositive();
        }
    }
}
