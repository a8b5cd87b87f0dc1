CREATE TABLE subscriber (
    id               text COLLATE "C" PRIMARY KEY,
    version          bigint           NOT NULL DEFAULT 0,
    state_format     int              NOT NULL DEFAULT 0,
    state            jsonb,
    lifecycle        text             NOT NULL DEFAULT 'new',
    features_as_of   timestamptz,
    first_seen_at    timestamptz,
    last_activity_at timestamptz,
    first_order_at   timestamptz,
    last_order_at    timestamptz,
    activities       bigint           NOT NULL DEFAULT 0,
    orders           bigint           NOT NULL DEFAULT 0,
    spend            double precision NOT NULL DEFAULT 0
);
CREATE INDEX subscriber_lifecycle ON subscriber (lifecycle, id);
CREATE INDEX subscriber_features_as_of ON subscriber (features_as_of);
COMMENT ON COLUMN subscriber.version IS 'grows with each published change; 0 before the first';
COMMENT ON COLUMN subscriber.state IS 'null before the first applied activity';
COMMENT ON COLUMN subscriber.spend IS 'in the deployment''s currency, refunds subtracted';

CREATE TABLE activity (
    subscriber_id text COLLATE "C" NOT NULL,
    at            timestamptz      NOT NULL,
    activity_id   text COLLATE "C" NOT NULL,
    precision     text             NOT NULL,
    kind          text             NOT NULL,
    event         jsonb            NOT NULL,
    PRIMARY KEY (subscriber_id, at, activity_id)
);
COMMENT ON TABLE activity IS 'every applied activity once; the primary key is the order of replay';
COMMENT ON COLUMN activity.activity_id IS 'order:<orderId> or source:messageId';

CREATE TABLE deduplication (
    source     text COLLATE "C" NOT NULL,
    message_id text COLLATE "C" NOT NULL,
    seen_at    timestamptz      NOT NULL,
    PRIMARY KEY (source, message_id)
);
CREATE INDEX deduplication_seen_at ON deduplication (seen_at) WHERE source NOT IN ('import', 'order');
COMMENT ON TABLE deduplication IS 'sources import and order are kept as long as the activity, others for winback.deduplication.keep';

CREATE TABLE import (
    id            uuid PRIMARY KEY,
    name          text,
    state         text        NOT NULL CHECK (state IN ('running', 'applying', 'done', 'failed')),
    detail        text,
    rows_read     bigint      NOT NULL DEFAULT 0,
    rows_accepted bigint      NOT NULL DEFAULT 0,
    rows_rejected bigint      NOT NULL DEFAULT 0,
    rows_applied  bigint      NOT NULL DEFAULT 0,
    duplicates    bigint      NOT NULL DEFAULT 0,
    rejections    jsonb       NOT NULL DEFAULT '[]',
    started_at    timestamptz NOT NULL,
    finished_at   timestamptz,
    alive_at      timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN import.alive_at IS 'the database''s time at which the reading instance last said that it lives';

CREATE TABLE import_position (
    topic          text   NOT NULL,
    partition      int    NOT NULL,
    applied_offset bigint NOT NULL,
    PRIMARY KEY (topic, partition)
);
COMMENT ON TABLE import_position IS 'the last counted record of each partition: what comes again after a crash is not counted again';

CREATE TABLE sweep (
    id           uuid PRIMARY KEY,
    state        text        NOT NULL CHECK (state IN ('requested', 'running', 'done')),
    cursor_id    text,
    done         bigint      NOT NULL DEFAULT 0,
    total        bigint      NOT NULL DEFAULT 0,
    requested_at timestamptz NOT NULL,
    finished_at  timestamptz
);
CREATE INDEX sweep_requested_at ON sweep (requested_at);
