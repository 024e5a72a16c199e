"""Reusable pieces of a page: data in, component out."""
