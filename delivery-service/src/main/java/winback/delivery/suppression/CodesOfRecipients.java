package winback.delivery.suppression;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.flywaydb.core.api.migration.Context;
import org.springframework.stereotype.Component;
import winback.delivery.recipients.Address;
import winback.delivery.recipients.AddressCodes;

/**
 * Gives the recipients at hand the codes of their addresses, which SQL cannot compute, and marks who is suppressed, so that
 * it is told.
 */
@Component
class CodesOfRecipients extends MigrationUnderSecret {

    private static final int PAGE = 1_000;

    private final AddressCodes codes;

    CodesOfRecipients(AddressCodes codes) {
        super("5", "codes of recipients");
        this.codes = codes;
    }

    @Override
    public void migrate(Context context) throws SQLException {
        try (Statement statement = context.getConnection().createStatement();
                PreparedStatement change = context.getConnection()
                        .prepareStatement("UPDATE recipient SET address_code = ? WHERE subscriber_id = ?")) {
            statement.setFetchSize(PAGE);
            try (ResultSet rows =
                    statement.executeQuery("SELECT subscriber_id, email FROM recipient WHERE email IS NOT NULL")) {
                int waiting = 0;
                while (rows.next()) {
                    Address address = Address.of(rows.getString(2)).orElse(null);
                    if (address != null) {
                        change.setBytes(1, codes.of(address));
                        change.setString(2, rows.getString(1));
                        change.addBatch();
                        waiting++;
                    }
                    if (waiting == PAGE) {
                        change.executeBatch();
                        waiting = 0;
                    }
                }
                change.executeBatch();
            }
            statement.execute("UPDATE send_times SET suppressed = true, version = version + 1 WHERE subscriber_id IN ("
                    + Suppressions.AMONG.formatted("SELECT subscriber_id FROM send_times") + ")");
        }
    }
}
