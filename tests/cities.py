"""Small cities worked out by hand, for tests that need one."""

from __future__ import annotations

from shapely import LineString, Point, box

from gisops.model.inventory import (
    Box,
    Camera,
    Centre,
    District,
    Feeder,
    Inventory,
    Node,
    Settings,
    Site,
    Span,
    Station,
)

__all__ = ["small_city"]


def small_city() -> Inventory:
    r"""Give a city of five boxes on a ring with a spur.

    ::

        centre N0 --S1-- N1 --S2-- N2
           \\                     /
            \\--------S3---------/
        N2 --S4-- N3 --S5-- N4 --S6-- N5      (spur)

    Boxes B1..B5 stand at N1..N5, two cameras each (C1-1, C1-2 ...). Feeder F1
    feeds B1 and B2, feeder F2 the spur.
    """
    at = {f"N{k}": (67.00 + 0.01 * k, 24.85) for k in range(6)}
    nodes = {k: Node(k, k, Point(xy)) for k, xy in at.items()}
    ends = {
        "S1": ("N0", "N1"),
        "S2": ("N1", "N2"),
        "S3": ("N0", "N2"),
        "S4": ("N2", "N3"),
        "S5": ("N3", "N4"),
        "S6": ("N4", "N5"),
    }
    spans = {
        k: Span(k, k, a, b, LineString([at[a], at[b]]), ring="R1" if k in ("S1", "S2", "S3") else None)
        for k, (a, b) in ends.items()
    }
    numbers = range(1, 6)
    cameras = [
        Camera(
            id=f"C{k}-{port}",
            site_id=f"T{k}",
            box_id=f"B{k}",
            switch_port=port,
            lon=at[f"N{k}"][0],
            lat=24.85,
            azimuth_deg=90.0 * port,
            hfov_deg=60,
            height_m=7,
            tilt_deg=10,
            sensor_width_px=1920,
            sensor_height_px=1080,
            role="fixed",
            address=f"127.32.0.{10 * k + port}",
            snmp_version="2c",
            credential="street-v2c",
            vendor="V",
            model="M",
            snmp_port=16100,
        )
        for k in numbers
        for port in (1, 2)
    ]
    return Inventory(
        settings=Settings("Small city", demo=True),
        districts={"d": District("d", "District", box(66.9, 24.8, 67.2, 24.9))},
        stations={"P1": Station("P1", "Station", "d", 67.0, 24.85, "N0")},
        centres={"K1": Centre("K1", "Centre", "command", "d", 67.0, 24.85, "N0")},
        feeders={k: Feeder(k, k, "Grid") for k in ("F1", "F2")},
        sites={f"T{k}": Site(f"T{k}", f"Site {k}", "d", "P1", at[f"N{k}"][0], 24.85) for k in numbers},
        boxes={
            f"B{k}": Box(
                id=f"B{k}",
                site_id=f"T{k}",
                name=f"Box {k}",
                lon=at[f"N{k}"][0],
                lat=24.85,
                feeder_id="F1" if k <= 2 else "F2",
                node_id=f"N{k}",
                address=f"127.16.0.{k}",
                snmp_version="2c",
                credential="street-v2c",
                contractor="Contractor A",
                model="Cabinet",
                snmp_port=16100,
                battery_wh=1000,
                switch_ports=8,
            )
            for k in numbers
        },
        cameras={camera.id: camera for camera in cameras},
        nodes=nodes,
        spans=spans,
    )
