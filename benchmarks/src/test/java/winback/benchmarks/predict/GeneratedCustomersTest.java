package winback.benchmarks.predict;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import winback.prediction.boosting.BoostingOptions;
import winback.prediction.churn.ChurnModel;
import winback.prediction.models.ModelOptions;
import winback.prediction.models.Sample;

class GeneratedCustomersTest {

    /** Else the benchmark would measure models that leave a member out. */
    @Test
    void bothMembersLearnSomethingOfTheGeneratedCustomers() {
        GeneratedCustomers customers = new GeneratedCustomers(1_500, 3);
        Sample newest = customers.sample(1, 60);
        assertThat(newest.features()[0]).hasSize(194);
        assertThat(newest.periods()[0]).hasSize(12 * 3);
        assertThat(newest.hasPeriods()).isTrue();
        try (ChurnModel model = ChurnModel.fit(
                List.of(customers.sample(0, 60)),
                newest,
                new ModelOptions(30, new BoostingOptions(80, 3, .1, 5, .7, .7, 1, 3, 7, 1)))) {
            assertThat(model.correction().weights().linear()).isPositive();
            assertThat(model.correction().weights().trees()).isPositive();
        }
    }
}
