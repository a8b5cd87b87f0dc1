package winback.standalone.platform;

import java.util.Optional;

/** A service that was started: in this process or in one of its own. */
interface RunningService extends AutoCloseable {

    /** Why it ended by itself, as a sentence; empty while it runs. */
    Optional<String> death();

    /** Lets it finish what it has begun and waits until it is gone. */
    @Override
    void close();
}
