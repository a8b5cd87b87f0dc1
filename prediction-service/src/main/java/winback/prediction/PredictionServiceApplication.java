package winback.prediction;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.scheduling.annotation.EnableScheduling;

@SpringBootApplication
@ConfigurationPropertiesScan
@EnableScheduling
public class PredictionServiceApplication {

    /** The application, with its own configuration file: four of them share one class path in standalone. */
    public static SpringApplicationBuilder builder() {
        return new SpringApplicationBuilder(PredictionServiceApplication.class)
                .properties("spring.config.name=prediction-service");
    }

    public static void main(String[] args) {
        SpringApplication application = builder().build();
        application.run(args);
    }
}
