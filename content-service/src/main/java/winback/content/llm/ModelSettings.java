package winback.content.llm;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The endpoint and what it may cost. There is a model where {@code url} is set.
 *
 * @param url such as {@code https://api.openai.com/v1} or {@code http://localhost:11434/v1}
 * @param key absent where the endpoint wants none
 * @param keyFile instead of {@code key}
 * @param model as the endpoint calls it
 * @param timeout of one call, from its beginning to the end of its answer
 * @param retries of one call, after errors that may pass
 * @param backoff before the first retry; doubled for each further one
 * @param stream whether the answer comes piece by piece, which some endpoints need for long ones
 * @param schema whether the endpoint understands {@code response_format: json_schema}; false for the prompt alone
 * @param mailsPerCall how many mails one call asks for
 * @param answerTokens the longest answer of one call
 * @param tokensPerDay what is sent and received within a day, UTC, of all instances
 * @param moneyPerDay the same in money; absent for no bound
 * @param inputPrice of a million tokens sent; 0 where they cost nothing
 * @param outputPrice of a million tokens received
 * @param keepCalls how long prompts and answers are kept
 */
@ConfigurationProperties("winback.llm")
public record ModelSettings(
        @Nullable URI url,
        @Nullable String key,
        @Nullable Path keyFile,
        @Nullable String model,
        @DefaultValue("60s") Duration timeout,
        @DefaultValue("2") int retries,
        @DefaultValue("1s") Duration backoff,
        @DefaultValue("true") boolean stream,
        @DefaultValue("true") boolean schema,
        @DefaultValue("10") int mailsPerCall,
        @DefaultValue("8000") int answerTokens,
        @DefaultValue("2000000") long tokensPerDay,
        @Nullable Double moneyPerDay,
        @DefaultValue("0") double inputPrice,
        @DefaultValue("0") double outputPrice,
        @DefaultValue("400d") Duration keepCalls) {

    private static final int MOST_MAILS = 25;
    private static final int MOST_RETRIES = 5;

    public ModelSettings {
        if (url != null) {
            check("http".equals(url.getScheme()) || "https".equals(url.getScheme()), "url", "an http or https URL");
            check(model != null && !model.isBlank() && model.length() <= 100, "model", "what the endpoint calls it");
            check(key == null || keyFile == null, "key", "either key or key-file");
            check(timeout.isPositive(), "timeout", "above 0");
            check(retries >= 0 && retries <= MOST_RETRIES, "retries", "0 to " + MOST_RETRIES);
            check(mailsPerCall >= 1 && mailsPerCall <= MOST_MAILS, "mails-per-call", "1 to " + MOST_MAILS);
            check(answerTokens >= 1, "answer-tokens", "at least 1");
            check(inputPrice >= 0 && outputPrice >= 0, "input-price", "prices are not below 0");
            check(
                    moneyPerDay == null || moneyPerDay >= 0 && inputPrice + outputPrice > 0,
                    "money-per-day",
                    "needs input-price and output-price");
        }
    }

    private static void check(boolean holds, String property, String wanted) {
        if (!holds) {
            throw new IllegalArgumentException("Invalid winback.llm." + property + ": " + wanted);
        }
    }

    /** What the endpoint is called with; a word that means nothing where it wants none. */
    String secret() {
        if (keyFile == null) {
            return key == null ? "none" : key;
        }
        try {
            return Files.readString(keyFile).strip();
        } catch (IOException unreadable) {
            throw new IllegalStateException("cannot read winback.llm.key-file " + keyFile, unreadable);
        }
    }

    double cost(long inputTokens, long outputTokens) {
        return (inputTokens * inputPrice + outputTokens * outputPrice) / 1e6;
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "ModelSettings[url=" + url + ", model=" + model + "]";
    }
}
