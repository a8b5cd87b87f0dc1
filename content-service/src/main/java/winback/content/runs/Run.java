package winback.content.runs;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One decision for each subscriber of an audience, all of one campaign.
 *
 * @param cap mails at most, absent for no bound; who is held out does not count
 * @param reason why it was paused by itself, such as {@code no-live-variant}
 */
record Run(
        UUID runId,
        String campaignId,
        Audience audience,
        @Nullable Long cap,
        State state,
        @Nullable String reason,
        Instant createdAt,
        @Nullable Instant finishedAt,
        Progress progress) {

    enum State {
        RUNNING,
        PAUSED,
        CANCELLED,
        COMPLETED
    }

    /**
     * What has been done, to a second or so.
     *
     * @param done share of the subscribers that were looked at, in [0, 1]
     */
    record Progress(double done, Counts counts) {}

    /**
     * Of the subscribers that were looked at; those whom the conditions do not fit are in the first number only.
     *
     * @param heldOut by this run or before
     * @param liveAlready got a mail of the campaign that is still live, by another way
     * @param failed could not be decided for, for a reason that the log has
     */
    record Counts(
            long lookedAt,
            long mailed,
            long heldOut,
            long liveAlready,
            long suppressed,
            long noConsent,
            long noAddress,
            long failed) {}
}
