package winback.prediction.nets;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions;
import winback.prediction.progress.Progress;

/** Trains networks with Deeplearning4j and writes them as ONNX. */
public final class NetTraining {

    static {
        // Threads of its own would wait for each other by spinning, which beside other work takes many times as long.
        Nd4j.getEnvironment().setMaxThreads(1);
        Nd4j.getEnvironment().setMaxMasterThreads(1);
    }

    /** Of the groups: set aside to see when to stop. */
    private static final double SET_ASIDE = .1;

    private final Architecture architecture;
    private final MultiLayerNetwork network;
    private final int features;

    private NetTraining(Architecture architecture, MultiLayerNetwork network, int features) {
        this.architecture = architecture;
        this.network = network;
        this.features = features;
    }

    /**
     * @param rows shape [n][inputs], finite, of a similar scale; sequences step by step
     * @param labels shape [n]
     * @param group shape [n], equal for rows of one customer, which are all set aside or none
     * @throws CancellationException when the thread is interrupted
     */
    public static Net fit(float[][] rows, float[] labels, int[] group, Architecture architecture, NetOptions options) {
        return train(rows, labels, group, architecture, options).toNet();
    }

    static NetTraining train(
            float[][] rows, float[] labels, int[] group, Architecture architecture, NetOptions options) {
        int n = rows.length;
        if (n < 2 || labels.length != n || group.length != n) {
            throw new IllegalArgumentException("Expected at least 2 rows and as many labels and groups, actual " + n
                    + ", " + labels.length + " and " + group.length);
        }
        int features = rows[0].length / steps(architecture);
        NetTraining training = new NetTraining(
                architecture, new MultiLayerNetwork(configuration(architecture, features, options)), features);
        training.network.init();
        training.run(rows, labels, group, options);
        return training;
    }

    private static int steps(Architecture architecture) {
        return architecture instanceof Architecture.Sequence sequence ? sequence.steps() : 1;
    }

    private static MultiLayerConfiguration configuration(Architecture architecture, int features, NetOptions options) {
        NeuralNetConfiguration.ListBuilder layers = new NeuralNetConfiguration.Builder()
                .seed(options.seed())
                .weightInit(WeightInit.XAVIER)
                .updater(new Adam(options.rate()))
                .list();
        int in = switch (architecture) {
            case Architecture.Dense dense -> {
                int width = features;
                for (int layer = 0; layer < dense.hidden().size(); layer++) {
                    DenseLayer.Builder builder = new DenseLayer.Builder()
                            .nIn(width)
                            .nOut(dense.hidden().get(layer))
                            .weightInit(WeightInit.RELU)
                            .activation(Activation.RELU);
                    // Dropout is of a layer's input here, and told as what is kept.
                    if (dense.dropout() > 0 && (layer == 1 || layer == 2)) {
                        builder.dropOut(1 - dense.dropout());
                    }
                    layers.layer(builder.build());
                    width = dense.hidden().get(layer);
                }
                yield width;
            }
            case Architecture.Sequence sequence -> {
                layers.layer(new LSTM.Builder()
                        .nIn(features)
                        .nOut(sequence.first())
                        .activation(Activation.TANH)
                        .build());
                layers.layer(new LastTimeStep(new LSTM.Builder()
                        .nIn(sequence.first())
                        .nOut(sequence.second())
                        .activation(Activation.TANH)
                        .build()));
                layers.layer(new DenseLayer.Builder()
                        .nIn(sequence.second())
                        .nOut(sequence.dense())
                        .weightInit(WeightInit.RELU)
                        .activation(Activation.RELU)
                        .build());
                yield sequence.dense();
            }
        };
        return layers.layer(
                        architecture.probability()
                                ? new OutputLayer.Builder(LossFunctions.LossFunction.XENT)
                                        .nIn(in)
                                        .nOut(1)
                                        .activation(Activation.SIGMOID)
                                        .build()
                                : new OutputLayer.Builder(LossFunctions.LossFunction.MSE)
                                        .nIn(in)
                                        .nOut(1)
                                        .activation(Activation.IDENTITY)
                                        .build())
                .build();
    }

