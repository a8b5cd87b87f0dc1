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

    /** The mean over the trees of the leaves that a row comes to. */
    double mean(float[] row) {
        double sum = 0;
        for (int root : roots) {
            int node = root;
            while (feature[node] >= 0) {
                node = child[node] + (row[feature[node]] < split[node] ? 0 : 1);
            }
            sum += split[node];
        }
        return sum / roots.length;
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
