"""The ground: settings and secrets by reference, parsed purely and strictly."""
