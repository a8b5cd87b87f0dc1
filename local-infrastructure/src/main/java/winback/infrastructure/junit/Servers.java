package winback.infrastructure.junit;

import winback.infrastructure.LocalPostgres.Database;

/** A PostgreSQL and a Kafka broker for tests, wherever they run. */
interface Servers extends AutoCloseable {

    String bootstrapServers();

    /** As {@link winback.infrastructure.LocalPostgres#database}. */
    Database database(String name);

    @Override
    void close();
}
