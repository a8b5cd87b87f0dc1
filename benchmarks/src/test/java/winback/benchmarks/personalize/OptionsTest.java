package winback.benchmarks.personalize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import winback.benchmarks.personalize.Options.Part;

class OptionsTest {

    @Test
    void theScaleIsThatOfSubscribersAndOfRoundsUnlessTheirSecondsAreGiven() {
        Options full = Options.parse(List.of());
        assertThat(full.parts()).containsExactly(Part.values());
        assertThat(full.subscribers()).isEqualTo(1_000_000);
        assertThat(full.rounds(6)).isEqualTo(Duration.ofSeconds(60));
        Options fifth = Options.parse(List.of("--scale", "0.2", "--only", "kill,path"));
        assertThat(fifth.parts()).containsExactly(Part.PATH, Part.KILL);
        assertThat(fifth.subscribers()).isEqualTo(200_000);
        assertThat(fifth.rounds(1.5)).isEqualTo(Duration.ofSeconds(3));
        Options small = Options.parse(List.of("--scale", "0.0001", "--seconds", "3", "--keep", "kept"));
        assertThat(small.subscribers()).isEqualTo(1_000);
        assertThat(small.rounds(1)).isEqualTo(Duration.ofSeconds(3));
        assertThat(small.keep()).isEqualTo(Path.of("kept").toAbsolutePath());
    }

    @Test
    void wrongLinesAreRefused() {
        for (List<String> wrong : List.of(
                List.of("--only", "path,nonsense"),
                List.of("--subscribers", "10000000"),
                List.of("--seconds", "0"),
                List.of("--campaign", "spring"))) {
            assertThatIllegalArgumentException().as(wrong.toString()).isThrownBy(() -> Options.parse(wrong));
        }
    }
}
