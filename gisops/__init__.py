"""gisops: situational awareness and network health for a safe-city camera network."""

__version__ = "0.1.0"
