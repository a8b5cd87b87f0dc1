package winback.chassis.http;

import io.swagger.v3.core.jackson.ModelResolver;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springdoc.core.providers.ObjectMapperProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JacksonModule;
import winback.chassis.problems.ProblemWriter;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(HttpSettings.class)
public class HttpConfiguration {

    @Bean
    FilterRegistrationBean<BoundedBodyFilter> boundedBodies(HttpSettings settings, ProblemWriter problems) {
        var registration = new FilterRegistrationBean<>(new BoundedBodyFilter(settings, problems));
        // After Spring Security (-100): a stranger's body is not even inflated.
        registration.setOrder(Ordered.LOWEST_PRECEDENCE - 100);
        return registration;
    }

    @Bean
    FilterRegistrationBean<IdempotencyFilter> idempotency(
            HttpSettings settings, JdbcClient db, ProblemWriter problems) {
        var registration = new FilterRegistrationBean<>(new IdempotencyFilter(settings, db, problems));
        registration.setOrder(Ordered.LOWEST_PRECEDENCE - 50);
        return registration;
    }

    /** A slash or backslash within an id is part of the id, not of the path. */
    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> idsInPaths() {
        return factory -> factory.addConnectorCustomizers(connector -> {
            connector.setEncodedSolidusHandling("passthrough");
            connector.setEncodedReverseSolidusHandling("passthrough");
        });
    }

    /** After Spring Boot's own, which starts each virtual thread at once. */
    @Bean
    @Order(Ordered.LOWEST_PRECEDENCE)
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> requestThreads() {
        return factory -> factory.addProtocolHandlerCustomizers(protocol -> protocol.setExecutor(new RequestThreads()));
    }

    /** In the place of springdoc's own; first of all, since those that come later are asked before it. */
    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    ModelResolver schemas(ObjectMapperProvider json) {
        return new Schemas(json.jsonMapper()).openapi31(json.isOpenapi31());
    }

    @Bean
    OpenApiCustomizer problemsAreDescribed(ObjectMapperProvider json) {
        return new Described(json.isOpenapi31());
    }

    @Bean
    JacksonModule wholeTexts() {
        return new WholeTexts();
    }

    @Bean
    OpenAPI openApi(@Value("${spring.application.name}") String service) {
        return new OpenAPI()
                .info(new Info().title("Winback " + service).version("v1"))
                .components(new Components()
                        .addSecuritySchemes(
                                "bearer",
                                new SecurityScheme()
                                        .type(SecurityScheme.Type.HTTP)
                                        .scheme("bearer"))
                        .addSecuritySchemes(
                                "basic",
                                new SecurityScheme()
                                        .type(SecurityScheme.Type.HTTP)
                                        .scheme("basic")))
                .addSecurityItem(new SecurityRequirement().addList("bearer"))
                .addSecurityItem(new SecurityRequirement().addList("basic"));
    }
}
