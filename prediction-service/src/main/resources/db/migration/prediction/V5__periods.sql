-- The sequence of the last periods, which networks learn from.
ALTER TABLE dataset_row ADD COLUMN periods bytea NOT NULL DEFAULT '';
COMMENT ON COLUMN dataset_row.periods IS 'big-endian float32, one period after the other; empty when the subscriber was erased meanwhile, or none were sent';
