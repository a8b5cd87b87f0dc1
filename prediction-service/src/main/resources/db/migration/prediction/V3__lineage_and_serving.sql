-- Where a version came from.
ALTER TABLE model_version ADD COLUMN parent text;
ALTER TABLE model_version ADD COLUMN took_millis bigint;
COMMENT ON COLUMN model_version.parent IS 'the live version when this one was trained; null when there was none, or before it was noted';
COMMENT ON COLUMN model_version.took_millis IS 'from the rows being there to the registration; null before it was noted';

-- What was served from when to when, and why. Open entries are what is served now: at most one with the share 1, the live
-- version, and one with less, its canary.
CREATE TABLE model_serving (
    serving_id    bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name          text        NOT NULL,
    version       text        NOT NULL REFERENCES model_version,
    share         float8      NOT NULL CHECK (share > 0 AND (share <= .5 OR share = 1)),
    began_at      timestamptz NOT NULL,
    began_because text        NOT NULL,
    promote_at    timestamptz,
    ended_at      timestamptz,
    ended_because text
);
CREATE UNIQUE INDEX model_serving_now ON model_serving (name, (share = 1)) WHERE ended_at IS NULL;
CREATE INDEX model_serving_by_name ON model_serving (name, serving_id DESC);
COMMENT ON COLUMN model_serving.share IS 'of the subscribers; below 1 for a canary';
COMMENT ON COLUMN model_serving.promote_at IS 'when a canary becomes the live version by itself';

INSERT INTO model_serving (name, version, share, began_at, began_because)
SELECT name, version, 1, created_at, 'It was live before this history began. ' || verdict FROM model_version WHERE live;
