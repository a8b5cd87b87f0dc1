package winback.prediction.boosting;

import java.util.stream.IntStream;

/**
 * One tree as XGBoost writes it; arrays by node, the root is node 0.
 *
 * @param left children, -1 at a leaf; what is below {@code condition} goes there
 * @param right children
 * @param column that a node asks for
 * @param condition the threshold, or the value of a leaf
 * @param missingGoesLeft where a row without the column goes
 * @param cover sum of Hessians of the training rows that came here
 */
@SuppressWarnings("ArrayRecordComponent") // numeric vectors by design; compared nowhere
record Tree(int[] left, int[] right, int[] column, float[] condition, boolean[] missingGoesLeft, float[] cover) {

    Tree {
        int size = left.length;
        if (size == 0
                || right.length != size
                || column.length != size
                || condition.length != size
                || missingGoesLeft.length != size
                || cover.length != size) {
            throw new IllegalArgumentException("Not a tree of XGBoost: its arrays differ in length");
        }
        for (float value : condition) {
            if (Float.isNaN(value)) {
                throw new IllegalArgumentException("Not a tree of XGBoost: a threshold or value is no number");
            }
        }
    }

    int size() {
        return left.length;
    }

    boolean isLeaf(int node) {
        return left[node] < 0;
    }

    /** Those asked for, with repetitions. */
    IntStream columns() {
        return IntStream.range(0, size()).filter(node -> !isLeaf(node)).map(node -> column[node]);
    }
}
