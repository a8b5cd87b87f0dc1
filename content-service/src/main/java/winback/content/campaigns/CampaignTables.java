package winback.content.campaigns;

import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;
import winback.chassis.problems.Problem;
import winback.content.campaigns.CampaignForm.Checked;
import winback.content.campaigns.CampaignForm.CheckedVariant;
import winback.content.templates.MailTemplate;

/** Campaigns in PostgreSQL. */
@Component
class CampaignTables {

    /** A variant's row. */
    record VariantRow(String variantId, int version, boolean live, long exposures, long successes) {}

    /** @param writtenOn the day by which its offers were checked */
    record BriefRow(int version, String brief, LocalDate writtenOn, Instant writtenAt) {}

    /** Taken out or not: all are in memory, since mails of theirs may be rendered again. */
    private static final int MOST_IN_ALL = 1000;

    private final JdbcClient db;
    private final TransactionTemplate transactions;

    CampaignTables(JdbcClient db, TransactionTemplate transactions) {
        this.db = db;
        this.transactions = transactions;
    }

    /** Each campaign's revision, as committed now. */
    Map<String, Long> revisions() {
        Map<String, Long> revisions = new HashMap<>();
        db.sql("SELECT campaign_id, revision FROM campaign").query(row -> {
            revisions.put(row.getString(1), row.getLong(2));
        });
        return revisions;
    }

    Campaign.Settings settings(String campaignId) {
        return db.sql("""
                        SELECT campaign_id, name, language, attribution_days, holdout_share, immediate_first,
                               unsubscribe_url, created_at
                        FROM campaign WHERE campaign_id = :id
                        """)
                .param("id", campaignId)
                .query((row, n) -> new Campaign.Settings(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getInt(4),
                        row.getDouble(5),
                        row.getInt(6),
                        row.getString(7),
                        row.getTimestamp(8).toInstant()))
                .single();
    }

    List<VariantRow> variants(String campaignId) {
        return db.sql("""
                        SELECT variant_id, version, live, exposures, successes FROM variant
                        WHERE campaign_id = :id ORDER BY position
                        """)
                .param("id", campaignId)
                .query((row, n) -> new VariantRow(
                        row.getString(1), row.getInt(2), row.getBoolean(3), row.getLong(4), row.getLong(5)))
                .list();
    }

    /** By variant and kind of reader. */
    Map<String, Map<String, Variant.Record>> readers(String campaignId) {
        Map<String, Map<String, Variant.Record>> readers = new HashMap<>();
        db.sql("SELECT variant_id, reader, exposures, successes FROM variant_reader WHERE campaign_id = :id")
                .param("id", campaignId)
                .query(row -> {
                    readers.computeIfAbsent(row.getString(1), variant -> new HashMap<>())
                            .put(row.getString(2), new Variant.Record(row.getLong(3), row.getLong(4)));
                });
        return readers;
    }

    /** Which versions there are, templates left out. */
    List<VersionKey> versions(String campaignId) {
        return db.sql("SELECT variant_id, version FROM variant_version WHERE campaign_id = :id")
                .param("id", campaignId)
                .query((row, n) -> new VersionKey(campaignId, row.getString(1), row.getInt(2)))
                .list();
    }

    MailTemplate.Source source(VersionKey key) {
        return db.sql("""
                        SELECT subject, preheader, html, text, cta_label, cta_url, ps FROM variant_version
                        WHERE campaign_id = :campaign AND variant_id = :variant AND version = :version
                        """)
                .param("campaign", key.campaignId())
                .param("variant", key.variantId())
                .param("version", key.version())
                .query((row, n) -> new MailTemplate.Source(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        row.getString(5),
                        row.getString(6),
                        row.getString(7)))
                .single();
    }

    /** Throws a conflict when the id is taken. */
    void create(Checked campaign, Instant now, LocalDate today) {
        Campaign.Settings settings = campaign.settings();
        try {
            transactions.executeWithoutResult(transaction -> {
                db.sql("""
                                INSERT INTO campaign (campaign_id, name, language, attribution_days, holdout_share,
                                  immediate_first, unsubscribe_url, created_at)
                                VALUES (:id, :name, :language, :days, :share, :immediate, :unsubscribe, :now)
                                """)
                        .param("id", settings.campaignId())
                        .param("name", settings.name())
                        .param("language", settings.language())
                        .param("days", settings.attributionDays())
                        .param("share", settings.holdoutShare())
                        .param("immediate", settings.immediateFirst())
                        .param("unsubscribe", settings.unsubscribeUrl())
                        .param("now", Timestamp.from(now))
                        .update();
                List<CheckedVariant> variants = campaign.variants();
                for (int i = 0; i < variants.size(); i++) {
                    insert(settings.campaignId(), variants.get(i), i, now);
                }
                if (campaign.brief() != null) {
                    insertBrief(settings.campaignId(), 1, campaign.brief(), now, today);
                }
            });
        } catch (DuplicateKeyException taken) {
            throw Problem.conflict("campaign-exists", "There is a campaign " + settings.campaignId() + " already.");
        }
    }

