-- The sequence of the last periods, for models that look at it.
ALTER TABLE vector ADD COLUMN periods bytea NOT NULL DEFAULT '';
COMMENT ON COLUMN vector.periods IS 'big-endian float32, one period after the other; empty when none were sent, or the row is older than this column';
