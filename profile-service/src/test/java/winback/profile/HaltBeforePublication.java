package winback.profile;

import java.util.Map;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/** Ends the process, as a kill does, when it is about to publish its first profile: between commit and publication. */
public final class HaltBeforePublication implements ProducerInterceptor<String, byte[]> {

    static final int STATUS = 86;

    @Override
    public ProducerRecord<String, byte[]> onSend(ProducerRecord<String, byte[]> record) {
        if (record.topic().endsWith("winback.profile")) {
            Runtime.getRuntime().halt(STATUS);
        }
        return record;
    }

    @Override
    public void onAcknowledgement(@Nullable RecordMetadata metadata, @Nullable Exception failure) {}

    @Override
    public void close() {}

    @Override
    public void configure(Map<String, ?> settings) {}
}
