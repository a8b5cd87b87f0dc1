-- The code of each recipient's address is filled in by the Java migration V5, which then marks who is suppressed.
ALTER TABLE recipient ADD COLUMN address_code bytea;
CREATE INDEX recipient_address ON recipient (address_code);
COMMENT ON COLUMN recipient.address_code IS 'as suppression.address_code; null without an address';

ALTER TABLE send_times ADD COLUMN suppressed boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN send_times.suppressed IS 'as it is told to others; mail itself is judged by the list when it is due';
