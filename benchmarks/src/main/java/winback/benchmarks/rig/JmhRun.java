package winback.benchmarks.rig;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs benchmarks in processes that JMH forks from this one's class path. */
public final class JmhRun {

    private static final int FORKS = 2;
    private static final int WARM_UP_ITERATIONS = 3;
    private static final int ITERATIONS = 4;

    private static final String CLASS_PATH = "java.class.path";
    private static final String CLASSES = "BOOT-INF/classes/";
    private static final String LIBRARIES = "BOOT-INF/lib/";
    private static final String LISTS = "META-INF/";

    private final int seconds;
    private final String classPath;

    /**
     * @param scratch a directory of its own, deleted by others
     * @param seconds of each iteration
     */
    public JmhRun(Path scratch, int seconds) throws IOException {
        this.seconds = seconds;
        String own = System.getProperty(CLASS_PATH, "");
        boolean nested = JmhRun.class.getClassLoader() != ClassLoader.getSystemClassLoader();
        // JMH's processes take this one's class path, and a jar of jars is none.
        this.classPath = nested ? unpacked(Path.of(own), scratch.resolve("unpacked")) : own;
    }

    /** Classes and libraries of a jar of jars in a directory, as a class path. */
    private static String unpacked(Path jar, Path into) throws IOException {
        String classPath = into.resolve(CLASSES)
                + File.pathSeparator
                + into.resolve(LIBRARIES).resolve("*");
        if (Files.exists(into)) {
            return classPath;
        }
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                String name = entry.getName();
                // JMH's list of what there is to run lies beside the classes.
                boolean list = name.startsWith(LISTS);
                if (!entry.isDirectory() && (list || name.startsWith(CLASSES) || name.startsWith(LIBRARIES))) {
                    Path file = into.resolve(list ? CLASSES + name : name);
                    Files.createDirectories(file.getParent());
                    try (InputStream content = zip.getInputStream(entry)) {
                        Files.copy(content, file);
                    }
                }
            }
        }
        return classPath;
    }

    /**
     * @param parameters of the benchmark's state
     * @param properties system properties of its process
     */
    public RunResult run(
            Class<?> benchmark,
            String method,
            Map<String, String> parameters,
            Map<String, String> properties,
            int threads) {
        String own = System.getProperty(CLASS_PATH, "");
        System.setProperty(CLASS_PATH, classPath);
        List<String> arguments = new ArrayList<>(List.of(
                "-Xmx2g",
                "-XX:+UseParallelGC",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow"));
        properties.forEach((name, value) -> arguments.add("-D" + name + "=" + value));
        try {
            ChainedOptionsBuilder options = new OptionsBuilder()
                    .include(benchmark.getName() + "." + method + "$")
                    .threads(threads)
                    .forks(FORKS)
                    .warmupIterations(WARM_UP_ITERATIONS)
                    .warmupTime(TimeValue.seconds(seconds))
                    .measurementIterations(ITERATIONS)
                    .measurementTime(TimeValue.seconds(seconds))
                    .jvmArgs(arguments.toArray(String[]::new))
                    .shouldFailOnError(true)
                    .verbosity(VerboseMode.SILENT);
            parameters.forEach(options::param);
            return new Runner(options.build()).runSingle();
        } catch (RunnerException failure) {
            throw new IllegalStateException("JMH failed at " + method, failure);
        } finally {
            System.setProperty(CLASS_PATH, own);
        }
    }
}
