package winback.content.llm;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One call of the model, as the audit keeps it.
 *
 * @param attempt from 1; further ones repeat the same prompt
 * @param prompt all that was sent
 * @param answer all that came back, however little
 * @param outcome {@code ok}, {@code rate-limited}, {@code refused}, {@code server-error}, {@code timed-out},
 *     {@code unreachable}, {@code cut-short} or {@code malformed}
 * @param detail of one that is {@code ok} what became of its mails; of others what went wrong
 * @param inputTokens as the endpoint counts, or estimated where it does not say
 * @param cost by the prices of the settings
 */
public record Call(
        UUID callId,
        @Nullable UUID generationId,
        String model,
        int attempt,
        String prompt,
        String answer,
        String outcome,
        @Nullable String detail,
        long inputTokens,
        long outputTokens,
        double cost,
        Instant startedAt,
        long millis) {}
