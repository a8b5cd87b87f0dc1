package winback.prediction.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import winback.chassis.problems.Problem;
import winback.prediction.SimulatedShop;
import winback.prediction.boosting.BoostingOptions;
import winback.prediction.churn.ChurnModel;
import winback.prediction.models.ModelName;
import winback.prediction.models.ModelOptions;
import winback.prediction.models.Sample;
import winback.prediction.value.ValueModel;

class BackTestTest {

    private static final ModelOptions OPTIONS =
            new ModelOptions(120, new BoostingOptions(20, 3, .15, 5, .7, .7, 1, 3, 7, 1));

    private final SimulatedShop shop = new SimulatedShop(SimulatedShop.BUSY, 800, 600, 41);
    private final Sample train = shop.sample(300, 90);
    private final Sample test = shop.sample(390, 120);

    /** The same customers, with another future. */
    private final Sample otherFuture = new Sample(
            test.schema(),
            test.cutoff(),
            test.labelDays(),
            test.subscribers(),
            test.features(),
            test.histories(),
            new Sample.Labels(new int[test.size()], new double[test.size()]));

    @Test
    void noMethodLearnsFromTheLabelsThatItIsScoredBy() {
        for (ModelName task : ModelName.values()) {
            List<BackTest.Predicted> methods = BackTest.simple(task, train, test, 120);
            List<BackTest.Predicted> again = BackTest.simple(task, train, otherFuture, 120);
            for (int i = 0; i < methods.size(); i++) {
                assertThat(again.get(i).predictions())
                        .as(methods.get(i).method())
                        .containsExactly(methods.get(i).predictions());
            }
        }
        try (ValueModel value = ValueModel.fit(List.of(train), test, OPTIONS);
                ValueModel other = ValueModel.fit(List.of(train), otherFuture, OPTIONS)) {
            assertThat(other.predict(test.features())).containsExactly(value.predict(test.features()));
        }
        try (ChurnModel churn = ChurnModel.fit(List.of(train), test, OPTIONS);
                ChurnModel other = ChurnModel.fit(List.of(train), otherFuture, OPTIONS)) {
            assertThat(other.predict(test.features())).containsExactly(churn.predict(test.features()));
        }
    }

    private static Evaluation.Split split(String train, String test, int horizonDays) {
        return new Evaluation.Split(
                train, test, Cutoff.parse(train, "trainCutoff"), Cutoff.parse(test, "testCutoff"), horizonDays);
    }

    @Test
    void trainLabelsEndByTheTestCutoff() {
        Evaluation.Split split = split("1997-03-31", "1997-09-30", 273);

        assertThat(split.labelDays()).isEqualTo(183);
        assertThat(split.wanted())
                .filteredOn(wanted -> !wanted.role().equals("test"))
                .hasSize(1)
                .allSatisfy(wanted -> assertThat(wanted.labelsUntil()).isBeforeOrEqualTo(split.testAt()));
        assertThat(split.wanted().getFirst().labelDays()).isEqualTo(273);
    }

    @Test
    void asManyWholeWindowsAsLieBetweenTheCutoffsAreLearnedFrom() {
        Evaluation.Split split = split("1997-09-30", "1997-12-31", 30);

        assertThat(split.wanted())
                .filteredOn(wanted -> !wanted.role().equals("test"))
                .hasSize(3)
                .allSatisfy(wanted -> {
                    assertThat(wanted.labelDays()).isEqualTo(30);
                    assertThat(wanted.cutoff()).isAfterOrEqualTo(split.trainAt());
                    assertThat(wanted.labelsUntil()).isBeforeOrEqualTo(split.testAt());
                });
    }

    @Test
    void aDateIsTheEndOfItsDayInUtc() {
        assertThat(Cutoff.parse("1997-03-31", "cutoff")).isEqualTo(Instant.parse("1997-03-31T23:59:59.999999Z"));
        assertThat(Cutoff.parse("1997-03-31T12:00:00Z", "cutoff")).isEqualTo(Instant.parse("1997-03-31T12:00:00Z"));
        assertThatThrownBy(() -> Cutoff.parse("31.3.1997", "cutoff")).isInstanceOf(Problem.class);
    }
}
