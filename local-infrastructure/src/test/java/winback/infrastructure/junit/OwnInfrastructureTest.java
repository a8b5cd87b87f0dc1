package winback.infrastructure.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.net.Socket;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import winback.infrastructure.LocalPostgres.Database;

@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OwnInfrastructureTest {

    @RegisterExtension
    static final Infrastructure infra = Infrastructure.own();

    private static final Database PROFILE = infra.database("profile");

    @Test
    @Order(1)
    void postgresGoesAwayAndComesBackAsItWas() throws SQLException {
        execute("CREATE TABLE kept (id int)");
        infra.stopPostgres();
        assertThatThrownBy(() -> PROFILE.connect().close()).isInstanceOf(SQLException.class);
        infra.startPostgres();
        execute("INSERT INTO kept VALUES (1)");
    }

    @Test
    @Order(2)
    void kafkaGoesAwayAndComesBackAsItWas() throws Exception {
        String servers = infra.bootstrapServers();
        String topic = infra.topicPrefix() + "kept";
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
            infra.stopKafka();
            assertThat(infra.bootstrapServers()).isEqualTo(servers);
            String[] address = servers.split(":", 2);
            assertThatThrownBy(() -> {
                        try (Socket socket = new Socket()) {
                            socket.connect(new InetSocketAddress(address[0], Integer.parseInt(address[1])), 1_000);
                        }
                    })
                    .hasMessageContaining("refused");
            infra.startKafka();
            assertThat(admin.listTopics().names().get()).contains(topic);
        }
    }

    @Test
    @Order(3)
    void aTestMayLeaveBothStopped() {
        infra.stopKafka();
        infra.stopPostgres();
    }

    @Test
    @Order(4)
    void andTheNextFindsBothRunning() throws Exception {
        execute("INSERT INTO kept VALUES (2)");
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", infra.bootstrapServers()))) {
            assertThat(admin.describeCluster().nodes().get()).hasSize(1);
        }
    }

    private static void execute(String sql) throws SQLException {
        try (Connection connection = PROFILE.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
