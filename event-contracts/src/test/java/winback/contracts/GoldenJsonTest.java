package winback.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The golden file of each type is the contract: what is read from it must be written back the same. */
class GoldenJsonTest {

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .changeDefaultPropertyInclusion(inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
            .build();

    @ParameterizedTest
    @EnumSource(EventType.class)
    void readsAndWritesTheGoldenFile(EventType type) throws IOException {
        JsonNode golden = golden(type);
        Event event = JSON.treeToValue(golden, type.payload());
        assertThat(JSON.readTree(JSON.writeValueAsBytes(event))).isEqualTo(golden);
        assertThat(event.eventType()).isEqualTo(type);
        assertThat(event.eventId()).isNotBlank();
        assertThat(event.eventKey()).isIn("c-1042", "set-1");
        assertThat(event.eventTime()).isNotNull();
    }

    @ParameterizedTest
    @EnumSource(EventType.class)
    void ignoresWhatALaterVersionAdds(EventType type) throws IOException {
        ObjectNode later = (ObjectNode) golden(type);
        later.put("addedLater", "value");
        assertThat(JSON.treeToValue(later, type.payload()).eventType()).isEqualTo(type);
    }

    @Test
    void rowsOfAnOlderReleaseSayNothingOfVisitsAndMails() throws IOException {
        ObjectNode older = (ObjectNode) golden(EventType.TRAINING_ROW);
        ((ObjectNode) older.get("labels")).remove(List.of("visits", "engaged"));
        assertThat(JSON.treeToValue(older, TrainingRow.class).labels())
                .isEqualTo(new TrainingRow.Labels(1, 29.33, 0, null));
    }

    @Test
    void hoursOfAnOlderReleaseSuppressNobody() throws IOException {
        ObjectNode older = (ObjectNode) golden(EventType.SEND_TIMES_CHANGED);
        older.remove("suppressed");
        assertThat(JSON.treeToValue(older, SendTimesChanged.class).suppressed()).isFalse();
    }

    @Test
    void wireNamesAreDistinctAndVersioned() {
        Set<String> names = new HashSet<>();
        for (EventType type : EventType.values()) {
            assertThat(type.wireName()).matches("winback(\\.[a-z]+)+\\.v[0-9]+");
            assertThat(names.add(type.wireName())).isTrue();
            assertThat(EventType.ofWireName(type.wireName())).contains(type);
        }
        assertThat(EventType.ofWireName("winback.unknown.v1")).isEmpty();
    }

    @Test
    void everyEventHasAType() {
        Set<Class<?>> typed = new HashSet<>();
        for (EventType type : EventType.values()) {
            typed.add(type.payload());
        }
        assertThat(typed).containsExactlyInAnyOrderElementsOf(Arrays.asList(Event.class.getPermittedSubclasses()));
    }

    private static JsonNode golden(EventType type) throws IOException {
        try (InputStream file = Event.class.getResourceAsStream("golden/" + type.wireName() + ".json")) {
            assertThat(file).as("golden file of " + type).isNotNull();
            return JSON.readTree(file);
        }
    }
}
