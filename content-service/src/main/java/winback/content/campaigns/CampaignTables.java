package winback.content.campaigns;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import winback.chassis.problems.Problem;
import winback.content.campaigns.CampaignForm.Checked;
import winback.content.campaigns.CampaignForm.Draft;
import winback.content.templates.MailTemplate;

/** Campaigns in PostgreSQL. */
@Component
class CampaignTables {

    /** A variant's row. */
    record VariantRow(String variantId, int version, boolean live, long exposures, long successes) {}

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
    void create(Checked campaign, Instant now) {
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
                List<Draft> drafts = new ArrayList<>(campaign.variants());
                for (int i = 0; i < drafts.size(); i++) {
                    insert(settings.campaignId(), drafts.get(i), i, now);
                }
            });
        } catch (DuplicateKeyException taken) {
            throw Problem.conflict("campaign-exists", "There is a campaign " + settings.campaignId() + " already.");
        }
    }

    /**
     * A new version of a variant, or its first.
     *
     * @return the version, from 1
     */
    int put(String campaignId, Draft draft, Instant now) {
        Integer version = transactions.execute(transaction -> {
            db.sql("SELECT 1 FROM campaign WHERE campaign_id = :id FOR NO KEY UPDATE")
                    .param("id", campaignId)
                    .query(Integer.class)
                    .single();
            List<VariantRow> present = variants(campaignId);
            int latest = present.stream()
                    .filter(variant -> variant.variantId().equals(draft.variantId()))
                    .mapToInt(VariantRow::version)
                    .findFirst()
                    .orElse(0);
            if (latest == 0) {
                if (present.size() >= CampaignForm.MAX_VARIANTS) {
                    throw Problem.conflict(
                            "too-many-variants", "A campaign has at most " + CampaignForm.MAX_VARIANTS + " variants.");
                }
                insert(campaignId, draft, present.size(), now);
            } else {
                db.sql("""
                                UPDATE variant SET version = :version, live = :live
                                WHERE campaign_id = :campaign AND variant_id = :variant
                                """)
                        .param("version", latest + 1)
                        .param("live", draft.live())
                        .param("campaign", campaignId)
                        .param("variant", draft.variantId())
                        .update();
                insertVersion(campaignId, draft, latest + 1, now);
            }
            db.sql("UPDATE campaign SET revision = nextval('campaign_revision') WHERE campaign_id = :id")
                    .param("id", campaignId)
                    .update();
            return latest + 1;
        });
        return version == null ? 0 : version;
    }

    private void insert(String campaignId, Draft draft, int position, Instant now) {
        db.sql("""
                        INSERT INTO variant (campaign_id, variant_id, position, version, live)
                        VALUES (:campaign, :variant, :position, 1, :live)
                        """)
                .param("campaign", campaignId)
                .param("variant", draft.variantId())
                .param("position", position)
                .param("live", draft.live())
                .update();
        insertVersion(campaignId, draft, 1, now);
    }

    private void insertVersion(String campaignId, Draft draft, int version, Instant now) {
        MailTemplate.Source source = draft.source();
        db.sql("""
                        INSERT INTO variant_version (campaign_id, variant_id, version, subject, preheader, html, text,
                          cta_label, cta_url, ps, created_at)
                        VALUES (:campaign, :variant, :version, :subject, :preheader, :html, :text, :label, :url, :ps,
                          :now)
                        """)
                .param("campaign", campaignId)
                .param("variant", draft.variantId())
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
