package winback.content.drafts;

import java.util.Arrays;
import java.util.Locale;

/** The character trigrams of a line, by which two lines are compared: lower case, white space as one blank, none around. */
public final class Trigrams {

    private final long[] sorted;

    private Trigrams(long[] sorted) {
        this.sorted = sorted;
    }

    public static Trigrams of(String line) {
        String text = line.toLowerCase(Locale.ROOT).strip().replaceAll("\\s+", " ");
        if (text.length() < 3) {
            return new Trigrams(new long[] {text.hashCode()});
        }
        long[] all = new long[text.length() - 2];
        for (int i = 0; i < all.length; i++) {
            all[i] = (long) text.charAt(i) << 32 | (long) text.charAt(i + 1) << 16 | text.charAt(i + 2);
        }
        return new Trigrams(Arrays.stream(all).sorted().distinct().toArray());
    }

    /** Jaccard: shared ÷ all distinct trigrams of the two, in [0, 1]. */
    public double similarity(Trigrams other) {
        int shared = 0;
        for (int i = 0, j = 0; i < sorted.length && j < other.sorted.length; ) {
            int order = Long.compare(sorted[i], other.sorted[j]);
            if (order == 0) {
                shared++;
            }
            i += order <= 0 ? 1 : 0;
            j += order >= 0 ? 1 : 0;
        }
        return (double) shared / (sorted.length + other.sorted.length - shared);
    }
}
