package winback.profile.subscribers;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.springframework.stereotype.Component;
import winback.chassis.events.EventPublisher;
import winback.contracts.Event;
import winback.contracts.Topic;
import winback.profile.features.Lifecycle;
import winback.profile.subscribers.Subscribers.Since;

/** Tells the other services what has been committed. */
@Component
public class ProfilePublication {

    private static final Duration ACKNOWLEDGED_WITHIN = Duration.ofSeconds(15);

    private final EventPublisher events;
    private final Subscribers subscribers;
    private final Lifecycle lifecycle;

    ProfilePublication(EventPublisher events, Subscribers subscribers, Lifecycle lifecycle) {
        this.events = events;
        this.subscribers = subscribers;
        this.lifecycle = lifecycle;
    }

    /**
     * Publishes these and returns when Kafka has them.
     *
     * <p>Live activity, imports and the sweep commit and publish side by side, so a version may reach the topic after a
     * later one, and compaction would keep the older. So whoever has published looks once more: if there is a later
     * version by now, that one is published again, and who has been merged away or erased by now is removed again. Then
     * the last record of each key is always the newest.
     */
    public void publish(Collection<Subscriber> changed, Collection<? extends Event> feedback) {
        List<CompletableFuture<?>> sends = new ArrayList<>();
        for (Event activity : feedback) {
            sends.add(events.publish(Topic.FEEDBACK, activity));
        }
        Collection<Subscriber> next = changed;
        while (!next.isEmpty() || !sends.isEmpty()) {
            for (Subscriber subscriber : next) {
                sends.add(events.publish(Topic.PROFILE, subscriber.changed(lifecycle)));
            }
            EventPublisher.await(sends, ACKNOWLEDGED_WITHIN);
            sends.clear();
            Since since = subscribers.since(next);
            for (String gone : since.gone()) {
                sends.add(events.remove(Topic.PROFILE, gone));
            }
            next = since.newer();
        }
    }
}
