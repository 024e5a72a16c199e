-- How far each collector's numbered batches were written: a batch whose commit was not
-- answered, or that waited on disk when the collector was killed, is not written twice.
CREATE TABLE writer_mark (
    writer text PRIMARY KEY,
    number bigint NOT NULL
) WITH (fillfactor = 10);
