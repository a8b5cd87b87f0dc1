package winback.content.instances;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import winback.chassis.events.Topics;
import winback.contracts.Topic;

@Configuration(proxyBeanMethods = false)
class InstancesConfiguration {

    /** @param url absent when there is no other instance */
    @Bean
    Owners owners(
            Topics topics,
            KafkaProperties kafka,
            @Value("${winback.instances.url:#{null}}") @Nullable URI url,
            @Value("${winback.topics.prefix}content-cache") String group) {
        if (url != null && (url.getHost() == null || url.getScheme() == null || url.getQuery() != null)) {
            throw new IllegalArgumentException("Invalid winback.instances.url: " + url);
        }
        return new Owners(
                url, kafka.buildConsumerProperties(), kafka.buildAdminProperties(), topics.name(Topic.PROFILE), group);
    }

    @Bean(destroyMethod = "close")
    HttpClient betweenInstances() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(1))
                .build();
    }

    @Bean
    Forwarder forwarder(HttpClient betweenInstances) {
        return new Forwarder(betweenInstances);
    }
}
