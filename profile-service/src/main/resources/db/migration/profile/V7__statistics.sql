-- No query is planned by what these hold, and to sample them means to read, unpack and sort the widest columns there are,
-- every minute under load.
ALTER TABLE subscriber ALTER COLUMN state SET STATISTICS 0, ALTER COLUMN declared SET STATISTICS 0;
ALTER TABLE activity ALTER COLUMN event SET STATISTICS 0;

CREATE OR REPLACE FUNCTION create_activity_month(month date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    name text := format('activity_%s', to_char(month, 'YYYY_MM'));
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('winback.activity.month'), hashtext(current_schema()));
    IF to_regclass(quote_ident(name)) IS NULL THEN
        EXECUTE format('CREATE TABLE %I (LIKE activity INCLUDING DEFAULTS INCLUDING INDEXES)', name);
        EXECUTE format('ALTER TABLE %I ALTER COLUMN event SET STATISTICS 0', name);
        EXECUTE format('ALTER TABLE activity ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', name,
            to_char(month, 'YYYY-MM-DD"T00:00:00Z"'), to_char(month + interval '1 month', 'YYYY-MM-DD"T00:00:00Z"'));
    END IF;
END $$;
