package winback.prediction.boosting;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The trees of a model of XGBoost in arrays, so that a row is scored without native memory, without locks and without
 * an allocation per row or tree. Thread-safe.
 *
 * <p>A node is four ints, a node's children lie side by side, and a leaf is its own left child, so that walking down is
 * the same arithmetic at every node and branches nowhere:
 *
 * <pre>
 * nodes[at]     slot of the row's codes that the node looks at; 0 at a leaf
 * nodes[at + 1] code of the threshold: a smaller one goes left
 * nodes[at + 2] place of the left child; the right one is STRIDE further
 * nodes[at + 3] bits of the leaf's value
 * </pre>
 *
 * A code is the float's place in the order of floats, as an int. Each column that a tree asks for has two slots: in the
 * one a missing value is below, in the other above all codes, and a node looks at the one that sends missing values
 * where training did. Slot 0 is below all codes.
 */
final class FlatTrees {

    private static final int STRIDE = 4;

    private final int width;
    private final int[] columns;
    private final int[] nodes;
    /** Of the training rows that reached a node, the sum of Hessians; shape [nodes.length / STRIDE]. */
    private final float[] covers;
    /** Where each tree begins in {@code nodes}, and how many steps its deepest leaf is away; shape [trees]. */
    private final int[] roots;

    private final int[] depths;

    /** @param width p, the columns of a row */
    FlatTrees(List<Tree> trees, int width) {
        this.width = width;
        this.columns =
                trees.stream().flatMapToInt(Tree::columns).distinct().sorted().toArray();
        if (columns.length > 0 && columns[columns.length - 1] >= width) {
            throw new IllegalArgumentException(
                    "Expected trees of " + width + " features, actual feature " + columns[columns.length - 1]);
        }
        int size = trees.stream().mapToInt(Tree::size).sum();
        this.nodes = new int[size * STRIDE];
        this.covers = new float[size];
        this.roots = new int[trees.size()];
        this.depths = new int[trees.size()];
        int free = 0;
        for (int t = 0; t < roots.length; t++) {
            roots[t] = free;
            free += STRIDE;
            List<Integer> places = new ArrayList<>(List.of(roots[t]));
            List<Integer> level = List.of(0);
            while (!level.isEmpty()) {
                List<Integer> below = new ArrayList<>();
                List<Integer> placesBelow = new ArrayList<>();
                for (int k = 0; k < level.size(); k++) {
                    int node = level.get(k);
                    int at = places.get(k);
                    put(trees.get(t), node, at, free);
                    if (!trees.get(t).isLeaf(node)) {
                        below.addAll(
                                List.of(trees.get(t).left()[node], trees.get(t).right()[node]));
                        placesBelow.addAll(List.of(free, free + STRIDE));
                        free += 2 * STRIDE;
                    }
                }
                depths[t] += below.isEmpty() ? 0 : 1;
                level = below;
                places = placesBelow;
            }
        }
    }

    private void put(Tree tree, int node, int at, int free) {
        covers[at / STRIDE] = tree.cover()[node];
        if (tree.isLeaf(node)) {
            nodes[at + 1] = Integer.MAX_VALUE;
            nodes[at + 2] = at;
            nodes[at + 3] = Float.floatToRawIntBits(tree.condition()[node]);
        } else {
            int slot = 1 + 2 * Arrays.binarySearch(columns, tree.column()[node]);
            nodes[at] = tree.missingGoesLeft()[node] ? slot : slot + 1;
            nodes[at + 1] = code(tree.condition()[node]);
            nodes[at + 2] = free;
        }
    }

    /** Its place in the order of floats; −0 and 0 are one. */
    private static int code(float value) {
        int bits = Float.floatToRawIntBits(value + 0f);
        return bits ^ (bits >> 31 & Integer.MAX_VALUE);
    }

    int count() {
        return roots.length;
    }

