package winback.profile.subscribers;

import java.util.List;
import java.util.UUID;

/** Keeps count of imported rows, in the transaction that applies them. */
public interface ImportTally {

    /**
     * An imported row that has been dealt with.
     *
     * @param applied false for a row that was known already
     * @param offset its place on the topic: a place that was counted is not counted again
     */
    record Row(UUID importId, boolean applied, String topic, int partition, long offset) {}

    /** Counts rows of one topic. */
    void count(List<Row> rows);
}
