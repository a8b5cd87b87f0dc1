package winback.infrastructure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static winback.infrastructure.KafkaData.admin;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.utils.Exit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class LocalKafkaTest {

    @Test
    void dataSurviveARestartOnAnotherPort(@TempDir Path dir) throws Exception {
        String first;
        String clusterId;
        // As a start that was killed while it formatted.
        Files.createDirectories(dir.resolve("log.new/kept-0"));
        try (LocalKafka kafka = LocalKafka.start(dir, 0)) {
            first = kafka.bootstrapServers();
            KafkaData.write(first, "hello");
            try (Admin admin = admin(first)) {
                clusterId = admin.describeCluster().clusterId().get();
            }
            assertThatThrownBy(() -> LocalKafka.start(dir, 0).close()).isInstanceOf(DataDirectoryInUse.class);
        }
        try (LocalKafka kafka = LocalKafka.start(dir, 0)) {
            assertThat(kafka.bootstrapServers()).isNotEqualTo(first);
            assertThat(KafkaData.read(kafka.bootstrapServers())).containsExactly("hello", "committed 1");
            try (Admin admin = admin(kafka.bootstrapServers())) {
                assertThat(admin.describeCluster().clusterId().get()).isEqualTo(clusterId);
                assertThat(admin.describeCluster().nodes().get())
                        .extracting(node -> node.host() + ":" + node.port())
                        .containsExactly(kafka.bootstrapServers());
                ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, "1");
                Config config = Objects.requireNonNull(
                        admin.describeConfigs(List.of(broker)).all().get().get(broker));
                assertThat(config.get("auto.create.topics.enable").value()).isEqualTo("false");
                assertThat(config.get("log.cleaner.enable").value()).isEqualTo("true");
            }
        }
    }

    @Test
    void itsWishToEndTheProcessIsRefused(@TempDir Path dir) {
        LocalKafka.start(dir, 0).close();
        assertThatThrownBy(() -> Exit.exit(3)).hasMessageContaining("3");
        assertThatThrownBy(() -> Exit.halt(4)).hasMessageContaining("4");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void brokerAndControllerListenOnLoopbackOnly(@TempDir Path dir) throws Exception {
        List<String> before = listeningAddresses();
        try (LocalKafka kafka = LocalKafka.start(dir, 0)) {
            List<String> after = new ArrayList<>(listeningAddresses());
            before.forEach(after::remove);
            assertThat(after)
                    .hasSizeGreaterThanOrEqualTo(2)
                    .anyMatch(address -> address.endsWith(":" + hexPort(kafka)))
                    .allMatch(address ->
                            address.startsWith("0100007F:") || address.startsWith("0000000000000000FFFF00000100007F:"));
        }
    }

    private static String hexPort(LocalKafka kafka) {
        return "%04X".formatted(Integer.parseInt(kafka.bootstrapServers().split(":", 2)[1]));
    }

    /** Of this process: hexadecimal, host byte order, as the kernel lists them; 0A is the state LISTEN. */
    private static List<String> listeningAddresses() throws Exception {
        Set<String> ours;
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            ours = descriptors
                    .map(descriptor -> {
                        try {
                            return Files.readSymbolicLink(descriptor).toString();
                        } catch (java.io.IOException e) {
                            return "closed meanwhile";
                        }
                    })
                    .collect(Collectors.toSet());
        }
        List<String> addresses = new ArrayList<>();
        for (String table : List.of("/proc/self/net/tcp", "/proc/self/net/tcp6")) {
            for (String line : Files.readAllLines(Path.of(table))) {
                String[] fields = line.strip().split("\\s+");
                if (fields[3].equals("0A") && ours.contains("socket:[" + fields[9] + "]")) {
                    addresses.add(fields[1]);
                }
            }
        }
        return addresses;
    }
}
