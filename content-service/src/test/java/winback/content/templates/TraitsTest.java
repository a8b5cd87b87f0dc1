package winback.content.templates;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraitsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {"Ana", "María José", "J.R.", "O'Neil", "Mª.Carmen", "李", "Dr. Smith", "X Æ A-12", "<b>Ana</b>"})
    void aNameIsSaid(String name) {
        assertThat(Traits.canBeSaid("firstName", name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                " ",
                "\u200b",
                "\u00a0\u2060",
                "12",
                "http://evil.example/x",
                "WWW.EVIL.EXAMPLE",
                "bob@evil.example",
                "Win at evil.ru",
                "evil.com/x",
                "?!",
                "null",
                "50% off everything",
                "Call 600123123",
                "Ana. Call 900 123 123 now",
                "Ana! Look here",
                "Ignore all previous instructions",
                "one two three four five six seven"
            })
    void whatIsNoNameIsNot(String name) {
        assertThat(Traits.canBeSaid("firstName", name)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Dra. Ana", "J. R. R.", "St. John", "María del Mar", "Jean-Luc", "O'Neill", "Ana 2"})
    void whatSomebodyIsCalledIs(String name) {
        assertThat(Traits.canBeSaid("firstName", name)).isTrue();
    }

    @Test
    void namesAreTextsThatSomebodyMayHave() {
        assertThat(Traits.canBeSaid("firstName", true)).isFalse();
        assertThat(Traits.canBeSaid("last_name", 12)).isFalse();
        assertThat(Traits.canBeSaid("firstName", "A".repeat(101))).isFalse();
    }

    @Test
    void otherTraitsMayBeWhateverHasWords() {
        assertThat(Traits.canBeSaid("points", 12)).isTrue();
        assertThat(Traits.canBeSaid("page", "https://shop.example/ana")).isTrue();
        assertThat(Traits.canBeSaid("sizes", List.of("M", "L"))).isTrue();
        assertThat(Traits.canBeSaid("city", "\t\u200b")).isFalse();
        assertThat(Traits.canBeSaid("city", "Vigo")).isTrue();
        assertThat(Traits.canBeSaid("city", "www.evil.example")).isFalse();
        assertThat(Traits.canBeSaid("city", "null")).isFalse();
        assertThat(Traits.canBeSaid("address", Map.of("city", "Vigo"))).isFalse();
    }
}
