"""Routes that other tools drew, made to fit the network: snapped, split, or refused with the reason.

- :mod:`gisops.fibre.routes.offer` what comes in and what is said of it;
- :mod:`gisops.fibre.routes.lines` can one line be a route at all;
- :mod:`gisops.fibre.routes.places` which nodes are near a point or a line;
- :mod:`gisops.fibre.routes.cut` a line cut at nodes;
- :mod:`gisops.fibre.routes.meet` which routes meet without a node, and which are one and the same;
- :mod:`gisops.fibre.routes.fit` all of it, in order.
"""
