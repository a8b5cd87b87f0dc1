package winback.prediction.nets;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;

/**
 * A trained network of one output, served by ONNX Runtime on the caller's thread. Holds native memory until closed.
 * Thread-safe.
 */
public final class Net implements AutoCloseable {

    /** Rows go through in blocks of this size: what is between the layers then stays in a processor's second cache. */
    private static final int BLOCK = 64;

    private static final OrtEnvironment RUNTIME = OrtEnvironment.getEnvironment();

    private final byte[] onnx;
    private final OrtSession session;
    private final long[] inputShape;
    private final int inputSize;

    private Net(byte[] onnx, OrtSession session, long[] inputShape) {
        this.onnx = onnx;
        this.session = session;
        this.inputShape = inputShape;
        long size = 1;
        for (int i = 1; i < inputShape.length; i++) {
            size *= inputShape[i];
        }
        this.inputSize = (int) size;
    }

    /** From what {@link #toBytes()} gave: an ONNX model, which other tools read too. */
    public static Net load(byte[] onnx) {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            // Batches are small: more threads would cost more in waiting for each other than they gain.
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            OrtSession session = RUNTIME.createSession(onnx, options);
            ai.onnxruntime.TensorInfo input = (ai.onnxruntime.TensorInfo)
                    session.getInputInfo().values().iterator().next().getInfo();
            return new Net(onnx, session, input.getShape());
        } catch (OrtException failure) {
            throw new IllegalArgumentException("Not a network in ONNX", failure);
        }
    }

    public byte[] toBytes() {
        return onnx.clone();
    }

    /** How many numbers a row has: features, or steps × features of a step. */
    public int inputSize() {
        return inputSize;
    }

    /**
     * @param rows shape [n][{@link #inputSize()}]; of sequences step by step
     * @return shape [n]
     */
    public double[] outputs(float[][] rows) {
        double[] outputs = new double[rows.length];
        FloatBuffer block = ByteBuffer.allocateDirect(Math.min(BLOCK, rows.length) * inputSize * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        for (int from = 0; from < rows.length; from += BLOCK) {
            int to = Math.min(rows.length, from + BLOCK);
            block.clear();
            for (int i = from; i < to; i++) {
                if (rows[i].length != inputSize) {
                    throw new IllegalArgumentException(
                            "Expected " + inputSize + " numbers a row, actual " + rows[i].length);
                }
                block.put(rows[i]);
            }
            run(block.flip(), to - from, from, outputs);
        }
        return outputs;
    }

    private void run(FloatBuffer block, int rows, int from, double[] outputs) {
        long[] shape = inputShape.clone();
        shape[0] = rows;
        try (OnnxTensor input = OnnxTensor.createTensor(RUNTIME, block, shape);
                OrtSession.Result result = session.run(Map.of(OnnxGraph.INPUT, input))) {
            FloatBuffer values = ((OnnxTensor) result.get(0)).getFloatBuffer();
            for (int i = 0; i < rows; i++) {
                outputs[from + i] = values.get(i);
            }
        } catch (OrtException failure) {
            throw new IllegalStateException("ONNX Runtime failed to predict", failure);
        }
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException failure) {
            throw new IllegalStateException("ONNX Runtime failed to close", failure);
        }
    }
}
