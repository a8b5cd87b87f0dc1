package winback.content.drafts;

import java.util.List;

/** How alike lines are. */
public final class Similarity {

    private Similarity() {}

    /** Jaccard similarity by character trigrams of every pair, in [0, 1]; shape [n (n − 1) ÷ 2]. */
    public static double[] ofPairs(List<String> lines) {
        List<Trigrams> all = lines.stream().map(Trigrams::of).toList();
        double[] pairs = new double[all.size() * (all.size() - 1) / 2];
        int next = 0;
        for (int i = 0; i < all.size(); i++) {
            for (int j = 0; j < i; j++) {
                pairs[next++] = all.get(i).similarity(all.get(j));
            }
        }
        return pairs;
    }
}
