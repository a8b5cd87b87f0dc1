package winback.prediction.churn;

/**
 * p(x) = 1 ÷ (1 + e^−(slope·x + intercept)), fitted by Newton's method with step halving. Serves as Platt's calibration of
 * margins, and as logistic regression on one feature.
 *
 * <p>[1] J. Platt (1999), Probabilistic Outputs for Support Vector Machines; his targets (N₊+1)/(N₊+2) and 1/(N₋+2) keep the
 * curve finite when the margins separate the outcomes.
 */
public record LogisticCurve(double slope, double intercept) {

    private static final int MAX_STEPS = 100;

    /** Leaves margins (logits) as they are. */
    public static final LogisticCurve IDENTITY = new LogisticCurve(1, 0);

    /**
     * @param x shape [n], finite
     * @param outcome shape [n], 0 or 1; n ≥ 1
     */
    public static LogisticCurve fit(double[] x, double[] outcome) {
        int n = x.length;
        double positives = 0;
        for (double y : outcome) {
            positives += y;
        }
        double high = (positives + 1) / (positives + 2);
        double low = 1 / (n - positives + 2);
        // Standardised, so that Newton's matrix is well conditioned whatever the feature's unit.
        double mean = 0;
        for (double value : x) {
            mean += value / n;
        }
        double variance = 0;
        for (double value : x) {
            variance += (value - mean) * (value - mean) / n;
        }
        double scale = variance > 0 ? Math.sqrt(variance) : 1;
        double share = (positives + 1) / (n + 2);
        double a = 0;
        double b = Math.log(share / (1 - share));
        double loss = loss(x, outcome, mean, scale, a, b, high, low);
        for (int step = 0; step < MAX_STEPS; step++) {
            double gradientA = 0;
            double gradientB = 0;
            double aa = 1e-9;
            double ab = 0;
            double bb = 1e-9;
            for (int i = 0; i < n; i++) {
                double z = (x[i] - mean) / scale;
                double p = 1 / (1 + Math.exp(-(a * z + b)));
                double difference = p - (outcome[i] > 0 ? high : low);
                gradientA += difference * z;
                gradientB += difference;
                double weight = p * (1 - p);
                aa += weight * z * z;
                ab += weight * z;
                bb += weight;
            }
            double determinant = aa * bb - ab * ab;
            double stepA = (bb * gradientA - ab * gradientB) / determinant;
            double stepB = (aa * gradientB - ab * gradientA) / determinant;
            double length = 1;
            double next = loss(x, outcome, mean, scale, a - stepA, b - stepB, high, low);
            while (!(next <= loss) && length > 1e-6) {
                length /= 2;
                next = loss(x, outcome, mean, scale, a - length * stepA, b - length * stepB, high, low);
            }
            if (!(next <= loss)) {
                break;
            }
            a -= length * stepA;
            b -= length * stepB;
            boolean there = loss - next < 1e-10 * (1 + Math.abs(loss));
            loss = next;
            if (there) {
                break;
            }
        }
        return new LogisticCurve(a / scale, b - a * mean / scale);
    }

    private static double loss(
            double[] x, double[] outcome, double mean, double scale, double a, double b, double high, double low) {
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            double margin = a * (x[i] - mean) / scale + b;
            sum += Math.max(margin, 0)
                    + Math.log1p(Math.exp(-Math.abs(margin)))
                    - (outcome[i] > 0 ? high : low) * margin;
        }
        return sum;
    }

    /** In (0, 1). */
    public double at(double x) {
        return 1 / (1 + Math.exp(-(slope * x + intercept)));
    }
}
