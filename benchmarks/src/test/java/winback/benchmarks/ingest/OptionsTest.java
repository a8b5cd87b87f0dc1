package winback.benchmarks.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import winback.benchmarks.ingest.Options.Part;
import winback.benchmarks.rig.Report;
import winback.benchmarks.rig.Report.Limit;

class OptionsTest {

    @Test
    void theScaleIsThatOfAmountsAndDurations() {
        Options full = Options.parse(List.of());
        assertThat(full.parts()).containsExactly(Part.values());
        assertThat(full.subscribers()).isEqualTo(100_000);
        assertThat(full.sweep()).isEqualTo(1_000_000);
        Options tenth = Options.parse(List.of("--scale", "0.1", "--only", "sweep,track", "--json"));
        assertThat(tenth.parts()).containsExactly(Part.TRACK, Part.SWEEP);
        assertThat(tenth.subscribers()).isEqualTo(10_000);
        assertThat(tenth.seconds(60)).isEqualTo(Duration.ofSeconds(6));
        assertThat(tenth.json()).isTrue();
        assertThat(Options.parse(List.of("--property", "winback.sweep.rate=9=9"))
                        .properties())
                .containsEntry("winback.sweep.rate", "9=9");
    }

    @Test
    void wrongLinesAreRefused() {
        for (List<String> wrong : List.of(
                List.of("--only", "track,nonsense"),
                List.of("--only", "track,track"),
                List.of("--scale", "NaN"),
                List.of("--scale", "0"),
                List.of("--sweep", "-1"),
                List.of("--property", "name"),
                List.of("--nonsense", "1"),
                List.of("word"))) {
            assertThatIllegalArgumentException().as(wrong.toString()).isThrownBy(() -> Options.parse(wrong));
        }
    }

    @Test
    void aLimitIsMetOnItsOwnSide() {
        assertThat(Limit.atLeast(0.6).isMetBy(0.6)).isTrue();
        assertThat(Limit.atLeast(0.6).isMetBy(Double.NaN)).isFalse();
        assertThat(Limit.atMost(10).isMetBy(10.1)).isFalse();
        assertThat(Report.median(new double[] {5, 1, 3})).isEqualTo(3);
        assertThat(Report.median(new double[] {4, 1, 3, 2})).isEqualTo(2.5);
    }
}
