package winback.chassis.events;

import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/** Reads what {@link EventPublisher} writes; never throws, so that one bad record cannot stop a consumer. */
public final class EventDeserializer implements Deserializer<@Nullable Object> {

    @Override
    public @Nullable Object deserialize(String topic, byte @Nullable [] data) {
        throw new UnsupportedOperationException("the type of an event is in its headers");
    }

    @Override
    public @Nullable Object deserialize(String topic, Headers headers, byte @Nullable [] data) {
        return EventCodec.decode(headers, data);
    }
}
