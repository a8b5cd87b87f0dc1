-- Trainings and evaluations: what was asked for, and how far it is.
CREATE TABLE job (
    job_id        text        PRIMARY KEY,
    kind          text        NOT NULL,
    subject       text        NOT NULL,
    request       jsonb       NOT NULL,
    state         text        NOT NULL,
    progress      real        NOT NULL,
    detail        text        NOT NULL,
    model_version text,
    result        jsonb,
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL
);
CREATE INDEX job_open ON job (created_at) WHERE state IN ('requested', 'collecting', 'fitting');
CREATE INDEX job_by_kind ON job (kind, job_id DESC);
COMMENT ON COLUMN job.kind IS 'training or evaluation';
COMMENT ON COLUMN job.subject IS 'churn or value';
COMMENT ON COLUMN job.progress IS '0 to 1';

-- The rows that open jobs collect. They go when the job ends.
CREATE TABLE dataset (
    dataset_id   text        PRIMARY KEY,
    job_id       text        NOT NULL REFERENCES job ON DELETE CASCADE,
    role         text        NOT NULL,
    cutoff       timestamptz NOT NULL,
    label_days   int         NOT NULL,
    published_at timestamptz,
    heard_at     timestamptz,
    UNIQUE (job_id, role)
);
COMMENT ON COLUMN dataset.label_days IS '0 without labels';
COMMENT ON COLUMN dataset.published_at IS 'when Kafka had the request; null before';
COMMENT ON COLUMN dataset.heard_at IS 'when a row or a closing last arrived';

CREATE TABLE dataset_partition (
    dataset_id     text   NOT NULL REFERENCES dataset ON DELETE CASCADE,
    partition      int    NOT NULL,
    partitions     int    NOT NULL,
    row_count      bigint NOT NULL,
    feature_schema text   NOT NULL,
    feature_names  jsonb  NOT NULL,
    refusal        text,
    PRIMARY KEY (dataset_id, partition)
);

CREATE TABLE dataset_row (
    dataset_id    text   NOT NULL REFERENCES dataset ON DELETE CASCADE,
    subscriber_id text   NOT NULL,
    partition     int    NOT NULL,
    features      bytea  NOT NULL,
    orders        int,
    spend         float8,
    PRIMARY KEY (dataset_id, subscriber_id)
);
COMMENT ON COLUMN dataset_row.features IS 'big-endian float32; empty when the subscriber was erased meanwhile';
COMMENT ON COLUMN dataset_row.spend IS 'deployment''s currency';

CREATE TABLE model_version (
    version        text        PRIMARY KEY,
    job_id         text        NOT NULL UNIQUE,
    name           text        NOT NULL,
    number         int         NOT NULL,
    created_at     timestamptz NOT NULL,
    live           boolean     NOT NULL,
    verdict        text        NOT NULL,
    horizon_days   int         NOT NULL,
    label_days     int         NOT NULL,
    fit_cutoff     timestamptz NOT NULL,
    labels_until   timestamptz NOT NULL,
    row_count      int         NOT NULL,
    feature_schema text        NOT NULL,
    feature_names  jsonb       NOT NULL,
    parameters     jsonb       NOT NULL,
    metrics        jsonb       NOT NULL,
    artefact       bytea       NOT NULL,
    UNIQUE (name, number)
);
CREATE UNIQUE INDEX model_version_live ON model_version (name) WHERE live;
COMMENT ON COLUMN model_version.verdict IS 'why it is, or is not, served';
COMMENT ON COLUMN model_version.metrics IS 'of the time-split back-test of this recipe';

-- The newest features of each subscriber, so that a new model can score everyone at once.
CREATE TABLE vector (
    subscriber_id   text        PRIMARY KEY,
    profile_version bigint      NOT NULL,
    features_as_of  timestamptz NOT NULL,
    feature_schema  text        NOT NULL,
    features        bytea       NOT NULL
);
COMMENT ON COLUMN vector.features IS 'big-endian float32';

CREATE TABLE score (
    subscriber_id   text        PRIMARY KEY,
    version         bigint      NOT NULL,
    profile_version bigint      NOT NULL,
    features_as_of  timestamptz NOT NULL,
    scored_at       timestamptz NOT NULL,
    models          text        NOT NULL,
    scores          jsonb       NOT NULL
);
COMMENT ON COLUMN score.models IS 'the live versions at that time, such as churn-1,value-2';

-- How far everyone has been scored again after the live models changed.
CREATE TABLE rescoring (
    models     text        PRIMARY KEY,
    last_id    text        NOT NULL,
    done       boolean     NOT NULL,
    started_at timestamptz NOT NULL
);
