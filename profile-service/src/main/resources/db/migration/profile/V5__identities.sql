CREATE TABLE merge (
    from_id     text COLLATE "C" PRIMARY KEY,
    into_id     text COLLATE "C" NOT NULL,
    at          timestamptz      NOT NULL,
    activity_id text COLLATE "C" NOT NULL,
    CHECK (from_id <> into_id)
);
CREATE INDEX merge_into_id ON merge (into_id);
COMMENT ON COLUMN merge.into_id IS 'never merged away itself: when it is, the row is changed';
COMMENT ON COLUMN merge.activity_id IS 'the call that asked for it: when that comes again, the merge is published again';

CREATE TABLE erasure (
    code          text COLLATE "C" PRIMARY KEY,
    erased_at     timestamptz NOT NULL,
    complete_by   timestamptz NOT NULL,
    subscriber_id text COLLATE "C",
    told_at       timestamptz
);
CREATE INDEX erasure_untold ON erasure (erased_at) WHERE subscriber_id IS NOT NULL;
COMMENT ON COLUMN erasure.code IS 'HMAC of the id under the deployment''s secret, which is kept outside the database';
COMMENT ON COLUMN erasure.subscriber_id IS 'until the other services have been told for the last time';
COMMENT ON COLUMN erasure.told_at IS 'the database''s time of the first telling';
