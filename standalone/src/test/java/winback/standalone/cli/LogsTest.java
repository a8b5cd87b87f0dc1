package winback.standalone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.core.io.ClassPathResource;

class LogsTest {

    private static final String LEVEL = "logging.level.";

    @AfterEach
    void bootsOwnAgain() {
        System.clearProperty(LoggingSystem.SYSTEM_PROPERTY);
    }

    /** What a service by itself does not log, all in one process do not either. */
    @Test
    void isAsQuietAsEachServiceByItself() {
        Logs.configure(null, false, false);
        YamlPropertiesFactoryBean yaml = new YamlPropertiesFactoryBean();
        yaml.setResources(new ClassPathResource("service-chassis.yml"));
        Properties settings = yaml.getObject();
        assertThat(settings).isNotNull();
        assertThat(settings.stringPropertyNames())
                .filteredOn(name -> name.startsWith(LEVEL))
                .isNotEmpty()
                .allSatisfy(name -> {
                    Logger logger = (Logger) LoggerFactory.getLogger(name.substring(LEVEL.length()));
                    Level wanted = Level.toLevel(settings.getProperty(name));
                    assertThat(logger.getEffectiveLevel().isGreaterOrEqual(wanted))
                            .isTrue();
                });
    }
}
