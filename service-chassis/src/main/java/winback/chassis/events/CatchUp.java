package winback.chassis.events;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.listener.MessageListenerContainer;
import winback.contracts.Topic;

/**
 * Ready means: what was on the topics when the service started has been processed. Imports, commands, training rows,
 * decisions and deliveries are work to do and not state to have, so nobody waits for those.
 */
final class CatchUp implements HealthIndicator {

    private static final Logger log = LoggerFactory.getLogger(CatchUp.class);
    private static final Set<Topic> WORK =
            Set.of(Topic.IMPORTS, Topic.COMMANDS, Topic.TRAINING, Topic.DECISIONS, Topic.DELIVERIES);

    private final KafkaListenerEndpointRegistry listeners;
    private final Map<String, Object> adminConfig;
    private final Set<String> workTopics;
    private volatile boolean caughtUp;
    private volatile boolean closed;

    CatchUp(KafkaListenerEndpointRegistry listeners, Map<String, Object> adminConfig, Topics topics) {
        this.listeners = listeners;
        this.adminConfig = adminConfig;
        this.workTopics = WORK.stream().map(topics::name).collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public Health health() {
        return caughtUp ? Health.up().build() : Health.outOfService().build();
    }

    @EventListener(ApplicationReadyEvent.class)
    void start() {
        Thread.ofVirtual().name("catch-up").start(this::watch);
    }

    @EventListener(ContextClosedEvent.class)
    void stop() {
        closed = true;
    }

    private void watch() {
        Map<String, Map<TopicPartition, Long>> goals = new HashMap<>();
        try (Admin admin = Admin.create(adminConfig)) {
            while (!closed) {
                try {
                    if (goals.isEmpty()) {
                        goals.putAll(goals(admin));
                    }
                    if (reached(admin, goals)) {
                        caughtUp = true;
                        return;
                    }
                } catch (ExecutionException | TimeoutException away) {
                    log.debug("Kafka away while catching up", away);
                }
                TimeUnit.MILLISECONDS.sleep(200);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** By consumer group: the end offsets of its topics as read now, empty partitions left out. */
    private Map<String, Map<TopicPartition, Long>> goals(Admin admin)
            throws ExecutionException, InterruptedException, TimeoutException {
        Map<String, Map<TopicPartition, Long>> goals = new HashMap<>();
        for (MessageListenerContainer container : listeners.getListenerContainers()) {
            String group = container.getGroupId();
            String[] topics = container.getContainerProperties().getTopics();
            if (group == null || topics == null) {
                continue;
            }
            Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
            Map<TopicPartition, OffsetSpec> starts = new HashMap<>();
            for (String topic : topics) {
                if (workTopics.contains(topic)) {
                    continue;
                }
                admin.describeTopics(Set.of(topic))
                        .allTopicNames()
                        .get(10, TimeUnit.SECONDS)
                        .forEach((name, description) -> description.partitions().forEach(partition -> {
                            TopicPartition place = new TopicPartition(name, partition.partition());
                            ends.put(place, OffsetSpec.latest());
                            starts.put(place, OffsetSpec.earliest());
                        }));
            }
            Map<TopicPartition, ListOffsetsResultInfo> first =
                    admin.listOffsets(starts).all().get(10, TimeUnit.SECONDS);
            admin.listOffsets(ends).all().get(10, TimeUnit.SECONDS).forEach((place, end) -> {
                ListOffsetsResultInfo start = first.get(place);
                if (start == null || end.offset() > start.offset()) {
                    goals.computeIfAbsent(group, g -> new HashMap<>()).put(place, end.offset());
                }
            });
        }
        return goals;
    }

    private static boolean reached(Admin admin, Map<String, Map<TopicPartition, Long>> goals)
            throws ExecutionException, InterruptedException, TimeoutException {
        for (var goal : goals.entrySet()) {
            Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(goal.getKey())
                    .partitionsToOffsetAndMetadata()
                    .get(10, TimeUnit.SECONDS);
            for (var end : goal.getValue().entrySet()) {
                OffsetAndMetadata at = committed.get(end.getKey());
                if (at == null || at.offset() < end.getValue()) {
                    return false;
                }
            }
        }
        return true;
    }
}
