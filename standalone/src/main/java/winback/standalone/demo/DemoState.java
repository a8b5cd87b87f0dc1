package winback.standalone.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import winback.chassis.access.ApiKeys;
import winback.standalone.cli.CommandFailed;

/**
 * What a demo keeps in its data directory's {@code demo.json}, so that the next one imports nothing anew.
 *
 * @param shiftDays whole weeks, in days, that were added to every date
 * @param timezone that the import declared for everybody
 * @param imported whether the import has ended well
 * @param backTest results of the back-tests on unshifted dates by task; absent until they have been made
 */
record DemoState(
        int shiftDays,
        String timezone,
        boolean imported,
        @Nullable JsonNode backTest) {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int LATE_MORNING = 10;

    DemoState {
        // JSON's null is read as a node of its own.
        backTest = backTest == null || backTest.isNull() ? null : backTest;
    }

    /**
     * A first demo at that time: the shift puts the last purchase within the seven days before it, and the time zone is the
     * one in which it is between ten and eleven in the morning.
     */
    static DemoState first(LocalDate lastPurchase, LocalDateTime nowUtc) {
        // To yesterday at the latest: a day without an hour counts as its noon, and that of today may be still to come.
        long days = ChronoUnit.DAYS.between(lastPurchase, nowUtc.toLocalDate().minusDays(1));
        return new DemoState(Math.toIntExact(Math.floorDiv(days, 7L) * 7), morningZone(nowUtc.getHour()), false, null);
    }

    /** Etc/GMT zones count westwards: {@code Etc/GMT-5} is five hours ahead of UTC. */
    private static String morningZone(int utcHour) {
        int ahead = LATE_MORNING - utcHour;
        if (ahead < -12) {
            ahead += 24;
        }
        return ahead == 0 ? "Etc/GMT" : "Etc/GMT%+d".formatted(-ahead);
    }

    DemoState withImported() {
        return new DemoState(shiftDays, timezone, true, backTest);
    }

    DemoState withBackTest(JsonNode results) {
        return new DemoState(shiftDays, timezone, imported, results);
    }

    static Optional<DemoState> read(Path dataDir) {
        Path file = file(dataDir);
        try {
            return Files.exists(file)
                    ? Optional.of(JSON.readValue(Files.readAllBytes(file), DemoState.class))
                    : Optional.empty();
        } catch (IOException | JacksonException e) {
            throw new CommandFailed("Cannot read " + file + "; the demo needs a data directory of its own.", e);
        }
    }

    void write(Path dataDir) {
        Path file = file(dataDir);
        try {
            ApiKeys.writePrivately(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    private static Path file(Path dataDir) {
        return dataDir.resolve("demo.json");
    }

    static LocalDateTime now(java.time.Clock clock) {
        return LocalDateTime.ofInstant(clock.instant(), ZoneOffset.UTC);
    }
}
