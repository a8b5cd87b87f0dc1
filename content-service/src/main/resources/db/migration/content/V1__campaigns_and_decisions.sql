CREATE SEQUENCE campaign_revision;

CREATE TABLE campaign (
    campaign_id      text             PRIMARY KEY,
    name             text             NOT NULL,
    language         text             NOT NULL,
    attribution_days int              NOT NULL,
    holdout_share    double precision NOT NULL,
    immediate_first  int              NOT NULL,
    unsubscribe_url  text,
    created_at       timestamptz      NOT NULL,
    revision         bigint           NOT NULL DEFAULT nextval('campaign_revision')
);
COMMENT ON COLUMN campaign.revision IS 'changes with every change of the campaign, its variants or its posteriors; instances poll it';
COMMENT ON COLUMN campaign.immediate_first IS 'how many deliveries may go without waiting for the best hour';

CREATE TABLE variant (
    campaign_id text        NOT NULL REFERENCES campaign,
    variant_id  text        NOT NULL,
    position    int         NOT NULL,
    version     int         NOT NULL,
    live        boolean     NOT NULL,
    exposures   bigint      NOT NULL DEFAULT 0,
    successes   bigint      NOT NULL DEFAULT 0,
    PRIMARY KEY (campaign_id, variant_id),
    CHECK (successes BETWEEN 0 AND exposures)
);
COMMENT ON COLUMN variant.version IS 'the version that new decisions use; older ones stay in variant_version';
COMMENT ON COLUMN variant.exposures IS 'decisions for this variant that were seen or sent; the posterior is Beta(1 + successes, 1 + exposures - successes)';

CREATE TABLE variant_version (
    campaign_id text        NOT NULL,
    variant_id  text        NOT NULL,
    version     int         NOT NULL,
    subject     text        NOT NULL,
    preheader   text        NOT NULL,
    html        text        NOT NULL,
    text        text        NOT NULL,
    cta_label   text        NOT NULL,
    cta_url     text        NOT NULL,
    ps          text        NOT NULL,
    created_at  timestamptz NOT NULL,
    PRIMARY KEY (campaign_id, variant_id, version),
    FOREIGN KEY (campaign_id, variant_id) REFERENCES variant
);

-- No foreign keys from here on: events may arrive in any order.
CREATE TABLE decision (
    decision_id           text             PRIMARY KEY,
    subscriber_id         text             NOT NULL,
    campaign_id           text             NOT NULL,
    holdout               boolean          NOT NULL,
    variant_id            text,
    variant_version       int,
    propensity            double precision NOT NULL,
    probabilities         json             NOT NULL,
    policy                text             NOT NULL,
    deliver               boolean          NOT NULL,
    immediate             boolean          NOT NULL,
    decided_at            timestamptz      NOT NULL,
    features_as_of        timestamptz,
    delivery_time         timestamptz,
    personalization_score double precision NOT NULL,
    inputs                json             NOT NULL,
    due_at                timestamptz,
    refused_at            timestamptz,
    exposed_at            timestamptz,
    succeeded_at          timestamptz
);
COMMENT ON COLUMN decision.inputs IS 'json and not jsonb: numbers keep their digits, so that the mail is rendered again byte for byte';
CREATE INDEX decision_subscriber ON decision (subscriber_id, exposed_at) WHERE exposed_at IS NOT NULL;
CREATE INDEX decision_delivery ON decision (campaign_id, subscriber_id) WHERE deliver;

-- What is known of a decision from elsewhere, whether or not the decision is already here.
CREATE TABLE outcome (
    decision_id text        NOT NULL,
    kind        text        NOT NULL,
    at          timestamptz NOT NULL,
    settled     boolean     NOT NULL DEFAULT false,
    PRIMARY KEY (decision_id, kind)
);
COMMENT ON COLUMN outcome.kind IS 'exposed, succeeded, due or refused';
CREATE INDEX outcome_unsettled ON outcome (decision_id) WHERE NOT settled;

-- Orders that do not say which decision they answer.
CREATE TABLE unattributed_order (
    activity_id   text        PRIMARY KEY,
    subscriber_id text        NOT NULL,
    at            timestamptz NOT NULL,
    written_at    timestamptz NOT NULL DEFAULT now(),
    decision_id   text
);
COMMENT ON COLUMN unattributed_order.decision_id IS 'the decision it was given to; an order succeeds for one decision only';
CREATE INDEX unattributed_order_open ON unattributed_order (subscriber_id, at) WHERE decision_id IS NULL;
CREATE INDEX unattributed_order_written ON unattributed_order (written_at) WHERE decision_id IS NULL;
