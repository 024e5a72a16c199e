-- Samples rolled up to 5 minutes and to 1 hour, what is still to be rolled, and what is kept.

-- A window that got samples since it was last rolled up. Written in the transaction that writes the samples, never
-- updated: a writer and a roll-up never wait for each other. The same window may stand here many times.
CREATE TABLE rollup_due (
    level_s integer NOT NULL CHECK (level_s IN (300, 3600)),
    bucket timestamptz NOT NULL
);
CREATE INDEX rollup_due_bucket ON rollup_due (level_s, bucket);

-- Wide as samples are: element k of each array belongs to metric k of the profile. Where n is 0 the others are null.
CREATE TABLE sample_5m (
    device_id text NOT NULL,
    bucket timestamptz NOT NULL,
    profile text NOT NULL,
    asked integer NOT NULL,
    answered integer NOT NULL,
    rtt_mean_s real,
    rtt_max_s real,
    low real[] NOT NULL,
    mean real[] NOT NULL,
    high real[] NOT NULL,
    n smallint[] NOT NULL,
    PRIMARY KEY (device_id, bucket, profile)
) PARTITION BY RANGE (bucket);

CREATE TABLE sample_1h (LIKE sample_5m INCLUDING ALL) PARTITION BY RANGE (bucket);

-- Nothing before kept_from is there any more: a late sample cannot be rolled up with what has been dropped.
CREATE TABLE retained (
    series text PRIMARY KEY CHECK (series IN ('sample', 'sample_5m', 'sample_1h')),
    kept_from timestamptz NOT NULL
);

-- Days (5 minutes) and months (1 hour) are UTC; attached, not created in place, so that readers are not kept out.
CREATE FUNCTION make_rollup_part(level_s integer, bucket timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    parent text := CASE level_s WHEN 300 THEN 'sample_5m' ELSE 'sample_1h' END;
    unit text := CASE level_s WHEN 300 THEN 'day' ELSE 'month' END;
    first timestamp := date_trunc(unit, bucket AT TIME ZONE 'UTC');
    part text := parent || '_' || to_char(first, CASE level_s WHEN 300 THEN 'YYYYMMDD' ELSE 'YYYYMM' END);
BEGIN
    IF to_regclass(part) IS NOT NULL THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('gisops.rollup_part'));
    IF to_regclass(part) IS NULL THEN
        EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', part, parent);
        EXECUTE format(
            'ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
            parent, part, first AT TIME ZONE 'UTC', (first + ('1 ' || unit)::interval) AT TIME ZONE 'UTC'
        );
    END IF;
END $$;

-- What was stored before this migration is due.
INSERT INTO rollup_due (level_s, bucket)
SELECT DISTINCT 300, date_bin('5 minutes', ts, '2000-01-01 00:00:00Z') FROM sample;
