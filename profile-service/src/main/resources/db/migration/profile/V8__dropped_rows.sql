ALTER TABLE import ADD COLUMN rows_dropped bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN import.rows_dropped IS 'accepted rows older than what is kept, or than the erasure of whom they speak of';
COMMENT ON COLUMN import.attempt_dealt IS 'rows_applied + duplicates + rows_dropped when the attempt began';
