package winback.delivery.suppression;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.flywaydb.core.api.migration.Context;
import org.springframework.stereotype.Component;
import winback.delivery.recipients.AddressCodes;

/** Puts the hashes of suppressed addresses under the deployment's secret, which SQL does not have. */
@Component
class HashesUnderSecret extends MigrationUnderSecret {

    private final AddressCodes codes;

    HashesUnderSecret(AddressCodes codes) {
        super("3", "hashes under secret");
        this.codes = codes;
    }

    @Override
    public void migrate(Context context) throws SQLException {
        try (Statement all = context.getConnection().createStatement();
                PreparedStatement change = context.getConnection()
                        .prepareStatement("UPDATE suppression SET address_code = ? WHERE suppression_id = ?");
                ResultSet rows = all.executeQuery(
                        "SELECT suppression_id, address_code FROM suppression WHERE address_code IS NOT NULL")) {
            while (rows.next()) {
                change.setBytes(1, codes.of(rows.getBytes(2)));
                change.setLong(2, rows.getLong(1));
                change.addBatch();
            }
            change.executeBatch();
        }
    }
}
