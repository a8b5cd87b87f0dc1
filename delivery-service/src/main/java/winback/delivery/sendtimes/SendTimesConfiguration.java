package winback.delivery.sendtimes;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import winback.delivery.polling.Poller;

@Configuration(proxyBeanMethods = false)
class SendTimesConfiguration {

    @Bean
    Poller sendTimesAnnouncing(SendTimes sendTimes) {
        return sendTimes.announcing();
    }
}
