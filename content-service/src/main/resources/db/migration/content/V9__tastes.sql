-- What somebody's own answers say of how lively they like to be written to; see winback.content.taste.
CREATE TABLE taste (
    subscriber_id text             PRIMARY KEY,
    lean          double precision NOT NULL,
    information   double precision NOT NULL,
    changed       xid8             NOT NULL DEFAULT pg_current_xact_id()
);
CREATE INDEX taste_changed ON taste (changed);
COMMENT ON COLUMN taste.lean IS 'sum over mails that were seen of (answered - rate) x liveliness';
COMMENT ON COLUMN taste.information IS 'sum over mails that were seen of rate x (1 - rate) x liveliness squared';
COMMENT ON COLUMN taste.changed IS 'the transaction that changed it last: instances read what has changed since the oldest one that was open';

CREATE VIEW liveliness AS
    SELECT campaign_id, draft_id AS variant_id, 2 * (attributes ->> 'energy')::double precision - 1 AS liveliness
    FROM draft WHERE attributes ->> 'energy' IS NOT NULL;
COMMENT ON VIEW liveliness IS 'from -1, calm, to 1, lively; of variants that are drafts whose style is known';
