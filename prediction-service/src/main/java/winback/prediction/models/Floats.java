package winback.prediction.models;

import java.nio.ByteBuffer;

/** Vectors: how they are stored, big-endian float32, and whether they say anything. */
public final class Floats {

    private Floats() {}

    public static byte[] toBytes(float[] values) {
        ByteBuffer buffer = ByteBuffer.allocate(values.length * Float.BYTES);
        buffer.asFloatBuffer().put(values);
        return buffer.array();
    }

    public static float[] fromBytes(byte[] bytes) {
        float[] values = new float[bytes.length / Float.BYTES];
        ByteBuffer.wrap(bytes).asFloatBuffer().get(values);
        return values;
    }

    /** Rows of shape [n][q] one after the other, shape [n·q]. */
    public static float[] flat(float[][] rows) {
        int size = java.util.Arrays.stream(rows).mapToInt(row -> row.length).sum();
        float[] flat = new float[size];
        int at = 0;
        for (float[] row : rows) {
            System.arraycopy(row, 0, flat, at, row.length);
            at += row.length;
        }
        return flat;
    }

    /** Whether a column is not the same, or unknown, in all rows; rows of shape [n][p]. */
    public static boolean varies(float[][] rows, int column) {
        for (float[] row : rows) {
            // By bits, since NaN equals no number.
            if (Float.floatToIntBits(row[column]) != Float.floatToIntBits(rows[0][column])) {
                return true;
            }
        }
        return false;
    }
}
