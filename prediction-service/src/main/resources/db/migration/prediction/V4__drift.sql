-- What the rows looked like that a version was fitted on: counts by bins, of no subscriber.
CREATE TABLE drift_reference (
    version   text        PRIMARY KEY REFERENCES model_version ON DELETE CASCADE,
    as_of     timestamptz NOT NULL,
    row_count int         NOT NULL,
    bins      jsonb       NOT NULL
);

-- The newest look at a version: what it sees and says now, and what became of whom it scored.
CREATE TABLE drift_check (
    version  text        NOT NULL REFERENCES model_version ON DELETE CASCADE,
    kind     text        NOT NULL,
    begun_at timestamptz NOT NULL,
    result   jsonb,
    PRIMARY KEY (version, kind)
);
COMMENT ON COLUMN drift_check.kind IS 'population or outcomes';
COMMENT ON COLUMN drift_check.result IS 'null until there is one';

CREATE TABLE alert (
    alert_id   text        PRIMARY KEY,
    model      text        NOT NULL,
    version    text        NOT NULL,
    kind       text        NOT NULL,
    subject    text        NOT NULL,
    value      float8      NOT NULL,
    threshold  float8      NOT NULL,
    sentence   text        NOT NULL,
    opened_at  timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    closed_at  timestamptz,
    closing    text
);
CREATE UNIQUE INDEX alert_open ON alert (model, kind, subject) WHERE closed_at IS NULL;
COMMENT ON COLUMN alert.kind IS 'feature, score or outcomes';
COMMENT ON COLUMN alert.closing IS 'why it was closed; null while it is open';

-- Subscribers in an order that has nothing to do with them: its first ones are a random sample, the same each time.
CREATE INDEX vector_by_hash ON vector (hashtextextended(subscriber_id, 0));
