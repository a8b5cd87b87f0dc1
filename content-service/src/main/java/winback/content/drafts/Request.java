package winback.content.drafts;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is wanted of a generator.
 *
 * @param count of mails; fewer come when the brief gives no more that differ
 * @param seed the same one gives the same mails, where a generator has it in its hands
 * @param stage {@code lapsed} or {@code lost}: some lines are for the second alone
 * @param shares of the strategies, summing to 1; empty for the same share for each
 * @param first with which strategy turns begin, counted around
 * @param taken subjects that there are already, for somebody who is not known by name
 * @param generationId under which an audit notes what was done; absent where none is kept
 */
public record Request(
        String language,
        int count,
        long seed,
        Style style,
        String stage,
        Map<Strategy, Double> shares,
        int first,
        List<String> taken,
        @Nullable UUID generationId) {

    private static final int SEEDS = 1009;

    public Request(String language, int count, long seed, Style style, String stage) {
        this(language, count, seed, style, stage, Map.of(), 0, List.of(), null);
    }

    /** The same with other shares. */
    public Request with(Map<Strategy, Double> otherShares) {
        return new Request(language, count, seed, style, stage, Map.copyOf(otherShares), first, taken, generationId);
    }

    /** So many more in another style, going on behind those before. */
    public Request in(Style otherStyle, int otherCount, int before) {
        return new Request(
                language, otherCount, seed * SEEDS + before, otherStyle, stage, shares, before, taken, generationId);
    }

    /** So many of the same. */
    public Request of(int otherCount) {
        return new Request(language, otherCount, seed, style, stage, shares, first, taken, generationId);
    }

    /** The same beside these. */
    public Request beside(List<String> otherTaken, @Nullable UUID id) {
        return new Request(language, count, seed, style, stage, shares, first, List.copyOf(otherTaken), id);
    }
}
