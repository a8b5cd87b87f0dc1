package winback.standalone;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The program in a JVM of its own, with this test's class path. */
final class ChildProcess {

    private ChildProcess() {}

    static ProcessBuilder winback(String... line) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                Winback.class.getName()));
        command.addAll(List.of(line));
        return new ProcessBuilder(command);
    }

    static String ports(winback.standalone.platform.Ports ports, winback.standalone.platform.Service service) {
        return "--" + service.word() + "-port=" + ports.of(service);
    }

    static Process quietly(ProcessBuilder builder, Path output) throws IOException {
        return builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    }
}
