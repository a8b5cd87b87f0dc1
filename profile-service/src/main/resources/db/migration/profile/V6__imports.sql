ALTER TABLE import
    DROP COLUMN rejections,
    ADD COLUMN settings        text        NOT NULL DEFAULT '{}',
    ADD COLUMN attempt         int         NOT NULL DEFAULT 1,
    ADD COLUMN attempt_at      timestamptz,
    ADD COLUMN attempt_read    bigint      NOT NULL DEFAULT 0,
    ADD COLUMN attempt_dealt   bigint      NOT NULL DEFAULT 0,
    ADD COLUMN bytes_read      bigint      NOT NULL DEFAULT 0,
    ADD COLUMN bytes_total     bigint,
    ADD COLUMN checksum        bigint      NOT NULL DEFAULT 0,
    ADD COLUMN last_offsets    jsonb       NOT NULL DEFAULT '{}',
    ADD COLUMN rejections_kept bigint      NOT NULL DEFAULT 0;
UPDATE import SET attempt_at = started_at;
ALTER TABLE import ALTER COLUMN attempt_at SET NOT NULL;
COMMENT ON COLUMN import.settings IS 'the mapping as JSON; text, since the order of columns is part of a row''s identity';
COMMENT ON COLUMN import.rows_read IS 'rows of which Kafka has all that came of them: where a resumed import goes on';
COMMENT ON COLUMN import.attempt IS 'grows with each resumption; a reader of an earlier attempt may not write any more';
COMMENT ON COLUMN import.attempt_dealt IS 'rows_applied + duplicates when the attempt began';
COMMENT ON COLUMN import.checksum IS 'over the rows read, so that another file is not taken for this one';
COMMENT ON COLUMN import.last_offsets IS 'partition to the last place of a row: applied when import_position has reached them all';

CREATE TABLE import_rejection (
    import_id uuid   NOT NULL REFERENCES import ON DELETE CASCADE,
    line      bigint NOT NULL,
    field     text   NOT NULL,
    code      text   NOT NULL,
    detail    text   NOT NULL,
    PRIMARY KEY (import_id, line)
);
COMMENT ON TABLE import_rejection IS 'why rows were not taken, without any value of theirs';
