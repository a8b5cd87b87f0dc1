package winback.content.taste;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PostConstruct;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Who has a taste, in memory: what changes is here within two seconds, and who was merged away or erased is gone after ten
 * minutes. Only those who have one are held.
 */
@Component
public class Tastes {

    private static final Logger log = LoggerFactory.getLogger(Tastes.class);

    private final TasteTable table;
    private volatile Map<String, Taste> bySubscriber = new ConcurrentHashMap<>();
    private long readUntil;
    private boolean away;

    Tastes(TasteTable table, MeterRegistry meters) {
        this.table = table;
        meters.gauge("winback.tastes", this, tastes -> tastes.bySubscriber.size());
    }

    /** Null for most. Memory only. */
    public @Nullable Taste of(String subscriberId) {
        return bySubscriber.get(subscriberId);
    }

    /** Reads all of them. */
    @PostConstruct
    synchronized void load() {
        long until = table.settledUntil();
        Map<String, Taste> read = new ConcurrentHashMap<>();
        table.each((subscriberId, lean, information) -> put(read, subscriberId, Taste.of(lean, information)));
        bySubscriber = read;
        readUntil = until;
    }

    /** Reads what has changed. */
    synchronized void refresh() {
        long until = table.settledUntil();
        table.eachSince(
                readUntil,
                (subscriberId, lean, information) -> put(bySubscriber, subscriberId, Taste.of(lean, information)));
        readUntil = until;
    }

    private static void put(Map<String, Taste> into, String subscriberId, @Nullable Taste taste) {
        if (taste == null) {
            into.remove(subscriberId);
        } else {
            into.put(subscriberId, taste);
        }
    }

    @Scheduled(fixedDelayString = "PT2S")
    void poll() {
        tryTo(this::refresh);
    }

    @Scheduled(initialDelayString = "PT10M", fixedDelayString = "PT10M")
    void reload() {
        tryTo(this::load);
    }

    private void tryTo(Runnable read) {
        try {
            read.run();
            if (away) {
                away = false;
                log.info("tastes are read again");
            }
        } catch (DataAccessException failed) {
            if (!away) {
                away = true;
                log.warn("tastes stay as read last: {}", failed.getClass().getSimpleName());
            }
        }
    }
}
