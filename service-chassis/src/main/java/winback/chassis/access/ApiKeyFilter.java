package winback.chassis.access;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;
import winback.chassis.access.ApiKeys.ApiKey;

/**
 * Reads the API key from {@code Authorization: Bearer KEY} or, as Segment's libraries send it, from Basic with the key as
 * the user name and no password. A key that nobody holds leaves the request unauthenticated.
 */
final class ApiKeyFilter extends OncePerRequestFilter {

    /** A caller known by its key; the principal is the key's name. */
    static final class KeyHolder extends AbstractAuthenticationToken {
        private static final long serialVersionUID = 1;
        private final String name;

        KeyHolder(ApiKey key) {
            super(key.role().authorities());
            this.name = key.name();
            setAuthenticated(true);
        }

        @Override
        public Object getCredentials() {
            return "";
        }

        @Override
        public Object getPrincipal() {
            return name;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return super.equals(other);
        }

        @Override
        public int hashCode() {
            return super.hashCode();
        }
    }

    private final ApiKeys keys;

    ApiKeyFilter(ApiKeys keys) {
        this.keys = keys;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        key(request.getHeader(HttpHeaders.AUTHORIZATION)).flatMap(keys::find).ifPresent(key -> {
            SecurityContext context = SecurityContextHolder.createEmptyContext();
            context.setAuthentication(new KeyHolder(key));
            SecurityContextHolder.setContext(context);
        });
        chain.doFilter(request, response);
    }

    private static Optional<String> key(@Nullable String header) {
        if (header == null || header.length() > 1024) {
            return Optional.empty();
        }
        if (header.regionMatches(true, 0, "Bearer ", 0, 7)) {
            return Optional.of(header.substring(7).trim());
        }
        if (header.regionMatches(true, 0, "Basic ", 0, 6)) {
            try {
                String pair = new String(
                        Base64.getDecoder().decode(header.substring(6).trim()), StandardCharsets.UTF_8);
                int colon = pair.indexOf(':');
                return Optional.of(colon < 0 ? pair : pair.substring(0, colon));
            } catch (IllegalArgumentException notBase64) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }
}
