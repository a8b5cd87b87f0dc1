package winback.infrastructure;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.postgresql.PGConnection;
import winback.infrastructure.LocalPostgres.Database;

/** The services' roles and schemas in one PostgreSQL database: each role owns its schema and sees no other. */
public final class ServiceRoles {

    // PostgreSQL cuts names at 63 bytes.
    private static final Pattern NAME = Pattern.compile("(?!pg_)[a-z][a-z0-9_]{0,62}");

    private final Database superuser;
    private final UnaryOperator<String> passwords;

    /**
     * Closes the database to everybody but those whom {@link #database} lets in.
     *
     * @param superuser how to connect to the services' database, with every right
     * @param passwords the password of a role, by name; must answer the same each time
     */
    public ServiceRoles(Database superuser, UnaryOperator<String> passwords) {
        this.superuser = superuser;
        this.passwords = passwords;
        try (Connection connection = superuser.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC");
            for (String database : new String[] {connection.getCatalog(), "postgres", "template1"}) {
                statement.execute("REVOKE ALL ON DATABASE \"" + database + "\" FROM PUBLIC");
            }
        } catch (SQLException e) {
            throw new IllegalStateException("Cannot close PostgreSQL to strangers", e);
        }
    }

    /** Creates, if absent, the service's login role and a schema of that name which it owns. */
    public synchronized Database database(String service) {
        if (!NAME.matcher(service).matches() || service.equals("public") || service.equals(superuser.user())) {
            throw new IllegalArgumentException("Not usable as a role and schema: " + service);
        }
        String password = passwords.apply(service);
        try (Connection connection = superuser.connect();
                Statement statement = connection.createStatement()) {
            if (!roleExists(connection, service)) {
                statement.execute("CREATE ROLE \"" + service + "\" LOGIN");
            }
            // Hashed on this side: in SQL text it could turn up in the server's log.
            connection.unwrap(PGConnection.class).alterUserPassword(service, password.toCharArray(), "scram-sha-256");
            statement.execute("ALTER ROLE \"" + service + "\" SET search_path = \"" + service + "\"");
            statement.execute(
                    "GRANT CONNECT, TEMPORARY ON DATABASE \"" + connection.getCatalog() + "\" TO \"" + service + "\"");
            statement.execute("CREATE SCHEMA IF NOT EXISTS \"" + service + "\" AUTHORIZATION \"" + service + "\"");
        } catch (SQLException e) {
            throw new IllegalStateException("Cannot create the role and schema " + service, e);
        }
        return new Database(superuser.url(), service, password, service);
    }

    private static boolean roleExists(Connection connection, String role) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT FROM pg_roles WHERE rolname = ?")) {
            query.setString(1, role);
            try (ResultSet rows = query.executeQuery()) {
                return rows.next();
            }
        }
    }
}
