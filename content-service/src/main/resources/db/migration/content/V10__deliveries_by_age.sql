-- What a start reads: live deliveries, newest first, and those that did not have to wait. Without these it read every decision
-- that there is, twice, and sorted what it found.
CREATE INDEX decision_delivery_age ON decision (decided_at) WHERE deliver;
CREATE INDEX decision_immediate ON decision (campaign_id) WHERE deliver AND immediate;
