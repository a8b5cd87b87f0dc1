package winback.delivery.sendtimes;

import java.time.Duration;
import java.time.Instant;

/**
 * Responses by local hour, each halved in weight with every half-life that has passed since. The order in which they
 * are added does not matter.
 *
 * @param counts shape [24], not negative, as they weigh at {@code asOf}
 */
@SuppressWarnings("ArrayRecordComponent") // numeric vector by design; compared nowhere
record HourCounts(double[] counts, Instant asOf) {

    static final int HOURS = 24;

    HourCounts {
        if (counts.length != HOURS) {
            throw new IllegalArgumentException("expected 24 hours, actual " + counts.length);
        }
    }

    static HourCounts none(Instant asOf) {
        return new HourCounts(new double[HOURS], asOf);
    }

    /** With one more response in that local hour at that instant. */
    HourCounts plus(int hour, Instant at, Duration halfLife) {
        HourCounts later = at(at, halfLife);
        later.counts[hour] += weight(Duration.between(at, later.asOf), halfLife);
        return later;
    }

    /** Without a response that was counted before. */
    HourCounts minus(int hour, Instant at, Duration halfLife) {
        HourCounts later = at(at, halfLife);
        later.counts[hour] = Math.max(0, later.counts[hour] - weight(Duration.between(at, later.asOf), halfLife));
        return later;
    }

    HourCounts plus(HourCounts other, Duration halfLife) {
        HourCounts sum = at(other.asOf, halfLife);
        HourCounts addend = other.at(sum.asOf, halfLife);
        for (int hour = 0; hour < HOURS; hour++) {
            sum.counts[hour] += addend.counts[hour];
        }
        return sum;
    }

    /** A copy as of that instant, or as of now already when that is earlier. */
    HourCounts at(Instant at, Duration halfLife) {
        if (!at.isAfter(asOf)) {
            return new HourCounts(counts.clone(), asOf);
        }
        double weight = weight(Duration.between(asOf, at), halfLife);
        double[] decayed = new double[HOURS];
        for (int hour = 0; hour < HOURS; hour++) {
            decayed[hour] = counts[hour] * weight;
        }
        return new HourCounts(decayed, at);
    }

    private static double weight(Duration age, Duration halfLife) {
        return Math.pow(2, -(double) age.toMillis() / halfLife.toMillis());
    }
}
