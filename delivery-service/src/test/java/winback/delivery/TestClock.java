package winback.delivery;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;

/** A clock that runs and can be set ahead. */
final class TestClock extends Clock {

    private final AtomicReference<Duration> offset;

    TestClock(Instant start) {
        offset = new AtomicReference<>(Duration.between(Instant.now(), start));
    }

    void set(Instant now) {
        offset.set(Duration.between(Instant.now(), now));
    }

    void advance(Duration by) {
        offset.updateAndGet(before -> before.plus(by));
    }

    @Override
    public Instant instant() {
        return Instant.now().plus(offset.get());
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException();
    }
}
