package winback.content.decisions;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import winback.chassis.events.Topics;
import winback.content.broadcast.TopicReader;
import winback.content.journal.Journal;
import winback.contracts.Topic;

@Configuration(proxyBeanMethods = false)
class DecisionsConfiguration {

    @Bean
    RecentDecisions recentDecisions(DecisionSettings settings) {
        return new RecentDecisions(settings.recent().toBytes());
    }

    @Bean
    Journal journal(JournalSettings settings) {
        return Journal.open(
                settings.dir(),
                Math.toIntExact(settings.segment().toBytes()),
                settings.most().toBytes());
    }

    /** The bean's name is what the readiness group includes. */
    @Bean
    TopicReader liveDeliveryTopics(
            LiveDeliveries live,
            Topics topics,
            KafkaProperties kafka,
            @Value("${winback.topics.prefix}content-decisions") String decisionsGroup,
            @Value("${winback.topics.prefix}content-deliveries") String deliveriesGroup,
            @Value("${winback.topics.prefix}content-identities") String identitiesGroup) {
        return new TopicReader(
                "live-deliveries",
                kafka.buildConsumerProperties(),
                List.of(topics.name(Topic.DECISIONS), topics.name(Topic.DELIVERIES), topics.name(Topic.IDENTITIES)),
                TopicReader.Share.ALL,
                () -> committed(kafka.buildAdminProperties(), decisionsGroup, deliveriesGroup, identitiesGroup),
                live::load,
                List.of(live));
    }

    /** Up to where the database knows the topics; asked before the database is read, so that nothing is missed. */
    private static Map<TopicPartition, Long> committed(Map<String, Object> config, String... groups) {
        Map<TopicPartition, Long> positions = new HashMap<>();
        try (Admin admin = Admin.create(config)) {
            for (String group : groups) {
                admin.listConsumerGroupOffsets(group)
                        .partitionsToOffsetAndMetadata()
                        .get(10, TimeUnit.SECONDS)
                        .forEach((partition, offset) -> {
                            if (offset != null) {
                                positions.put(partition, offset.offset());
                            }
                        });
            }
            return positions;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted", interrupted);
        } catch (ExecutionException | TimeoutException away) {
            throw new KafkaException("Kafka does not tell the groups' offsets", away);
        }
    }
}
