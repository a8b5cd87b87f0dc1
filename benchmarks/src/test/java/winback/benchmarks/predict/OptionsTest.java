package winback.benchmarks.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import winback.benchmarks.predict.Options.Part;

class OptionsTest {

    @Test
    void theScaleIsThatOfWhatRunsOnServers() {
        Options full = Options.parse(List.of());
        assertThat(full.parts()).containsExactly(Part.values());
        assertThat(full.customers()).isEqualTo(10_000);
        assertThat(full.scaled(1_000_000, 1)).isEqualTo(1_000_000);
        Options tenth =
                Options.parse(List.of("--scale", "0.1", "--only", "rescore,one", "--customers", "800", "--json"));
        assertThat(tenth.parts()).containsExactly(Part.ONE, Part.RESCORE);
        assertThat(tenth.customers()).isEqualTo(800);
        assertThat(tenth.scaled(1_000_000, 1)).isEqualTo(100_000);
        assertThat(tenth.scaled(1_000, 500)).isEqualTo(500);
        assertThat(tenth.seconds(60)).isEqualTo(Duration.ofSeconds(6));
        assertThat(tenth.json()).isTrue();
    }

    @Test
    void thePeerBringsWhatItIsComparedWith() {
        assertThat(Options.parse(List.of("--only", "peer", "--peer", "recipe.py")))
                .satisfies(options -> {
                    assertThat(options.parts()).containsExactly(Part.ONE, Part.BATCHES, Part.PEER);
                    assertThat(options.peer()).isEqualTo(Path.of("recipe.py").toAbsolutePath());
                });
        assertThat(Options.parse(List.of("--only", "peer")).parts()).containsExactly(Part.PEER);
        assertThat(Options.parse(List.of("--only", "trees", "--peer", "recipe.py"))
                        .parts())
                .containsExactly(Part.TREES);
    }

    @Test
    void wrongLinesAreRefused() {
        for (List<String> wrong : List.of(
                List.of("--only", "one,nonsense"),
                List.of("--only", "one,one"),
                List.of("--scale", "0"),
                List.of("--customers", "3"),
                List.of("--seconds"),
                List.of("--seconds", "0"),
                List.of("--rows", "3"))) {
            assertThatIllegalArgumentException().as(wrong.toString()).isThrownBy(() -> Options.parse(wrong));
        }
    }
}
