package winback.chassis.events;

import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.kafka.listener.BatchListenerFailedException;
import winback.contracts.Event;

/**
 * Lets a listener process a polled batch in one transaction and still find the one record that spoils it.
 *
 * <p>The work is tried on the whole batch. When it fails for a reason of the data it is tried on each record alone, so
 * the work must be idempotent; the record that fails alone is named to the container, which retries and then parks it.
 * An outage fails the batch from its first record and is retried until it passes.
 */
public final class Batches {

    private Batches() {}

    /** Runs {@code work} on the batch, or on each of its records if the whole fails. */
    public static void process(
            List<ConsumerRecord<String, Event>> batch, Consumer<List<ConsumerRecord<String, Event>>> work) {
        if (batch.isEmpty()) {
            return;
        }
        try {
            work.accept(batch);
            return;
        } catch (RuntimeException failure) {
            if (Outage.isOutage(failure) || batch.size() == 1) {
                throw new BatchListenerFailedException("batch failed", failure, batch.getFirst());
            }
        }
        for (ConsumerRecord<String, Event> record : batch) {
            try {
                work.accept(List.of(record));
            } catch (RuntimeException failure) {
                throw new BatchListenerFailedException("record failed", failure, record);
            }
        }
    }
}
