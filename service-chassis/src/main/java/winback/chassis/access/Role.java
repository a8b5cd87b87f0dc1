package winback.chassis.access;

import java.util.List;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;

/** What a key may do. */
public enum Role {
    /** Send activity, and read nothing. */
    INGEST,
    /** Read everything, metrics included. */
    READ,
    /** Read, and run the business: campaigns, imports, trainings, personalisations. */
    OPERATE,
    /** All of it. */
    ADMIN;

    List<GrantedAuthority> authorities() {
        return switch (this) {
            case INGEST -> authorities(INGEST);
            case READ -> authorities(READ);
            case OPERATE -> authorities(READ, OPERATE);
            case ADMIN -> authorities(INGEST, READ, OPERATE, ADMIN);
        };
    }

    private static List<GrantedAuthority> authorities(Role... roles) {
        return java.util.Arrays.stream(roles)
                .map(role -> (GrantedAuthority) new SimpleGrantedAuthority("ROLE_" + role.name()))
                .toList();
    }
}
