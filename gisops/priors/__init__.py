"""What is to be expected here and now, before any evidence. Pure; imports the ground only.

- :mod:`gisops.priors.near_repeat` how much likelier a theft is, near and soon after another;
- :mod:`gisops.priors.shedding` is a feeder off by plan;
- :mod:`gisops.priors.permits` who may be working there.
"""
