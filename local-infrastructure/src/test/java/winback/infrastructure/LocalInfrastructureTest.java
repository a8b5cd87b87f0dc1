package winback.infrastructure;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalInfrastructureTest {

    @Test
    void starts(@TempDir Path dir) throws Exception {
        try (LocalInfrastructure infra = LocalInfrastructure.start(dir);
                Admin admin =
                        Admin.create(Map.of("bootstrap.servers", infra.kafka().bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic("t", 3, (short) 1))).all().get();
            try (var c = infra.postgres().database("profile").connect()) {
                assertThat(c.isValid(1)).isTrue();
            }
        }
        try (LocalInfrastructure infra = LocalInfrastructure.start(dir);
                Admin admin =
                        Admin.create(Map.of("bootstrap.servers", infra.kafka().bootstrapServers()))) {
            assertThat(admin.listTopics().names().get()).containsExactly("t");
        }
    }
}
