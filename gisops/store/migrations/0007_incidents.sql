-- What happened where, who reported it, and references to events of other systems.

-- One row an incident, whoever reported it; place and time are those of its most precise report.
CREATE SEQUENCE incident_number;
CREATE TABLE incident (
    id bigint PRIMARY KEY DEFAULT nextval('incident_number'),
    category text NOT NULL,
    occurred_at timestamptz NOT NULL,
    lon double precision NOT NULL,
    lat double precision NOT NULL,
    precision text NOT NULL,
    radius_m real NOT NULL,
    place text,
    reports smallint NOT NULL DEFAULT 1
);
CREATE INDEX incident_category ON incident (category, occurred_at);
CREATE INDEX incident_occurred ON incident (occurred_at);

CREATE TABLE incident_report (
    source text NOT NULL,
    source_id text NOT NULL,
    incident_id bigint NOT NULL REFERENCES incident ON DELETE CASCADE,
    content bytea NOT NULL,
    link text,
    PRIMARY KEY (source, source_id)
);
CREATE INDEX incident_report_incident ON incident_report (incident_id);
CREATE TABLE incident_source (
    source text PRIMARY KEY
);

-- How far each file has been read: an import that was cut off goes on there. reject_bytes is how much of the file of
-- refused lines belongs to what was read until then.
CREATE TABLE incident_import (
    key text PRIMARY KEY,
    file text NOT NULL,
    source text NOT NULL,
    last_row bigint NOT NULL DEFAULT 0,
    counts jsonb NOT NULL,
    reject_bytes bigint NOT NULL DEFAULT 0,
    started_at timestamptz NOT NULL,
    finished_at timestamptz
);

-- Events of other systems: where, when, what kind, how sure and a link back. What they are about stays there.
CREATE TABLE reference_kind (
    kind text PRIMARY KEY,
    retain_days integer NOT NULL CHECK (retain_days > 0)
);
CREATE TABLE reference_event (
    source text NOT NULL,
    source_id text NOT NULL,
    kind text NOT NULL REFERENCES reference_kind,
    occurred_at timestamptz NOT NULL,
    lon double precision NOT NULL,
    lat double precision NOT NULL,
    precision text NOT NULL,
    radius_m real NOT NULL,
    confidence real CHECK (confidence BETWEEN 0 AND 1),
    link text,
    PRIMARY KEY (source, source_id)
);
CREATE INDEX reference_event_kind ON reference_event (kind, occurred_at);

-- Every look at references: who, why, at what. Nothing is ever changed or removed here.
CREATE TABLE reference_look (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    who text NOT NULL CHECK (who <> ''),
    why text NOT NULL CHECK (why <> ''),
    asked jsonb NOT NULL,
    found integer NOT NULL
);
CREATE FUNCTION keep_reference_look() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the record of looks at references is only added to';
END $$;
CREATE TRIGGER keep_reference_look BEFORE UPDATE OR DELETE OR TRUNCATE ON reference_look
    FOR EACH STATEMENT EXECUTE FUNCTION keep_reference_look();
