package winback.chassis.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeploymentSecretTest {

    @TempDir
    Path directory;

    @Test
    void isMadeOnceAndReadByOwnerAlone() throws IOException {
        Path file = directory.resolve("secret");
        String code = DeploymentSecret.in(file).code("erasure", "c-1042");
        assertThat(code).matches("[0-9a-f]{64}");
        assertThat(DeploymentSecret.in(file).code("erasure", "c-1042")).isEqualTo(code);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(directory.toFile().list()).containsExactly("secret");
    }

    @Test
    void servicesThatStartAtOnceAgreeOnOne() throws Exception {
        Path file = directory.resolve("secret");
        Set<String> codes = new HashSet<>();
        try (var threads = Executors.newFixedThreadPool(8)) {
            Callable<String> start = () -> DeploymentSecret.in(file).code("p", "v");
            for (var code : threads.invokeAll(java.util.Collections.nCopies(40, start))) {
                codes.add(code.get());
            }
        }
        assertThat(codes).hasSize(1);
    }

    @Test
    void codesOfOnePurposeSayNothingAboutAnother() {
        DeploymentSecret secret = new DeploymentSecret("0123456789012345678901234567890123456789");
        assertThat(secret.code("erasure", "v")).isNotEqualTo(secret.code("suppression", "v"));
        assertThat(secret.code("a", "bv")).isNotEqualTo(secret.code("ab", "v"));
        assertThatThrownBy(() -> new DeploymentSecret("short")).hasMessageContaining("at least 32");
        assertThatThrownBy(() -> DeploymentSecret.of(null, null, null)).hasMessageContaining("WINBACK_SECRET_FILE");
    }
}
