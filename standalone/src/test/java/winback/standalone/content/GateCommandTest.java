package winback.standalone.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import winback.content.brief.DemoBrief;
import winback.standalone.cli.Arguments;
import winback.standalone.cli.CommandFailed;

class GateCommandTest {

    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-26T12:00:00Z"), ZoneOffset.UTC);
    private static final String DRAFT = "{\"id\": \"%s\", \"language\": \"es\", \"subject\": \"Otra línea más\"}\n";

    @TempDir
    Path folder;

    private String verdicts(byte[] drafts) throws IOException {
        Path file = Files.write(folder.resolve("drafts.ndjson"), drafts);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        GateCommand.run(
                Arguments.parse(
                        List.of(file.toString(), "--campaign", "demo", "--json"),
                        Set.of("campaign", "brief"),
                        Set.of("json")),
                CLOCK,
                new PrintStream(out, true, StandardCharsets.UTF_8));
        return out.toString(StandardCharsets.UTF_8);
    }

    private String verdicts(String drafts, Charset charset) throws IOException {
        return verdicts(drafts.getBytes(charset));
    }

    @Test
    void aByteOrderMarkIsNoPartOfTheFirstDraft() throws IOException {
        assertThat(verdicts("\ufeff" + DRAFT.formatted("a"), StandardCharsets.UTF_8))
                .contains("\"id\":\"a\"")
                .doesNotContain("unreadable-draft");
    }

    @Test
    void aLineThatIsNotUtf8IsToldAndTheOthersAreJudged() throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(DRAFT.formatted("a").getBytes(StandardCharsets.UTF_8));
        file.writeBytes(DRAFT.formatted("b").getBytes(StandardCharsets.ISO_8859_1));
        file.writeBytes(DRAFT.formatted("c").getBytes(StandardCharsets.UTF_8));

        assertThat(verdicts(file.toByteArray()).lines())
                .satisfiesExactly(
                        first -> assertThat(first).contains("\"id\":\"a\"").doesNotContain("unreadable-draft"),
                        second -> assertThat(second).contains("unreadable-draft", "\"line 2\"", "is not UTF-8"),
                        third -> assertThat(third).contains("\"id\":\"c\"").doesNotContain("unreadable-draft"));
    }

    @Test
    void anIdStandsOnce() throws IOException {
        assertThat(verdicts(DRAFT.formatted("a") + "\n" + DRAFT.formatted("a"), StandardCharsets.UTF_8)
                        .lines()
                        .skip(1))
                .singleElement()
                .asString()
                .contains("unreadable-draft", "\"line 3\"", "the id a stands in line 1 already");
    }

    @Test
    void saysWhatIsWrongWithJsonInWordsForItsAuthor() throws IOException {
        assertThat(verdicts("{\"id\": \"a\", \"subject\": \"b\"\n{\"id\": [1, 2", StandardCharsets.UTF_8))
                .contains("not JSON: Unexpected end-of-input")
                .doesNotContain("Source", "REDACTED");
    }

    @Test
    void aBriefMayBeginWithAByteOrderMarkAndHasToBeUtf8() throws IOException {
        String brief = DemoBrief.json(LocalDate.now(CLOCK));
        Path file = Files.writeString(folder.resolve("brief.json"), "\ufeff" + brief);
        Arguments arguments = Arguments.parse(List.of("--brief", file.toString()), Set.of("brief"), Set.of());
        assertThat(Briefs.of(arguments, LocalDate.now(CLOCK)).campaignId()).isEqualTo("demo");

        Files.write(file, ("\n\n\"í\"" + brief).getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> Briefs.of(arguments, LocalDate.now(CLOCK)))
                .isInstanceOf(CommandFailed.class)
                .hasMessageEndingWith("brief.json is not UTF-8 at line 3");
    }

    private void brief(String json) throws IOException {
        Path file = Files.writeString(folder.resolve("brief.json"), json);
        Briefs.of(
                Arguments.parse(List.of("--brief", file.toString()), Set.of("brief"), Set.of()), LocalDate.now(CLOCK));
    }

    @Test
    void anAmountThatIsNoNumberIsAFaultOfItsField() {
        String huge = DemoBrief.json(LocalDate.now(CLOCK)).replaceFirst("\"value\": *[0-9.]+", "\"value\": 1e400");
        assertThatThrownBy(() -> brief(huge))
                .isInstanceOf(CommandFailed.class)
                .hasMessageContaining("offers[0].value: more than 0, at most 999999999");
    }

    @Test
    void whatIsGivenTwiceIsNamed() throws IOException {
        String twice = DemoBrief.json(LocalDate.now(CLOCK)).replaceFirst("\"value\":", "\"value\": 1, \"value\":");
        assertThatThrownBy(() -> brief(twice))
                .isInstanceOf(CommandFailed.class)
                .hasMessageContaining("\"value\"")
                .hasMessageContaining("line ");
        assertThat(verdicts("{\"subject\": \"a\", \"subject\": \"b\"}\n", StandardCharsets.UTF_8))
                .contains("unreadable-draft", "subject");
    }
}
