package winback.chassis;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Import;
import winback.chassis.access.AccessConfiguration;
import winback.chassis.events.EventsConfiguration;
import winback.chassis.http.HttpConfiguration;
import winback.chassis.identities.IdentitiesConfiguration;
import winback.chassis.problems.ProblemsConfiguration;
import winback.chassis.time.TimeConfiguration;

/** Everything that a service gets by depending on this module. */
@AutoConfiguration(
        beforeName = {
            "org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration",
            "org.springframework.boot.webmvc.autoconfigure.error.ErrorMvcAutoConfiguration",
            "org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration"
        })
@Import({
    TimeConfiguration.class,
    AccessConfiguration.class,
    ProblemsConfiguration.class,
    HttpConfiguration.class,
    EventsConfiguration.class,
    IdentitiesConfiguration.class
})
class ChassisAutoConfiguration {}
