CREATE TABLE exchange_rate (
    currency text    NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    day      date    NOT NULL,
    rate     numeric NOT NULL CHECK (rate > 0),
    PRIMARY KEY (currency, day)
);
COMMENT ON COLUMN exchange_rate.rate IS 'how many of the deployment''s currency for one of this';

CREATE TABLE rate_change (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    currency   text        NOT NULL,
    first_day  date        NOT NULL,
    last_day   date        NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    cursor_id  text        NOT NULL DEFAULT '',
    done       boolean     NOT NULL DEFAULT false
);
COMMENT ON TABLE rate_change IS 'who has money of these days is rebuilt, from the cursor on; the newest id tells whether rates held in memory are current';
