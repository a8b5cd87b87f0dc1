CREATE TABLE IF NOT EXISTS idempotency_key (
    caller       text        NOT NULL,
    key          text        NOT NULL,
    fingerprint  text        NOT NULL,
    status       int,
    content_type text,
    location     text,
    body         bytea,
    created_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (caller, key)
);
COMMENT ON COLUMN idempotency_key.status IS 'null while the first request is still running';
CREATE INDEX IF NOT EXISTS idempotency_key_created ON idempotency_key (created_at);
