"""Site cameras and boxes: where do the next ones go, for which money, and how good is that, provably.

Models of location science over arrays: which candidate sees which cell of demand, what a
candidate costs, which rules hold. Every answer carries its value, a proven bound and how it
was proven. Imports the ground only; reads no clock, no file, no inventory of its own accord.
"""