    private void run(float[][] rows, float[] labels, int[] group, NetOptions options) {
        SplittableRandom random = new SplittableRandom(options.seed());
        int[] groups = Arrays.stream(group).distinct().sorted().toArray();
        boolean[] aside = new boolean[groups.length];
        for (int g = 0; g < aside.length; g++) {
            aside[g] = random.nextDouble() < SET_ASIDE;
        }
        List<Integer> learned = new ArrayList<>();
        List<Integer> watched = new ArrayList<>();
        for (int i = 0; i < rows.length; i++) {
            (aside[Arrays.binarySearch(groups, group[i])] ? watched : learned).add(i);
        }
        if (watched.isEmpty() || learned.isEmpty()) {
            watched = learned.isEmpty() ? watched : learned;
            learned = watched;
        }
        float[] weights = weights(labels, learned, options.balanced());
        int[] order = learned.stream().mapToInt(Integer::intValue).toArray();
        int[] watch = watched.stream().mapToInt(Integer::intValue).toArray();
        double least = Double.POSITIVE_INFINITY;
        INDArray best = network.params().dup();
        int since = 0;
        for (int epoch = 0; epoch < options.epochs() && since < options.patience(); epoch++) {
            Progress.at((double) epoch / options.epochs(), "network, epoch " + (epoch + 1));
            shuffle(order, random);
            for (int from = 0; from < order.length; from += options.batch()) {
                network.fit(batch(
                        rows,
                        labels,
                        weights,
                        Arrays.copyOfRange(order, from, Math.min(order.length, from + options.batch()))));
                Progress.stopIfInterrupted();
            }
            double loss = loss(rows, labels, weights, watch);
            if (loss < least - 1e-6) {
                least = loss;
                best = network.params().dup();
                since = 0;
            } else {
                since++;
            }
        }
        network.setParams(best);
    }

    /** Of each label value, shape [2], so that both classes count the same; 1 without. */
    private static float[] weights(float[] labels, List<Integer> rows, boolean balanced) {
        double positives = rows.stream().filter(i -> labels[i] > 0).count();
        double negatives = rows.size() - positives;
        return !balanced || positives == 0 || negatives == 0
                ? new float[] {1, 1}
                : new float[] {(float) (rows.size() / (2 * negatives)), (float) (rows.size() / (2 * positives))};
    }

    private static void shuffle(int[] values, SplittableRandom random) {
        for (int i = values.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int value = values[i];
            values[i] = values[j];
            values[j] = value;
        }
    }

    private DataSet batch(float[][] rows, float[] labels, float[] weights, int[] places) {
        DataSet batch = new DataSet(input(rows, places), column(labels, places));
        if (weights[0] != weights[1]) {
            float[] mask = new float[places.length];
            for (int k = 0; k < mask.length; k++) {
                mask[k] = weights[labels[places[k]] > 0 ? 1 : 0];
            }
            // A mask of labels multiplies each row's loss.
            batch.setLabelsMaskArray(Nd4j.create(mask, new long[] {mask.length, 1}, 'c'));
        }
        return batch;
    }

    private static INDArray column(float[] values, int[] places) {
        float[] column = new float[places.length];
        for (int k = 0; k < column.length; k++) {
            column[k] = values[places[k]];
        }
        return Nd4j.create(column, new long[] {column.length, 1}, 'c');
    }

    /** Dense [batch, features], or sequences as Deeplearning4j has them: [batch, features, steps]. */
    private INDArray input(float[][] rows, int[] places) {
        int width = rows[0].length;
        float[] flat = new float[places.length * width];
        int steps = steps(architecture);
        for (int k = 0; k < places.length; k++) {
            float[] row = rows[places[k]];
            if (steps == 1) {
                System.arraycopy(row, 0, flat, k * width, width);
            } else {
                for (int t = 0; t < steps; t++) {
                    for (int j = 0; j < features; j++) {
                        flat[k * width + j * steps + t] = row[t * features + j];
                    }
                }
            }
        }
        return architecture instanceof Architecture.Sequence
                ? Nd4j.create(flat, new long[] {places.length, features, steps}, 'c')
                : Nd4j.create(flat, new long[] {places.length, width}, 'c');
    }

