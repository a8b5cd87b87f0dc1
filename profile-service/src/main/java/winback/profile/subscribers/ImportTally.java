package winback.profile.subscribers;

import java.util.List;
import java.util.UUID;

/** Keeps count of imported rows, in the transaction that applies them. */
public interface ImportTally {

    /**
     * An imported row that has been dealt with.
     *
     * @param offset its place on the topic: a place that was counted is not counted again
     */
    record Row(UUID importId, Fate fate, String topic, int partition, long offset) {}

    /** What has become of a row. */
    enum Fate {
        APPLIED,
        KNOWN_ALREADY,
        /** Older than what is kept, or than the erasure of whom it speaks of. */
        DROPPED
    }

    /** Counts rows of one topic. */
    void count(List<Row> rows);
}
