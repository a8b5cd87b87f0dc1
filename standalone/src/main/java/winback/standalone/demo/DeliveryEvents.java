package winback.standalone.demo;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The topic {@code winback.deliveries} as a campaign scheduler reads it: a plain Kafka client, the kind of event in the
 * header {@code ce_type}, JSON in the value, repeats told by {@code ce_id}.
 */
final class DeliveryEvents implements AutoCloseable {

    private static final String TOPIC = "winback.deliveries";
    private static final JsonMapper JSON = JsonMapper.shared();

    /**
     * One event.
     *
     * @param type without prefix and version: {@code scheduled}, {@code due} or {@code refused}
     */
    record Read(String type, JsonNode data) {}

    private final KafkaConsumer<String, byte[]> consumer;
    private final Map<String, Read> byId = new LinkedHashMap<>();

    DeliveryEvents(String bootstrapServers) {
        consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ConsumerConfig.CLIENT_ID_CONFIG,
                        "campaign-scheduler"),
                new StringDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = consumer.partitionsFor(TOPIC).stream()
                .map(partition -> new TopicPartition(TOPIC, partition.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /** Reads what there is now, waiting for a moment, and returns what is new. */
    List<Read> poll(Duration patience) {
        List<Read> fresh = new java.util.ArrayList<>();
        for (ConsumerRecord<String, byte[]> record : consumer.poll(patience)) {
            String type = header(record, "ce_type");
            if (type.startsWith("winback.delivery.") && record.value() != null) {
                try {
                    Read read = new Read(
                            type.replaceFirst("winback\\.delivery\\.", "").replaceFirst("\\.v\\d+$", ""),
                            JSON.readTree(record.value()));
                    if (byId.putIfAbsent(header(record, "ce_id"), read) == null) {
                        fresh.add(read);
                    }
                } catch (JacksonException malformed) {
                    // Not ours to judge here: a scheduler would park it.
                }
            }
        }
        return fresh;
    }

    private static String header(ConsumerRecord<?, ?> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }

    /** How many deliveries of a campaign have had an event of that type. */
    long deliveries(String type, String campaignId) {
        return byId.values().stream()
                .filter(read -> read.type().equals(type))
                .filter(read -> read.data().path("campaignId").asString("").equals(campaignId))
                .map(read -> read.data().path("deliveryId").asString(""))
                .distinct()
                .count();
    }

    @Override
    public void close() {
        consumer.close();
    }
}
