CREATE TABLE campaign_run (
    run_id      uuid        PRIMARY KEY,
    campaign_id text        NOT NULL REFERENCES campaign,
    audience    json        NOT NULL,
    most        bigint,
    granted     bigint      NOT NULL DEFAULT 0,
    state       text        NOT NULL CHECK (state IN ('running', 'paused', 'cancelled', 'completed')),
    reason      text,
    created_at  timestamptz NOT NULL,
    finished_at timestamptz
);
COMMENT ON COLUMN campaign_run.most IS 'mails at most; null for no bound';
COMMENT ON COLUMN campaign_run.granted IS 'how many of the most have been given to the partitions';
COMMENT ON COLUMN campaign_run.reason IS 'why it was paused by itself';
CREATE UNIQUE INDEX campaign_run_open ON campaign_run (campaign_id) WHERE state IN ('running', 'paused');
CREATE INDEX campaign_run_campaign ON campaign_run (campaign_id, created_at);

CREATE TABLE campaign_run_part (
    run_id       uuid    NOT NULL REFERENCES campaign_run,
    partition    int     NOT NULL,
    done         boolean NOT NULL DEFAULT false,
    position     bigint  NOT NULL DEFAULT 0,
    granted      bigint  NOT NULL DEFAULT 0,
    looked_at    bigint  NOT NULL DEFAULT 0,
    mailed       bigint  NOT NULL DEFAULT 0,
    held_out     bigint  NOT NULL DEFAULT 0,
    live_already bigint  NOT NULL DEFAULT 0,
    no_consent   bigint  NOT NULL DEFAULT 0,
    no_address   bigint  NOT NULL DEFAULT 0,
    failed       bigint  NOT NULL DEFAULT 0,
    owner        uuid,
    leased_until timestamptz,
    PRIMARY KEY (run_id, partition)
);
COMMENT ON TABLE campaign_run_part IS 'how far a run is within one partition of the subscribers';
COMMENT ON COLUMN campaign_run_part.position IS 'those whose mixed hash, unsigned, is below it are done, and are what the counts count';
COMMENT ON COLUMN campaign_run_part.owner IS 'the instance that works on it until leased_until';

ALTER TABLE decision ADD COLUMN run_id text;
COMMENT ON COLUMN decision.run_id IS 'the campaign run that it belongs to, if any';
