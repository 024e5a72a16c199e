"""The pages: registration, layout and callbacks of each, together."""