    /**
     * Adds up leaves as XGBoost does, one after the other in float32.
     *
     * @param x shape [n][p], NaN or an infinity means missing
     * @param offset shape [n]
     * @param trees the first of them, 0 to {@link #count()}
     * @return shape [n]
     */
    double[] margins(float[][] x, float[] offset, int trees) {
        double[] margins = new double[x.length];
        int[] codes = codes();
        for (int i = 0; i < margins.length; i++) {
            encode(x[i], codes);
            margins[i] = sum(codes, offset[i], trees);
        }
        return margins;
    }

    private int[] codes() {
        int[] codes = new int[1 + 2 * columns.length];
        codes[0] = Integer.MIN_VALUE;
        return codes;
    }

    private void encode(float[] row, int[] codes) {
        if (row.length != width) {
            throw new IllegalArgumentException("Expected " + width + " features, actual " + row.length);
        }
        for (int k = 0; k < columns.length; k++) {
            float value = row[columns[k]];
            boolean known = Float.isFinite(value);
            int code = code(value);
            codes[2 * k + 1] = known ? code : Integer.MIN_VALUE;
            codes[2 * k + 2] = known ? code : Integer.MAX_VALUE;
        }
    }

    /**
     * Four trees are walked at once, as deep as the deepest of them: the steps of one wait for each other, those of
     * four do not (500 trees of depth 8: 6.6 µs instead of 12.7).
     */
    private float sum(int[] codes, float offset, int trees) {
        float sum = offset;
        int t = 0;
        for (; t + 4 <= trees; t += 4) {
            int a = roots[t];
            int b = roots[t + 1];
            int c = roots[t + 2];
            int d = roots[t + 3];
            int steps = Math.max(Math.max(depths[t], depths[t + 1]), Math.max(depths[t + 2], depths[t + 3]));
            for (; steps > 0; steps--) {
                a = child(a, codes);
                b = child(b, codes);
                c = child(c, codes);
                d = child(d, codes);
            }
            sum = sum + leaf(a) + leaf(b) + leaf(c) + leaf(d);
        }
        for (; t < trees; t++) {
            int at = roots[t];
            for (int steps = depths[t]; steps > 0; steps--) {
                at = child(at, codes);
            }
            sum += leaf(at);
        }
        return sum;
    }

    private float leaf(int at) {
        return Float.intBitsToFloat(nodes[at + 3]);
    }

    /** The left one, unless the row's code is at least the threshold's, which the sign of a difference says. */
    private int child(int at, int[] codes) {
        long difference = nodes[at + 1] - 1L - codes[nodes[at]];
        return nodes[at + 2] + ((int) (difference >>> 63) * STRIDE);
    }

    /** Of a node's cover, its child's part; a half where nothing is known. */
    private double share(int child, int at) {
        int left = nodes[at + 2];
        double both = (double) covers[left / STRIDE] + covers[left / STRIDE + 1];
        double share = both > 0 ? covers[child / STRIDE] / both : .5;
        return share > 0 && share < 1 ? share : .5;
    }

    /**
     * Shapley values of the features, by the path-dependent TreeSHAP: together they are what the trees add to this row,
     * less the mean of what they added to the rows that they were fitted on.
     *
     * <p>S. Lundberg, G. Erion, S.-I. Lee (2018), Consistent Individualized Feature Attribution for Tree Ensembles,
     * algorithm 2; S. Lundberg et al. (2020), From local explanations to global understanding with explainable AI for
     * trees.
     *
     * @param row shape [p], NaN or an infinity means missing
     * @param values shape [p]; what is found is added to it
     */
    void explain(float[] row, double[] values) {
        int[] codes = codes();
        encode(row, codes);
        Shapley shapley = new Shapley(codes, values, Arrays.stream(depths).max().orElse(0));
        for (int root : roots) {
            shapley.descend(root, 0, 0, 1, 1, -1);
        }
    }

