-- Where trackers were. The time of a fix is its identity: a message that comes twice changes nothing, and one that
-- comes late finds its place.
CREATE TABLE position (
    tracker_id text NOT NULL,
    fixed_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    lon double precision NOT NULL CHECK (lon BETWEEN -180 AND 180),
    lat double precision NOT NULL CHECK (lat BETWEEN -90 AND 90),
    accuracy_m real CHECK (accuracy_m >= 0),
    speed_mps real CHECK (speed_mps >= 0),
    battery_pct real,
    PRIMARY KEY (tracker_id, fixed_at)
);
CREATE INDEX position_fixed_at ON position USING brin (fixed_at);
