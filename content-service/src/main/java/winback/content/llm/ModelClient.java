package winback.content.llm;

import com.openai.errors.OpenAIInvalidDataException;
import com.openai.errors.OpenAIServiceException;
import io.micrometer.observation.ObservationRegistry;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.messages.SystemMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.metadata.Usage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;

/** Speaks to the endpoint, one call at a time, and names what goes wrong. It repeats nothing by itself. */
final class ModelClient {

    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVER_ERROR = 500;

    /**
     * What has come back so far.
     *
     * @param finished whether the model said that this is all
     */
    static final class Reply {
        private final StringBuilder text = new StringBuilder();
        private long inputTokens;
        private long outputTokens;
        private String finish = "";

        String text() {
            return text.toString();
        }

        /** 0 where the endpoint did not say. */
        long inputTokens() {
            return inputTokens;
        }

        /** 0 where the endpoint did not say. */
        long outputTokens() {
            return outputTokens;
        }

        private void add(ChatResponse part) {
            for (Generation generation : part.getResults()) {
                String piece = generation.getOutput().getText();
                text.append(piece == null ? "" : piece);
                String reason = generation.getMetadata().getFinishReason();
                if (reason != null && !reason.isEmpty()) {
                    finish = reason.toLowerCase(Locale.ROOT);
                }
            }
            Usage usage = part.getMetadata().getUsage();
            if (usage != null) {
                inputTokens = Math.max(inputTokens, usage.getPromptTokens());
                outputTokens = Math.max(outputTokens, usage.getCompletionTokens());
            }
        }
    }

    private final OpenAiChatModel model;
    private final boolean stream;
    private final Duration timeout;

    ModelClient(ModelSettings settings, @Nullable String schema) {
        OpenAiChatOptions.Builder options = OpenAiChatOptions.builder();
        options.baseUrl(String.valueOf(settings.url()));
        options.apiKey(settings.secret());
        options.model(String.valueOf(settings.model()));
        options.timeout(settings.timeout());
        options.maxRetries(0);
        options.maxTokens(settings.answerTokens());
        if (settings.stream()) {
            options.streamUsage(true);
        }
        if (schema != null) {
            options.outputSchema(schema);
        }
        // Not observed: what is observed there would carry the prompt's model and address into meters we do not name.
        this.model = OpenAiChatModel.builder()
                .options(options.build())
                .observationRegistry(ObservationRegistry.NOOP)
                .build();
        this.stream = settings.stream();
        this.timeout = settings.timeout();
    }

    /**
     * @param into takes what comes, also when the rest does not
     * @throws CallFailed unless the answer is whole
     */
    void ask(String system, String user, Reply into) {
        Prompt prompt = new Prompt(List.of(new SystemMessage(system), new UserMessage(user)));
        try {
            if (stream) {
                model.stream(prompt).timeout(timeout).doOnNext(into::add).blockLast(timeout);
            } else {
                into.add(model.call(prompt));
            }
        } catch (RuntimeException failed) {
            throw named(failed, into);
        }
        if (into.finish.equals("length")) {
            throw new CallFailed("cut-short", "the answer was longer than it may be", false);
        }
        if (!into.finish.equals("stop")) {
            throw new CallFailed("cut-short", "the answer ended before its end", true);
        }
    }

    private static CallFailed named(RuntimeException failed, Reply sofar) {
        for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
            if (cause instanceof OpenAIServiceException said) {
                String status = "HTTP " + said.statusCode();
                return said.statusCode() == TOO_MANY_REQUESTS
                        ? new CallFailed("rate-limited", status, true)
                        : said.statusCode() >= SERVER_ERROR
                                ? new CallFailed("server-error", status, true)
                                : new CallFailed("refused", status, false);
            }
            if (cause instanceof InterruptedIOException || cause instanceof TimeoutException) {
                return new CallFailed("timed-out", "no whole answer in time", true);
            }
            if (cause instanceof OpenAIInvalidDataException) {
                return new CallFailed("malformed", "not the protocol that was expected", true);
            }
        }
        String message = String.valueOf(failed.getMessage());
        if (failed instanceof IllegalStateException && message.startsWith("Timeout on blocking read")) {
            return new CallFailed("timed-out", "no whole answer in time", true);
        }
        return sofar.text.isEmpty()
                ? new CallFailed("unreachable", failed.getClass().getSimpleName(), true)
                : new CallFailed("cut-short", "the connection ended before the answer did", true);
    }
}
