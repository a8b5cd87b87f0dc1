package winback.chassis.events;

import java.time.Instant;
import java.util.Map;
import winback.contracts.Event;
import winback.contracts.EventType;

/**
 * The attributes of an event, apart from its JSON.
 *
 * @param extensions further ones by name, lower-case letters and digits
 */
public record Envelope(EventType type, String id, Instant time, String key, Map<String, String> extensions) {

    static Envelope of(Event event) {
        return new Envelope(event.eventType(), event.eventId(), event.eventTime(), event.eventKey(), Map.of());
    }
}
