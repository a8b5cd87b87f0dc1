package winback.delivery.deliveries;

import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;
import winback.contracts.DeliveryDue;

/** The finished mails, as content-service renders them. */
@Component
class ContentMails implements DisposableBean {

    private static final Logger log = LoggerFactory.getLogger(ContentMails.class);

    /** Twice what fits into an event; what is larger is not even read. */
    private static final int LARGEST_ANSWER = 2 * DueDeliveries.LARGEST_MAIL_BYTES;

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /** What came of asking for a mail. */
    sealed interface Answer {

        /**
         * @param bytes how long it is in UTF-8
         */
        record Found(String subscriberId, DeliveryDue.Mail mail, long bytes) implements Answer {}

        /** There is no such mail; perhaps not yet. */
        record Missing() implements Answer {}

        /** content-service no longer stands by it. */
        record Withdrawn() implements Answer {}

        /** It is longer than any event could be. */
        record TooLarge() implements Answer {}

        /** content-service does not answer, or not as agreed. */
        record Away(String why) implements Answer {}
    }

    private record Rendered(
            @Nullable String decisionId,
            @Nullable String subscriberId,
            @Nullable String subject,
            @Nullable String preheader,
            @Nullable String html,
            @Nullable String text) {}

    private record Raw(HttpStatusCode status, byte[] body) {}

    private final HttpClient http;
    private final RestClient content;
    private final DeliveryMeters meters;

    ContentMails(ContentSettings settings, DeliveryMeters meters) {
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(settings.connectTimeout())
                .build();
        JdkClientHttpRequestFactory requests = new JdkClientHttpRequestFactory(http);
        requests.setReadTimeout(settings.readTimeout());
        RestClient.Builder builder = RestClient.builder()
                .requestFactory(requests)
                .baseUrl(settings.url().toString())
                .defaultHeader(HttpHeaders.ACCEPT, MediaType.APPLICATION_JSON_VALUE);
        if (settings.key().isBlank()) {
            log.warn("no key for content-service: set WINBACK_CONTENT_KEY; no mail can be fetched");
        } else {
            builder.defaultHeader(HttpHeaders.AUTHORIZATION, "Bearer " + settings.key());
        }
        this.content = builder.build();
        this.meters = meters;
    }

    Answer fetch(String decisionId) {
        long start = System.nanoTime();
        Answer answer = ask(decisionId);
        String outcome = switch (answer) {
            case Answer.Found found -> "found";
            case Answer.Missing missing -> "missing";
            case Answer.Withdrawn withdrawn -> "withdrawn";
            case Answer.TooLarge large -> "found";
            case Answer.Away away -> "away";
        };
        meters.fetches(outcome).record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
        return answer;
    }

    private Answer ask(String decisionId) {
        Raw raw;
        try {
            raw = content.get()
                    .uri("/v1/decisions/{id}/mail?due=true", decisionId)
                    .exchangeForRequiredValue((request, response) ->
                            new Raw(response.getStatusCode(), response.getBody().readNBytes(LARGEST_ANSWER + 1)));
        } catch (ResourceAccessException away) {
            return new Answer.Away(String.valueOf(away.getMostSpecificCause()));
        }
        if (raw.status().value() == 404) {
            return new Answer.Missing();
        }
        if (raw.status().value() == 410) {
            return new Answer.Withdrawn();
        }
        if (!raw.status().is2xxSuccessful()) {
            return new Answer.Away("HTTP " + raw.status().value());
        }
        if (raw.body().length > LARGEST_ANSWER) {
            return new Answer.TooLarge();
        }
        try {
            Rendered mail = JSON.readValue(raw.body(), Rendered.class);
            if (mail == null
                    || !decisionId.equals(mail.decisionId())
                    || mail.subscriberId() == null
                    || mail.subject() == null
                    || mail.html() == null
                    || mail.text() == null) {
                return new Answer.Away("no mail of that decision in the answer");
            }
            String preheader = mail.preheader() == null ? "" : mail.preheader();
            return new Answer.Found(
                    mail.subscriberId(),
                    new DeliveryDue.Mail(mail.subject(), preheader, mail.html(), mail.text()),
                    bytes(mail.subject()) + bytes(preheader) + bytes(mail.html()) + bytes(mail.text()));
        } catch (JacksonException malformed) {
            return new Answer.Away("malformed JSON in the answer");
        }
    }

    private static long bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    @Override
    public void destroy() {
        http.shutdownNow();
    }
}
