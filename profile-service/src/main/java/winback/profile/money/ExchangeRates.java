package winback.profile.money;

import jakarta.annotation.PostConstruct;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import winback.profile.features.Deployment;
import winback.profile.features.Rates;

/**
 * The dated rate table, held in memory by each instance and read again when it has changed. A change is noted in the same
 * transaction, with the days that it concerns, so that who has money of these days is rebuilt.
 */
@Component
public class ExchangeRates {

    /** @param rate null to take one back */
    record Rate(LocalDate day, @Nullable BigDecimal rate) {}

    /** A change that is still to be carried over to the profiles, from the cursor on. */
    public record Change(long id, String currency, LocalDate firstDay, LocalDate lastDay, String cursor) {}

    private static final Logger log = LoggerFactory.getLogger(ExchangeRates.class);
    /** Instances look for changes this often; a change is carried over when all have seen it. */
    private static final int REFRESH_SECONDS = 2;

    private final JdbcClient db;
    private final TransactionTemplate transaction;
    private final String currency;
    private volatile Rates current;
    private volatile long newestChange;
    private volatile boolean read;

    ExchangeRates(JdbcClient db, TransactionTemplate transaction, Deployment deployment) {
        this.db = db;
        this.transaction = transaction;
        this.currency = deployment.currency();
        this.current = Rates.none(currency);
    }

    /** Refuses another currency than that of the sums which this database holds. */
    @PostConstruct
    void checkCurrency() {
        db.sql("INSERT INTO deployment_currency (one, currency) VALUES (true, ?) ON CONFLICT DO NOTHING")
                .param(currency)
                .update();
        String kept = db.sql("SELECT currency FROM deployment_currency")
                .query(String.class)
                .single();
        if (!kept.equals(currency)) {
            throw new IllegalStateException(
                    "The sums of this database are in %s, and winback.currency (WINBACK_CURRENCY) says %s. Say %s, or begin with new data."
                            .formatted(kept, currency, kept));
        }
    }

    /** Those in force. */
    public Rates current() {
        if (!read) {
            refresh();
        }
        return current;
    }

    @Scheduled(fixedDelay = REFRESH_SECONDS, timeUnit = TimeUnit.SECONDS)
    void look() {
        try {
            refresh();
        } catch (DataAccessException away) {
            log.warn("cannot look for new exchange rates, will try again: {}", away.toString());
        }
    }

    private synchronized void refresh() {
        long newest = db.sql("SELECT coalesce(max(id), 0) FROM rate_change")
                .query(Long.class)
                .single();
        if (read && newest == newestChange) {
            return;
        }
        Map<String, NavigableMap<LocalDate, BigDecimal>> rates = new HashMap<>();
        db.sql("SELECT currency, day, rate FROM exchange_rate").query(row -> {
            rates.computeIfAbsent(row.getString(1), code -> new TreeMap<>())
                    .put(row.getObject(2, LocalDate.class), row.getBigDecimal(3));
        });
        current = new Rates(currency, rates);
        newestChange = newest;
        read = true;
    }

    /** Sets the rates of these days, and notes that they have changed. */
    void put(String code, List<Rate> rates) {
        transaction.executeWithoutResult(status -> {
            for (Rate rate : rates) {
                if (rate.rate() == null) {
                    db.sql("DELETE FROM exchange_rate WHERE currency = ? AND day = ?")
                            .param(code)
                            .param(rate.day())
                            .update();
                } else {
                    db.sql("""
                                    INSERT INTO exchange_rate (currency, day, rate) VALUES (?, ?, ?)
                                    ON CONFLICT (currency, day) DO UPDATE SET rate = excluded.rate
                                    """).param(code).param(rate.day()).param(rate.rate()).update();
                }
            }
            // A rate holds until the next one, up to the end of its month's stay.
            db.sql("INSERT INTO rate_change (currency, first_day, last_day) VALUES (?, ?, ?)")
                    .param(code)
                    .param(rates.stream()
                            .map(Rate::day)
                            .min(LocalDate::compareTo)
                            .orElseThrow())
                    .param(rates.stream()
                            .map(Rate::day)
                            .max(LocalDate::compareTo)
                            .orElseThrow()
                            .plus(Rates.HOLDS))
                    .update();
        });
        refresh();
    }

    List<Rate> list(String code, @Nullable LocalDate after, int limit) {
        return db.sql("""
                        SELECT day, rate FROM exchange_rate
                        WHERE currency = ? AND day > coalesce(?::date, '-infinity') ORDER BY day LIMIT ?
                        """)
                .param(code)
                .param(after == null ? null : after.toString())
                .param(limit)
                .query((row, n) -> new Rate(row.getObject(1, LocalDate.class), row.getBigDecimal(2)))
                .list();
    }

    /** The oldest change that all instances have seen and that is not carried over yet; null when there is none. */
    public @Nullable Change next() {
        return db.sql("""
                        SELECT id, currency, first_day, last_day, cursor_id FROM rate_change
                        WHERE NOT done AND changed_at < now() - make_interval(secs => ?) ORDER BY id LIMIT 1
                        """)
                .param(2 * REFRESH_SECONDS)
                .query((row, n) -> new Change(
                        row.getLong(1),
                        row.getString(2),
                        row.getObject(3, LocalDate.class),
                        row.getObject(4, LocalDate.class),
                        row.getString(5)))
                .optional()
                .orElse(null);
    }

    /** The next subscribers, in order of id, who have money that the change concerns. */
    public List<String> concerned(Change change, String after, int limit) {
        return db.sql("""
                        SELECT DISTINCT subscriber_id FROM activity
                        WHERE currency = ? AND subscriber_id > ? AND at >= ?::date AND at < ?::date + 1
                        ORDER BY subscriber_id LIMIT ?
                        """)
                .param(change.currency())
                .param(after)
                .param(change.firstDay().toString())
                .param(change.lastDay().toString())
                .param(limit)
                .query(String.class)
                .list();
    }

    /** Notes how far a change has been carried over; null when to the end. */
    public void carried(Change change, @Nullable String cursor) {
        db.sql("UPDATE rate_change SET cursor_id = coalesce(?, ''), done = ? WHERE id = ?")
                .param(cursor)
                .param(cursor == null)
                .param(change.id())
                .update();
    }
}
