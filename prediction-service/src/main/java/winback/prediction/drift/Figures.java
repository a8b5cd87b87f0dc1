package winback.prediction.drift;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import winback.prediction.alerts.Alert.Finding;

/**
 * What a version sees and says now beside what it was fitted on.
 *
 * @param checkedAt when it was looked at
 * @param customers compared
 * @param ofOtherSchema subscribers met on the way whose vectors are of another feature schema, so that the version
 *     refuses them
 * @param score over the version's horizon; absent with its {@code scoreDetail}
 * @param scoreDetail why there is no score; absent when there is
 * @param compared features
 * @param drifted of these, those above their thresholds
 * @param features the {@value #KEPT} that are farthest above their thresholds, or nearest to them, worst first
 * @param notCompared features that were the same for everyone whom the version was fitted on, as the season is: it
 *     learned nothing from them, so that they cannot mislead it
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Figures(
        Instant checkedAt,
        int customers,
        int ofOtherSchema,
        @Nullable Shift score,
        @Nullable String scoreDetail,
        int compared,
        int drifted,
        List<Shift> features,
        List<String> notCompared) {

    static final int KEPT = 50;

    /** The same with fewer features. */
    Figures worst(int most) {
        return new Figures(
                checkedAt,
                customers,
                ofOtherSchema,
                score,
                scoreDetail,
                compared,
                drifted,
                features.subList(0, Math.min(most, features.size())),
                notCompared);
    }

    /** How far a column has come. */
    enum Level {
        @JsonProperty("steady")
        STEADY,
        @JsonProperty("moved")
        MOVED,
        @JsonProperty("drifted")
        DRIFTED
    }

    /**
     * @param psi see {@link Stability}
     * @param expected psi in the mean if nothing had changed, from the sizes of the samples alone
     * @param usual psi by which the column moves in as much time, judged by the rows of the training
     * @param threshold that an alert is raised above: that of the settings, what chance does, and what is usual
     * @param level moved when only the lower of the two customary thresholds is passed
     * @param bins shares then and now
     */
    record Shift(
            String name, double psi, double expected, double usual, double threshold, Level level, List<Bin> bins) {

        /**
         * @param current counts of the customers as they are now, in the reference's bins
         * @param elapsed days since the reference
         */
        static Shift of(String name, Column reference, int[] current, double[] days, double elapsed, double threshold) {
            double psi = Stability.psi(reference.counts(), current);
            double usual = reference.usual(days, elapsed);
            double allowed = Stability.noise(reference.counts(), current) + usual;
            double n = Arrays.stream(reference.counts()).sum();
            double m = Arrays.stream(current).sum();
            List<Bin> bins = new ArrayList<>();
            for (int bin = 0; bin < current.length; bin++) {
                if (reference.counts()[bin] + current[bin] > 0) {
                    bins.add(new Bin(reference.bins().label(bin), reference.counts()[bin] / n, current[bin] / m));
                }
            }
            return new Shift(
                    name,
                    psi,
                    Stability.expected(reference.counts(), current),
                    usual,
                    threshold + allowed,
                    psi > threshold + allowed
                            ? Level.DRIFTED
                            : psi > Stability.STEADY + allowed ? Level.MOVED : Level.STEADY,
                    bins);
        }

        /** How much of what is allowed is left; below 0 is drift. */
        double room() {
            return threshold - psi;
        }

        /** As an alert. */
        Finding finding(String version, Instant asOf) {
            Bin most = bins.stream()
                    .max(Comparator.comparingDouble(bin -> Math.abs(bin.current() - bin.reference())))
                    .orElseThrow();
            return new Finding(
                    name,
                    psi,
                    threshold,
                    ("%s of the customers that %s sees is distributed otherwise than in its training, as of %s:"
                                    + " PSI %.2f, where %.2f is allowed. Largest change: %.0f %% of them are %s, then %.0f %%.")
                            .formatted(
                                    name,
                                    version,
                                    asOf,
                                    psi,
                                    threshold,
                                    100 * most.current(),
                                    most.range(),
                                    100 * most.reference()));
        }
    }

    /**
     * @param range what the bin holds
     * @param reference share of the rows that the version was fitted on
     * @param current share of the customers now
     */
    record Bin(Bins.Label range, double reference, double current) {}
}
