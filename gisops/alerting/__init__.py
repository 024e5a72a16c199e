"""The life of an outage for people: who is told what, when, and what keeps it from them. Pure."""
