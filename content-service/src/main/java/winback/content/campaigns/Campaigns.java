package winback.content.campaigns;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PostConstruct;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;
import winback.chassis.problems.Problem;
import winback.content.campaigns.CampaignForm.CheckedVariant;
import winback.content.taste.TasteTable;
import winback.content.templates.MailTemplate;

/**
 * All campaigns in memory. What this instance changes is here at once; what another instance changes, or learns, is here
 * within half a second, by polling the revisions. While PostgreSQL is away what was read last is served.
 */
@Component
public class Campaigns {

    private static final Logger log = LoggerFactory.getLogger(Campaigns.class);

    private final CampaignTables tables;
    private final TasteTable tastes;
    private final TransactionTemplate transactions;
    private final ReentrantLock refreshing = new ReentrantLock();
    private final Map<VersionKey, MailTemplate> mails = new ConcurrentHashMap<>();
    private final Map<VersionKey, MailTemplate.Source> sources = new ConcurrentHashMap<>();
    private final Map<String, Long> unreadable = new ConcurrentHashMap<>();
    private volatile Map<String, Campaign> byId = Map.of();
    private boolean away;

    Campaigns(CampaignTables tables, TasteTable tastes, TransactionTemplate transactions, MeterRegistry meters) {
        this.tables = tables;
        this.tastes = tastes;
        this.transactions = transactions;
        Gauge.builder("winback.campaigns.unreadable", unreadable, Map::size)
                .description("Campaigns that stay as they were read last, because what has changed cannot be read")
                .register(meters);
    }

    /** Whether something of a campaign may be called so. */
    public static boolean isId(String text) {
        return CampaignForm.ID.matcher(text).matches();
    }

    /** Null when there is none of that id. For the path: memory only. */
    public @Nullable Campaign find(String campaignId) {
        return byId.get(campaignId);
    }

    /**
     * As {@link #find}.
     *
     * @throws Problem 404 when there is none
     */
    public Campaign get(String campaignId) {
        Campaign campaign = find(campaignId);
        if (campaign == null) {
            throw Problem.notFound("unknown-campaign", "There is no such campaign.");
        }
        return campaign;
    }

    /** All of them. */
    public Collection<Campaign> all() {
        return byId.values();
    }

    /** The templates of a version, however old; empty when there is none. Memory only. */
    public Optional<MailTemplate> mail(String campaignId, String variantId, int version) {
        return Optional.ofNullable(mails.get(new VersionKey(campaignId, variantId, version)));
    }

    /** Until the caller's transaction ends nobody else changes what the campaign consists of. */
    public void lock(String campaignId) {
        tables.lock(campaignId);
    }

    /**
     * Makes an approved draft a live variant, within the caller's transaction.
     *
     * @throws Problem when the campaign has too many
     */
    public void publish(String campaignId, String draftId, MailTemplate.Source source, Instant now) {
        tables.put(campaignId, new CheckedVariant(draftId, true, source), now);
    }

    /** New decisions no longer choose that variant; within the caller's transaction. */
    public void withdraw(String campaignId, String variantId) {
        tables.withdraw(campaignId, variantId);
    }

    /** Reads what has changed in PostgreSQL. */
    @PostConstruct
    public void refresh() {
        refreshing.lock();
        try {
            Map<String, Campaign> present = byId;
            Map<String, Campaign> next = new HashMap<>();
            boolean changed = false;
            for (var entry : tables.revisions().entrySet()) {
                Campaign known = present.get(entry.getKey());
                if (known != null && known.revision() == entry.getValue()) {
                    next.put(entry.getKey(), known);
                } else {
                    Campaign readable = tryToRead(entry.getKey(), entry.getValue(), known);
                    if (readable != null) {
                        next.put(entry.getKey(), readable);
                    }
                    changed = true;
                }
            }
            if (changed || next.size() != present.size()) {
                byId = Map.copyOf(next);
            }
        } finally {
            refreshing.unlock();
        }
    }

    @Scheduled(fixedDelayString = "${winback.campaigns.refresh:500ms}")
    void poll() {
        try {
            refresh();
            if (away) {
                away = false;
                log.info("campaigns are read again");
            }
        } catch (DataAccessException | TransactionException failed) {
            if (!away) {
                away = true;
                log.warn("campaigns stay as read last: {}", failed.getClass().getSimpleName());
            }
        }
    }

    /** One that cannot be read stays as it was read last, and spoils no other. It is tried again at each poll. */
    private @Nullable Campaign tryToRead(String campaignId, long revision, @Nullable Campaign known) {
        try {
            Campaign campaign = read(campaignId, revision);
            unreadable.remove(campaignId);
            return campaign;
        } catch (DataAccessException | TransactionException away) {
            throw away;
        } catch (RuntimeException broken) {
            Long before = unreadable.put(campaignId, revision);
            if (before == null || before != revision) {
                log.error("campaign {} cannot be read at revision {}", campaignId, revision, broken);
            }
            return known;
        }
    }

    private Campaign read(String campaignId, long revision) {
        // A later change than the revision shows is read again at the next poll.
        Campaign campaign = transactions.execute(transaction -> {
            Campaign.Settings settings = tables.settings(campaignId);
            for (VersionKey key : tables.versions(campaignId)) {
                if (!mails.containsKey(key)) {
                    MailTemplate.Source source = tables.source(key);
                    sources.put(key, source);
                    mails.put(key, compile(source, settings.language(), key));
                }
            }
            Map<String, Map<String, Variant.Record>> readers = tables.readers(campaignId);
            Map<String, Double> liveliness = tastes.liveliness(campaignId);
            List<Variant> variants = new ArrayList<>();
            for (CampaignTables.VariantRow row : tables.variants(campaignId)) {
                VersionKey key = new VersionKey(campaignId, row.variantId(), row.version());
                MailTemplate mail = mails.get(key);
                MailTemplate.Source source = sources.get(key);
                if (mail == null || source == null) {
                    throw new IllegalStateException("no templates of " + key);
                }
                variants.add(new Variant(
                        row.variantId(),
                        row.version(),
                        row.live(),
                        source,
                        mail,
                        row.exposures(),
                        row.successes(),
                        readers.getOrDefault(row.variantId(), Map.of()),
                        liveliness.getOrDefault(row.variantId(), 0.)));
            }
            return new Campaign(settings, variants, revision);
        });
        if (campaign == null) {
            throw new IllegalStateException("no campaign " + campaignId);
        }
        return campaign;
    }

    private static MailTemplate compile(MailTemplate.Source source, String language, VersionKey key) {
        try {
            return MailTemplate.compile(source, language);
        } catch (MailTemplate.Fault fault) {
            throw new IllegalStateException("stored templates no longer compile: " + key, fault);
        }
    }
}
