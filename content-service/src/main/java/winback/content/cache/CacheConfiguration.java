package winback.content.cache;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import winback.chassis.events.Topics;
import winback.content.broadcast.TopicReader;
import winback.content.instances.Owners;

@Configuration(proxyBeanMethods = false)
class CacheConfiguration {

    /** Two fill as fast as one broker sends; more would only be more to switch between. */
    private static final int READERS = 2;

    @Bean
    FeatureCache subscribers(Topics topics, MeterRegistry meters) {
        return new FeatureCache(topics.partitions(), topics::name, meters);
    }

    /** The bean's name is what the readiness group includes. */
    @Bean
    TopicReader featureCache(FeatureCache cache, Owners owners, KafkaProperties kafka, MeterRegistry meters) {
        TopicReader reader = new TopicReader(
                "feature-cache",
                kafka.buildConsumerProperties(),
                cache.topicNames(),
                owners,
                Map::of,
                () -> {},
                Stream.generate(cache::filler).limit(READERS).toList());
        Gauge.builder("winback.cache.lag", reader, TopicReader::lag)
                .description("Records not yet read")
                .register(meters);
        return reader;
    }
}
