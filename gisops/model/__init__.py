"""The ground: the nouns every floor shares. Imports nothing of gisops but errors."""
