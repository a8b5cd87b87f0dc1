package winback.contracts;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * All rows of a data set in one partition have been published. Training starts when each partition is closed and the
 * distinct rows match the counts.
 *
 * @param partition the partition of {@link Topic#TRAINING} that is closed, from 0
 * @param partitions how many partitions the topic has
 * @param rows how many distinct rows it holds
 * @param featureSchema fingerprint of {@code featureNames}
 * @param featureNames shape [p], in the order of {@link TrainingRow#features()}
 * @param featureGroups shape [p], the group of each feature, such as {@code behaviour}; empty when it is not said
 * @param periodNames shape [q], the columns of {@link TrainingRow#periods()}
 * @param closedAt when
 * @param refusal why there are no rows, such as a cutoff before the first stored activity; absent when all went well
 */
public record TrainingPartitionClosed(
        String datasetId,
        int partition,
        int partitions,
        long rows,
        String featureSchema,
        List<String> featureNames,
        List<String> featureGroups,
        List<String> periodNames,
        Instant closedAt,
        @Nullable String refusal)
        implements Event {

    public TrainingPartitionClosed {
        // Absent in records written before it existed.
        featureGroups = Objects.requireNonNullElse(featureGroups, List.of());
    }

    @Override
    public EventType eventType() {
        return EventType.TRAINING_PARTITION_CLOSED;
    }

    @Override
    public String eventId() {
        return "closed:" + datasetId + ":" + partition;
    }

    @Override
    public Instant eventTime() {
        return closedAt;
    }

    @Override
    public String eventKey() {
        return datasetId;
    }
}
