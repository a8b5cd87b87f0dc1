ALTER TABLE decision ADD COLUMN reader text;
COMMENT ON COLUMN decision.reader IS 'the kind of reader that the choice was made for: life-cycle stage, and disposition where it is known';

CREATE TABLE variant_reader (
    campaign_id text   NOT NULL,
    variant_id  text   NOT NULL,
    reader      text   NOT NULL,
    exposures   bigint NOT NULL DEFAULT 0,
    successes   bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (campaign_id, variant_id, reader),
    FOREIGN KEY (campaign_id, variant_id) REFERENCES variant,
    CHECK (successes BETWEEN 0 AND exposures)
);
COMMENT ON TABLE variant_reader IS 'what of a variant''s exposures and successes is of one kind of reader; those of nobody known are in none';
