-- Who belongs where, announced work, failures and outages as reports count them, and availability by day.

-- The inventory as reports group it: where each device belonged, and from when to when. A device that moves gets
-- another row; what it did before stays with the old place. The first inventory holds since ever.
CREATE TABLE membership (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    device_id text NOT NULL,
    t0 timestamptz NOT NULL,
    t1 timestamptz NOT NULL DEFAULT 'infinity',
    kind text NOT NULL,
    box_id text NOT NULL,
    site_id text NOT NULL,
    station_id text NOT NULL,
    district_id text NOT NULL,
    contractor text NOT NULL,
    CHECK (t0 < t1)
);
CREATE UNIQUE INDEX membership_device ON membership (device_id, t0);
CREATE UNIQUE INDEX membership_now ON membership (device_id) WHERE t1 = 'infinity';
CREATE TABLE group_name (
    kind text NOT NULL,
    id text NOT NULL,
    name text NOT NULL,
    PRIMARY KEY (kind, id)
);

-- Times when nobody asked: the heartbeat jumped by more than a minute. States are carried over such a gap because
-- nothing else is known; reports call that time unknown.
CREATE TABLE collector_gap (
    t0 timestamptz PRIMARY KEY,
    t1 timestamptz NOT NULL,
    CHECK (t1 > t0)
);
CREATE FUNCTION note_collector_gap() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO collector_gap (t0, t1) VALUES (OLD.beat_at, NEW.beat_at) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER collector_gap AFTER UPDATE OF beat_at ON log_head FOR EACH ROW
    WHEN (NEW.beat_at > OLD.beat_at + interval '60 seconds') EXECUTE FUNCTION note_collector_gap();

-- seq is the number of the event that last changed the row; t1 is when the work ends or was ended, planned_t1 when
-- it was to end. A window taken back before it began is empty: t1 = t0.
CREATE TABLE maintenance (
    id text PRIMARY KEY,
    series text NOT NULL,
    scope_kind text NOT NULL,
    scope_id text NOT NULL,
    t0 timestamptz NOT NULL,
    t1 timestamptz NOT NULL,
    planned_t1 timestamptz NOT NULL,
    planned_by text NOT NULL,
    note text NOT NULL,
    seq bigint NOT NULL,
    CHECK (t0 <= t1 AND t1 <= planned_t1)
);
CREATE INDEX maintenance_t1 ON maintenance (planned_t1);

-- How far into the event log the two tables below have read.
CREATE TABLE tally_head (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    seq bigint NOT NULL DEFAULT 0
);
INSERT INTO tally_head DEFAULT VALUES;

-- From the first state that is lost to the first that answers again; seen_at is the last answer before it.
CREATE TABLE failure (
    device_id text NOT NULL,
    onset_at timestamptz NOT NULL,
    restored_at timestamptz,
    seen_at timestamptz,
    PRIMARY KEY (device_id, onset_at),
    CHECK (restored_at >= onset_at)
);
CREATE UNIQUE INDEX failure_open ON failure (device_id) WHERE restored_at IS NULL;
CREATE INDEX failure_restored ON failure (restored_at);

-- detected_at is when the outage was opened in the log, opened_at when its first device missed a poll, seen_at the
-- earliest last answer of those lost by then: it began after seen_at and not later than opened_at.
CREATE TABLE outage_life (
    id text PRIMARY KEY,
    root_id text NOT NULL,
    cause text NOT NULL,
    opened_at timestamptz NOT NULL,
    detected_at timestamptz NOT NULL,
    seen_at timestamptz,
    closed_at timestamptz,
    acknowledged_at timestamptz,
    acknowledged_by text
);
CREATE INDEX outage_life_detected ON outage_life (detected_at);
CREATE TABLE outage_member (
    outage_id text NOT NULL,
    device_id text NOT NULL,
    PRIMARY KEY (outage_id, device_id)
);
CREATE INDEX outage_member_device ON outage_member (device_id);

CREATE INDEX state_history_t0 ON state_history (t0);

-- Availability of whole local days, by where devices belonged. A day counts as long as no maintenance that touches
-- it is newer than seq, the end of the log when it was made.
CREATE TABLE availability_day (
    day date NOT NULL,
    membership_id integer NOT NULL REFERENCES membership ON DELETE CASCADE,
    available_s double precision NOT NULL,
    lost_s double precision NOT NULL,
    unknown_s double precision NOT NULL,
    maintenance_s double precision NOT NULL,
    PRIMARY KEY (day, membership_id)
);
CREATE TABLE availability_done (
    day date PRIMARY KEY,
    t0 timestamptz NOT NULL,
    t1 timestamptz NOT NULL,
    seq bigint NOT NULL,
    CHECK (t0 < t1)
);
