package winback.benchmarks.rig;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * What a service tells Prometheus at one moment.
 *
 * @param text in Prometheus's text format
 */
public record Metrics(String text) {

    private static final String BOUND = "le=\"";

    /** The sum over all tags; 0 when there is none of that name. */
    public double sum(String name) {
        return sum(name, "");
    }

    /** The sum of those whose tags have this in them, such as {@code area="heap"}; 0 when there are none. */
    public double sum(String name, String tag) {
        double sum = 0;
        for (String line : text.split("\n")) {
            if (isOf(line, name) && line.contains(tag)) {
                sum += value(line);
            }
        }
        return sum;
    }

    /**
     * A quantile of what a timer has recorded since an earlier moment, as Prometheus itself estimates it: evenly spread
     * within a bucket.
     *
     * @param timer such as {@code winback_personalization_seconds}, which publishes a histogram
     * @param quantile in (0, 1)
     * @return seconds; NaN when nothing was recorded
     */
    public double quantileSince(Metrics earlier, String timer, double quantile) {
        NavigableMap<Double, Double> counts = buckets(timer);
        earlier.buckets(timer).forEach((bound, count) -> counts.merge(bound, -count, Double::sum));
        double wanted = quantile * (counts.isEmpty() ? 0 : counts.lastEntry().getValue());
        if (!(wanted > 0)) {
            return Double.NaN;
        }
        double from = 0;
        double below = 0;
        for (Map.Entry<Double, Double> bucket : counts.entrySet()) {
            double to = bucket.getKey();
            if (bucket.getValue() >= wanted) {
                return Double.isInfinite(to)
                        ? from
                        : from + (to - from) * (wanted - below) / (bucket.getValue() - below);
            }
            from = to;
            below = bucket.getValue();
        }
        return from;
    }

    /** By upper bound in seconds, how many were at most that; over all tags. */
    private NavigableMap<Double, Double> buckets(String timer) {
        NavigableMap<Double, Double> counts = new TreeMap<>();
        for (String line : text.split("\n")) {
            int at = line.indexOf(BOUND);
            if (isOf(line, timer + "_bucket") && at >= 0) {
                String bound = line.substring(at + BOUND.length(), line.indexOf('"', at + BOUND.length()));
                counts.merge(
                        bound.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(bound),
                        value(line),
                        Double::sum);
            }
        }
        return counts;
    }

    private static boolean isOf(String line, String name) {
        return line.startsWith(name)
                && line.length() > name.length()
                && (line.charAt(name.length()) == '{' || line.charAt(name.length()) == ' ');
    }

    private static double value(String line) {
        return Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
    }
}
