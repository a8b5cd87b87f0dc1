package winback.infrastructure.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import winback.infrastructure.LocalPostgres.Database;

class SharedInfrastructureTest {

    @RegisterExtension
    static final Infrastructure infra = Infrastructure.shared();

    // Before JUnit has called the extension, as in a @DynamicPropertySource.
    private static final Database PROFILE = infra.database("profile");

    @Test
    void aTestClassHasItsOwnSchemasAndTopics() throws SQLException {
        Infrastructure otherClass = Infrastructure.shared();

        assertThat(infra.database("profile")).isEqualTo(PROFILE);
        assertThat(PROFILE.schema()).startsWith("profile_x");
        assertThat(infra.topicPrefix()).matches("x[a-z0-9]{6}\\.").isNotEqualTo(otherClass.topicPrefix());
        assertThat(otherClass.bootstrapServers()).isEqualTo(infra.bootstrapServers());
        assertThat(otherClass.database("profile").url()).isEqualTo(PROFILE.url());
        assertThat(otherClass.database("profile").schema()).isNotEqualTo(PROFILE.schema());
        try (Connection connection = PROFILE.connect()) {
            assertThat(connection.getSchema()).isEqualTo(PROFILE.schema());
        }
    }

    @Test
    void nobodyStopsWhatOthersUse() {
        assertThatThrownBy(infra::stopPostgres).hasMessageContaining("own()");
        assertThatThrownBy(infra::stopKafka).hasMessageContaining("own()");
    }
}
