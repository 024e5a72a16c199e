-- Events of one kind since a moment: runs on battery of 400 days, say, among millions of changes of state. The two
-- kinds that are nearly all of the log are never asked for this way, and would make the index as large as the log.
CREATE INDEX event_kind ON event (kind, occurred_at) WHERE kind NOT IN ('state_changed', 'trap_received');
