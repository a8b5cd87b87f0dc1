package winback.standalone.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import winback.standalone.cli.CommandFailed;
import winback.standalone.cli.WrongCommandLine;

class OrdersFileTest {

    @TempDir
    Path directory;

    private OrdersFile inspect(String text) throws IOException {
        Path file = directory.resolve("orders.txt");
        Files.writeString(file, text);
        return OrdersFile.inspect(file, null, null, null, null);
    }

    private OrdersFile inspect(String text, String columns) throws IOException {
        Path file = directory.resolve("orders.txt");
        Files.writeString(file, text);
        return OrdersFile.inspect(file, null, null, columns, null);
    }

    @Test
    void infersTheSampleWithoutHeader() throws IOException {
        OrdersFile file = inspect(" 00004 0001 19970101  2   29.33\r\n 00004 0001 19970118  2   29.73\r\n");

        assertThat(file.delimiter()).isEqualTo("whitespace");
        assertThat(file.header()).isFalse();
        assertThat(file.columns()).isEqualTo("customer=2,at=3,amount=5");
        assertThat(file.inferred())
                .hasValueSatisfying(sentence -> assertThat(sentence).contains("customer=2,at=3,amount=5"));
    }

    @Test
    void infersTheMasterFileByItsHeader() throws IOException {
        OrdersFile file = inspect(" customer_id  date number_of_cds  dollar_value\r\n 00001 19970101  1   11.77\r\n");

        assertThat(file.header()).isTrue();
        assertThat(file.columns()).isEqualTo("customer=1,at=2,amount=4");
    }

    @Test
    void infersCommaSemicolonTabAndBar() throws IOException {
        assertThat(inspect("Id,Date,Price\n1,2005-01-03,10.50\n").delimiter()).isEqualTo(",");
        assertThat(inspect("7;2005-01-03;10,50\n8;2005-01-04;1,99\n").delimiter())
                .isEqualTo(";");
        assertThat(inspect("a\t2005-01-03T10:00:00Z\t3\n").delimiter()).isEqualTo("tab");
        assertThat(inspect("a|2005-01-03|3\n").delimiter()).isEqualTo("|");
    }

    @Test
    void findsTheNamedColumnsInAnyOrder() throws IOException {
        OrdersFile file = inspect("amount,note,order date,user id\n3.20,\"a, b\",2024-02-29,u1\n1,c,2024-03-01,u2\n");

        assertThat(file.columns()).isEqualTo("customer=4,at=3,amount=1");
    }

    @Test
    void takesTheFirstOtherColumnAsCustomerWhenTheDateLeads() throws IOException {
        assertThat(inspect("2024-02-29,u1,5\n2024-02-28,u2,6\n").columns()).isEqualTo("customer=2,at=1,amount=3");
    }

    @Test
    void saysWhatIsNeededWhenNothingCanBeInferred() {
        assertThatThrownBy(() -> inspect("a,b,c\nd,e,f\n"))
                .isInstanceOf(CommandFailed.class)
                .hasMessageContaining("no column holds dates")
                .hasMessageContaining("--columns customer=1,at=3,amount=4");
        assertThatThrownBy(() -> inspect("u1,2024-02-29,gift\n"))
                .isInstanceOf(CommandFailed.class)
                .hasMessageContaining("amount");
    }

    @Test
    void keepsWhatTheCallerSays() throws IOException {
        Path file = directory.resolve("orders.csv");
        Files.writeString(file, "x,y,z\n1,2024-01-01,3\n");

        OrdersFile inspected = OrdersFile.inspect(file, ",", false, "customer=9,at=8,amount=7", null);

        assertThat(inspected.columns()).isEqualTo("customer=9,at=8,amount=7", null);
        assertThat(inspected.header()).isFalse();
        assertThat(inspected.inferred()).isEmpty();
    }

    @Test
    void inflatesByContentNotByName() throws IOException {
        Path file = directory.resolve("orders");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write("u1,2024-02-29,5\n".getBytes(StandardCharsets.UTF_8));
        }

        OrdersFile inspected = OrdersFile.inspect(file, null, null, null, null);

