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
