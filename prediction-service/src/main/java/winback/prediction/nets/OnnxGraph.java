package winback.prediction.nets;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Writes a network as an ONNX model, operator by operator: the few operators that our networks are made of. Field numbers
 * are those of {@code onnx.proto3} (IR version 8, operator set 13).
 */
final class OnnxGraph {

    static final String INPUT = "input";
    static final String OUTPUT = "output";

    private static final int IR_VERSION = 8;
    private static final int OPERATOR_SET = 13;
    private static final int FLOAT = 1;
    private static final int INT64 = 7;

    private final ByteArrayOutputStream graph = new ByteArrayOutputStream();
    private int names;

    /** Writes the fields of one message. */
    private interface Fields {
        void to(CodedOutputStream out) throws IOException;
    }

    private static byte[] message(Fields fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            fields.to(out);
            out.flush();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return bytes.toByteArray();
    }

    /** A field of the graph: a message within a message is its length and its bytes. */
    private void graphField(int number, byte[] message) {
        graph.writeBytes(message(out -> out.writeByteArray(number, message)));
    }

    private String name(String operator) {
        return operator.toLowerCase(java.util.Locale.ROOT) + names++;
    }

    /** A constant of the graph. */
    String constant(float[] values, long... shape) {
        ByteBuffer raw = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        raw.asFloatBuffer().put(values);
        return constant(FLOAT, raw.array(), shape);
    }

    private String constant(long value) {
        ByteBuffer raw = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        raw.putLong(value);
        return constant(INT64, raw.array(), 1);
    }

    private String constant(int type, byte[] raw, long... shape) {
        String name = name("c");
        graphField(5, message(out -> {
            for (long dimension : shape) {
                out.writeInt64(1, dimension);
            }
            out.writeInt32(2, type);
            out.writeString(8, name);
            out.writeByteArray(9, raw);
        }));
        return name;
    }

    private void node(String operator, List<String> inputs, List<String> outputs, byte[]... attributes) {
        graphField(1, message(out -> {
            for (String input : inputs) {
                out.writeString(1, input);
            }
            for (String output : outputs) {
                out.writeString(2, output);
            }
            out.writeString(4, operator);
            for (byte[] attribute : attributes) {
                out.writeByteArray(5, attribute);
            }
        }));
    }

    private static byte[] ints(String name, long... values) {
        return message(out -> {
            out.writeString(1, name);
            for (long value : values) {
                out.writeInt64(8, value);
            }
            out.writeEnum(20, 7);
        });
    }

    private static byte[] integer(String name, long value) {
        return message(out -> {
            out.writeString(1, name);
            out.writeInt64(3, value);
            out.writeEnum(20, 2);
        });
    }

    /** x W + b. */
    String gemm(String x, String w, String b) {
        return named("Gemm", List.of(x, w, b));
    }

    String relu(String x) {
        return named("Relu", List.of(x));
    }

    String sigmoid(String x) {
        return named("Sigmoid", List.of(x));
    }

    /** The value under the name of the graph's output. */
    void output(String x) {
        node("Identity", List.of(x), List.of(OUTPUT));
    }

    /** From [batch, step, feature] to [step, batch, feature], as LSTM wants it. */
    String stepsFirst(String x) {
        return named("Transpose", List.of(x), ints("perm", 1, 0, 2));
    }

    /**
     * @param x shape [steps, batch, features]
     * @param w shape [1, 4·hidden, features], gates in the order input, output, forget, cell
     * @param r shape [1, 4·hidden, hidden]
     * @param b shape [1, 8·hidden]
     * @return what each step gives, shape [steps, batch, hidden]; or the last one's alone, shape [batch, hidden]
     */
    String lstm(String x, String w, String r, String b, int hidden, boolean lastOnly) {
        String all = name("y");
        String last = name("h");
        node("LSTM", List.of(x, w, r, b), List.of(all, last), integer("hidden_size", hidden));
        // One direction is a dimension of its own, of size 1.
        return lastOnly ? named("Squeeze", List.of(last, constant(0))) : named("Squeeze", List.of(all, constant(1)));
    }

    private String named(String operator, List<String> inputs, byte[]... attributes) {
        String output = name(operator);
        node(operator, inputs, List.of(output), attributes);
        return output;
    }

    /**
     * @param inputShape without the batch
     * @return a ModelProto
     */
    byte[] toBytes(long... inputShape) {
        graph.writeBytes(message(out -> out.writeString(2, "net")));
        graphField(11, value(INPUT, inputShape));
        graphField(12, value(OUTPUT, 1));
        return message(out -> {
            out.writeInt64(1, IR_VERSION);
            out.writeString(2, "winback");
            out.writeByteArray(7, graph.toByteArray());
            out.writeByteArray(8, message(set -> set.writeInt64(2, OPERATOR_SET)));
        });
    }

    private static byte[] value(String name, long... shape) {
        byte[] dimensions = message(out -> {
            out.writeByteArray(1, message(dimension -> dimension.writeString(2, "batch")));
            for (long size : shape) {
                out.writeByteArray(1, message(dimension -> dimension.writeInt64(1, size)));
            }
        });
        byte[] tensor = message(out -> {
            out.writeInt32(1, FLOAT);
            out.writeByteArray(2, dimensions);
        });
        byte[] type = message(out -> out.writeByteArray(1, tensor));
        return message(out -> {
            out.writeString(1, name);
            out.writeByteArray(2, type);
        });
    }
}
