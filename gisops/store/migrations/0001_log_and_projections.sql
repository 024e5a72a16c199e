-- The append-only event log, the samples, and the projections that can be rebuilt from the log.

-- One row: the end of the log and the collector's heartbeat. Every writing
-- transaction updates it before it takes numbers from it, and the row lock is held
-- until commit. Numbers are therefore committed in ascending order and have no
-- gaps: a reader that has seen N has seen everything up to N, for ever.
CREATE TABLE log_head (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    seq bigint NOT NULL DEFAULT 0,
    beat_at timestamptz
) WITH (fillfactor = 10);
INSERT INTO log_head DEFAULT VALUES;

CREATE TABLE event (
    seq bigint PRIMARY KEY,
    id text NOT NULL UNIQUE,
    kind text NOT NULL,
    subject text NOT NULL,
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    payload jsonb NOT NULL
);
CREATE INDEX event_subject ON event (subject, seq DESC);
CREATE INDEX event_occurred ON event USING brin (occurred_at);

-- One row a poll, wide: readings in the order of the device profile's metrics.
CREATE TABLE sample (
    device_id text NOT NULL,
    ts timestamptz NOT NULL,
    profile text NOT NULL,
    answered boolean NOT NULL,
    rtt_s real,
    readings real[] NOT NULL
) PARTITION BY RANGE (ts);
CREATE INDEX sample_device ON sample (device_id, ts);
CREATE INDEX sample_ts ON sample USING brin (ts);

-- Days are UTC. Attaching, unlike CREATE ... PARTITION OF, does not keep readers out.
CREATE FUNCTION make_sample_day(day date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    part text := 'sample_' || to_char(day, 'YYYYMMDD');
BEGIN
    IF to_regclass(part) IS NOT NULL THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('gisops.sample_day'));
    IF to_regclass(part) IS NULL THEN
        EXECUTE format('CREATE TABLE %I (LIKE sample INCLUDING DEFAULTS)', part);
        EXECUTE format(
            'ALTER TABLE sample ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
            part, day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC'
        );
    END IF;
END $$;

CREATE FUNCTION drop_sample_days(before date) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    part text;
    dropped integer := 0;
BEGIN
    FOR part IN
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'sample'::regclass
          AND to_date(substr(c.relname, 8), 'YYYYMMDD') < before
    LOOP
        EXECUTE format('DROP TABLE %I', part);
        dropped := dropped + 1;
    END LOOP;
    RETURN dropped;
END $$;

-- Updated in place all the time: room on the page keeps the updates off the index.
CREATE TABLE device_state (
    device_id text PRIMARY KEY,
    kind text NOT NULL,
    state text NOT NULL,
    since timestamptz NOT NULL,
    seen_at timestamptz,
    reason text NOT NULL,
    metrics jsonb NOT NULL
) WITH (fillfactor = 40);

CREATE TABLE state_history (
    device_id text NOT NULL,
    state text NOT NULL,
    reason text NOT NULL,
    t0 timestamptz NOT NULL,
    t1 timestamptz,
    CHECK (t1 >= t0)
);
CREATE UNIQUE INDEX state_history_open ON state_history (device_id) WHERE t1 IS NULL;
CREATE INDEX state_history_device ON state_history (device_id, t0);

CREATE TABLE outage (
    id text PRIMARY KEY,
    root_id text NOT NULL,
    cause text NOT NULL,
    opened_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    closed_at timestamptz,
    document jsonb NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX outage_open ON outage (opened_at DESC) WHERE closed_at IS NULL;
