package winback.content.drafts;

import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** Strategies one after the other, so that each has had its share at any time. */
public final class Turns {

    private final Map<Strategy, Double> shares;
    private final int first;
    private final Map<Strategy, Integer> had = new EnumMap<>(Strategy.class);
    private int turns;

    /**
     * @param shares that sum to 1; empty for the same share for each
     * @param first whose turn it is first among those that are owed the same, counted around
     */
    public Turns(Map<Strategy, Double> shares, int first) {
        this.shares = shares;
        this.first = first;
    }

    /**
     * Whose turn it is.
     *
     * @param among which may have it
     */
    public Optional<Strategy> next(Collection<Strategy> among) {
        Strategy next = null;
        double most = Double.NEGATIVE_INFINITY;
        Strategy[] all = Strategy.values();
        for (int i = 0; i < all.length; i++) {
            Strategy strategy = all[Math.floorMod(first + i, all.length)];
            double share = shares.isEmpty() ? 1. / Strategy.values().length : shares.getOrDefault(strategy, 0.);
            double owed = share * (turns + 1) - had.getOrDefault(strategy, 0);
            if (among.contains(strategy) && owed > most) {
                next = strategy;
                most = owed;
            }
        }
        return Optional.ofNullable(next);
    }

    /** It has had its turn. */
    public void had(Strategy strategy) {
        had.merge(strategy, 1, Integer::sum);
        turns++;
    }
}
