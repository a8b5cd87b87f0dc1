package winback.content.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AlternativesTest {

    private static final List<String> EXPRESSIONS = List.of(
            "the \\p{L}+",
            "the bowls?",
            "an? (?:new|old) \\p{L}+",
            "(?:una?|el|la) [\\p{L}]+",
            "(?:very )?good",
            "\\d{1,3} ?%",
            "[½¼] \\p{L}+",
            "[€$]\\s?\\d+",
            "(?<=we )(?:make|sell)\\p{L}*",
            "(?!nothing)no\\p{L}+",
            "é?l\\p{L}*",
            "(?:\\p{L}+ ){2}again",
            "(?-iu:[A-Z])\\p{L}+ (?:is|es)",
            "(?:" + "(?>one|two|three|uno|dos|tres|cien) " + "(?:things?|cosas?|" + "never ".repeat(200) + "))",
            "['’]s best",
            "k+ilo");

    @Test
    void findWhatOnePatternOfAllOfThemFinds() throws IOException {
        Alternatives alternatives = new Alternatives(EXPRESSIONS);
        Pattern whole = Pattern.compile(
                "(?<![\\p{L}\\p{N}])(?:" + String.join("|", EXPRESSIONS) + ")(?![\\p{L}\\p{N}])",
                Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
        List<String> texts = Stream.concat(
                        Stream.of("bad", "good").flatMap(AlternativesTest::corpus),
                        Stream.of(
                                "",
                                " ",
                                "½ price, ¼ cup",
                                "THE BOWLS",
                                "K\u212Ailo K\u212A",
                                "x\uD835\uDC00the bowl",
                                "Él, La",
                                "²the bowl; _the bowl",
                                "once and once again"))
                .toList();
        assertThat(texts).hasSizeGreaterThan(1000);
        int found = 0;
        for (String text : texts) {
            List<String> here = places(alternatives.in(text).stream());
            assertThat(here).as(text).isEqualTo(places(whole.matcher(text).results()));
            found += here.size();
        }
        assertThat(found).isGreaterThan(1000);
    }

    @Test
    void knowWithWhatAnExpressionMayBegin() {
        assertThat(Alternatives.first("(?:una?|El)x")).isEqualTo(Set.of('u', 'e'));
        assertThat(Alternatives.first("(?:very )?good|[a-c]")).isEqualTo(Set.of('v', 'g', 'a', 'b', 'c'));
        assertThat(Alternatives.first("\\d+|[½1-9]|\\$")).isEqualTo(Set.of('0', '½', '$'));
        assertThat(Alternatives.first("(?<=we )(?!nothing)n?o{1,2}")).isEqualTo(Set.of('n', 'o'));
        assertThat(Alternatives.first("(?>dos|(?-iu:T)res)|(cien)")).isEqualTo(Set.of('d', 't', 'c'));
        for (String open : List.of("\\p{L}+", "(?:very )?", "x*", ".", "[^a]", "a{0,2}b", "a|(?:b|)", "(?<n>a)")) {
            assertThat(Alternatives.first(open)).as(open).isNull();
        }
    }

    @Test
    void areSplitOutsideOfGroupsAndClasses() {
        assertThat(Alternatives.split("a|b(?:c|[)|]d)(?=[.!)]|$)|\\|e|"))
                .containsExactly("a", "b(?:c|[)|]d)(?=[.!)]|$)", "\\|e", "");
    }

    private static List<String> places(Stream<MatchResult> found) {
        return found.map(each -> each.start() + ":" + each.group()).toList();
    }

    private static Stream<String> corpus(String name) {
        try (InputStream resource = AlternativesTest.class.getResourceAsStream(name + ".tsv")) {
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8).lines().toList().stream();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