        assertThat(inspected.columns()).isEqualTo("customer=1,at=2,amount=3");
        assertThat(OrdersFile.open(inspected.path()).readAllBytes())
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("u1,2024-02-29,5\n");
    }

    @Test
    void takesColumnsGivenByNameForAHeaderAndSplitsItByThem() throws IOException {
        String columns = "customer=customer_id,at=date,amount=Total";
        String badQuote = "customer_id,date,total\nu1,2024-02-29,5\n\"u2,2024-03-01,6\nu3,2024-03-02,7\n";
        String badRows = "customer_id;date;total\n\nnothing\nu1 never\n";
        for (String text : List.of(badQuote, badRows, "customer_id\tdate\ttotal\n", "customer_id  date total\nx")) {
            OrdersFile file = inspect(text, columns);

            assertThat(file.header()).as(text).isTrue();
            assertThat(file.columns()).isEqualTo(columns);
            assertThat(file.delimiter())
                    .as(text)
                    .isEqualTo(
                            text.contains(",")
                                    ? ","
                                    : text.contains(";") ? ";" : text.contains("\t") ? "tab" : "whitespace");
        }
    }

    @Test
    void splitsTheHeaderMostWhenItLacksANamedColumn() throws IOException {
        OrdersFile file = inspect("id|date, local|sum\n", "customer=customer_id,at=date,amount=total");

        assertThat(file.delimiter()).isEqualTo("|");
        assertThat(file.header()).isTrue();
    }

    @Test
    void isNotMisledByABadRow() throws IOException {
        for (String bad : List.of("\"u2,2024-03-01,6", "u2", "u2,yesterday,", "")) {
            OrdersFile named = inspect("user,date,price\nu1,2024-02-29,5\n" + bad + "\nu3,2024-03-02,7\n");
            OrdersFile bare = inspect("u1,2024-02-29,5\n" + bad + "\nu3,2024-03-02,7\n");

            assertThat(named.header()).isTrue();
            assertThat(bare.header()).isFalse();
            assertThat(List.of(named, bare)).allSatisfy(file -> {
                assertThat(file.delimiter()).isEqualTo(",");
                assertThat(file.columns()).isEqualTo("customer=1,at=2,amount=3");
            });
        }
    }

    @Test
    void infersAFileThatIsAHeaderOnly() throws IOException {
        OrdersFile file = inspect("customer_id,date,total\n");

        assertThat(file.header()).isTrue();
        assertThat(file.columns()).isEqualTo("customer=1,at=2,amount=3");
    }

    @Test
    void refusesUtf16UnlessItIsSaid() throws IOException {
        Path file = directory.resolve("orders.csv");
        Files.write(file, "\ufeffu1,2024-02-29,5\n".getBytes(StandardCharsets.UTF_16LE));

        assertThatThrownBy(() -> OrdersFile.inspect(file, null, null, null, null))
                .isInstanceOf(CommandFailed.class)
                .hasMessageContaining("UTF-8")
                .hasMessageContaining("--charset");
        OrdersFile inspected = OrdersFile.inspect(file, null, null, null, "UTF-16");
        assertThat(inspected.columns()).isEqualTo("customer=1,at=2,amount=3");
        assertThat(inspected.charset()).contains("UTF-16");
    }

    @Test
    void refusesWhatCannotBeMeant() throws IOException {
        Path file = Files.writeString(directory.resolve("orders.csv"), "u1,2024-02-29,5\n");

        assertThatThrownBy(() -> OrdersFile.inspect(directory, null, null, null, null))
                .isInstanceOf(WrongCommandLine.class)
                .hasMessage(directory + " is a directory.");
        assertThatThrownBy(() -> OrdersFile.inspect(file, "comma", null, null, null))
                .isInstanceOf(WrongCommandLine.class)
                .hasMessageContaining("--delimiter");
        assertThatThrownBy(() -> OrdersFile.inspect(file, null, null, null, "utf-ate"))
                .isInstanceOf(WrongCommandLine.class)
                .hasMessageContaining("--charset");
    }

    @Test
    void namesTheFileThatIsNotThere() {
        assertThatThrownBy(() -> OrdersFile.inspect(directory.resolve("gone.csv"), null, null, null, null))
                .isInstanceOf(CommandFailed.class)
                .hasMessageContaining("gone.csv");
    }
}
