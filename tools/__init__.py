"""Programs of the workshop: what they write is committed, they themselves are never imported by gisops."""
