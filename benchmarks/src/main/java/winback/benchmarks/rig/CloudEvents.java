package winback.benchmarks.rig;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import winback.contracts.EventType;

/** Events as the services write them, from somebody who is none. */
public final class CloudEvents {

    private CloudEvents() {}

    /**
     * @param partition null for that of the key
     * @param body JSON
     */
    public static ProducerRecord<String, byte[]> of(
            String topic, @Nullable Integer partition, EventType type, String key, String id, byte[] body) {
        ProducerRecord<String, byte[]> record = new ProducerRecord<>(topic, partition, key, body);
        Headers headers = record.headers();
        header(headers, "ce_specversion", "1.0");
        header(headers, "ce_id", id);
        header(headers, "ce_source", "/winback/bench");
        header(headers, "ce_type", type.wireName());
        header(headers, "ce_time", Instant.now().toString());
        header(headers, "ce_subject", key);
        header(headers, "content-type", "application/json");
        return record;
    }

    private static void header(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }

    /** With the settings of the services. */
    public static KafkaProducer<String, byte[]> producer(String bootstrapServers) {
        Properties config = new Properties();
        config.put("bootstrap.servers", bootstrapServers);
        config.put("acks", "all");
        config.put("compression.type", "zstd");
        config.put("compression.zstd.level", "1");
        config.put("linger.ms", "2");
        config.put("max.request.size", "2097152");
        config.put("buffer.memory", "67108864");
        return new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer());
    }
}
