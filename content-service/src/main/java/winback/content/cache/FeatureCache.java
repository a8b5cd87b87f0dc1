package winback.content.cache;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import winback.chassis.events.Topics;
import winback.content.broadcast.TopicReader;
import winback.content.cache.Subscriber.Profile;
import winback.content.cache.Subscriber.Scores;
import winback.content.cache.Subscriber.SendTimes;
import winback.contracts.Event;
import winback.contracts.ProfileChanged;
import winback.contracts.ScoresChanged;
import winback.contracts.SendTimesChanged;
import winback.contracts.SubscriberErased;
import winback.contracts.SubscriberMerged;
import winback.contracts.Topic;

/** Every subscriber's current state, from the three compacted topics, without those who were merged away or
 * erased. Lookups are lock-free; one thread writes. */
public final class FeatureCache implements TopicReader.Handler {

    private final ConcurrentHashMap<String, Subscriber> subscribers = new ConcurrentHashMap<>();
    private final Map<String, ZoneId> zones = new ConcurrentHashMap<>();
    private final Map<String, Topic> byName = new HashMap<>();
    private final Map<Topic, Counter> skipped = new HashMap<>();
    private final Counter outdated;

    FeatureCache(Topics topics, MeterRegistry meters) {
        for (Topic topic : List.of(Topic.PROFILE, Topic.SCORES, Topic.SEND_TIMES, Topic.IDENTITIES)) {
            byName.put(topics.name(topic), topic);
            skipped.put(
                    topic,
                    Counter.builder("winback.cache.skipped")
                            .description("Records that could not be read")
                            .tag("topic", topic.wireName())
                            .register(meters));
        }
        outdated = Counter.builder("winback.cache.outdated")
                .description("Records with an older version than the one held")
                .register(meters);
        Gauge.builder("winback.cache.subscribers", subscribers, Map::size).register(meters);
    }

    /** Null when nothing is known of that subscriber. */
    public @Nullable Subscriber find(String subscriberId) {
        return subscribers.get(subscriberId);
    }

    List<String> topicNames() {
        return List.copyOf(byName.keySet());
    }

    @Override
    public void on(ConsumerRecord<?, ?> record, String key, @Nullable Event event) {
        Subscriber known = subscribers.getOrDefault(key, Subscriber.NOBODY);
        Subscriber next = switch (event) {
            case null -> without(known, record.topic());
            case ProfileChanged changed -> {
                Profile profile = known.profile();
                yield profile != null && changed.version() < profile.version() ? null : known.with(profile(changed));
            }
            case ScoresChanged changed -> {
                Scores scores = known.scores();
                yield scores != null && changed.version() < scores.version()
                        ? null
                        : known.with(new Scores(
                                changed.version(),
                                changed.scoredAt(),
                                changed.featuresAsOf(),
                                Map.copyOf(changed.scores())));
            }
            case SendTimesChanged changed -> {
                SendTimes times = known.sendTimes();
                if (changed.bestHour() < 0 || changed.bestHour() > 23) {
                    throw new IllegalArgumentException("Invalid hour: " + changed.bestHour());
                }
                yield times != null && changed.version() < times.version()
                        ? null
                        : known.with(new SendTimes(
                                changed.version(),
                                changed.bestHour(),
                                changed.observations(),
                                zone(changed.timezone())));
            }
            // The tombstones say the same, a moment later.
            case SubscriberErased erased -> known.since(erased.erasedAt());
            case SubscriberMerged merged -> known.since(merged.at());
            default -> known;
        };
        if (next == null) {
            outdated.increment();
        } else if (next.isEmpty()) {
            subscribers.remove(key);
        } else {
            subscribers.put(key, next);
        }
    }

    private Subscriber without(Subscriber known, String topicName) {
        Topic topic = byName.get(topicName);
        if (topic == Topic.PROFILE) {
            return known.with((Profile) null);
        }
        return topic == Topic.SCORES ? known.with((Scores) null) : known.with((SendTimes) null);
    }

    private Profile profile(ProfileChanged changed) {
        return new Profile(
                changed.version(),
                changed.featuresAsOf(),
                changed.lifecycle().intern(),
                changed.features(),
                new HashMap<>(changed.traits()),
                List.copyOf(changed.consents()),
                zone(changed.timezone()));
    }

    private @Nullable ZoneId zone(@Nullable String name) {
        if (name == null) {
            return null;
        }
        ZoneId known = zones.get(name);
        if (known == null) {
            try {
                known = ZoneId.of(name);
            } catch (DateTimeException noZone) {
                return null;
            }
            zones.put(name, known);
        }
        return known;
    }

    @Override
    public void onSkipped(ConsumerRecord<?, ?> record) {
        Topic topic = byName.get(record.topic());
        Counter counter = topic == null ? null : skipped.get(topic);
        if (counter != null) {
            counter.increment();
        }
    }
}
