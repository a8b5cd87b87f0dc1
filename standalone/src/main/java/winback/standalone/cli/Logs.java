package winback.standalone.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.filter.ThresholdFilter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeAndTimeBasedRollingPolicy;
import ch.qos.logback.core.util.FileSize;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.logging.logback.StructuredLogEncoder;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * The logs of this process. Four Spring contexts share it, so Boot's own logging system, which the last context to start
 * would win, is switched off and everything is set up here once: warnings to the error stream, all of it to a file.
 */
public final class Logs {

    private static final String PATTERN =
            "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX, UTC} %-5level [%thread] %logger{40} - %msg%n%ex{40}";
    /** Old logs go before a person whom they might mention must be forgotten, which is after a week. */
    private static final int DAYS_KEPT = 6;

    private static final Map<String, Level> LEVELS = Map.ofEntries(
            Map.entry("org.apache.kafka", Level.WARN),
            Map.entry("org.apache.kafka.clients.NetworkClient", Level.ERROR),
            // "The metadata log appears to be empty", at the first start of a broker.
            Map.entry("org.apache.kafka.controller.QuorumController", Level.ERROR),
            Map.entry("kafka", Level.WARN),
            // Consumers that start at once all ask for the offsets topic, and all but one come too late.
            Map.entry("kafka.server.DefaultAutoTopicCreationManager", Level.ERROR),
            Map.entry("state.change.logger", Level.WARN),
            Map.entry("org.springframework.kafka", Level.WARN),
            Map.entry("org.flywaydb", Level.WARN),
            // Takes the pool's threads, which live as long as the platform, for a leak of the service that stops.
            Map.entry("org.apache.catalina.loader", Level.ERROR),
            // Warns that the OpenAPI pages, which are meant to be there, are there.
            Map.entry("org.springdoc.core.events", Level.ERROR),
            // A wrong method is answered; a line each would be the caller's to make.
            Map.entry("org.springframework.web.servlet.PageNotFound", Level.ERROR));

    private Logs() {}

    /**
     * Sets up logging; before anything of Spring starts.
     *
     * @param file a new one each day and at 20 MB; old ones are kept for six days, 80 MB in all; null for none
     * @param verbose whether the console gets everything instead of warnings only
     * @param json whether the console gets everything, as JSON lines (Elastic Common Schema) on standard output
     */
    public static void configure(@Nullable Path file, boolean verbose, boolean json) {
        configure(file, verbose ? Level.INFO : Level.WARN, json);
    }

    /** As {@link #configure(Path, boolean, boolean)}, for a show: the console gets errors only, the file everything. */
    public static void configureForShow(Path file, boolean verbose) {
        configure(file, verbose ? Level.INFO : Level.ERROR, false);
    }

    private static void configure(@Nullable Path file, Level least, boolean json) {
        System.setProperty(LoggingSystem.SYSTEM_PROPERTY, LoggingSystem.NONE);
        LoggerContext logs = (LoggerContext) LoggerFactory.getILoggerFactory();
        logs.reset();
        var root = logs.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.INFO);
        LEVELS.forEach((name, level) -> logs.getLogger(name).setLevel(level));

        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(logs);
        console.setTarget(json ? "System.out" : "System.err");
        console.setEncoder(json ? ecs(logs) : pattern(logs));
        if (!json) {
            ThresholdFilter threshold = new ThresholdFilter();
            threshold.setLevel(least.toString());
            threshold.start();
            console.addFilter(threshold);
        }
        console.start();
        root.addAppender(console);
        if (file != null) {
            root.addAppender(file(logs, file));
        }
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
    }

    private static Encoder<ILoggingEvent> pattern(LoggerContext logs) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(logs);
        encoder.setPattern(PATTERN);
        encoder.start();
        return encoder;
    }

    private static Encoder<ILoggingEvent> ecs(LoggerContext logs) {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .addLast(new MapPropertySource("logs", Map.of("spring.application.name", "winback")));
        logs.putObject(Environment.class.getName(), environment);
        StructuredLogEncoder encoder = new StructuredLogEncoder();
        encoder.setContext(logs);
        encoder.setFormat("ecs");
        encoder.start();
        return encoder;
    }

    private static RollingFileAppender<ILoggingEvent> file(LoggerContext logs, Path file) {
        RollingFileAppender<ILoggingEvent> appender = new RollingFileAppender<>() {
            @Override
            public void openFile(String name) throws IOException {
                super.openFile(PrivateFile.create(Path.of(name)).toString());
            }
        };
        appender.setContext(logs);
        appender.setFile(file.toString());
        appender.setEncoder(pattern(logs));
        SizeAndTimeBasedRollingPolicy<ILoggingEvent> daily = new SizeAndTimeBasedRollingPolicy<>();
        daily.setContext(logs);
        daily.setParent(appender);
        daily.setFileNamePattern(file + ".%d{yyyy-MM-dd}.%i");
        daily.setMaxFileSize(FileSize.valueOf("20MB"));
        daily.setTotalSizeCap(FileSize.valueOf("80MB"));
        daily.setMaxHistory(DAYS_KEPT);
        daily.setCleanHistoryOnStart(true);
        daily.start();
        appender.setRollingPolicy(daily);
        appender.start();
        return appender;
    }
}
