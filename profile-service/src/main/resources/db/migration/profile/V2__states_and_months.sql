-- The state in two parts; a state of another format is rebuilt from the stored activity when it is next needed.
ALTER TABLE subscriber DROP COLUMN state, ADD COLUMN state bytea, ADD COLUMN declared jsonb;
UPDATE subscriber SET state_format = 0;
-- Never out of line, if it can be helped: each event rewrites it.
ALTER TABLE subscriber ALTER COLUMN state SET STORAGE MAIN, ALTER COLUMN declared SET STORAGE MAIN;
-- Room for the next version of a row on its own page, and no index on what changes with each: so no index is touched.
ALTER TABLE subscriber SET (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.1);
DROP INDEX subscriber_features_as_of;
COMMENT ON COLUMN subscriber.state IS 'SubscriberState.toBytes, null before the first applied activity';
COMMENT ON COLUMN subscriber.declared IS 'traits and consents';

-- A month a partition, so that the old ones can go at once.
ALTER TABLE activity RENAME TO activity_of_all_time;
ALTER TABLE activity_of_all_time RENAME CONSTRAINT activity_pkey TO activity_of_all_time_pkey;
CREATE TABLE activity (
    subscriber_id text COLLATE "C" NOT NULL,
    at            timestamptz      NOT NULL,
    tie           bigint           NOT NULL,
    activity_id   text COLLATE "C" NOT NULL,
    precision     text             NOT NULL,
    kind          text             NOT NULL,
    machine_rule  text,
    retracted     boolean          NOT NULL DEFAULT false,
    currency      text,
    event         jsonb            NOT NULL,
    PRIMARY KEY (subscriber_id, at, tie)
) PARTITION BY RANGE (at);
CREATE INDEX activity_currency ON activity (currency, subscriber_id, at) WHERE currency IS NOT NULL;
COMMENT ON TABLE activity IS 'every applied activity once; the primary key is the order of replay';
COMMENT ON COLUMN activity.tie IS 'the first 64 bits of the activity id''s SHA-256';
COMMENT ON COLUMN activity.activity_id IS 'order:<orderId> or source:messageId';
COMMENT ON COLUMN activity.machine_rule IS 'the rule that caught a machine; null for a person''s';
COMMENT ON COLUMN activity.retracted IS 'whether it was published as a person''s before the rule caught it';
COMMENT ON COLUMN activity.currency IS 'of an amount that is not in the deployment''s currency';

-- Attaching a partition, unlike creating one in place, waits for nobody who reads or writes the others.
CREATE FUNCTION create_activity_month(month date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    name text := format('activity_%s', to_char(month, 'YYYY_MM'));
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('winback.activity.month'), hashtext(current_schema()));
    IF to_regclass(quote_ident(name)) IS NULL THEN
        EXECUTE format('CREATE TABLE %I (LIKE activity INCLUDING DEFAULTS INCLUDING INDEXES)', name);
        EXECUTE format('ALTER TABLE activity ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', name,
            to_char(month, 'YYYY-MM-DD"T00:00:00Z"'), to_char(month + interval '1 month', 'YYYY-MM-DD"T00:00:00Z"'));
    END IF;
END $$;

SELECT create_activity_month(month)
FROM (SELECT DISTINCT date_trunc('month', at AT TIME ZONE 'UTC')::date AS month FROM activity_of_all_time) AS months;
INSERT INTO activity (subscriber_id, at, tie, activity_id, precision, kind, currency, event)
SELECT subscriber_id, at,
       ('x' || left(encode(sha256(convert_to(activity_id, 'UTF8')), 'hex'), 16))::bit(64)::bigint,
       activity_id, precision, kind,
       CASE WHEN kind IN ('ORDER', 'REFUND') THEN upper(event #>> '{properties,currency}') END,
       event
FROM activity_of_all_time
ON CONFLICT DO NOTHING;
DROP TABLE activity_of_all_time;

-- The state up to and with a stored activity: replays start there.
CREATE TABLE snapshot (
    subscriber_id text COLLATE "C" NOT NULL,
    at            timestamptz      NOT NULL,
    tie           bigint           NOT NULL,
    sealed        boolean          NOT NULL,
    state_format  int              NOT NULL,
    state         bytea            NOT NULL,
    declared      jsonb            NOT NULL,
    PRIMARY KEY (subscriber_id, at, tie)
);
CREATE INDEX snapshot_sealed ON snapshot (subscriber_id, at) WHERE sealed;
COMMENT ON COLUMN snapshot.sealed IS 'the activity before it has been dropped; others only save time';

CREATE TABLE activity_retention (
    only_row     boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    dropped_until timestamptz NOT NULL
);
COMMENT ON TABLE activity_retention IS 'activity before this instant is gone; absent when none is';

-- A sweep is due when the newest one is old; nobody's features are old before the first.
INSERT INTO sweep (id, state, requested_at, finished_at)
SELECT gen_random_uuid(), 'done', now(), now() WHERE NOT EXISTS (SELECT FROM sweep);
