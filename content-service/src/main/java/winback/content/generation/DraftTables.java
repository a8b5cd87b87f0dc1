package winback.content.generation;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;
import winback.content.drafts.Attributes;
import winback.content.drafts.Draft;
import winback.content.gate.Verdict;
import winback.content.templates.MailTemplate;

/** Drafts in PostgreSQL. */
@Component
class DraftTables {

    /** A step of a draft's life. */
    record Step(
            Instant at, State state, String by, @Nullable String reason) {}

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String COLUMNS = """
            position, draft_id, language, subject, preheader, html, text, cta_label, cta_url, ps, attributes,
            state, generator, generation_id, verdict, brief_version, approved_by, draft.created_at
            """;

    private final JdbcClient db;

    DraftTables(JdbcClient db) {
        this.db = db;
    }

    /** @return false when the campaign has one of that id */
    boolean insert(String campaignId, KeptDraft kept, LocalDate judgedOn) {
        MailTemplate.Source source = kept.draft().source();
        Attributes attributes = kept.draft().attributes();
        return db.sql("""
                        INSERT INTO draft (campaign_id, draft_id, state, generator, generation_id, subject, preheader,
                          html, text, cta_label, cta_url, ps, attributes, verdict, passed, rubric, brief_version,
                          judged_on, approved_by, created_at)
                        VALUES (:campaign, :id, :state, :generator, :generation, :subject, :preheader, :html, :text,
                          :label, :url, :ps, CAST(:attributes AS json), CAST(:verdict AS json), :passed, :rubric,
                          :version, :day, :by, :now)
                        ON CONFLICT DO NOTHING
                        """)
                        .param("campaign", campaignId)
                        .param("id", kept.draft().id())
                        .param("state", kept.state().word())
                        .param("generator", kept.generator())
                        .param("generation", kept.generationId())
                        .param("subject", source.subject())
                        .param("preheader", source.preheader())
                        .param("html", source.html())
                        .param("text", source.text())
                        .param("label", source.ctaLabel())
                        .param("url", source.ctaUrl())
                        .param("ps", source.ps())
                        .param("attributes", attributes == null ? null : JSON.writeValueAsString(attributes))
                        .param("verdict", JSON.writeValueAsString(kept.verdict()))
                        .param("passed", kept.verdict().passes())
                        .param("rubric", kept.verdict().rubric())
                        .param("version", kept.briefVersion())
                        .param("day", judgedOn)
                        .param("by", kept.approvedBy())
                        .param("now", Timestamp.from(kept.createdAt()))
                        .update()
                == 1;
    }

    Optional<KeptDraft> find(String campaignId, String draftId) {
        return db.sql("SELECT " + COLUMNS + """
                        FROM draft JOIN campaign USING (campaign_id)
                        WHERE campaign_id = :campaign AND draft_id = :id
                        """)
                .param("campaign", campaignId)
                .param("id", draftId)
                .query((row, n) -> read(row))
                .optional();
    }

    /**
     * Those in one of these states, in the order in which they came.
     *
     * @param after a position; those after it
     */
    List<KeptDraft> list(String campaignId, Collection<State> states, long after, int limit) {
        return db.sql("SELECT " + COLUMNS + """
                        FROM draft JOIN campaign USING (campaign_id)
                        WHERE campaign_id = :campaign AND state IN (:states) AND position > :after
                        ORDER BY position LIMIT :limit
                        """)
                .param("campaign", campaignId)
                .param("states", states.stream().map(State::word).toList())
                .param("after", after)
                .param("limit", limit)
                .query((row, n) -> read(row))
                .list();
    }

    /** Of all drafts, retired ones too: what did not work is not written again. */
    List<String> subjects(String campaignId) {
        return db.sql("SELECT subject FROM draft WHERE campaign_id = :campaign")
                .param("campaign", campaignId)
                .query(String.class)
                .list();
    }

    /** How many are in each state; those with none are left out. */
    Map<String, Integer> counts(String campaignId) {
        Map<String, Integer> counts = new HashMap<>();
        db.sql("SELECT state, count(*) FROM draft WHERE campaign_id = :campaign GROUP BY state")
                .param("campaign", campaignId)
                .query(row -> {
                    counts.put(row.getString(1), row.getInt(2));
                });
        return counts;
    }

    List<String> campaignsWithDrafts() {
        return db.sql("SELECT DISTINCT campaign_id FROM draft")
                .query(String.class)
                .list();
    }

