package winback.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DemoStateTest {

    private static final LocalDate LAST = LocalDate.of(1998, 6, 30);

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23})
    void declaresAZoneInWhichItIsLateMorning(int hour) {
        LocalDateTime now = LocalDateTime.of(2026, 11, 24, hour, 30);

        DemoState state = DemoState.first(LAST, now);

        assertThat(now.atZone(ZoneOffset.UTC)
                        .withZoneSameInstant(ZoneId.of(state.timezone()))
                        .getHour())
                .isEqualTo(10);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void shiftsByWholeWeeksIntoTheLastSevenDays(int day) {
        LocalDateTime now = LocalDateTime.of(2026, 11, day, 12, 0);

        DemoState state = DemoState.first(LAST, now);

        assertThat(state.shiftDays() % 7).isZero();
        LocalDate shifted = LAST.plusDays(state.shiftDays());
        assertThat(shifted).isAfterOrEqualTo(now.toLocalDate().minusDays(7)).isBefore(now.toLocalDate());
        assertThat(shifted.getDayOfWeek()).isEqualTo(LAST.getDayOfWeek());
    }

    @Test
    void keepsTheShiftForTheNextDemo(@TempDir Path dataDir) {
        DemoState state = DemoState.first(LAST, LocalDateTime.of(2026, 11, 24, 7, 0));
        state.write(dataDir);
        assertThat(DemoState.read(dataDir)).contains(state);

        state.withImported().write(dataDir);
        assertThat(DemoState.read(dataDir)).hasValueSatisfying(read -> {
            assertThat(read.imported()).isTrue();
            assertThat(read.shiftDays()).isEqualTo(state.shiftDays());
        });
    }

    @Test
    void shipsTheWholeSample() throws IOException {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(Objects.requireNonNull(DemoState.class.getResourceAsStream("cdnow_sample.txt.gz"))),
                StandardCharsets.US_ASCII))) {
            List<String> rows = reader.lines().toList();
            assertThat(rows).hasSize(6919);
            assertThat(rows.stream().map(row -> row.strip().split("\\s+")[1]).distinct())
                    .hasSize(2357);
            assertThat(rows.size() - new HashSet<>(rows).size()).isEqualTo(21);
            assertThat(rows.stream().map(row -> row.strip().split("\\s+")[2]).max(String::compareTo))
                    .contains("19980630");
        }
    }
}
