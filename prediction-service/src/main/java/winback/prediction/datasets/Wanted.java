package winback.prediction.datasets;

import java.time.Duration;
import java.time.Instant;

/**
 * A data set that a job needs.
 *
 * @param role what for, unique within the job, such as {@code fit}
 * @param cutoff features are as of this instant
 * @param labelDays labels look at (cutoff, cutoff + labelDays]; 0 for none
 */
public record Wanted(String role, Instant cutoff, int labelDays) {

    public Wanted {
        if (labelDays < 0) {
            throw new IllegalArgumentException("Invalid label days: " + labelDays);
        }
    }

    /** The instant after which nothing is in the rows. */
    public Instant labelsUntil() {
        return cutoff.plus(Duration.ofDays(labelDays));
    }
}