    /** Weighted mean over these rows, in the network's own loss. */
    private double loss(float[][] rows, float[] labels, float[] weights, int[] places) {
        double[] outputs = outputs(rows, places);
        double sum = 0;
        for (int k = 0; k < places.length; k++) {
            double y = labels[places[k]];
            double p = outputs[k];
            double loss;
            if (architecture.probability()) {
                double clipped = Math.clamp(p, 1e-7, 1 - 1e-7);
                loss = y > 0 ? -Math.log(clipped) : -Math.log1p(-clipped);
            } else {
                loss = (p - y) * (p - y);
            }
            sum += weights[y > 0 ? 1 : 0] * loss;
        }
        return sum / places.length;
    }

    /** As Deeplearning4j itself predicts, shape [n]. */
    double[] outputs(float[][] rows) {
        int[] all = new int[rows.length];
        Arrays.setAll(all, i -> i);
        return outputs(rows, all);
    }

    private double[] outputs(float[][] rows, int[] places) {
        double[] outputs = new double[places.length];
        for (int from = 0; from < places.length; from += 1024) {
            Progress.stopIfInterrupted();
            int[] block = Arrays.copyOfRange(places, from, Math.min(places.length, from + 1024));
            float[] values = network.output(input(rows, block)).dup('c').data().asFloat();
            for (int k = 0; k < block.length; k++) {
                outputs[from + k] = values[k];
            }
        }
        return outputs;
    }

    Net toNet() {
        OnnxGraph graph = new OnnxGraph();
        int layer = 0;
        String x = OnnxGraph.INPUT;
        if (architecture instanceof Architecture.Sequence sequence) {
            x = graph.stepsFirst(x);
            x = lstm(graph, x, layer++, features, sequence.first(), false);
            x = lstm(graph, x, layer++, sequence.first(), sequence.second(), true);
        }
        for (; layer < network.getnLayers() - 1; layer++) {
            x = graph.relu(dense(graph, x, layer));
        }
        x = dense(graph, x, layer);
        graph.output(architecture.probability() ? graph.sigmoid(x) : x);
        int steps = steps(architecture);
        return Net.load(
                architecture instanceof Architecture.Sequence
                        ? graph.toBytes(steps, features)
                        : graph.toBytes(features));
    }

    private String dense(OnnxGraph graph, String x, int layer) {
        INDArray w = network.getLayer(layer).getParam("W");
        return graph.gemm(
                x,
                graph.constant(values(w), w.size(0), w.size(1)),
                graph.constant(values(network.getLayer(layer).getParam("b")), w.size(1)));
    }

    private static float[] values(INDArray array) {
        return array.dup('c').data().asFloat();
    }

    /** Deeplearning4j's gates lie in columns in the order cell, forget, output, input; ONNX's in rows: input, output, forget, cell. */
    private static final int[] GATES = {3, 2, 1, 0};

    private String lstm(OnnxGraph graph, String x, int layer, int in, int hidden, boolean lastOnly) {
        float[] w = gates(values(network.getLayer(layer).getParam("W")), in, hidden);
        float[] r = gates(values(network.getLayer(layer).getParam("RW")), hidden, hidden);
        // The second half are biases of the recurrent part, of which Deeplearning4j has none.
        float[] b = Arrays.copyOf(gates(values(network.getLayer(layer).getParam("b")), 1, hidden), 8 * hidden);
        return graph.lstm(
                x,
                graph.constant(w, 1, 4L * hidden, in),
                graph.constant(r, 1, 4L * hidden, hidden),
                graph.constant(b, 1, 8L * hidden),
                hidden,
                lastOnly);
    }

    /** From [in][4·hidden] to [4·hidden][in], gates in ONNX's order. */
    private static float[] gates(float[] weights, int in, int hidden) {
        float[] gates = new float[weights.length];
        for (int gate = 0; gate < GATES.length; gate++) {
            for (int h = 0; h < hidden; h++) {
                for (int i = 0; i < in; i++) {
                    gates[(gate * hidden + h) * in + i] = weights[i * 4 * hidden + GATES[gate] * hidden + h];
                }
            }
        }
        return gates;
    }
}
