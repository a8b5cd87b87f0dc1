package winback.chassis.events;

import java.time.Instant;
import winback.contracts.Event;
import winback.contracts.EventType;

/** The attributes of an event, apart from its JSON. */
public record Envelope(EventType type, String id, Instant time, String key) {

    static Envelope of(Event event) {
        return new Envelope(event.eventType(), event.eventId(), event.eventTime(), event.eventKey());
    }
}
