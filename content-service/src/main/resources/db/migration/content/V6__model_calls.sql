CREATE TABLE model_call (
    call_id       uuid             PRIMARY KEY,
    generation_id uuid             REFERENCES generation,
    model         text             NOT NULL,
    attempt       int              NOT NULL,
    prompt        text             NOT NULL,
    answer        text             NOT NULL,
    outcome       text             NOT NULL,
    detail        text,
    input_tokens  bigint           NOT NULL,
    output_tokens bigint           NOT NULL,
    cost          double precision NOT NULL,
    started_at    timestamptz      NOT NULL,
    millis        bigint           NOT NULL
);
CREATE INDEX model_call_generation ON model_call (generation_id, started_at);
CREATE INDEX model_call_age ON model_call (started_at);
COMMENT ON TABLE model_call IS 'what a language model was asked and what it answered; of briefs alone, never of subscribers';
