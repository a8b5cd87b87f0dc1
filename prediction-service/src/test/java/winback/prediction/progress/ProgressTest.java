package winback.prediction.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

class ProgressTest {

    @Test
    void aPartIsSaidAsItsShareOfTheWholeAndByItsPath() {
        Map<String, Double> said = new LinkedHashMap<>();
        String result = Progress.heardBy((share, detail) -> said.put(detail, share), () -> {
            Progress.at(.1, "reading");
            return Progress.within(.2, .6, "back-testing", () -> {
                Progress.within(.5, 1, "fold 2 of 2", () -> {
                    Progress.at(.5, "10 of 20 trees");
                    return 0;
                });
                return "done";
            });
        });

        assertThat(result).isEqualTo("done");
        assertThat(said)
                .containsExactly(
                        entry("Reading.", .1),
                        entry("Back-testing.", .2),
                        entry("Back-testing, fold 2 of 2.", .4),
                        entry("Back-testing, fold 2 of 2, 10 of 20 trees.", .5));
    }

    @Test
    void anInterruptedThreadStopsWhereItWouldSaySomethingAndStaysInterrupted() {
        List<String> said = new ArrayList<>();
        assertThatThrownBy(() -> Progress.heardBy(
                        (share, detail) -> {
                            said.add(detail);
                            Thread.currentThread().interrupt();
                        },
                        () -> {
                            Progress.at(0, "first");
                            Progress.at(1, "second");
                            return 0;
                        }))
                .isInstanceOf(CancellationException.class);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(said).containsExactly("First.");
    }

    @Test
    void nobodyHasToListen() {
        assertThat(Progress.<Integer, RuntimeException>within(0, 1, "alone", () -> {
                    Progress.at(.5, "half");
                    return 3;
                }))
                .isEqualTo(3);
    }
}
