CREATE TABLE brief (
    campaign_id text        NOT NULL REFERENCES campaign,
    version     int         NOT NULL,
    brief       json        NOT NULL,
    written_on  date        NOT NULL,
    written_at  timestamptz NOT NULL,
    PRIMARY KEY (campaign_id, version)
);
COMMENT ON TABLE brief IS 'what a person approved that the mails of a campaign may say; the newest version holds';
COMMENT ON COLUMN brief.written_on IS 'the day by which its offers were checked';

CREATE TABLE generation (
    generation_id uuid        PRIMARY KEY,
    campaign_id   text        NOT NULL,
    brief_version int         NOT NULL,
    request       json        NOT NULL,
    state         text        NOT NULL CHECK (state IN ('running', 'completed', 'failed')),
    reason        text,
    passed        int         NOT NULL DEFAULT 0,
    blocked       int         NOT NULL DEFAULT 0,
    created_at    timestamptz NOT NULL,
    alive_at      timestamptz NOT NULL,
    finished_at   timestamptz,
    FOREIGN KEY (campaign_id, brief_version) REFERENCES brief
);
CREATE UNIQUE INDEX generation_open ON generation (campaign_id) WHERE state = 'running';
CREATE INDEX generation_campaign ON generation (campaign_id, created_at);
COMMENT ON COLUMN generation.reason IS 'why it failed, or why it was not done as it was asked for';
COMMENT ON COLUMN generation.alive_at IS 'when somebody last worked on it';

CREATE TABLE draft (
    campaign_id   text        NOT NULL,
    draft_id      text        NOT NULL,
    position      bigint      GENERATED ALWAYS AS IDENTITY,
    state         text        NOT NULL CHECK (state IN ('draft', 'gated', 'approved', 'live', 'retired')),
    generator     text        NOT NULL,
    generation_id uuid        REFERENCES generation,
    subject       text        NOT NULL,
    preheader     text        NOT NULL,
    html          text        NOT NULL,
    text          text        NOT NULL,
    cta_label     text        NOT NULL,
    cta_url       text        NOT NULL,
    ps            text        NOT NULL,
    attributes    json,
    verdict       json        NOT NULL,
    passed        boolean     NOT NULL,
    rubric        int         NOT NULL,
    brief_version int         NOT NULL,
    judged_on     date        NOT NULL,
    approved_by   text,
    created_at    timestamptz NOT NULL,
    PRIMARY KEY (campaign_id, draft_id),
    FOREIGN KEY (campaign_id, brief_version) REFERENCES brief,
    CHECK (passed OR state IN ('draft', 'retired')),
    CHECK (approved_by IS NOT NULL OR state NOT IN ('approved', 'live'))
);
CREATE INDEX draft_state ON draft (campaign_id, state, position);
CREATE INDEX draft_judged ON draft (judged_on) WHERE state IN ('gated', 'approved', 'live');
COMMENT ON TABLE draft IS 'draft: the gate has not let it pass; gated: it has; approved: by a person or a policy; live: new decisions may choose it; retired: never again';
COMMENT ON COLUMN draft.generator IS 'composer, person, or the model that wrote it';
COMMENT ON COLUMN draft.brief_version IS 'by which it was judged last';
COMMENT ON COLUMN draft.judged_on IS 'the day for which it was judged last: offers end';

CREATE TABLE draft_step (
    number      bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    campaign_id text        NOT NULL,
    draft_id    text        NOT NULL,
    at          timestamptz NOT NULL,
    state       text        NOT NULL,
    by          text        NOT NULL,
    reason      text,
    FOREIGN KEY (campaign_id, draft_id) REFERENCES draft
);
CREATE INDEX draft_step_draft ON draft_step (campaign_id, draft_id, number);
COMMENT ON TABLE draft_step IS 'who brought a draft into which state, and why';

-- What was judged is what stays.
CREATE FUNCTION refuse_other_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.subject, OLD.preheader, OLD.html, OLD.text, OLD.cta_label, OLD.cta_url, OLD.ps)
        IS DISTINCT FROM (NEW.subject, NEW.preheader, NEW.html, NEW.text, NEW.cta_label, NEW.cta_url, NEW.ps) THEN
        RAISE EXCEPTION 'the words of draft % of campaign % do not change', OLD.draft_id, OLD.campaign_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.state = 'retired' AND NEW.state <> 'retired' THEN
        RAISE EXCEPTION 'draft % of campaign % is retired', OLD.draft_id, OLD.campaign_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER draft_words BEFORE UPDATE ON draft FOR EACH ROW EXECUTE FUNCTION refuse_other_words();

-- A campaign with a brief has no live variant that is not, word for word, a draft that went the whole way.
CREATE FUNCTION refuse_ungated() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed text;
    ungated text;
BEGIN
    IF TG_TABLE_NAME = 'draft' THEN
        changed := NEW.draft_id;
    ELSIF TG_TABLE_NAME <> 'brief' THEN
        changed := NEW.variant_id;
    END IF;
    SELECT v.variant_id INTO ungated
    FROM variant v JOIN variant_version w USING (campaign_id, variant_id, version)
    WHERE v.campaign_id = NEW.campaign_id AND v.live
      AND (changed IS NULL OR v.variant_id = changed)
      AND EXISTS (SELECT FROM brief b WHERE b.campaign_id = v.campaign_id)
      AND NOT EXISTS (
        SELECT FROM draft d
        WHERE d.campaign_id = v.campaign_id AND d.draft_id = v.variant_id AND d.state = 'live'
          AND (d.subject, d.preheader, d.html, d.text, d.cta_label, d.cta_url, d.ps)
            = (w.subject, w.preheader, w.html, w.text, w.cta_label, w.cta_url, w.ps))
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'variant % of campaign % is not a live draft', ungated, NEW.campaign_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
-- At the end of the transaction, since variant and draft change together.
CREATE CONSTRAINT TRIGGER variant_gated AFTER INSERT OR UPDATE OF live, version ON variant
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.live) EXECUTE FUNCTION refuse_ungated();
CREATE CONSTRAINT TRIGGER variant_version_gated AFTER UPDATE ON variant_version
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_ungated();
CREATE CONSTRAINT TRIGGER draft_gated AFTER UPDATE OF state ON draft
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.state = 'live' AND NEW.state <> 'live')
    EXECUTE FUNCTION refuse_ungated();
CREATE CONSTRAINT TRIGGER brief_gated AFTER INSERT ON brief
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_ungated();
