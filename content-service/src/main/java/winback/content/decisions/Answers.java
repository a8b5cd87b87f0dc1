package winback.content.decisions;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import winback.chassis.problems.Problem;
import winback.content.broadcast.TopicReader;
import winback.content.cache.FeatureCache;
import winback.content.cache.Subscriber;
import winback.content.instances.Forwarder;
import winback.content.instances.Owners;

/**
 * Answers for any subscriber: here, if the subscriber's partition is; else by asking the instance that has it; and with what
 * is known of everybody when that one does not answer in time or the partition is still being read.
 */
@Component
class Answers {

    static final String PATH = "/v1/personalizations";

    /** @param status 200 but for a problem that another instance has told */
    record Reply(int status, Personalization.Json json) {
        private static Reply of(Personalization answer, boolean explained) {
            return new Reply(HttpStatus.OK.value(), answer.json(explained));
        }
    }

    private final Personalizer personalizer;
    private final FeatureCache subscribers;
    private final TopicReader featureCache;
    private final Owners owners;
    private final Forwarder forwarder;
    private final Counter forwarded;
    private final Counter away;

    Answers(
            Personalizer personalizer,
            FeatureCache subscribers,
            TopicReader featureCache,
            Owners owners,
            Forwarder forwarder,
            MeterRegistry meters) {
        this.personalizer = personalizer;
        this.subscribers = subscribers;
        this.featureCache = featureCache;
        this.owners = owners;
        this.forwarder = forwarder;
        this.forwarded = Counter.builder("winback.personalizations.forwarded")
                .description("Requests that another instance was asked for")
                .register(meters);
        this.away = Counter.builder("winback.personalizations.unasked")
                .description("Answers of which nothing could be asked about the subscriber in time")
                .register(meters);
    }

    /**
     * Begins to answer: another instance is asked at once, what is decided here is decided when it is fetched, and its time
     * begins then. Who was merged into somebody else is answered for under that id.
     *
     * @param request that it came by
     * @return throws a {@link Problem} when it is fetched and cannot be answered
     */
    Supplier<Reply> begin(Personalizer.Ask asked, boolean explained, HttpServletRequest request) {
        Personalizer.Ask ask = asked.of(personalizer.current(asked.subscriberId()));
        int partition = subscribers.partition(ask.subscriberId());
        URI elsewhere = owners.elsewhere(partition);
        if (elsewhere != null && request.getHeader(Forwarder.FORWARDED) == null) {
            forwarded.increment();
            CompletableFuture<Forwarder.Answer> answer = forwarder.post(
                    elsewhere,
                    explained ? PATH + "?explain=true" : PATH,
                    DecisionJson.bytes(ask),
                    request.getHeader(HttpHeaders.AUTHORIZATION),
                    ask.deadline().left());
            return () -> await(answer, ask, explained);
        }
        return () -> {
            boolean here = owners.has(partition);
            return here && (featureCache.isCaughtUp(partition) || hasProfile(ask.subscriberId()))
                    ? Reply.of(personalizer.personalize(ask.begun()), explained)
                    : unasked(ask.begun(), explained, here ? "refilling" : "owner-away");
        };
    }

    /** Scores and hours may have been read before it. */
    private boolean hasProfile(String subscriberId) {
        Subscriber subscriber = subscribers.find(subscriberId);
        return subscriber != null && subscriber.hasProfile();
    }

    private Reply await(CompletableFuture<Forwarder.Answer> asked, Personalizer.Ask ask, boolean explained) {
        Forwarder.@Nullable Answer answer = asked.exceptionally(late -> null).join();
        return answer == null
                ? unasked(ask, explained, "owner-away")
                : new Reply(answer.status(), Personalization.Json.of(answer.body()));
    }

    private Reply unasked(Personalizer.Ask ask, boolean explained, String why) {
        away.increment();
        if (ask.deliver()) {
            // Only who has the subscriber knows of an earlier delivery.
            throw Problem.away(why, "What is known of this subscriber cannot be asked at the moment; try again.");
        }
        return Reply.of(personalizer.personalizeUnasked(ask, why), explained);
    }
}
