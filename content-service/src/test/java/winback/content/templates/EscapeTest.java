package winback.content.templates;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jsoup.parser.Parser;
import org.junit.jupiter.api.Test;

class EscapeTest {

    /** All that is drawn, those beyond sixteen bits by an emoji. */
    private static final String CHARACTERS = IntStream.rangeClosed(' ', 0xffff)
            .filter(c -> !Escape.line(Character.toString(c)).isEmpty())
            .mapToObj(Character::toString)
            .collect(Collectors.joining("", "", "😀"));

    @Test
    void everyCharacterCanBeReadBackFromHtmlAndNoneIsMarkup() {
        assertThat(CHARACTERS).hasSizeGreaterThan(50_000);
        String escaped = Escape.HTML.apply(CHARACTERS);
        assertThat(escaped).doesNotContain("<", ">", "\"", "'", "`").doesNotContainPattern("&(?!amp;|[a-z0-9#]+;)");
        assertThat(Parser.unescapeEntities(escaped, true)).isEqualTo(Escape.line(CHARACTERS));
    }

    @Test
    void whatNeedsNoEscapeIsTheSameText() {
        String name = "Zoë Müller-Åström";
        assertThat(Escape.HTML.apply(name)).isSameAs(name);
    }
}
