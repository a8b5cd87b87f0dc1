package winback.prediction.nets;

import java.util.List;

/** What a network is made of, up to its one output. */
public sealed interface Architecture {

    /** Whether the output is a probability (sigmoid, judged by cross-entropy) or a number (linear, by squared error). */
    boolean probability();

    /**
     * Fully connected layers with rectified units.
     *
     * @param hidden units of each layer
     * @param dropout share of the units of the first two layers that each training step leaves out, in [0, 1)
     */
    record Dense(List<Integer> hidden, double dropout, boolean probability) implements Architecture {

        public Dense {
            hidden = List.copyOf(hidden);
            if (hidden.isEmpty() || !(dropout >= 0 && dropout < 1)) {
                throw new IllegalArgumentException("Invalid layers " + hidden + ", dropout " + dropout);
            }
        }

        /** The mission's engagement network. */
        public static final Dense ENGAGEMENT = new Dense(List.of(128, 64, 32), .3, true);

        /** The mission's value network. */
        public static final Dense VALUE = new Dense(List.of(256, 128, 64, 32), .3, false);
    }

    /**
     * Two LSTM layers over a sequence, whose last state goes through a rectified layer.
     *
     * @param steps of a sequence
     * @param first units of the first LSTM
     * @param second units of the second
     * @param dense units of the layer before the output
     */
    record Sequence(int steps, int first, int second, int dense) implements Architecture {

        @Override
        public boolean probability() {
            return true;
        }
    }
}
