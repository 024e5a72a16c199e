"""What stands at a site? The box, its battery and its cameras, drawn deterministically from a seed.

Makers, models and contractors are invented and named so.
"""

from __future__ import annotations

from datetime import date, timedelta
from math import ceil
from random import Random
from typing import Any

__all__ = ["AUTHORED_ON", "CAMERAS_WANTED", "boxes_and_cameras", "camera_counts"]

CAMERAS_WANTED = 1300
_CONTRACTORS = ("Contractor A (demo)", "Contractor B (demo)", "Contractor C (demo)")
_VENDORS = (
    ("Vendor A (demo)", "Fixed 2M", 1920, 1080),
    ("Vendor B (demo)", "Fixed 4M", 2560, 1440),
    ("Vendor C (demo)", "Fixed 8M", 3840, 2160),
)
_ROLES = ("fixed", "fixed", "ptz", "fixed", "anpr", "fixed", "traffic", "fr")
_POWER_W = {"fixed": 9.0, "ptz": 25.0, "anpr": 14.0, "traffic": 14.0, "fr": 12.0}
_HFOV_DEG = {"fixed": 90.0, "ptz": 60.0, "anpr": 32.0, "traffic": 45.0, "fr": 40.0}
AUTHORED_ON = date(2026, 11, 21)
"""The day the record is of: inspections lie before it, and how many are overdue is said as of it."""
_INTERVAL_DAYS = 90
_OVERDUE = (3, 11, 19)
"""Boxes whose number has this remainder by 25 are overdue: 12 %, in every district and with every contractor."""
_CONTRACT_H, _INVERTER, _SWITCH_W = 8.0, 0.92, 25.0


def camera_counts(sites: int, rng: Random) -> list[int]:
    """How many cameras each site has: 2 to 7, exactly `CAMERAS_WANTED` in all; the first has six."""
    counts = [6, *(rng.choice((3, 4, 4, 4, 5, 5, 6)) for _ in range(sites - 1))]
    while sum(counts) != CAMERAS_WANTED:
        at = rng.randrange(1, sites)
        step = 1 if sum(counts) < CAMERAS_WANTED else -1
        if 2 <= counts[at] + step <= 7:
            counts[at] += step
    return counts


def boxes_and_cameras(
    site: dict[str, Any], number: int, cameras: int, bearing_deg: float, rng: Random
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Make the box of a site (without feeder and node) and its cameras."""
    tail = site["id"].removeprefix("ST-")
    is_core = tail.startswith(("RDZ", "TWR"))
    commissioned = date(2025, 2, 1) + timedelta(days=rng.randrange(420))
    made = [_camera(site, tail, k, number, bearing_deg, commissioned, rng) for k in range(1, cameras + 1)]
    load_w = _SWITCH_W + sum(camera["power_w"] for camera in made)
    is_finished = number % 60 != 17
    box = {
        "id": f"BX-{tail}",
        "site_id": site["id"],
        "name": site["name"],
        "lon": site["lon"],
        "lat": site["lat"],
        "address": f"127.16.{number // 250}.{number % 250 + 1}",
        "snmp_version": "3" if is_core else "2c",
        "credential": "redzone-v3" if is_core else "street-v2c",
        "contractor": _CONTRACTORS[number % 3],
        "model": "Cabinet 8P (demo)",
        "profile": "cabinet",
        "snmp_port": 16100,
        "battery_wh": ceil(load_w * _CONTRACT_H / _INVERTER / 50) * 50,
        "solar_w": 120 if number % 4 == 0 else 0,
        "switch_ports": 8,
        "tracker_id": f"TR-{tail}",
        "commissioned_on": commissioned.isoformat() if is_finished else "",
        "inspected_on": _inspected_on(number, rng).isoformat() if is_finished else "",
        "seal_no": f"S{100000 + number * 37}",
    }
    return box, made


def _inspected_on(number: int, rng: Random) -> date:
    """When the box was last inspected: 3 to 87 days before the authored day, or 3 to 102 days too long ago."""
    draw = rng.randrange(200)
    is_overdue = number % 25 in _OVERDUE
    return AUTHORED_ON - timedelta(days=_INTERVAL_DAYS + 3 + draw // 2 if is_overdue else 3 + draw * 85 // 200)


def _camera(
    site: dict[str, Any], tail: str, k: int, number: int, bearing_deg: float, commissioned: date, rng: Random
) -> dict[str, Any]:
    role = _ROLES[(number + k) % len(_ROLES)]
    vendor, model, width, height = _VENDORS[(number + k) % 3]
    serial = number * 8 + k
    return {
        "id": f"CM-{tail}-{k}",
        "site_id": site["id"],
        "box_id": f"BX-{tail}",
        "switch_port": k,
        "lon": site["lon"],
        "lat": site["lat"],
        # Along the road one way, the other way, across, and between.
        "azimuth_deg": round((bearing_deg + (0, 180, 90, 270, 45, 225, 135)[k - 1] + rng.uniform(-8, 8)) % 360, 1),
        "hfov_deg": _HFOV_DEG[role],
        "height_m": round(6.0 + rng.random() * 3.0, 1),
        "tilt_deg": round(8.0 + rng.random() * 10.0, 1),
        "sensor_width_px": width,
        "sensor_height_px": height,
        "role": role,
        "address": f"127.32.{serial // 250}.{serial % 250 + 1}",
        "snmp_version": "2c",
        "credential": "street-v2c",
        "vendor": vendor,
        "model": model,
        "profile": "camera",
        "snmp_port": 16100,
        "power_w": _POWER_W[role],
        "commissioned_on": commissioned.isoformat(),
    }
