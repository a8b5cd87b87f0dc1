package winback.prediction.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class CanaryShareTest {

    private static final int SUBSCRIBERS = 20_000;

    private static double shareOf(IntPredicate condition) {
        return (double) IntStream.range(0, SUBSCRIBERS).filter(condition).count() / SUBSCRIBERS;
    }

    @Test
    void aShareOfTheSubscribersIsInItAndAnotherOneForEachVersion() {
        assertThat(shareOf(i -> CanaryShare.contains("churn-2", "s" + i, .3))).isCloseTo(.3, within(.01));
        assertThat(shareOf(i ->
                        CanaryShare.contains("churn-2", "s" + i, .3) && CanaryShare.contains("churn-3", "s" + i, .3)))
                .as("independent")
                .isCloseTo(.09, within(.01));
    }

    @Property(tries = 200)
    void whoIsInAShareIsInEveryLargerOne(
            @ForAll String subscriber,
            @ForAll @DoubleRange(max = .5) double one,
            @ForAll @DoubleRange(max = .5) double other) {
        if (CanaryShare.contains("value-7", subscriber, Math.min(one, other))) {
            assertThat(CanaryShare.contains("value-7", subscriber, Math.max(one, other)))
                    .isTrue();
        }
    }
}
