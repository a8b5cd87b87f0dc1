-- A success rests on each of the clicks and orders that show it, so that one of them can be taken back.
ALTER TABLE outcome ADD COLUMN source text NOT NULL DEFAULT '';
ALTER TABLE outcome DROP CONSTRAINT outcome_pkey;
ALTER TABLE outcome ADD PRIMARY KEY (decision_id, kind, source);
CREATE INDEX outcome_source ON outcome (source) WHERE source <> '';
COMMENT ON COLUMN outcome.source IS 'of a success: HMAC-SHA256 of the activity''s id under the deployment''s secret; else empty';

CREATE TABLE retraction (
    activity_code text        NOT NULL PRIMARY KEY,
    retracted_at  timestamptz NOT NULL
);
CREATE INDEX retraction_age ON retraction (retracted_at);
COMMENT ON TABLE retraction IS 'activities that were a machine''s after all, against their coming only now';

-- For merges and erasures, and for what is old.
CREATE INDEX decision_of_subscriber ON decision (subscriber_id);
CREATE INDEX decision_age ON decision (decided_at);
