"""Which losses belong together, and what is their cause: pure decisions on events."""
