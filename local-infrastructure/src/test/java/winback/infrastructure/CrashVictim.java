package winback.infrastructure;

import java.nio.file.Path;

/** A process that starts everything on the directory in its first argument, writes some data, and waits to be killed. */
final class CrashVictim {

    private CrashVictim() {}

    public static void main(String[] args) throws Exception {
        LocalInfrastructure infrastructure = LocalInfrastructure.start(Path.of(args[0]));
        LocalPostgresTest.execute(
                infrastructure.postgres().database("profile"),
                "CREATE TABLE kept (id int)",
                "INSERT INTO kept VALUES (42)");
        KafkaData.write(infrastructure.kafka().bootstrapServers(), "acknowledged");
        System.out.println("written");
        System.in.read();
    }
}
