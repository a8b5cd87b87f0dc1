package winback.content.llm;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration
class ModelConfiguration {

    @Bean
    @ConditionalOnProperty("winback.llm.url")
    ModelGenerator modelGenerator(ModelSettings settings, CallTables calls, Clock clock, MeterRegistry meters) {
        return new ModelGenerator(settings, calls, clock, meters);
    }
}
