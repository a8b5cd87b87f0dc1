-- What this service has heard of winback.identities.
CREATE TABLE IF NOT EXISTS secret_check (
    one  boolean NOT NULL PRIMARY KEY CHECK (one),
    code text    NOT NULL
);
COMMENT ON COLUMN secret_check.code IS 'of nothing, under the deployment''s secret: tells whether it is still the same';

CREATE TABLE IF NOT EXISTS merge_heard (
    from_id   text        NOT NULL PRIMARY KEY,
    into_id   text        NOT NULL,
    merged_at timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS merge_heard_into ON merge_heard (into_id);
COMMENT ON COLUMN merge_heard.into_id IS 'never merged away itself';

CREATE TABLE IF NOT EXISTS erasure_heard (
    code      text        NOT NULL PRIMARY KEY,
    erased_at timestamptz NOT NULL,
    heard_at  timestamptz NOT NULL
);
COMMENT ON COLUMN erasure_heard.code IS 'HMAC-SHA256 of the subscriber''s id under the deployment''s secret, which is kept elsewhere';
