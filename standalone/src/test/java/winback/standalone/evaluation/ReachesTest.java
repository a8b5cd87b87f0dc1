package winback.standalone.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import winback.standalone.cli.CommandFailed;
import winback.standalone.cli.Console;
import winback.standalone.cli.WrongCommandLine;
import winback.standalone.evaluation.Evaluations.Plan;
import winback.standalone.orders.OrderDays;
import winback.standalone.orders.OrdersFile;

/** What a file of orders cannot tell is refused before anything is started. */
class ReachesTest {

    private static final LocalDate FIRST = LocalDate.of(2024, 1, 1);

    @TempDir
    Path directory;

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final Console console = new Console(new PrintStream(said, true, StandardCharsets.UTF_8), false);

    /** An order every so many days, 301 days long. */
    private OrderDays days(int every) throws IOException {
        List<String> lines = IntStream.rangeClosed(0, 300 / every)
                .mapToObj(i -> "c%d,%s,%d".formatted(i % 7, FIRST.plusDays((long) i * every), 10 + i))
                .toList();
        Path file = Files.writeString(
                directory.resolve("orders.csv"),
                "\ufeffcustomer,at,amount\n" + String.join("\n", lines) + "\nx,soon,3\n");
        return OrderDays.of(OrdersFile.inspect(file, null, null, "customer=customer,at=At,amount=amount", null));
    }

    @Test
    void namesTheColumnThatTheFileDoesNotHave() throws IOException {
        Path file = Files.writeString(directory.resolve("orders.csv"), "who,at,amount\na,2024-01-01,3\n");
        assertThatThrownBy(() ->
                        OrderDays.of(OrdersFile.inspect(file, ",", true, "customer=id,at=at,amount=amount", null)))
                .isInstanceOf(CommandFailed.class)
                .hasMessageEndingWith("has no column 'id'; it has who, at, amount.");
        assertThatThrownBy(() -> OrderDays.of(OrdersFile.inspect(file, ",", true, "customer=who,at=at", null)))
                .isInstanceOf(WrongCommandLine.class)
                .hasMessage("--columns does not say which column is the amount: amount=…");
    }

    private static Plan plan(int train, int test, int horizonDays) {
        return new Plan("churn", FIRST.plusDays(train), FIRST.plusDays(test), horizonDays);
    }

    @Test
    void knowsTheDaysOfItsOrders() throws IOException {
        OrderDays days = days(3);
        assertThat(days.first()).isEqualTo(FIRST);
        assertThat(days.lastWithin(7)).isEqualTo(FIRST.plusDays(300));
        assertThat(days.longestSilence()).isEqualTo(3);
        Path compact = Files.writeString(
                directory.resolve("compact.txt"), "00001 1 19970102 2 11.77\n00002 1 19970112 1 12.00\n");
        assertThat(OrderDays.of(OrdersFile.inspect(compact, null, null, null, null))
                        .days())
                .containsExactly(LocalDate.of(1997, 1, 2), LocalDate.of(1997, 1, 12));
    }

    @Test
    void ordersOnBothSidesOfTheCutoffsAreNeeded() throws IOException {
        OrderDays days = days(1);
        assertThatThrownBy(() -> EvaluateCommand.reaches(days, plan(-5, 100, 30), console))
                .isInstanceOf(CommandFailed.class)
                .hasMessageContaining("no order by the train cutoff 2023-12-27: the first is of 2024-01-01");
        assertThatThrownBy(() -> EvaluateCommand.reaches(days, plan(100, 300, 30), console))
                .isInstanceOf(CommandFailed.class)
                .hasMessageContaining("no order after the test cutoff 2024-10-27: the last is of 2024-10-27");
    }

    @Test
    void aHorizonBeyondTheOrdersIsRefusedAndALittleOfItSaid() throws IOException {
        assertThatThrownBy(() -> EvaluateCommand.reaches(days(1), plan(100, 200, 150), console))
                .isInstanceOf(CommandFailed.class)
                .hasMessageContaining("The horizon of 150 days after 2024-07-19 ends on 2024-12-16")
                .hasMessageContaining("At most --horizon-days 100 is.");
        EvaluateCommand.reaches(days(1), plan(100, 200, 100), console);
        assertThat(said.toString(StandardCharsets.UTF_8)).isEmpty();
        EvaluateCommand.reaches(days(1), plan(100, 200, 105), console);
        assertThat(said.toString(StandardCharsets.UTF_8)).contains("5 days before the horizon does");
        assertThatCode(() -> EvaluateCommand.reaches(days(20), plan(100, 200, 150), console))
                .as("silent for 20 days before, too")
                .doesNotThrowAnyException();
    }

    @Test
    void mistypedDatesDoNotMakeTheFileLonger() throws IOException {
        for (String mistyped : List.of("2199-01-01", FIRST.plusDays(660).toString())) {
            Path file = Files.writeString(
                    directory.resolve("orders.csv"),
                    IntStream.rangeClosed(0, 300)
                                    .mapToObj(i -> "c%d,%s,%d\n".formatted(i % 7, FIRST.plusDays(i), 10 + i))
                                    .collect(Collectors.joining("", "customer,at,amount\n", ""))
                            + "c1," + mistyped + ",10\n");
            OrderDays days =
                    OrderDays.of(OrdersFile.inspect(file, null, null, "customer=customer,at=at,amount=amount", null));
            assertThatThrownBy(() -> EvaluateCommand.reaches(days, plan(100, 200, 400), console))
                    .as(mistyped)
                    .isInstanceOf(CommandFailed.class)
                    .hasMessageContaining("the orders on 2024-10-27")
                    .hasMessageContaining("At most --horizon-days 100 is.");
        }
    }

    @Test
    void outcomesOfTooFewDaysAreRefused() {
        assertThatThrownBy(() -> EvaluateCommand.check(plan(100, 101, 30)))
                .isInstanceOf(WrongCommandLine.class)
                .hasMessage("--test-cutoff must lie at least 2 days after --train-cutoff");
        assertThatThrownBy(() -> EvaluateCommand.check(plan(100, 110, 61)))
                .isInstanceOf(WrongCommandLine.class)
                .hasMessageContaining("go over 10 days and say nothing of the next 61: at most --horizon-days 60 is");
        assertThatCode(() -> EvaluateCommand.check(plan(100, 110, 60))).doesNotThrowAnyException();
    }

    @Test
    void aFileWithoutTheColumnOrWithoutDaysIsRefused() throws IOException {
        Path other = Files.writeString(directory.resolve("other.csv"), "customer;when;amount\nc1;2024-01-01;3\n");
        assertThatThrownBy(() -> OrderDays.of(
                        OrdersFile.inspect(other, null, null, "customer=customer,at=day,amount=amount", null)))
                .isInstanceOf(CommandFailed.class)
                .hasMessageContaining("has no column 'day'; it has customer");
        Path none = Files.writeString(directory.resolve("none.csv"), "customer,at,amount\nc1,1.2.2024,3\n");
        assertThatThrownBy(() -> OrderDays.of(OrdersFile.inspect(none, ",", true, "customer=1,at=2,amount=3", null)))
                .isInstanceOf(CommandFailed.class)
                .hasMessageContaining("No row of")
                .hasMessageContaining("has a day in its column 2");
    }
}
