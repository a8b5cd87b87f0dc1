package winback.content.decisions;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
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
import winback.content.templates.JsonBytes;
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
            json.writeRawValue(new String(probabilities.json(), StandardCharsets.US_ASCII));
        }
    }

    private static final TypeReference<LinkedHashMap<String, @Nullable Object>> OBJECT = new TypeReference<>() {};
    private static final TypeReference<LinkedHashMap<String, Double>> NUMBERS = new TypeReference<>() {};

    private static final int USUAL_BYTES = 4096;

    private DecisionJson() {}

    /** As any library would write the record; by hand, since it is a good part of what a decision costs. */
    static byte[] bytes(ContentDecided decision) {
        JsonBytes json = new JsonBytes(USUAL_BYTES);
        json.raw(DECISION_ID).string(decision.decisionId());
        json.raw(SUBSCRIBER_ID).string(decision.subscriberId());
        json.raw(CAMPAIGN_ID).string(decision.campaignId());
        json.raw(HOLDOUT).truth(decision.holdout());
        string(VARIANT_ID, decision.variantId(), json);
        if (decision.variantVersion() != null) {
            json.raw(VARIANT_VERSION).number(decision.variantVersion());
        }
        json.raw(PROPENSITY).number(decision.propensity());
        json.raw(PROBABILITIES);
        if (decision.probabilities() instanceof Probabilities written) {
            json.raw(written.json());
        } else {
            json.raw(JSON.writeValueAsBytes(decision.probabilities()));
        }
        json.raw(POLICY).string(decision.policy());
        json.raw(DELIVER).truth(decision.deliver());
        json.raw(IMMEDIATE).truth(decision.immediate());
        json.raw(DECIDED_AT).instant(decision.decidedAt());
        instant(FEATURES_AS_OF, decision.featuresAsOf(), json);
        instant(DELIVERY_TIME, decision.deliveryTime(), json);
        json.raw(PERSONALIZATION_SCORE).number(decision.personalizationScore());
        json.raw(INPUTS);
        value(decision.inputs(), json);
        string(RUN_ID, decision.runId(), json);
        string(READER, decision.reader(), json);
        return json.raw('}').toByteArray();
    }

    /** The answer but for its mail and its last bracket; likewise. */
    static JsonBytes bytes(Personalization answer, boolean explained) {
        JsonBytes json = new JsonBytes(USUAL_BYTES);
        json.raw(DECISION_ID).string(answer.decisionId());
        json.raw(SUBSCRIBER_ID).string(answer.subscriberId());
        json.raw(CAMPAIGN_ID).string(answer.campaignId());
        json.raw(HOLDOUT).truth(answer.holdout());
        json.raw(DELIVER).truth(answer.deliver());
        json.raw(REPEATED).truth(answer.repeated());
        instant(DELIVERY_TIME, answer.deliveryTime(), json);
        json.raw(IMMEDIATE).truth(answer.immediate());
        json.raw(PERSONALIZATION_SCORE).number(answer.personalizationScore());
        string(VARIANT, answer.variant(), json);
        if (answer.variantVersion() != null) {
            json.raw(VARIANT_VERSION).number(answer.variantVersion());
        }
        json.raw(PROPENSITY).number(answer.propensity());
        json.raw(SCORES);
        boolean first = true;
        for (Map.Entry<String, Score> score : answer.scores().entrySet()) {
            first = separate(first, json);
            json.string(score.getKey()).raw(':');
            score(score.getValue(), json);
        }
        json.raw('}');
        instant(FEATURES_AS_OF, answer.featuresAsOf(), json);
        json.raw(FALLBACKS);
        first = true;
        for (Fallback fallback : answer.fallbacks()) {
            first = separate(first, json);
            json.raw(STAGE).string(fallback.stage());
            json.raw(USED).string(fallback.used());
            json.raw(WHY).string(fallback.why()).raw('}');
        }
        json.raw(']');
        json.raw(CONSENT).truth(answer.deliverable().consent());
        json.raw(ADDRESS).truth(answer.deliverable().address());
        json.raw(SUPPRESSED).truth(answer.deliverable().suppressed()).raw('}');
        if (explained) {
            json.raw(EXPLANATION).raw(JSON.writeValueAsBytes(answer.explanation()));
        }
        return json;
    }

    private static void score(Score score, JsonBytes json) {
        json.raw(VALUE).number(score.value());
        json.raw(HORIZON_DAYS).number(score.horizonDays());
        if (score.lower() != null) {
            json.raw(LOWER).number(score.lower());
        }
        if (score.upper() != null) {
            json.raw(UPPER).number(score.upper());
        }
        json.raw(MODEL_VERSION).string(score.modelVersion());
        instant(CALIBRATED_AT, score.calibratedAt(), json);
        json.raw('}');
    }

    private static void string(byte[] name, @Nullable String value, JsonBytes json) {
        if (value != null) {
            json.raw(name).string(value);
        }
    }

    private static void instant(byte[] name, @Nullable Instant value, JsonBytes json) {
        if (value != null) {
            json.raw(name).instant(value);
        }
    }

    /** A comma unless it is the first; returns false. */
    private static boolean separate(boolean first, JsonBytes json) {
        if (!first) {
            json.raw(',');
        }
        return false;
    }

    /** What templates are rendered with: mostly texts, and maps of them. */
    private static void value(@Nullable Object value, JsonBytes json) {
        switch (value) {
            case String text -> json.string(text);
            case Map<?, ?> map -> {
                json.raw('{');
                boolean first = true;
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    first = separate(first, json);
                    json.string(String.valueOf(entry.getKey())).raw(':');
                    value(entry.getValue(), json);
                }
                json.raw('}');
            }
            case null -> json.string(null);
            default -> json.raw(JSON.writeValueAsBytes(value));
        }
    }

    private static final byte[] DECISION_ID = JsonBytes.ascii("{\"decisionId\":");
    private static final byte[] SUBSCRIBER_ID = property("subscriberId");
    private static final byte[] CAMPAIGN_ID = property("campaignId");
    private static final byte[] HOLDOUT = property("holdout");
    private static final byte[] VARIANT_ID = property("variantId");
    private static final byte[] VARIANT = property("variant");
    private static final byte[] VARIANT_VERSION = property("variantVersion");
    private static final byte[] PROPENSITY = property("propensity");
    private static final byte[] PROBABILITIES = property("probabilities");
    private static final byte[] POLICY = property("policy");
    private static final byte[] DELIVER = property("deliver");
    private static final byte[] REPEATED = property("repeated");
    private static final byte[] IMMEDIATE = property("immediate");
    private static final byte[] DECIDED_AT = property("decidedAt");
    private static final byte[] FEATURES_AS_OF = property("featuresAsOf");
    private static final byte[] DELIVERY_TIME = property("deliveryTime");
    private static final byte[] PERSONALIZATION_SCORE = property("personalizationScore");
    private static final byte[] INPUTS = property("inputs");
    private static final byte[] RUN_ID = property("runId");
    private static final byte[] READER = property("reader");
    private static final byte[] SCORES = JsonBytes.ascii(",\"scores\":{");
    private static final byte[] VALUE = JsonBytes.ascii("{\"value\":");
    private static final byte[] HORIZON_DAYS = property("horizonDays");
    private static final byte[] LOWER = property("lower");
    private static final byte[] UPPER = property("upper");
    private static final byte[] MODEL_VERSION = property("modelVersion");
    private static final byte[] CALIBRATED_AT = property("calibratedAt");
    private static final byte[] FALLBACKS = JsonBytes.ascii(",\"fallbacks\":[");
    private static final byte[] STAGE = JsonBytes.ascii("{\"stage\":");
    private static final byte[] USED = property("used");
    private static final byte[] WHY = property("why");
    private static final byte[] CONSENT = JsonBytes.ascii(",\"deliverable\":{\"consent\":");
    private static final byte[] ADDRESS = property("address");
    private static final byte[] SUPPRESSED = property("suppressed");
    private static final byte[] EXPLANATION = property("explanation");

    private static byte[] property(String name) {
        return JsonBytes.ascii(",\"" + name + "\":");
    }

    /** As another instance reads it. */
    static byte[] bytes(Personalizer.Ask ask) {
        long left = Math.max(1, ask.deadline().left().toMillis());
        return JSON.writeValueAsBytes(
                new PersonalizationController.Request(ask.subscriberId(), ask.campaignId(), ask.deliver(), (int) left));
    }

    /** Of a problem that another instance has told. */
    static BatchController.Fault fault(Answers.Reply reply) {
        JsonNode problem = JSON.readTree(reply.json().rest().toByteArray());
        return new BatchController.Fault(
                reply.status(),
                problem.path("code").asString("problem"),
                problem.path("detail").asString(""));
    }

    static byte[] bytes(BatchController.Failed failed) {
        return JSON.writeValueAsBytes(failed);
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
