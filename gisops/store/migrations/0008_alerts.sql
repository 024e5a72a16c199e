-- The alerts of people: who is told what, what keeps it from them, and what waits to be sent.

-- Follows the event log, inside the transaction that writes to it.
CREATE TABLE silence (
    id text PRIMARY KEY,
    t0 timestamptz NOT NULL,
    t1 timestamptz NOT NULL,
    document jsonb NOT NULL,
    ended_by text,
    seq bigint NOT NULL
);
CREATE INDEX silence_end ON silence (t1);

-- How far the alerts have taken the event log in. Moved in the transaction that writes
-- what follows from it: a notifier that is killed goes on where it was.
CREATE TABLE alert_cursor (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    seq bigint,
    generation bigint NOT NULL,
    step bigint NOT NULL
) WITH (fillfactor = 10);
COMMENT ON COLUMN alert_cursor.generation IS 'one more for each notifier that began: an earlier one decides no more';
COMMENT ON COLUMN alert_cursor.step IS 'one more for each decision: one whose answer was lost is not written twice';

CREATE TABLE alert (
    id text PRIMARY KEY,
    outage_id text NOT NULL,
    state text NOT NULL,
    severity text NOT NULL,
    cause text NOT NULL,
    district_id text NOT NULL,
    opened_at timestamptz NOT NULL,
    resolved_at timestamptz,
    held boolean NOT NULL,
    document jsonb NOT NULL
) WITH (fillfactor = 70);
COMMENT ON COLUMN alert.held IS 'whether the notifier still has it in its book: it lasts, or may be reopened';
CREATE INDEX alert_held ON alert (id) WHERE held;

-- Every change, by whom and why; nothing is ever taken out.
CREATE TABLE alert_audit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    subject text NOT NULL,
    what text NOT NULL,
    who text NOT NULL,
    why text NOT NULL
);
CREATE INDEX alert_audit_subject ON alert_audit (subject, id);

-- What is to be sent: one row a receiver and page.
CREATE TABLE notice (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key text NOT NULL UNIQUE,
    receiver text NOT NULL,
    document jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    next_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    sent_at timestamptz,
    given_up_at timestamptz,
    last_error text NOT NULL DEFAULT ''
) WITH (fillfactor = 70);
CREATE INDEX notice_waiting ON notice (receiver, id) WHERE sent_at IS NULL AND given_up_at IS NULL;

-- The same state of the same alert goes to the same receiver once, whatever page it came in.
CREATE TABLE notice_item (
    alert_id text NOT NULL,
    state text NOT NULL,
    receiver text NOT NULL,
    notice_id bigint NOT NULL REFERENCES notice,
    PRIMARY KEY (alert_id, receiver, state)
);
