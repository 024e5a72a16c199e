-- The append-only log of what happened, the samples, and the projections rebuilt from the log.

CREATE TABLE event (
    seq         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id          text NOT NULL UNIQUE,
    kind        text NOT NULL,
    subject     text NOT NULL,
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    payload     jsonb NOT NULL
);
CREATE INDEX event_subject ON event (subject, seq DESC);
CREATE INDEX event_occurred ON event USING brin (occurred_at);
COMMENT ON TABLE event IS 'Append-only. Writers hold one advisory lock, so seq order is commit order.';

CREATE TABLE sample (
    device_id   text NOT NULL,
    observed_at timestamptz NOT NULL,
    profile     text NOT NULL,
    answered    boolean NOT NULL,
    rtt_s       real,
    readings    real[] NOT NULL
) PARTITION BY RANGE (observed_at);
CREATE INDEX sample_device ON sample (device_id, observed_at);
CREATE INDEX sample_time ON sample USING brin (observed_at);
COMMENT ON COLUMN sample.readings IS 'In the order of the metrics of the device profile; NULL is missing.';

CREATE TABLE device_state (
    device_id text PRIMARY KEY,
    kind      text NOT NULL,
    state     text NOT NULL,
    since     timestamptz NOT NULL,
    seen_at   timestamptz,
    reason    text NOT NULL,
    metrics   jsonb NOT NULL
) WITH (fillfactor = 40);

CREATE TABLE state_history (
    device_id text NOT NULL,
    state     text NOT NULL,
    t0        timestamptz NOT NULL,
    t1        timestamptz
);
CREATE INDEX state_history_device ON state_history (device_id, t0);
CREATE UNIQUE INDEX state_history_open ON state_history (device_id) WHERE t1 IS NULL;

CREATE TABLE outage (
    id         text PRIMARY KEY,
    root_id    text NOT NULL,
    cause      text NOT NULL,
    opened_at  timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    closed_at  timestamptz,
    document   jsonb NOT NULL
);
CREATE INDEX outage_open ON outage (opened_at DESC) WHERE closed_at IS NULL;

CREATE TABLE heartbeat (
    collector text PRIMARY KEY,
    beat_at   timestamptz NOT NULL
);
