package winback.content.templates;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class JsonBytesTest {

    private static String written(JsonBytes json) {
        return new String(json.toByteArray(), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Ana",
                "Íñigo",
                "says \"hi\"\\",
                "one\ntwo\r\tthree\u0001",
                "plain first, then ñ and 😀 and more",
                "\u001f\u0080\u07ff\u0800\uffff",
            })
    void aTextIsReadBackAsItWas(String text) {
        // Too small for all of them, so that it has to grow.
        JsonBytes json = new JsonBytes(2).string(text);
        assertThat(JsonMapper.shared().readValue(json.toByteArray(), String.class))
                .isEqualTo(text);
    }

    @Test
    void everyCharacterIsReadBackAsItWas() {
        String all = IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
                .filter(c -> c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE)
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
        JsonBytes json = new JsonBytes(2).string(all);
        assertThat(JsonMapper.shared().readValue(json.toByteArray(), String.class))
                .isEqualTo(all);
    }

    @Test
    void halfOfAPairIsAQuestionMark() {
        assertThat(written(new JsonBytes(16).string("a\ud83d"))).isEqualTo("\"a?\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-11-28T12:34:56Z",
                "2026-11-28T00:00:00.120Z",
                "2026-11-28T23:59:59.000001Z",
                "2026-02-09T01:02:03.000000001Z",
                "1969-12-31T23:59:59.999Z",
                "0000-01-01T00:00:00Z",
                "9999-12-31T23:59:59.999999999Z",
                "-0001-12-31T23:59:59Z",
                "+10000-01-01T00:00:00Z",
            })
    void anInstantIsWrittenAsItSaysItself(String instant) {
        assertThat(written(new JsonBytes(4).instant(Instant.parse(instant)))).isEqualTo("\"" + instant + "\"");
    }
}
