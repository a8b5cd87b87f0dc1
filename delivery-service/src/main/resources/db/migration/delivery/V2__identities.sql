-- Kept as codes under the deployment's secret from here on; the Java migration V3 turns the hashes at hand into codes.
ALTER TABLE suppression RENAME COLUMN address_hash TO address_code;
COMMENT ON COLUMN suppression.address_code IS 'HMAC-SHA256, under the deployment''s secret, of the SHA-256 in hex of the lower-cased address';
ALTER TABLE recipient DROP COLUMN address_hash;

-- Ids of activities may tell whose they are; they are only needed against repeats of the last days.
TRUNCATE feedback_seen;
ALTER TABLE feedback_seen RENAME COLUMN event_id TO activity_code;
ALTER TABLE feedback_seen
    ADD COLUMN retracted          boolean NOT NULL DEFAULT false,
    ADD COLUMN hour               int,
    ADD COLUMN feedback_partition int;
COMMENT ON COLUMN feedback_seen.activity_code IS 'HMAC-SHA256 of the activity''s id under the deployment''s secret';
COMMENT ON COLUMN feedback_seen.retracted IS 'it was a machine''s: counted no longer, or never';
COMMENT ON COLUMN feedback_seen.hour IS 'the local hour that it was counted in; null when it was not';
COMMENT ON COLUMN feedback_seen.feedback_partition IS 'the row of everybody_hours that it was counted in';

CREATE INDEX delivery_changed ON delivery (changed_at) WHERE state IN ('due', 'refused');
