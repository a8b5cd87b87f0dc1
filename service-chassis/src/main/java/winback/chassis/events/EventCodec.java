package winback.chassis.events;

import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;
import winback.contracts.Event;
import winback.contracts.EventType;

/** CloudEvents 1.0, binary mode: attributes as {@code ce_} headers, the record as JSON. Consumers ignore unknown fields. */
public final class EventCodec {

    static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .changeDefaultPropertyInclusion(inclusion ->
                    inclusion.withValueInclusion(com.fasterxml.jackson.annotation.JsonInclude.Include.NON_NULL))
            .addModule(new SimpleModule().addSerializer(float[].class, new Vectors()))
            .build();

    /** Most features are counts: {@code 3} instead of {@code 3.0} is shorter, and much faster to write and to read. */
    private static final class Vectors extends StdSerializer<float[]> {
        Vectors() {
            super(float[].class);
        }

        @Override
        public void serialize(float[] vector, JsonGenerator json, SerializationContext context) {
            json.writeStartArray();
            for (float value : vector) {
                int whole = (int) value;
                if (whole == value) {
                    json.writeNumber(whole);
                } else {
                    json.writeNumber(value);
                }
            }
            json.writeEndArray();
        }
    }

    private EventCodec() {}

    static ProducerRecord<String, byte[]> encode(
            String topic, @Nullable Integer partition, String source, Event event) {
        return encode(topic, partition, source, Envelope.of(event), json(event));
    }

    /** An event's JSON, as it crosses Kafka. */
    public static byte[] json(Event event) {
        return JSON.writeValueAsBytes(event);
    }

    static ProducerRecord<String, byte[]> encode(
            String topic, @Nullable Integer partition, String source, Envelope envelope, byte[] json) {
        ProducerRecord<String, byte[]> record = new ProducerRecord<>(topic, partition, envelope.key(), json);
        Headers headers = record.headers();
        header(headers, "ce_specversion", "1.0");
        header(headers, "ce_id", envelope.id());
        header(headers, "ce_source", source);
        header(headers, "ce_type", envelope.type().wireName());
        header(headers, "ce_time", envelope.time().toString());
        header(headers, "ce_subject", envelope.key());
        envelope.extensions().forEach((name, value) -> header(headers, "ce_" + name, value));
        header(headers, "content-type", "application/json");
        return record;
    }

    private static void header(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }

    /** An {@link Event}, an {@link Undecodable}, or null for a tombstone. */
    static @Nullable Object decode(Headers headers, byte @Nullable [] data) {
        if (data == null) {
            return null;
        }
        Header header = headers.lastHeader("ce_type");
        if (header == null) {
            return new Undecodable(data, Undecodable.Reason.MALFORMED, "no ce_type header");
        }
        String name = new String(header.value(), StandardCharsets.UTF_8);
        EventType type = EventType.ofWireName(name).orElse(null);
        if (type == null) {
            return new Undecodable(data, Undecodable.Reason.UNKNOWN_TYPE, "unknown ce_type");
        }
        try {
            Event event = JSON.readValue(data, type.payload());
            if (event == null) {
                return new Undecodable(data, Undecodable.Reason.MALFORMED, "JSON null");
            }
            String missing = missing(event);
            return missing == null
                    ? event
                    : new Undecodable(data, Undecodable.Reason.MALFORMED, "no value for " + missing);
        } catch (JacksonException malformed) {
            return new Undecodable(
                    data,
                    Undecodable.Reason.MALFORMED,
                    // Without the offending value, which may be personal.
                    malformed.getClass().getSimpleName() + " at " + malformed.getPathReference());
        }
    }

    /** The name of a component that must not be null but is: Jackson leaves absent fields null. */
    private static @Nullable String missing(Event event) {
        for (RecordComponent component : REQUIRED.get(event.getClass())) {
            try {
                if (component.getAccessor().invoke(event) == null) {
                    return component.getName();
                }
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
        return null;
    }

    /** Looked up once a type: annotations of types are parsed each time they are asked for. */
    private static final ClassValue<List<RecordComponent>> REQUIRED = new ClassValue<>() {
        @Override
        protected List<RecordComponent> computeValue(Class<?> type) {
            return Arrays.stream(type.getRecordComponents())
                    .filter(component -> !component.getType().isPrimitive()
                            && !component.getAnnotatedType().isAnnotationPresent(Nullable.class))
                    .toList();
        }
    };
}
