package winback.profile.privacy;

import java.time.Instant;

/**
 * What is remembered of a request to forget somebody.
 *
 * @param erasedAt when it was asked for: what is not newer is dropped
 * @param completeBy when nothing of the id is left, in topics neither
 */
record Erasure(Instant erasedAt, Instant completeBy) {}
