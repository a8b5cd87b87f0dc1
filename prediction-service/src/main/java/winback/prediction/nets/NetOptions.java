package winback.prediction.nets;

/**
 * How a network is trained: Adam on mini-batches, until the loss on rows set aside has not fallen for some epochs; the
 * best epoch's weights are kept.
 *
 * @param epochs at most, 1 to 1,000
 * @param patience epochs without a better loss before it ends, ≥ 1
 * @param batch rows a step, ≥ 1
 * @param rate Adam's learning rate, in (0, 1)
 * @param balanced whether the rarer class counts as much as the other; outputs are then no probabilities
 * @param seed of first weights, dropout and order
 */
public record NetOptions(int epochs, int patience, int batch, double rate, boolean balanced, long seed) {

    public NetOptions {
        if (epochs < 1 || epochs > 1_000 || patience < 1 || batch < 1 || !(rate > 0 && rate < 1)) {
            throw new IllegalArgumentException("Invalid options of a network: epochs " + epochs + ", patience "
                    + patience + ", batch " + batch + ", rate " + rate);
        }
    }

    public static NetOptions defaults(long seed) {
        return new NetOptions(30, 3, 256, 1e-3, false, seed);
    }
}
