package winback.chassis.identities;

import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import winback.chassis.access.DeploymentSecret;

@Configuration(proxyBeanMethods = false)
public class IdentitiesConfiguration {

    /** Lazy, as the secret that it needs. */
    @Bean
    @Lazy
    Identities identities(JdbcClient db, TransactionTemplate transaction, DeploymentSecret secret, Clock clock) {
        Identities identities = new Identities(db, transaction, secret, clock);
        identities.checkSecret();
        return identities;
    }
}
