package winback.chassis;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.io.ClassPathResource;

/**
 * Puts {@code service-chassis.yml} beneath everything else, so that whatever a service or a deployment says wins over
 * it. The profile {@code json} adds JSON log lines.
 */
final class ChassisEnvironment implements EnvironmentPostProcessor {

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        if (environment.matchesProfiles("json")) {
            append(environment, "service-chassis-json.yml");
        }
        append(environment, "service-chassis.yml");
    }

    private static void append(ConfigurableEnvironment environment, String file) {
        try {
            new YamlPropertySourceLoader()
                    .load(file, new ClassPathResource(file, ChassisEnvironment.class.getClassLoader()))
                    .forEach(environment.getPropertySources()::addLast);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
