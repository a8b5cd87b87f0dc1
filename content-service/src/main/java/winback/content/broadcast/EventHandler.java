package winback.content.broadcast;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import winback.chassis.events.EventDeserializer;
import winback.contracts.Event;

/** Takes records as events. */
public abstract class EventHandler implements TopicReader.Handler {

    private final EventDeserializer events = new EventDeserializer();

    /** Whether a record need not be read, by its headers; it is over then. */
    protected boolean skips(ConsumerRecord<byte[], byte[]> record) {
        return false;
    }

    /** @param event null for a tombstone */
    protected abstract void on(String key, @Nullable Event event);

    @Override
    public final void on(ConsumerRecord<byte[], byte[]> record) {
        if (skips(record)) {
            return;
        }
        Object value = events.deserialize(record.topic(), record.headers(), record.value());
        if (value == null || value instanceof Event) {
            on(new String(record.key(), StandardCharsets.UTF_8), (Event) value);
        } else {
            onSkipped(record);
        }
    }
}
