CREATE TABLE deployment_currency (
    one      boolean PRIMARY KEY DEFAULT true CHECK (one),
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$')
);
COMMENT ON TABLE deployment_currency IS 'what all sums of this database are in: another one would mix with them';
