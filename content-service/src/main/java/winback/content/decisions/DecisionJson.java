package winback.content.decisions;

import java.io.ByteArrayOutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;
import winback.content.policy.Probabilities;
import winback.contracts.ContentDecided;
import winback.contracts.ScoresChanged.Score;

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

    private static final int USUAL_BYTES = 2048;

    private DecisionJson() {}

    /** As any library would write the record; by hand, since it is a good part of what a decision costs. */
    static byte[] bytes(ContentDecided decision) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(USUAL_BYTES);
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringProperty("decisionId", decision.decisionId());
            json.writeStringProperty("subscriberId", decision.subscriberId());
            json.writeStringProperty("campaignId", decision.campaignId());
            json.writeBooleanProperty("holdout", decision.holdout());
            text("variantId", decision.variantId(), json);
            if (decision.variantVersion() != null) {
                json.writeNumberProperty("variantVersion", decision.variantVersion());
            }
            json.writeNumberProperty("propensity", decision.propensity());
            json.writeName("probabilities");
            if (decision.probabilities() instanceof Probabilities written) {
                json.writeRawValue(written.json());
            } else {
                json.writePOJO(decision.probabilities());
            }
            json.writeStringProperty("policy", decision.policy());
            json.writeBooleanProperty("deliver", decision.deliver());
            json.writeBooleanProperty("immediate", decision.immediate());
            text("decidedAt", decision.decidedAt(), json);
            text("featuresAsOf", decision.featuresAsOf(), json);
            text("deliveryTime", decision.deliveryTime(), json);
            json.writeNumberProperty("personalizationScore", decision.personalizationScore());
            json.writeName("inputs");
            value(decision.inputs(), json);
            text("runId", decision.runId(), json);
            json.writeEndObject();
        }
        return out.toByteArray();
    }

    /** The answer but for its mail; likewise. */
    static byte[] bytes(Personalization answer, boolean explained) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(USUAL_BYTES);
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringProperty("decisionId", answer.decisionId());
            json.writeStringProperty("subscriberId", answer.subscriberId());
            json.writeStringProperty("campaignId", answer.campaignId());
            json.writeBooleanProperty("holdout", answer.holdout());
            json.writeBooleanProperty("deliver", answer.deliver());
            json.writeBooleanProperty("repeated", answer.repeated());
            text("deliveryTime", answer.deliveryTime(), json);
            json.writeBooleanProperty("immediate", answer.immediate());
            json.writeNumberProperty("personalizationScore", answer.personalizationScore());
            text("variant", answer.variant(), json);
            if (answer.variantVersion() != null) {
                json.writeNumberProperty("variantVersion", answer.variantVersion());
            }
            json.writeNumberProperty("propensity", answer.propensity());
            json.writeObjectPropertyStart("scores");
            answer.scores().forEach((model, score) -> score(model, score, json));
            json.writeEndObject();
            text("featuresAsOf", answer.featuresAsOf(), json);
            json.writeArrayPropertyStart("fallbacks");
            for (Fallback fallback : answer.fallbacks()) {
                json.writeStartObject();
                json.writeStringProperty("stage", fallback.stage());
                json.writeStringProperty("used", fallback.used());
                json.writeStringProperty("why", fallback.why());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeObjectPropertyStart("deliverable");
            json.writeBooleanProperty("consent", answer.deliverable().consent());
            json.writeBooleanProperty("address", answer.deliverable().address());
            json.writeEndObject();
            if (explained) {
                json.writeName("explanation");
                json.writePOJO(answer.explanation());
            }
            json.writeEndObject();
        }
        return out.toByteArray();
    }

    /** As another instance reads it. */
    static byte[] bytes(Personalizer.Ask ask) {
        long left = Math.max(1, ask.deadline().left().toMillis());
        return JSON.writeValueAsBytes(
                new PersonalizationController.Request(ask.subscriberId(), ask.campaignId(), ask.deliver(), (int) left));
    }

    /** Of a problem that another instance has told. */
    static BatchController.Fault fault(Answers.Reply reply) {
        JsonNode problem = JSON.readTree(reply.json().rest());
        return new BatchController.Fault(
                reply.status(),
                problem.path("code").asString("problem"),
                problem.path("detail").asString(""));
    }

    static byte[] bytes(BatchController.Failed failed) {
        return JSON.writeValueAsBytes(failed);
    }

    private static void score(String model, Score score, JsonGenerator json) {
        json.writeObjectPropertyStart(model);
        json.writeNumberProperty("value", score.value());
        json.writeNumberProperty("horizonDays", score.horizonDays());
        if (score.lower() != null) {
            json.writeNumberProperty("lower", score.lower());
        }
        if (score.upper() != null) {
            json.writeNumberProperty("upper", score.upper());
        }
        json.writeStringProperty("modelVersion", score.modelVersion());
        text("calibratedAt", score.calibratedAt(), json);
        json.writeEndObject();
    }

    private static void text(String name, @Nullable Object value, JsonGenerator json) {
        if (value != null) {
            json.writeStringProperty(name, value.toString());
        }
    }

    /** What templates are rendered with: mostly texts, and maps of them. */
    private static void value(@Nullable Object value, JsonGenerator json) {
        switch (value) {
            case String text -> json.writeString(text);
            case Map<?, ?> map -> {
                json.writeStartObject();
                map.forEach((name, inner) -> {
                    json.writeName(String.valueOf(name));
                    value(inner, json);
                });
                json.writeEndObject();
            }
            case null -> json.writeNull();
            default -> json.writePOJO(value);
        }
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
