"""How fast, how exact: every figure the documentation states is measured by a module of this package.

Each is ``gisops bench NAME`` and has ``ABOUT`` (what is measured and how, for the page),
``add_arguments(parser)`` and ``measure(args)``, which yields figures as they become known.
"""
