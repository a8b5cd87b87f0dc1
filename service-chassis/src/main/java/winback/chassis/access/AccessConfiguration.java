package winback.chassis.access;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.firewall.StrictHttpFirewall;
import winback.chassis.problems.Problem;
import winback.chassis.problems.ProblemWriter;

/** One rule for all services: reading asks for {@code read}, ingestion for {@code ingest}, everything else for {@code operate}. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(AccessSettings.class)
public class AccessConfiguration {

    private static final String[] OPEN = {
        "/actuator/health",
        "/actuator/health/**",
        "/v3/api-docs",
        "/v3/api-docs/**",
        "/v3/api-docs.yaml",
        "/swagger-ui.html",
        "/swagger-ui/**",
        "/error"
    };

    @Bean
    ApiKeys apiKeys(
            @Value("${winback.keys.file:#{null}}") @Nullable Path file,
            @Value("${winback.api.key:#{null}}") @Nullable String adminKey) {
        return new ApiKeys(file, adminKey);
    }

    /** Lazy: only a service that remembers people by a code needs it. */
    @Bean
    @Lazy
    DeploymentSecret deploymentSecret(
            @Value("${winback.secret.value:#{null}}") @Nullable String secret,
            @Value("${winback.secret.file:#{null}}") @Nullable Path file,
            @Value("${winback.keys.file:#{null}}") @Nullable Path keysFile) {
        return DeploymentSecret.of(secret, file, keysFile);
    }

    /**
     * Ids of subscribers stand in paths and may have any character in them, percent-encoded; Tomcat passes them on so, and
     * Spring matches and decodes each segment by itself.
     */
    @Bean
    StrictHttpFirewall firewallForIds() {
        StrictHttpFirewall firewall = new StrictHttpFirewall();
        firewall.setAllowUrlEncodedSlash(true);
        firewall.setAllowUrlEncodedDoubleSlash(true);
        firewall.setAllowUrlEncodedPercent(true);
        firewall.setAllowUrlEncodedPeriod(true);
        firewall.setAllowSemicolon(true);
        firewall.setAllowBackSlash(true);
        return firewall;
    }

    /** Timers around each security filter cost a short request a tenth of its time, and say nothing that anybody asks. */
    @Bean
    SecurityObservationSettings noSecurityObservations() {
        return SecurityObservationSettings.noObservations();
    }

    @Bean
    SecurityFilterChain apiKeySecurity(
            HttpSecurity http, ApiKeys keys, AccessSettings settings, ProblemWriter problems) {
        return http.csrf(AbstractHttpConfigurer::disable) // no cookies, so nothing to forge
                .logout(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable)
                .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .addFilterBefore(new ApiKeyFilter(keys), AuthorizationFilter.class)
                .authorizeHttpRequests(requests -> {
                    requests.requestMatchers(OPEN).permitAll();
                    if (!settings.ingestPaths().isEmpty()) {
                        requests.requestMatchers(settings.ingestPaths().toArray(String[]::new))
                                .hasRole(Role.INGEST.name());
                    }
                    if (!settings.operatePaths().isEmpty()) {
                        requests.requestMatchers(settings.operatePaths().toArray(String[]::new))
                                .hasRole(Role.OPERATE.name());
                    }
                    if (!settings.readPaths().isEmpty()) {
                        requests.requestMatchers(
                                        HttpMethod.POST, settings.readPaths().toArray(String[]::new))
                                .hasRole(Role.READ.name());
                    }
                    requests.requestMatchers(HttpMethod.GET).hasRole(Role.READ.name());
                    requests.anyRequest().hasRole(Role.OPERATE.name());
                })
                .exceptionHandling(exceptions -> exceptions
                        .authenticationEntryPoint((request, response, failure) -> {
                            response.setHeader("WWW-Authenticate", "Bearer realm=\"winback\"");
                            problems.write(
                                    response,
                                    Problem.of(
                                            HttpStatus.UNAUTHORIZED,
                                            "unknown-key",
                                            "Send an API key: Authorization: Bearer KEY, or Basic with the key as user"
                                                    + " name. `./winback key` shows the admin key."));
                        })
                        .accessDeniedHandler((request, response, failure) -> problems.write(
                                response,
                                Problem.of(
                                        HttpStatus.FORBIDDEN,
                                        "role-too-small",
                                        "The key's role does not allow %s %s."
                                                .formatted(request.getMethod(), request.getRequestURI())))))
                .build();
    }
}
