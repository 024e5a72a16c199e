"""How long a box lasts without mains: episodes on battery, discharge, autonomy, batteries, sun. Pure."""
