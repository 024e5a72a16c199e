"""Use cases, and the one composition root that names concrete adapters."""
