package winback.content.generation;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import winback.content.drafts.Draft;
import winback.content.gate.Verdict;

/**
 * A draft of a campaign.
 *
 * @param position in the order in which drafts came, over all campaigns
 * @param generator {@code composer}, {@code person}, or the model that wrote it
 * @param generationId absent for those that persons hand in
 * @param verdict the newest
 * @param briefVersion by which it was judged; of an outdated one the first of which it was not true
 * @param approvedBy absent until it is approved
 */
record KeptDraft(
        long position,
        Draft draft,
        State state,
        String generator,
        @Nullable UUID generationId,
        Verdict verdict,
        int briefVersion,
        @Nullable String approvedBy,
        Instant createdAt) {}
