package winback.delivery.deliveries;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import winback.delivery.polling.Poller;

@Configuration(proxyBeanMethods = false)
class DeliveryConfiguration {

    @Bean
    Poller dueDeliveriesPolling(DueDeliveries due) {
        return due.polling();
    }
}
