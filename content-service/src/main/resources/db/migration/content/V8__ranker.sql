CREATE TABLE ranker (
    version       int         GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    trained_at    timestamptz NOT NULL,
    learned_until date        NOT NULL,
    weights       json        NOT NULL,
    deviations    json        NOT NULL,
    comparison    json        NOT NULL,
    adopted       boolean     NOT NULL
);
COMMENT ON TABLE ranker IS 'what was learned from answers, and how it did beside what was in use on later answers';
