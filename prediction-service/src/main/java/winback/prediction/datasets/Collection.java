package winback.prediction.datasets;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far the data sets of a job are.
 *
 * @param refusal why profile-service gives no rows; absent when it does
 * @param missing what is still to come, in words; empty when all is there
 * @param share of the rows that are there, 0 to 1, as far as their number is known
 * @param heardAt when something last arrived or was asked for
 */
public record Collection(@Nullable String refusal, List<String> missing, double share, Instant heardAt) {

    public boolean complete() {
        return missing.isEmpty();
    }
}
