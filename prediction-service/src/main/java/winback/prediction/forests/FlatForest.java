package winback.prediction.forests;

import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Binary trees over float features, all nodes in three arrays: a walk touches 12 bytes a node and allocates nothing.
 * A row goes left where its feature is below the split. Immutable, thread-safe.
 *
 * @param roots of the trees, places in the other arrays
 * @param feature of a node, -1 at a leaf
 * @param split of a node, or the value of a leaf
 * @param child the left one of a node; the right one is next to it
 */
@SuppressWarnings("ArrayRecordComponent") // nodes by design; compared nowhere
record FlatForest(int[] roots, int[] feature, float[] split, int[] child) {

    /** As many as {@link #walk} has. */
    private static final int LANES = 4;

    /**
     * The mean over the trees of the leaves that a row comes to.
     *
     * @param rows shape [n][p]
     * @return shape [n]
     */
    double[] means(float[][] rows) {
        double[] sums = new double[rows.length];
        int[] at = new int[LANES];
        // Tree by tree, since not many of them are in a processor's cache at once; the last rows by themselves.
        int inLanes = rows.length - rows.length % LANES;
        for (int root : roots) {
            for (int i = 0; i < inLanes; i += LANES) {
                Arrays.fill(at, root);
                walk(at, rows[i], rows[i + 1], rows[i + 2], rows[i + 3]);
                for (int lane = 0; lane < LANES; lane++) {
                    sums[i + lane] += split[at[lane]];
                }
            }
        }
        for (int i = inLanes; i < rows.length; i++) {
            sums[i] = sum(rows[i], at);
        }
        for (int i = 0; i < sums.length; i++) {
            sums[i] /= roots.length;
        }
        return sums;
    }

    private double sum(float[] row, int[] at) {
        double sum = 0;
        for (int tree = 0; tree < roots.length; tree += LANES) {
            int lanes = Math.min(LANES, roots.length - tree);
            for (int lane = 0; lane < LANES; lane++) {
                at[lane] = roots[tree + Math.min(lane, lanes - 1)];
            }
            walk(at, row, row, row, row);
            for (int lane = 0; lane < lanes; lane++) {
                sum += split[at[lane]];
            }
        }
        return sum;
    }

    /**
     * Four walks at once, from the given nodes to leaves: each waits for memory at every step, so they wait together.
     * Who is there already stays.
     */
    private void walk(int[] at, float[] r0, float[] r1, float[] r2, float[] r3) {
        int n0 = at[0];
        int n1 = at[1];
        int n2 = at[2];
        int n3 = at[3];
        int f0 = feature[n0];
        int f1 = feature[n1];
        int f2 = feature[n2];
        int f3 = feature[n3];
        while ((f0 & f1 & f2 & f3) >= 0) {
            n0 = next(n0, f0, r0);
            n1 = next(n1, f1, r1);
            n2 = next(n2, f2, r2);
            n3 = next(n3, f3, r3);
            f0 = feature[n0];
            f1 = feature[n1];
            f2 = feature[n2];
            f3 = feature[n3];
        }
        at[0] = n0;
        at[1] = n1;
        at[2] = n2;
        at[3] = n3;
    }

    private int next(int node, int on, float[] row) {
        return on < 0 ? node : child[node] + (row[on] < split[node] ? 0 : 1);
    }

    byte[] toBytes() {
        ByteBuffer bytes = ByteBuffer.allocate(8 + 4 * roots.length + 12 * feature.length);
        bytes.putInt(roots.length).putInt(feature.length);
        for (int root : roots) {
            bytes.putInt(root);
        }
        for (int node = 0; node < feature.length; node++) {
            bytes.putInt(feature[node]).putFloat(split[node]).putInt(child[node]);
        }
        return bytes.array();
    }

    static FlatForest load(byte[] from) {
        ByteBuffer bytes = ByteBuffer.wrap(from);
        int[] roots = new int[bytes.getInt()];
        int nodes = bytes.getInt();
        if (from.length != 8 + 4 * roots.length + 12 * nodes) {
            throw new IllegalArgumentException("Not a forest: " + from.length + " bytes");
        }
        Arrays.setAll(roots, i -> bytes.getInt());
        int[] feature = new int[nodes];
        float[] split = new float[nodes];
        int[] child = new int[nodes];
        for (int node = 0; node < nodes; node++) {
            feature[node] = bytes.getInt();
            split[node] = bytes.getFloat();
            child[node] = bytes.getInt();
        }
        return new FlatForest(roots, feature, split, child);
    }

    /** Lays trees out, node by node. */
    static final class Builder {

        private int[] feature = new int[1024];
        private float[] split = new float[1024];
        private int[] child = new int[1024];
        private int[] roots = new int[0];
        private int size;

        /** Room for {@code nodes} that lie next to each other; the place of the first. */
        int reserve(int nodes) {
            int first = size;
            size += nodes;
            while (size > feature.length) {
                feature = Arrays.copyOf(feature, 2 * feature.length);
                split = Arrays.copyOf(split, feature.length);
                child = Arrays.copyOf(child, feature.length);
            }
            return first;
        }

        int root() {
            roots = Arrays.copyOf(roots, roots.length + 1);
            return roots[roots.length - 1] = reserve(1);
        }

        void leaf(int node, double value) {
            feature[node] = -1;
            split[node] = (float) value;
        }

        void branch(int node, int onFeature, float below, int children) {
            feature[node] = onFeature;
            split[node] = below;
            child[node] = children;
        }

        FlatForest build() {
            return new FlatForest(
                    roots, Arrays.copyOf(feature, size), Arrays.copyOf(split, size), Arrays.copyOf(child, size));
        }
    }

    /** What Smile keeps to itself. A release that names it otherwise fails here, and in the tests of parity. */
    static Object hidden(Object owner, Class<?> declaring, String field) {
        return Objects.requireNonNull(perhapsHidden(owner, declaring, field), field);
    }

    /** The same where it may be null. */
    static @Nullable Object perhapsHidden(Object owner, Class<?> declaring, String field) {
        try {
            Field found = declaring.getDeclaredField(field);
            found.setAccessible(true);
            return found.get(owner);
        } catch (ReflectiveOperationException other) {
            throw new IllegalStateException("This release of Smile has another " + declaring.getName(), other);
        }
    }
}