    /** When it went live last; empty when it never did. */
    Optional<Instant> liveSince(String campaignId, String draftId) {
        return db.sql("""
                        SELECT at FROM draft_step WHERE campaign_id = :campaign AND draft_id = :id AND state = 'live'
                        ORDER BY number DESC LIMIT 1
                        """)
                .param("campaign", campaignId)
                .param("id", draftId)
                .query((row, n) -> row.getTimestamp(1).toInstant())
                .optional();
    }

    /** Of all drafts of which they are known, by id. */
    Map<String, Attributes> attributes(String campaignId) {
        Map<String, Attributes> attributes = new HashMap<>();
        db.sql("SELECT draft_id, attributes FROM draft WHERE campaign_id = :campaign AND attributes IS NOT NULL")
                .param("campaign", campaignId)
                .query(row -> {
                    attributes.put(row.getString(1), JSON.readValue(row.getString(2), Attributes.class));
                });
        return attributes;
    }

    /** Campaigns with drafts that were judged for an earlier day, or by an earlier brief. */
    List<String> campaignsToJudge(LocalDate today) {
        return db.sql("""
                        SELECT DISTINCT campaign_id FROM draft d
                        WHERE state IN ('gated', 'approved', 'live')
                          AND (judged_on < :today
                            OR brief_version < (SELECT max(version) FROM brief b WHERE b.campaign_id = d.campaign_id))
                        """).param("today", today).query(String.class).list();
    }

    /** Notes what the gate says now. */
    void judged(String campaignId, String draftId, State state, Verdict verdict, int briefVersion, LocalDate day) {
        db.sql("""
                        UPDATE draft SET state = :state, verdict = CAST(:verdict AS json), passed = :passed,
                          rubric = :rubric, brief_version = :version, judged_on = :day
                        WHERE campaign_id = :campaign AND draft_id = :id
                        """)
                .param("campaign", campaignId)
                .param("id", draftId)
                .param("state", state.word())
                .param("verdict", JSON.writeValueAsString(verdict))
                .param("passed", verdict.passes())
                .param("rubric", verdict.rubric())
                .param("version", briefVersion)
                .param("day", day)
                .update();
    }

    void move(String campaignId, String draftId, State state, @Nullable String approvedBy) {
        db.sql("""
                        UPDATE draft SET state = :state, approved_by = coalesce(:by, approved_by)
                        WHERE campaign_id = :campaign AND draft_id = :id
                        """)
                .param("campaign", campaignId)
                .param("id", draftId)
                .param("state", state.word())
                .param("by", approvedBy)
                .update();
    }

    void note(String campaignId, String draftId, Step step) {
        db.sql("""
                        INSERT INTO draft_step (campaign_id, draft_id, at, state, by, reason)
                        VALUES (:campaign, :id, :at, :state, :by, :reason)
                        """)
                .param("campaign", campaignId)
                .param("id", draftId)
                .param("at", Timestamp.from(step.at()))
                .param("state", step.state().word())
                .param("by", step.by())
                .param("reason", step.reason())
                .update();
    }

    List<Step> steps(String campaignId, String draftId) {
        return db.sql("""
                        SELECT at, state, by, reason FROM draft_step
                        WHERE campaign_id = :campaign AND draft_id = :id ORDER BY number
                        """)
                .param("campaign", campaignId)
                .param("id", draftId)
                .query((row, n) -> new Step(
                        row.getTimestamp(1).toInstant(),
                        State.of(row.getString(2)),
                        row.getString(3),
                        row.getString(4)))
                .list();
    }

    private static KeptDraft read(ResultSet row) throws SQLException {
        String attributes = row.getString("attributes");
        return new KeptDraft(
                row.getLong("position"),
                new Draft(
                        row.getString("draft_id"),
                        row.getString("language"),
                        new MailTemplate.Source(
                                row.getString("subject"),
                                row.getString("preheader"),
                                row.getString("html"),
                                row.getString("text"),
                                row.getString("cta_label"),
                                row.getString("cta_url"),
                                row.getString("ps")),
                        attributes == null ? null : JSON.readValue(attributes, Attributes.class)),
                State.of(row.getString("state")),
                row.getString("generator"),
                row.getObject("generation_id", UUID.class),
                JSON.readValue(row.getString("verdict"), Verdict.class),
                row.getInt("brief_version"),
                row.getString("approved_by"),
                row.getTimestamp("created_at").toInstant());
    }
}
