CREATE TABLE recipient (
    subscriber_id  text        NOT NULL PRIMARY KEY,
    version        bigint      NOT NULL,
    profile_as_of  timestamptz NOT NULL,
    email          text,
    address_hash   bytea,
    consent        boolean     NOT NULL,
    consent_source text,
    consent_at     timestamptz,
    timezone       text,
    lifecycle      text        NOT NULL
);
CREATE INDEX recipient_address ON recipient (address_hash);
COMMENT ON COLUMN recipient.version IS 'of the profile; older ones are ignored';
COMMENT ON COLUMN recipient.address_hash IS 'SHA-256 of the lower-cased address';
COMMENT ON COLUMN recipient.consent IS 'to channel email, purpose marketing';
COMMENT ON COLUMN recipient.timezone IS 'IANA zone; null when unknown or invalid';

CREATE TABLE suppression (
    suppression_id bigint      NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subscriber_id  text,
    address_hash   bytea,
    reason         text        NOT NULL,
    source         text        NOT NULL,
    suppressed_at  timestamptz NOT NULL,
    CHECK (num_nonnulls(subscriber_id, address_hash) = 1),
    UNIQUE (subscriber_id, reason),
    UNIQUE (address_hash, reason)
);
COMMENT ON COLUMN suppression.source IS 'feedback, or the name of the key that asked';

CREATE TABLE feedback_seen (
    event_id text        NOT NULL PRIMARY KEY,
    seen_at  timestamptz NOT NULL
);
CREATE INDEX feedback_seen_age ON feedback_seen (seen_at);

CREATE TABLE send_times (
    subscriber_id text        NOT NULL PRIMARY KEY,
    counts        float8[]    NOT NULL,
    counted_at    timestamptz NOT NULL,
    observations  bigint      NOT NULL,
    hour_weights  float8[]    NOT NULL,
    best_hour     int         NOT NULL,
    timezone      text,
    computed_at   timestamptz NOT NULL,
    version       bigint      NOT NULL,
    announced     bigint      NOT NULL
);
CREATE INDEX send_times_unannounced ON send_times (subscriber_id) WHERE announced < version;
COMMENT ON COLUMN send_times.counts IS 'responses by local hour, shape [24], decayed to counted_at';
COMMENT ON COLUMN send_times.hour_weights IS 'shape [24], sums to 1';
COMMENT ON COLUMN send_times.announced IS 'the newest version that Kafka has acknowledged';

CREATE TABLE everybody_hours (
    feedback_partition int         NOT NULL PRIMARY KEY,
    counts             float8[]    NOT NULL,
    counted_at         timestamptz NOT NULL
);
COMMENT ON TABLE everybody_hours IS 'responses of all subscribers by local hour; one row a partition, so that no two consumers meet';

CREATE TABLE delivery (
    seq           bigint      NOT NULL GENERATED ALWAYS AS IDENTITY,
    delivery_id   text        NOT NULL PRIMARY KEY,
    decision_id   text        NOT NULL UNIQUE,
    subscriber_id text        NOT NULL,
    campaign_id   text        NOT NULL,
    variant_id    text        NOT NULL,
    immediate     boolean     NOT NULL,
    profile_as_of timestamptz,
    state         text        NOT NULL CHECK (state IN ('scheduled', 'publishing', 'due', 'refused')),
    reason        text        NOT NULL,
    due_at        timestamptz CHECK (due_at IS NOT NULL OR state = 'refused'),
    created_at    timestamptz NOT NULL,
    changed_at    timestamptz NOT NULL,
    published_at  timestamptz,
    moves         int         NOT NULL,
    revision      int         NOT NULL,
    announced     int         NOT NULL,
    attempts      int         NOT NULL,
    attempt_at    timestamptz NOT NULL,
    missing_since timestamptz
);
CREATE UNIQUE INDEX delivery_live ON delivery (campaign_id, subscriber_id) WHERE state IN ('scheduled', 'publishing');
CREATE INDEX delivery_attempt ON delivery (attempt_at) WHERE state IN ('scheduled', 'publishing');
CREATE INDEX delivery_due ON delivery (due_at) WHERE state IN ('scheduled', 'publishing');
CREATE INDEX delivery_unannounced ON delivery (seq) WHERE announced < revision;
CREATE INDEX delivery_subscriber ON delivery (subscriber_id, seq);
CREATE INDEX delivery_campaign ON delivery (campaign_id, seq);
CREATE UNIQUE INDEX delivery_seq ON delivery (seq);
COMMENT ON COLUMN delivery.profile_as_of IS 'the profile that the decision saw; a recipient older than that is behind';
COMMENT ON COLUMN delivery.published_at IS 'when it was last handed to Kafka; counts as a mail for the gap between mails';
COMMENT ON COLUMN delivery.announced IS 'the newest revision that DeliveryScheduled or DeliveryRefused told';
COMMENT ON COLUMN delivery.attempt_at IS 'when the worker looks at it next: due_at, or later after a failure or during a lease';
COMMENT ON COLUMN delivery.missing_since IS 'since when the mail has not been found';
