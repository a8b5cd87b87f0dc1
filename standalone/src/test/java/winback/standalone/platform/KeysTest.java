package winback.standalone.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import winback.chassis.access.ApiKeys;
import winback.chassis.access.Role;
import winback.standalone.cli.CommandFailed;

class KeysTest {

    @TempDir
    Path data;

    @Test
    void aKeyIsNeitherReplacedNorTakenBackUnsaid() {
        Keys keys = new Keys(data, null);
        String key = keys.create("shop", Role.INGEST);
        assertThatThrownBy(() -> keys.create("shop", Role.READ))
                .isInstanceOf(CommandFailed.class)
                .hasMessageContaining("key revoke shop");
        assertThat(new ApiKeys(keys.file(), null).find(key)).isPresent();

        keys.revoke("shop");
        assertThat(new ApiKeys(keys.file(), null).find(key)).isEmpty();
        assertThat(keys.create("shop", Role.READ)).isNotEqualTo(key);
    }

    @Test
    void thePlatformsOwnKeysAndUnknownOnesCannotBeTakenBack() {
        Keys keys = new Keys(data, null);
        keys.requireAdmin();
        assertThatThrownBy(() -> keys.revoke("admin")).isInstanceOf(CommandFailed.class);
        assertThatThrownBy(() -> keys.revoke("nobody")).isInstanceOf(CommandFailed.class);
    }
}
