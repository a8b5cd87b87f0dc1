package winback.profile.features;

/**
 * Sums that fade: a contribution of one counts 1/2 after the half-life, 1/4 after two. Faded lazily, when something is
 * added or asked for, so that time passing costs nothing.
 */
final class Decay {

    static final double[] HALF_LIVES_DAYS = {7, 30, 90, 365};

    /** Shape [4], by half-life, as of {@link #at}. */
    private final double[] sums = new double[HALF_LIVES_DAYS.length];
    /** Epoch milliseconds of {@link #sums}. */
    private long at = SubscriberState.NEVER;

    void add(double amount, long when) {
        for (int h = 0; h < sums.length; h++) {
            sums[h] = sum(h, when) + amount;
        }
        at = when;
    }

    /**
     * @param h index into {@link #HALF_LIVES_DAYS}
     * @param asOf epoch milliseconds; before the last addition nothing fades
     */
    double sum(int h, long asOf) {
        if (at == SubscriberState.NEVER) {
            return 0;
        }
        double days = Math.max(0, asOf - at) / SubscriberState.DAY_MILLIS;
        return sums[h] * Math.exp(-days / HALF_LIVES_DAYS[h] * Math.log(2));
    }

    /** Epoch milliseconds of the last addition, {@link SubscriberState#NEVER} before the first. */
    long lastAt() {
        return at;
    }

    void transfer(Codec codec) {
        at = codec.time(at);
        if (at != SubscriberState.NEVER) {
            for (int h = 0; h < sums.length; h++) {
                sums[h] = codec.number(sums[h]);
            }
        }
    }
}
