package winback.content.decisions;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;
import winback.content.policy.Probabilities;
import winback.contracts.ContentDecided;

/** Decisions and their parts as JSON that gives back the same numbers, digit by digit, as the topic does. */
final class DecisionJson {

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .changeDefaultPropertyInclusion(inclusion ->
                    inclusion.withValueInclusion(com.fasterxml.jackson.annotation.JsonInclude.Include.NON_NULL))
            .addModule(new SimpleModule().addSerializer(Probabilities.class, new Written()))
            .build();

    /** What was made once for many decisions. */
    private static final class Written extends StdSerializer<Probabilities> {
        Written() {
            super(Probabilities.class);
        }

        @Override
        public void serialize(Probabilities probabilities, JsonGenerator json, SerializationContext context) {
            json.writeRawValue(probabilities.json());
        }
    }

    private static final TypeReference<LinkedHashMap<String, @Nullable Object>> OBJECT = new TypeReference<>() {};
    private static final TypeReference<LinkedHashMap<String, Double>> NUMBERS = new TypeReference<>() {};

    private DecisionJson() {}

    static byte[] bytes(Object decisionOrAnswer) {
        return JSON.writeValueAsBytes(decisionOrAnswer);
    }

    static ContentDecided decision(byte[] json) {
        return JSON.readValue(json, ContentDecided.class);
    }

    static String text(Map<String, ?> object) {
        return JSON.writeValueAsString(object);
    }

    static Map<String, @Nullable Object> object(String json) {
        return JSON.readValue(json, OBJECT);
    }

    static Map<String, Double> numbers(String json) {
        return JSON.readValue(json, NUMBERS);
    }
}
