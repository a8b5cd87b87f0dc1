package winback.prediction.engagement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import winback.prediction.datasets.DataRefused;

class TableEvaluationTest {

    private static final String HEADER = "mail,hour,words,kind,score,opened";

    @TempDir
    Path directory;

    private final Random random = new Random(6);

    /** Rows of which a code, a text and a number with gaps say whether the mail was opened. */
    private List<String> rows(int n) {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            int hour = random.nextInt(3);
            String kind = List.of("news", "offer", "\"thanks, again\"").get(random.nextInt(3));
            double score = random.nextGaussian();
            boolean gap = random.nextInt(5) == 0;
            double logit = (hour == 1 ? 1.5 : -1) + (kind.equals("offer") ? -1 : .5) + (gap ? 1 : score);
            rows.add("m%d,%d,%d,%s,%s,%d"
                    .formatted(
                            random.nextLong(),
                            hour,
                            random.nextInt(1000),
                            kind,
                            gap ? "" : "%.4f".formatted(score),
                            random.nextDouble() < 1 / (1 + Math.exp(-logit)) ? 1 + random.nextInt(2) : 0));
        }
        return rows;
    }

    private Path file(String name, String header, List<String> rows) throws IOException {
        List<String> lines = new ArrayList<>(rows);
        lines.addFirst(header);
        return Files.write(directory.resolve(name), lines);
    }

    private static double metric(Map<String, Object> result, String method, String metric) {
        for (JsonNode line :
                JsonMapper.shared().<JsonNode>valueToTree(result).get("methods").values()) {
            if (line.get("name").asString().equals(method)) {
                return line.get(metric).asDouble();
            }
        }
        throw new AssertionError("no method " + method);
    }

    @Test
    void learnsFromCodesTextsNumbersAndGaps() throws IOException {
        Path test = directory.resolve("test.csv.gz");
        try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(test))) {
            out.write(("\uFEFF" + HEADER + "\n" + String.join("\n", rows(1_500)) + "\n")
                    .getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
        List<String> told = new ArrayList<>();
        Map<String, Object> result =
                TableEvaluation.run(file("train.csv", HEADER, rows(3_000)), "opened", test, told::add);
        assertThat(result).containsEntry("task", "engagement").containsEntry("population", 1_500);
        assertThat(told.getFirst()).endsWith(": mail");
        assertThat(metric(result, "served", "auc")).isGreaterThan(.78);
        assertThat(metric(result, "served", "ece")).isLessThan(.06);
        assertThat(metric(result, "recipe", "auc")).isGreaterThan(.75);
        assertThat(metric(result, "served", "brier")).isLessThan(metric(result, "base-rate", "brier") - .03);
    }

    /** Labels that say nothing of the row: whatever is found leaked. */
    @Test
    void findsNothingInShuffledLabels() throws IOException {
        List<String> rows = rows(3_000);
        List<String> labels = new ArrayList<>(rows.stream()
                .map(row -> row.substring(row.lastIndexOf(',') + 1))
                .toList());
        Collections.shuffle(labels, random);
        List<String> shuffled = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            shuffled.add(rows.get(i).substring(0, rows.get(i).lastIndexOf(',') + 1) + labels.get(i));
        }
        int n = 1_500;
        Map<String, Object> result = TableEvaluation.run(
                file("train.csv", HEADER, shuffled.subList(0, n)),
                "opened",
                file("test.csv", HEADER, shuffled.subList(n, 2 * n)),
                sentence -> {});
        double positives = labels.subList(n, 2 * n).stream()
                .filter(label -> !label.equals("0"))
                .count();
        // Of the AUC when scores say nothing (Mann and Whitney).
        double error = Math.sqrt((n + 1) / (12 * positives * (n - positives)));
        assertThat(Math.abs(metric(result, "served", "auc") - .5)).isLessThan(3 * error);
    }

    @Test
    void whatIsNotFiniteInAColumnOfNumbersIsAGap() {
        List<String> gaps = List.of("NaN", "Infinity", "-inf", "1e400", "NA", "");
        List<String[]> rows = new ArrayList<>();
        for (int i = 0; i < 240; i++) {
            rows.add(new String[] {i % 10 == 0 ? gaps.get(i / 10 % gaps.size()) : String.valueOf(i), "1"});
        }

        TableEncoding encoding = TableEncoding.of(new Table("t.csv", List.of("x", "y"), rows), 1);

        assertThat(encoding.names()).containsExactly("x");
        for (int i = 0; i < 240; i++) {
            assertThat(encoding.apply(rows.get(i))).containsExactly(i % 10 == 0 ? Float.NaN : i);
        }
    }

    @Test
    void aStrayCellMakesNoCategoriesOfNumbersAndIsSaid() {
        List<String[]> rows = new ArrayList<>();
        for (int i = 0; i < 240; i++) {
            String number = i == 7 ? "?" : i == 30 ? "1,204" : i == 50 ? "1e400" : i == 60 ? "" : String.valueOf(i);
            rows.add(new String[] {number, i % 2 == 0 ? "a" : "b", "1"});
        }
        List<String> columns = List.of("x", "kind", "y");
        TableEncoding encoding = TableEncoding.of(new Table("t.csv", columns, rows), 2);
        assertThat(encoding.names()).containsExactly("x", "kind=a", "kind=b");
        assertThat(encoding.apply(rows.get(7))[0]).isNaN();
        assertThat(encoding.unusable(new Table("t.csv", columns, rows)))
                .containsExactly(
                        "t.csv: of column x 3 of 240 cells are no finite numbers and taken as gaps, the first in row 8.");
        List<String[]> others = List.of(new String[] {"lots", "c", "1"}, new String[] {"-inf", "a", "1"});
        assertThat(encoding.unusable(new Table("u.csv", columns, others)))
                .containsExactly(
                        "u.csv: of column x all of 2 cells are no finite numbers and taken as gaps, the first in row 1.",
                        "u.csv: of column kind 1 of 2 cells have a value that was not learned from, the first in row 1.");
    }

    @Test
    void saysWhatIsWrongAndWhere() throws IOException {
        Path good = file("good.csv", HEADER, rows(100));
        assertThatThrownBy(() -> TableEvaluation.run(good, "clicked", good, sentence -> {}))
                .isInstanceOf(DataRefused.class)
                .hasMessage("good.csv has no column clicked; it has mail, hour, words, kind, score, opened.");
        Path few = file("few.csv", HEADER, rows(12));
        assertThatThrownBy(() -> TableEvaluation.run(few, "opened", good, sentence -> {}))
                .isInstanceOf(DataRefused.class)
                .hasMessageContaining("few.csv: 12 rows")
                .hasMessageContaining("at least 50 with 10 are needed");
        List<String> odd = rows(60);
        odd.set(3, "m,1,2,news,.5,perhaps");
        Path wrong = file("wrong.csv", HEADER, odd);
        assertThatThrownBy(() -> TableEvaluation.run(wrong, "opened", good, sentence -> {}))
                .isInstanceOf(DataRefused.class)
                .hasMessageContaining("wrong.csv, row 4: opened is neither a number nor")
                .hasMessageContaining("'perhaps'");
        Path ragged = file("ragged.csv", HEADER, List.of("m,1,2,news,.5,1", "m,1"));
        assertThatThrownBy(() -> TableEvaluation.run(ragged, "opened", good, sentence -> {}))
                .isInstanceOf(DataRefused.class)
                .hasMessageContaining("ragged.csv, line 3: 2 values under 6 columns");
        Path other = file("other.csv", "mail,opened", List.of("m,1"));
        assertThatThrownBy(() -> TableEvaluation.run(good, "opened", other, sentence -> {}))
                .isInstanceOf(DataRefused.class)
                .hasMessageContaining("other.csv lacks the columns hour, words, kind, score");
        Path constant = file(
                "constant.csv",
                "a,opened",
                java.util.stream.IntStream.range(0, 60)
                        .mapToObj(i -> "7," + i % 2)
                        .toList());
        assertThatThrownBy(() -> TableEvaluation.run(constant, "opened", constant, sentence -> {}))
                .isInstanceOf(DataRefused.class)
                .hasMessageContaining("no column but opened says anything");
    }
}
