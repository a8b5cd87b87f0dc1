-- All decisions that were drawn from the same posteriors have the same probabilities.
CREATE TABLE drawn_from (
    drawn_from_id uuid        PRIMARY KEY,
    probabilities json        NOT NULL,
    used_at       timestamptz NOT NULL
);
COMMENT ON COLUMN drawn_from.drawn_from_id IS 'a hash of the probabilities as they are written';
COMMENT ON COLUMN drawn_from.used_at IS 'the newest decision of those that refer to it, to a day';
CREATE INDEX drawn_from_age ON drawn_from (used_at);

ALTER TABLE decision ADD COLUMN drawn_from_id uuid;
UPDATE decision SET drawn_from_id = md5(probabilities::text)::uuid;
INSERT INTO drawn_from (drawn_from_id, probabilities, used_at)
SELECT DISTINCT ON (drawn_from_id) drawn_from_id, probabilities, decided_at
FROM decision ORDER BY drawn_from_id, decided_at DESC;
ALTER TABLE decision ALTER COLUMN drawn_from_id SET NOT NULL;
ALTER TABLE decision DROP COLUMN probabilities;

-- Nothing looks for these together.
DROP INDEX decision_delivery;
-- Each is told once more, when it is due, and finds room for that beside itself.
ALTER TABLE decision SET (fillfactor = 80);

-- What a settled one of these says is in its decision.
DELETE FROM outcome WHERE settled AND kind IN ('due', 'refused');