    /** The newest up to that version; empty for a campaign without. */
    Optional<BriefRow> brief(String campaignId, int newest) {
        return db.sql("""
                        SELECT version, brief, written_on, written_at FROM brief
                        WHERE campaign_id = :id AND version <= :newest ORDER BY version DESC LIMIT 1
                        """)
                .param("id", campaignId)
                .param("newest", newest)
                .query((row, n) -> new BriefRow(
                        row.getInt(1),
                        row.getString(2),
                        row.getObject(3, LocalDate.class),
                        row.getTimestamp(4).toInstant()))
                .optional();
    }

    /** @return its version */
    int putBrief(String campaignId, JsonNode brief, Instant now, LocalDate today) {
        Integer version = transactions.execute(transaction -> {
            lock(campaignId);
            int next = brief(campaignId, Integer.MAX_VALUE).orElseThrow().version() + 1;
            insertBrief(campaignId, next, brief, now, today);
            return next;
        });
        return version == null ? 0 : version;
    }

    private void insertBrief(String campaignId, int version, JsonNode brief, Instant now, LocalDate today) {
        db.sql("""
                        INSERT INTO brief (campaign_id, version, brief, written_on, written_at)
                        VALUES (:id, :version, CAST(:brief AS json), :today, :now)
                        """)
                .param("id", campaignId)
                .param("version", version)
                .param("brief", brief.toString())
                .param("today", today)
                .param("now", Timestamp.from(now))
                .update();
    }

    /** Until the transaction ends nobody else changes what the campaign consists of. */
    void lock(String campaignId) {
        db.sql("SELECT 1 FROM campaign WHERE campaign_id = :id FOR NO KEY UPDATE")
                .param("id", campaignId)
                .query(Integer.class)
                .single();
    }

    /** New decisions no longer choose it. */
    void withdraw(String campaignId, String variantId) {
        db.sql("UPDATE variant SET live = false WHERE campaign_id = :campaign AND variant_id = :variant")
                .param("campaign", campaignId)
                .param("variant", variantId)
                .update();
        changed(campaignId);
    }

    private void changed(String campaignId) {
        db.sql("UPDATE campaign SET revision = nextval('campaign_revision') WHERE campaign_id = :id")
                .param("id", campaignId)
                .update();
    }

    /**
     * A new version of a variant, or its first.
     *
     * @return the version, from 1
     */
    int put(String campaignId, CheckedVariant variant, Instant now) {
        Integer version = transactions.execute(transaction -> {
            lock(campaignId);
            List<VariantRow> present = variants(campaignId);
            int latest = present.stream()
                    .filter(row -> row.variantId().equals(variant.variantId()))
                    .mapToInt(VariantRow::version)
                    .findFirst()
                    .orElse(0);
            if (latest == 0) {
                if (present.stream().filter(VariantRow::live).count() >= CampaignForm.MAX_VARIANTS
                        || present.size() >= MOST_IN_ALL) {
                    throw Problem.conflict(
                            "too-many-variants",
                            "A campaign has at most " + CampaignForm.MAX_VARIANTS + " live variants, and " + MOST_IN_ALL
                                    + " in all.");
                }
                insert(campaignId, variant, present.size(), now);
            } else {
                db.sql("""
                                UPDATE variant SET version = :version, live = :live
                                WHERE campaign_id = :campaign AND variant_id = :variant
                                """)
                        .param("version", latest + 1)
                        .param("live", variant.live())
                        .param("campaign", campaignId)
                        .param("variant", variant.variantId())
                        .update();
                insertVersion(campaignId, variant, latest + 1, now);
            }
            changed(campaignId);
            return latest + 1;
        });
        return version == null ? 0 : version;
    }

    private void insert(String campaignId, CheckedVariant variant, int position, Instant now) {
        db.sql("""
                        INSERT INTO variant (campaign_id, variant_id, position, version, live)
                        VALUES (:campaign, :variant, :position, 1, :live)
                        """)
                .param("campaign", campaignId)
                .param("variant", variant.variantId())
                .param("position", position)
                .param("live", variant.live())
                .update();
        insertVersion(campaignId, variant, 1, now);
    }

    private void insertVersion(String campaignId, CheckedVariant variant, int version, Instant now) {
        MailTemplate.Source source = variant.source();
        db.sql("""
                        INSERT INTO variant_version (campaign_id, variant_id, version, subject, preheader, html, text,
                          cta_label, cta_url, ps, created_at)
                        VALUES (:campaign, :variant, :version, :subject, :preheader, :html, :text, :label, :url, :ps,
                          :now)
                        """)
                .param("campaign", campaignId)
                .param("variant", variant.variantId())
                .param("version", version)
                .param("subject", source.subject())
                .param("preheader", source.preheader())
                .param("html", source.html())
                .param("text", source.text())
                .param("label", source.ctaLabel())
                .param("url", source.ctaUrl())
                .param("ps", source.ps())
                .param("now", Timestamp.from(now))
                .update();
    }
}
