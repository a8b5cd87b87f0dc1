package winback.standalone.platform;

import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/**
 * A service as a Spring context of its own in this process.
 *
 * @param context running
 */
record ServiceContext(ConfigurableApplicationContext context) implements RunningService {

    /**
     * Starts it and returns when it listens.
     *
     * @param clock the context's clock, null for the service's own
     */
    static ServiceContext start(Service service, Map<String, String> properties, @Nullable Clock clock) {
        SpringApplicationBuilder application = service.application().registerShutdownHook(false);
        if (clock != null) {
            application.initializers(
                    context -> ((GenericApplicationContext) context).registerBean("clock", Clock.class, () -> clock));
        }
        // Spring's highest-ranking source, so that the surroundings' WINBACK_DB_URL and the like do not win.
        String[] arguments = properties.entrySet().stream()
                .map(property -> "--" + property.getKey() + "=" + property.getValue())
                .toArray(String[]::new);
        return new ServiceContext(application.run(arguments));
    }

    @Override
    public Optional<String> death() {
        return Optional.empty();
    }

    @Override
    public void close() {
        context.close();
    }
}
