package winback.content.instances;

import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import winback.content.broadcast.TopicReader;

/**
 * Which instance has which partition of the subscribers. Alone it has them all. With others Kafka's group membership divides
 * them: a consumer of each instance is a member and reads nothing; the members' client ids say where they are reached, and
 * every instance asks the group about once a second who has what.
 */
public final class Owners implements SmartLifecycle, TopicReader.Share {

    private static final Logger log = LoggerFactory.getLogger(Owners.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final int PATIENCE_SECONDS = 5;

    private final @Nullable URI self;
    private final Map<String, Object> consumerConfig;
    private final Map<String, Object> adminConfig;
    private final String topic;
    private final String group;

    private final Set<Integer> own = ConcurrentHashMap.newKeySet();
    private volatile boolean known;
    private volatile Map<Integer, URI> others = Map.of();
    private volatile boolean running;
    private @Nullable Thread member;
    private @Nullable Thread looking;

    /**
     * @param self where the others reach this one; absent when it is alone
     * @param topic whose partitions are divided; the other topics of subscribers go the same way
     */
    Owners(
            @Nullable URI self,
            Map<String, Object> consumerConfig,
            Map<String, Object> adminConfig,
            String topic,
            String group) {
        this.self = self;
        this.consumerConfig = new HashMap<>(consumerConfig);
        this.adminConfig = new HashMap<>(adminConfig);
        this.topic = topic;
        this.group = group;
    }

    @Override
    public boolean isKnown() {
        return self == null || known;
    }

    @Override
    public boolean has(int partition) {
        return self == null || own.contains(partition);
    }

    /** Where the instance is reached that has this partition; null when it is this one, or nobody knows. */
    public @Nullable URI elsewhere(int partition) {
        return has(partition) ? null : others.get(partition);
    }

    /** All other instances that have any partition. */
    public Collection<URI> others() {
        return Set.copyOf(others.values());
    }

    private final class Rebalances implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            partitions.forEach(partition -> own.add(partition.partition()));
            known = true;
            if (!partitions.isEmpty()) {
                log.info("partitions {} of the subscribers are here now", numbers(partitions));
            }
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            partitions.forEach(partition -> own.remove(partition.partition()));
            if (!partitions.isEmpty()) {
                log.info("partitions {} of the subscribers go elsewhere", numbers(partitions));
            }
        }
    }

    private static Collection<Integer> numbers(Collection<TopicPartition> partitions) {
        return partitions.stream().map(TopicPartition::partition).sorted().toList();
    }

    private void beMember(URI url) {
        Map<String, Object> config = new HashMap<>(consumerConfig);
        config.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        config.put(ConsumerConfig.CLIENT_ID_CONFIG, URLEncoder.encode(url.toString(), StandardCharsets.UTF_8));
        config.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName());
        config.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 6000);
        config.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 1500);
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
        config.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        config.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(config)) {
            consumer.subscribe(Set.of(topic), new Rebalances());
            while (running) {
                consumer.poll(POLL);
                consumer.pause(consumer.assignment());
            }
        }
    }

    private void look(Admin admin) throws ExecutionException, InterruptedException, TimeoutException {
        Map<Integer, URI> found = new HashMap<>();
        ConsumerGroupDescription told = admin.describeConsumerGroups(Set.of(group))
                .all()
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .get(group);
        for (MemberDescription each : told == null ? List.<MemberDescription>of() : told.members()) {
            URI url = URI.create(URLDecoder.decode(each.clientId(), StandardCharsets.UTF_8));
            if (!url.equals(self)) {
                each.assignment().topicPartitions().forEach(partition -> found.put(partition.partition(), url));
            }
        }
        if (!found.equals(others)) {
            others = Map.copyOf(found);
            log.info("other instances: {}", new HashSet<>(found.values()));
        }
    }

    private void runMember() {
        while (running && self != null) {
            try {
                beMember(self);
            } catch (WakeupException | InterruptException stopping) {
                log.debug("no member any more");
            } catch (KafkaException away) {
                log.warn("membership waits: {}", away.toString());
                LockSupport.parkNanos(LOOK.toNanos());
            }
        }
    }

    private void runLooking() {
        try (Admin admin = Admin.create(adminConfig)) {
            while (running) {
                try {
                    look(admin);
                } catch (ExecutionException | TimeoutException | IllegalArgumentException away) {
                    log.debug("the group does not tell its members", away);
                } catch (InterruptedException stopping) {
                    Thread.currentThread().interrupt();
                    return;
                }
                LockSupport.parkNanos(LOOK.toNanos());
            }
        }
    }

    @Override
    public void start() {
        running = true;
        if (self != null) {
            adminConfig.put(AdminClientConfig.CLIENT_ID_CONFIG, "content-owners");
            member = Thread.ofPlatform().name("partition-member").daemon(true).start(this::runMember);
            looking = Thread.ofPlatform().name("partition-owners").daemon(true).start(this::runLooking);
        }
    }

    @Override
    public void stop() {
        running = false;
        for (Thread thread : new @Nullable Thread[] {member, looking}) {
            if (thread != null) {
                LockSupport.unpark(thread);
                try {
                    thread.join(Duration.ofSeconds(10));
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
