package winback.chassis.events;

import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import winback.contracts.Event;

/**
 * What cannot be processed is counted, logged once by its place, and put on {@code <topic>.dlt} with its reason; the
 * consumer goes on. When even that fails the record is tried again: nothing vanishes.
 */
final class Parking {

    private static final Logger log = LoggerFactory.getLogger(Parking.class);

    private final KafkaTemplate<String, byte[]> kafka;
    private final MeterRegistry meters;

    Parking(KafkaTemplate<String, byte[]> kafka, MeterRegistry meters) {
        this.kafka = kafka;
        this.meters = meters;
    }

    /** Whether this record is none for a listener; it has then been dealt with. */
    boolean takeOut(ConsumerRecord<?, ?> record) {
        if (!(record.value() instanceof Undecodable undecodable)) {
            return false;
        }
        switch (undecodable.reason()) {
            case UNKNOWN_TYPE -> {
                meters.counter("winback.events.unknown", "topic", record.topic())
                        .increment();
                log.debug("skipped an unknown type at {}-{}@{}", record.topic(), record.partition(), record.offset());
            }
            case MALFORMED -> park(record, "malformed", undecodable.detail());
        }
        return true;
    }

    /** Parks a record whose processing failed for a reason of its own. */
    void park(ConsumerRecord<?, ?> record, @Nullable Throwable failure) {
        park(record, "failed", root(failure));
        log.error(
                "parked {}-{}@{} after its processing failed",
                record.topic(),
                record.partition(),
                record.offset(),
                failure);
    }

    /** The class of what went wrong at the bottom; its message may carry personal data and stays out. */
    static String root(@Nullable Throwable failure) {
        Throwable root = failure;
        while (root != null && root.getCause() != null) {
            root = root.getCause();
        }
        return root == null ? "unknown" : root.getClass().getName();
    }

    private void park(ConsumerRecord<?, ?> record, String reason, String detail) {
        byte[] data = switch (record.value()) {
            case null -> null;
            case Undecodable undecodable -> undecodable.data();
            case Event event -> EventCodec.JSON.writeValueAsBytes(event);
            default ->
                throw new IllegalStateException(
                        "not an event: " + record.value().getClass());
        };
        String key = record.key() == null ? null : record.key().toString();
        ProducerRecord<String, byte[]> parked =
                new ProducerRecord<>(record.topic() + Topics.PARKED_SUFFIX, null, key, data, record.headers());
        header(parked, "winback_reason", reason);
        header(parked, "winback_detail", detail);
        header(parked, "winback_origin", record.topic() + "-" + record.partition() + "@" + record.offset());
        CompletableFuture<?> sent = kafka.send(parked);
        EventPublisher.await(List.of(sent), Duration.ofSeconds(10));
        meters.counter("winback.events.parked", "topic", record.topic(), "reason", reason)
                .increment();
        log.warn("parked {}-{}@{}: {} ({})", record.topic(), record.partition(), record.offset(), reason, detail);
    }

    private static void header(ProducerRecord<String, byte[]> record, String name, String value) {
        record.headers().add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
