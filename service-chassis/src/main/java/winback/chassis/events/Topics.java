package winback.chassis.events;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import winback.contracts.Topic;

/** The topics of this deployment, created when absent and never changed afterwards. */
public final class Topics {

    /**
     * @param prefix before each name; empty but in tests
     * @param partitions of every topic, fixed at creation
     * @param replication of every topic
     * @param retention the longest that any record stays; a topic's own may be shorter
     * @param segment the time after which a partition begins a new file: only whole files are cleaned or deleted
     * @param check how long the broker may take to notice that a file is due: its
     *     {@code log.retention.check.interval.ms} and {@code log.cleaner.backoff.ms}, and the cleaning itself
     */
    @ConfigurationProperties("winback.topics")
    record Settings(
            @DefaultValue("") String prefix,
            @DefaultValue("24") int partitions,
            @DefaultValue("1") short replication,
            @DefaultValue("7d") Duration retention,
            @DefaultValue("1h") Duration segment,
            @DefaultValue("10m") Duration check) {

        Settings {
            if (!retention.isPositive() || !segment.isPositive() || check.isNegative()) {
                throw new IllegalArgumentException("Invalid winback.topics: retention %s, segment %s, check %s"
                        .formatted(retention, segment, check));
            }
        }

        Duration retention(Topic topic) {
            return topic.retention().compareTo(retention) < 0 ? topic.retention() : retention;
        }
    }

    /** The suffix of the topic for what cannot be processed. */
    public static final String PARKED_SUFFIX = ".dlt";

    private static final int MAX_EVENT_BYTES = 1_048_576;

    private final Settings settings;

    Topics(Settings settings) {
        this.settings = settings;
    }

    /** The name on the broker. */
    public String name(Topic topic) {
        return settings.prefix() + topic.wireName();
    }

    /** How many partitions each topic has. */
    public int partitions() {
        return settings.partitions();
    }

    /** How long after its removal, or its last record, anything of a key may be left on any topic. */
    public Duration forgottenWithin() {
        Duration longest = Duration.ZERO;
        for (Topic topic : Topic.values()) {
            Duration retention = settings.retention(topic);
            Duration file = settings.segment().plus(settings.check());
            // Compaction takes away the values, and later the tombstone, each when a file is closed and old enough.
            Duration within =
                    topic.compacted() ? retention.multipliedBy(3).plus(file.multipliedBy(3)) : retention.plus(file);
            longest = within.compareTo(longest) > 0 ? within : longest;
        }
        return longest;
    }

    private static String millis(Duration duration) {
        return Long.toString(duration.toMillis());
    }

    /** Creates what is absent; refuses a broker whose topics have another number of partitions. */
    void create(Map<String, Object> adminConfig) {
        Map<String, Object> config = new HashMap<>(adminConfig);
        try (Admin admin = Admin.create(config)) {
            List<NewTopic> wanted = new ArrayList<>();
            for (Topic topic : Topic.values()) {
                wanted.add(new NewTopic(name(topic), settings.partitions(), settings.replication())
                        .configs(config(topic)));
                wanted.add(new NewTopic(name(topic) + PARKED_SUFFIX, 1, settings.replication())
                        .configs(Map.of(
                                TopicConfig.RETENTION_MS_CONFIG, millis(settings.retention()),
                                TopicConfig.SEGMENT_MS_CONFIG, millis(settings.segment()),
                                TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(2 * MAX_EVENT_BYTES))));
            }
            var created = admin.createTopics(wanted).values();
            for (var result : created.entrySet()) {
                try {
                    result.getValue().get(30, TimeUnit.SECONDS);
                } catch (ExecutionException failed) {
                    if (!(failed.getCause() instanceof TopicExistsException)) {
                        throw new IllegalStateException("cannot create topic " + result.getKey(), failed.getCause());
                    }
                }
            }
            List<String> names =
                    java.util.Arrays.stream(Topic.values()).map(this::name).toList();
            for (TopicDescription topic : describe(admin, names)) {
                if (topic.partitions().size() != settings.partitions()) {
                    throw new IllegalStateException(
                            "topic %s has %d partitions, winback.topics.partitions says %d; the number is fixed at creation"
                                    .formatted(topic.name(), topic.partitions().size(), settings.partitions()));
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while creating topics", interrupted);
        } catch (ExecutionException | TimeoutException failed) {
            throw new IllegalStateException("Kafka does not answer; is WINBACK_KAFKA right?", failed);
        }
    }

    /** A broker may not know yet what the controller has just created. */
    private static Collection<TopicDescription> describe(Admin admin, List<String> names)
            throws InterruptedException, ExecutionException, TimeoutException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (true) {
            try {
                return admin.describeTopics(names)
                        .allTopicNames()
                        .get(30, TimeUnit.SECONDS)
                        .values();
            } catch (ExecutionException failed) {
                if (!(failed.getCause() instanceof UnknownTopicOrPartitionException)
                        || System.nanoTime() - deadline > 0) {
                    throw failed;
                }
                TimeUnit.MILLISECONDS.sleep(100);
            }
        }
    }

    private Map<String, String> config(Topic topic) {
        Map<String, String> config = new HashMap<>();
        String retention = millis(settings.retention(topic));
        // Segments roll hourly, so that an erasure reaches the log within a day.
        config.put(TopicConfig.SEGMENT_MS_CONFIG, millis(settings.segment()));
        config.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(MAX_EVENT_BYTES));
        if (topic.compacted()) {
            config.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT);
            config.put(TopicConfig.MAX_COMPACTION_LAG_MS_CONFIG, retention);
            config.put(TopicConfig.DELETE_RETENTION_MS_CONFIG, retention);
            config.put(TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG, "0.2");
        } else {
            config.put(TopicConfig.RETENTION_MS_CONFIG, retention);
        }
        return config;
    }
}
