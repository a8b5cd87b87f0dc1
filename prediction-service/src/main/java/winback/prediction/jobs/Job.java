package winback.prediction.jobs;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import winback.prediction.models.ModelName;

/**
 * @param kind {@code training}, {@code evaluation} or {@code outcomes}
 * @param request what was asked for, as JSON
 * @param progress 0 to 1
 * @param detail where it is, or why it failed, in a sentence
 * @param modelVersion what a training made; absent before
 * @param result what came out; absent before
 */
public record Job(
        String id,
        String kind,
        ModelName subject,
        String request,
        State state,
        double progress,
        String detail,
        @Nullable String modelVersion,
        @Nullable Map<String, Object> result,
        Instant createdAt,
        Instant updatedAt) {

    /** In this order; done, failed and cancelled are ends. */
    public enum State {
        REQUESTED,
        COLLECTING,
        FITTING,
        DONE,
        FAILED,
        CANCELLED;

        public boolean ended() {
            return compareTo(DONE) >= 0;
        }

        /** As in answers and in the database. */
        public String wireName() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }
}
