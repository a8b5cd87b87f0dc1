package winback.content.cache;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import winback.content.broadcast.TopicReader;
import winback.contracts.Event;
import winback.contracts.EventType;
import winback.contracts.Topic;

/** A feature cache without a broker, filled from the same bytes. */
public final class FilledCache {

    static final int PARTITIONS = 3;

    private static final JsonMapper JSON = JsonMapper.builder()
            .changeDefaultPropertyInclusion(inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
            .build();

    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final FeatureCache cache = new FeatureCache(PARTITIONS, Topic::wireName, meters);
    private final TopicReader.Handler filler = cache.filler();

    /** A cache that knows what these say. */
    public static FeatureCache of(Event... events) {
        FilledCache filled = new FilledCache();
        for (Event event : events) {
            filled.put(event);
        }
        return filled.cache;
    }

    void put(Event event) {
        put(topic(event.eventType()), event.eventKey(), JSON.writeValueAsBytes(event), event.eventType());
    }

    void remove(Topic topic, String key) {
        put(topic, key, null, EventType.PROFILE_CHANGED);
    }

    @SuppressWarnings("NullAway") // a tombstone's value is null, as Kafka gives it
    void put(Topic topic, String key, byte @Nullable [] value, EventType type) {
        byte[] id = key.getBytes(StandardCharsets.UTF_8);
        int partition = Utils.toPositive(Utils.murmur2(id)) % PARTITIONS;
        ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>(topic.wireName(), partition, 0, id, value);
        record.headers().add(new RecordHeader("ce_type", type.wireName().getBytes(StandardCharsets.UTF_8)));
        try {
            filler.on(record);
        } catch (RuntimeException refused) {
            filler.onSkipped(record);
        }
    }

    private static Topic topic(EventType type) {
        return switch (type) {
            case PROFILE_CHANGED -> Topic.PROFILE;
            case SCORES_CHANGED -> Topic.SCORES;
            case SEND_TIMES_CHANGED -> Topic.SEND_TIMES;
            default -> Topic.IDENTITIES;
        };
    }
}
