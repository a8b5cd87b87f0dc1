package winback.chassis.events;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.kafka.KafkaException;
import org.springframework.kafka.config.ContainerCustomizer;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.listener.CommonErrorHandler;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.listener.adapter.RecordFilterStrategy;
import org.springframework.kafka.support.LoggingProducerListener;
import org.springframework.util.backoff.ExponentialBackOff;
import org.springframework.util.backoff.FixedBackOff;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(Topics.Settings.class)
public class EventsConfiguration {

    private static final Logger log = LoggerFactory.getLogger(EventsConfiguration.class);

    /** Creating the topics is part of making this bean: nothing publishes or listens before they exist. */
    @Bean
    Topics topics(Topics.Settings settings, KafkaProperties kafka) {
        Topics topics = new Topics(settings);
        topics.create(kafka.buildAdminProperties());
        return topics;
    }

    @Bean
    ProducerFactory<String, byte[]> eventProducers(KafkaProperties kafka) {
        return new DefaultKafkaProducerFactory<>(kafka.buildProducerProperties());
    }

    @Bean
    KafkaTemplate<String, byte[]> eventTemplate(ProducerFactory<String, byte[]> producers) {
        KafkaTemplate<String, byte[]> template = new KafkaTemplate<>(producers);
        // The keys are people, and the values say who they are.
        LoggingProducerListener<String, byte[]> failures = new LoggingProducerListener<>();
        failures.setIncludeContents(false);
        template.setProducerListener(failures);
        return template;
    }

    @Bean
    EventPublisher eventPublisher(
            KafkaTemplate<String, byte[]> kafka, Topics topics, @Value("${winback.service}") String service) {
        return new EventPublisher(kafka, topics, source(service));
    }

    private static String source(String service) {
        return "/winback/" + service;
    }

    /** Only where it is asked for: it has a producer and a thread of its own. */
    @Bean
    @Lazy
    GroupCommit groupCommit(
            ProducerFactory<String, byte[]> producers, Topics topics, @Value("${winback.service}") String service) {
        return new GroupCommit(producers, topics, source(service));
    }

    @Bean
    Parking parking(KafkaTemplate<String, byte[]> kafka, MeterRegistry meters) {
        return new Parking(kafka, meters);
    }

    @Bean
    RecordFilterStrategy<Object, Object> undecodable(Parking parking) {
        return parking::takeOut;
    }

    /**
     * Listeners work in bursts of many milliseconds, and virtual threads are not taken off their carriers meanwhile: requests
     * would wait behind them.
     */
    @Bean
    ContainerCustomizer<Object, Object, ConcurrentMessageListenerContainer<Object, Object>> onPlatformThreads() {
        return container ->
                container.getContainerProperties().setListenerTaskExecutor(new SimpleAsyncTaskExecutor("kafka-"));
    }

    /** An outage is waited for however long it lasts; a record that fails three times by itself is parked. */
    @Bean
    CommonErrorHandler errorHandler(Parking parking) {
        DefaultErrorHandler handler = new DefaultErrorHandler(parking::park, new FixedBackOff(200, 2));
        handler.setBackOffFunction((record, failure) -> {
            if (!Outage.isOutage(failure)) {
                return null;
            }
            ExponentialBackOff backOff = new ExponentialBackOff(200, 2);
            backOff.setMaxInterval(2000);
            return backOff;
        });
        // By default some exceptions are never retried; here only the number of tries decides.
        handler.setClassifications(Map.of(), true);
        handler.setCommitRecovered(true);
        // The container would log each retry with its whole stack; one line says as much.
        handler.setLogLevel(KafkaException.Level.DEBUG);
        handler.setRetryListeners((record, failure, attempt) -> log.warn(
                "attempt {} at {}-{}@{} failed: {}",
                attempt,
                record.topic(),
                record.partition(),
                record.offset(),
                Parking.root(failure)));
        return handler;
    }

    @Bean
    CatchUp catchUp(KafkaListenerEndpointRegistry listeners, KafkaProperties kafka, Topics topics) {
        return new CatchUp(listeners, kafka.buildAdminProperties(), topics);
    }
}