    /**
     * The walk of one row. A path has an element for each column on it: the share of training rows that would go on
     * with the column unknown ({@code zero}), whether the row goes on ({@code one}), and the weight of all sets of so
     * many columns. Each level keeps its own copy, one behind the other.
     */
    private final class Shapley {
        private final int[] codes;
        private final double[] values;
        private final int[] column;
        private final double[] zero;
        private final double[] one;
        private final double[] weight;

        Shapley(int[] codes, double[] values, int depth) {
            this.codes = codes;
            this.values = values;
            int size = (depth + 2) * (depth + 3) / 2;
            this.column = new int[size];
            this.zero = new double[size];
            this.one = new double[size];
            this.weight = new double[size];
        }

        /**
         * @param length elements of the path of the level above, which begins at {@code above}
         * @param newZero of the element that led here, as {@code newOne} and {@code newColumn}
         */
        void descend(int at, int length, int above, double newZero, double newOne, int newColumn) {
            int path = above + length;
            System.arraycopy(column, above, column, path, length);
            System.arraycopy(zero, above, zero, path, length);
            System.arraycopy(one, above, one, path, length);
            System.arraycopy(weight, above, weight, path, length);
            extend(path, length, newZero, newOne, newColumn);
            if (nodes[at] == 0) {
                double leaf = leaf(at);
                for (int i = 1; i <= length; i++) {
                    values[column[path + i]] +=
                            weightWithout(path, length, i) * (one[path + i] - zero[path + i]) * leaf;
                }
                return;
            }
            int asked = columns[(nodes[at] - 1) / 2];
            int hot = child(at, codes);
            int cold = 2 * nodes[at + 2] + STRIDE - hot;
            double zeroBefore = 1;
            double oneBefore = 1;
            int last = length;
            for (int i = 1; i <= length; i++) {
                if (column[path + i] == asked) {
                    // A column is in the path once: what was said of it before is taken out and said together.
                    zeroBefore = zero[path + i];
                    oneBefore = one[path + i];
                    takeOut(path, length, i);
                    last--;
                    break;
                }
            }
            descend(hot, last + 1, path, zeroBefore * share(hot, at), oneBefore, asked);
            descend(cold, last + 1, path, zeroBefore * share(cold, at), 0, asked);
        }

        private void extend(int path, int last, double newZero, double newOne, int newColumn) {
            column[path + last] = newColumn;
            zero[path + last] = newZero;
            one[path + last] = newOne;
            weight[path + last] = last == 0 ? 1 : 0;
            for (int i = last - 1; i >= 0; i--) {
                weight[path + i + 1] += newOne * weight[path + i] * (i + 1) / (last + 1);
                weight[path + i] *= newZero * (last - i) / (last + 1);
            }
        }

        private void takeOut(int path, int last, int index) {
            double o = one[path + index];
            double z = zero[path + index];
            double next = weight[path + last];
            for (int i = last - 1; i >= 0; i--) {
                if (o == 0) {
                    weight[path + i] *= (last + 1) / (z * (last - i));
                } else {
                    double before = weight[path + i];
                    weight[path + i] = next * (last + 1) / ((i + 1) * o);
                    next = before - weight[path + i] * z * (last - i) / (last + 1);
                }
            }
            for (int i = index; i < last; i++) {
                column[path + i] = column[path + i + 1];
                zero[path + i] = zero[path + i + 1];
                one[path + i] = one[path + i + 1];
            }
        }

        /** The sum of the weights that {@link #takeOut} would leave. */
        private double weightWithout(int path, int last, int index) {
            double o = one[path + index];
            double z = zero[path + index];
            double next = weight[path + last];
            double sum = 0;
            for (int i = last - 1; i >= 0; i--) {
                if (o == 0) {
                    sum += weight[path + i] * (last + 1) / (z * (last - i));
                } else {
                    double left = next * (last + 1) / ((i + 1) * o);
                    sum += left;
                    next = weight[path + i] - left * z * (last - i) / (last + 1);
                }
            }
            return sum;
        }
    }
}
