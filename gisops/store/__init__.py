"""PostgreSQL: the embedded server, the schema, and what is written and read there."""
