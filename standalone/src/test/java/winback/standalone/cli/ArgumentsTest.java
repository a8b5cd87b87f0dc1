package winback.standalone.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ArgumentsTest {

    private static Arguments parse(String... line) {
        return Arguments.parse(List.of(line), Set.of("data", "consent", "cutoff", "port"), Set.of("json"));
    }

    @Test
    void readsWordsOptionsAndFlagsInAnyOrder() {
        Arguments arguments =
                parse("file.csv", "--data", "a b", "--json", "--consent=email/marketing", "--consent", "sms/news");

        assertThat(arguments.word(0, "file")).isEqualTo("file.csv");
        assertThat(arguments.option("data")).contains("a b");
        assertThat(arguments.flag("json")).isTrue();
        assertThat(arguments.all("consent")).containsExactly("email/marketing", "sms/news");
        assertThat(arguments.without("json"))
                .containsExactly("--data=a b", "--consent=email/marketing", "--consent=sms/news");
    }

    @Test
    void repeatsWhatWasGivenAsAShellReadsIt() {
        assertThat(parse("--port=7", "--data", "it's here").repeated(List.of("data", "cutoff", "port")))
                .isEqualTo(" --data 'it'\\''s here' --port 7");
        assertThat(parse().repeated(List.of("data"))).isEmpty();
    }

    @Test
    void namesTheOptionThatIsWrong() {
        assertThatThrownBy(() -> parse("--colour", "red"))
                .isInstanceOf(CommandFailed.class)
                .hasMessage("unknown option --colour");
        assertThatThrownBy(() -> parse("--data")).hasMessage("--data needs a value");
        assertThatThrownBy(() -> parse("--port", "many").number("port", 0)).hasMessageContaining("whole number");
        assertThatThrownBy(() -> parse("--port", "-1").positive("port", "where"))
                .isInstanceOf(WrongCommandLine.class)
                .hasMessage("--port must be a positive number, not -1");
        assertThatThrownBy(() -> parse("--cutoff", "1997").day("cutoff")).hasMessageContaining("1997-09-30");
        assertThatThrownBy(() -> parse().day("cutoff")).hasMessage("--cutoff is missing (yyyy-MM-dd)");
        assertThatThrownBy(() -> parse("a", "b").atMost(1)).hasMessage("what is 'b'?");
        assertThatThrownBy(() -> parse().word(0, "the file")).hasMessage("the file is missing");
        assertThatThrownBy(() -> parse("--json=maybe").flag("json")).hasMessageContaining("true or false");
    }
}
