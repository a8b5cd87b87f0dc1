package winback.prediction.metrics;

import java.util.ArrayList;
import java.util.List;

/**
 * How well a score orders customers, as points of curves that a picture draws straight lines between. Equal scores make one
 * line, so that their order favours nobody. Points nearer than a hundredth to the last one are left out.
 */
public final class Curves {

    private static final double STEP = .01;

    private Curves() {}

    /**
     * The receiver operating characteristic.
     *
     * @param score shape [n], higher for the outcome 1
     * @param outcome shape [n], 0 or 1, both of which occur, else there are no points
     * @return points of (share of the others taken, share of those with the outcome taken), from (0, 0) to (1, 1)
     */
    public static List<double[]> roc(double[] score, double[] outcome) {
        return curve(score, i -> outcome[i] > 0 ? 0 : 1, i -> outcome[i] > 0 ? 1 : 0);
    }

    /**
     * Cumulative gain, of money also called the concentration curve: what is reached by writing to the highest scores first.
     *
     * @param score shape [n]
     * @param amount shape [n], ≥ 0, not all 0, else there are no points
     * @return points of (share of the customers, share of the total amount), from (0, 0) to (1, 1)
     */
    public static List<double[]> gain(double[] score, double[] amount) {
        return curve(score, i -> 1, i -> amount[i]);
    }

    @FunctionalInterface
    private interface Amount {
        double of(int row);
    }

    private static List<double[]> curve(double[] score, Amount right, Amount up) {
        int[] order = Shapes.order(score);
        double width = 0;
        double height = 0;
        for (int row : order) {
            width += right.of(row);
            height += up.of(row);
        }
        if (!(width > 0 && height > 0)) {
            return List.of();
        }
        List<double[]> points = new ArrayList<>(List.of(new double[] {0, 0}));
        double x = 0;
        double y = 0;
        for (int k = order.length - 1; k >= 0; k--) {
            x += right.of(order[k]) / width;
            y += up.of(order[k]) / height;
            boolean tied = k > 0 && score[order[k - 1]] == score[order[k]];
            double[] last = points.getLast();
            if (!tied && k > 0 && (x - last[0] >= STEP || y - last[1] >= STEP)) {
                points.add(new double[] {rounded(x), rounded(y)});
            }
        }
        points.add(new double[] {1, 1});
        return points;
    }

    /** A picture shows no more. */
    private static double rounded(double share) {
        return Math.min(1, Math.round(share * 1e4) / 1e4);
    }
}
