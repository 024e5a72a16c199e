"""Tests of gisops."""
