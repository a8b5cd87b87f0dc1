package winback.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class EvaluateIT {

    @Test
    void printsTheResultAloneAndLeavesNothingBehind(@TempDir Path directory) throws Exception {
        Path file = Purchases.file(directory).path();
        Path temporary = Files.createDirectory(directory.resolve("tmp"));
        ProcessBuilder evaluate = ChildProcess.winback(
                "evaluate",
                "value",
                "--orders",
                file.toString(),
                "--train-cutoff=1997-03-31",
                "--test-cutoff=1997-09-30",
                "--horizon-days=273",
                "--json");
        evaluate.command().add(1, "-Djava.io.tmpdir=" + temporary);
        evaluate.redirectOutput(directory.resolve("out").toFile());
        evaluate.redirectError(directory.resolve("err").toFile());

        int exitCode = evaluate.start().waitFor();

        String errors = Files.readString(directory.resolve("err"));
        assertThat(exitCode).as(errors).isZero();
        JsonNode result = JsonMapper.shared().readTree(Files.readString(directory.resolve("out")));
        assertThat(result.path("task").asString()).isEqualTo("value");
        assertThat(result.path("methods").size()).isGreaterThan(1);
        assertThat(errors)
                .contains("Inferred")
                .contains("customer=2,at=3,amount=5")
                .contains("6,919 rows read");
        try (var left = Files.list(temporary)) {
            assertThat(left.filter(path -> path.getFileName().toString().startsWith("winback-")))
                    .isEmpty();
        }
    }

    @Test
    void saysWhatIsWrongWithTheCommandLine() {
        assertThat(Winback.run(java.util.List.of("evaluate", "value", "--orders", "gone.csv")))
                .isEqualTo(2);
        assertThat(Winback.run(java.util.List.of("evaluate", "--colour", "red")))
                .isEqualTo(2);
        assertThat(Winback.run(java.util.List.of("conquer"))).isEqualTo(2);
    }
}
