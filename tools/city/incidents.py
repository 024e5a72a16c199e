"""Write the demonstration's incidents: ``python -m tools.city.incidents [FOLDER]``.

Invented, from a fixed seed: no one of them happened, and where they crowd says nothing of the real city. They are
written as a control room's log would be: some with coordinates, some with a place in words, spelled as people do.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import shapely

from gisops.geo.measure import wgs84
from gisops.inventory.load import load_inventory
from gisops.model.inventory import Inventory, Place

__all__ = ["build", "main"]

SEED = 2026
COUNT = 2400
BEGIN = datetime(2025, 11, 1)  # noqa: DTZ001 - local, as in the log
DAYS = 365
# Words of the log and how often, of a hundred.
_OFFENCES = (
    ("Mobile Snatching", 27), ("Motorcycle Theft", 13), ("RTA", 14), ("Motorcycle Snatching", 8),
    ("Cash Snatching", 7), ("Car Theft", 5), ("Fight", 6), ("Suspicious Person", 5), ("Fire", 3),
    ("House Robbery", 3), ("Dharna", 2), ("Waterlogging", 2), ("Ambulance", 3), ("Box Theft", 1), ("Firing", 1),
)  # fmt: skip
# Where they crowd: places of the demonstration, chosen by hand; the rest lies along the roads.
_CROWDS = (
    ("bilawal-chowrangi", 9), ("empress-market", 12), ("do-talwar", 6), ("jpmc", 5), ("cantt-station", 7),
    ("teen-talwar", 5), ("metropole", 5), ("frere-hall", 3), ("nursery", 4), ("drigh-road", 5), ("star-gate", 4),
)  # fmt: skip
_CROWD_SHARE = 0.45
_REPEAT_SHARE = 0.08
# Of a hundred incidents in each hour of the day: evenings, and few before dawn.
_HOURS = (4, 3, 2, 1, 1, 1, 2, 3, 4, 4, 4, 4, 4, 4, 4, 4, 5, 6, 8, 9, 9, 8, 7, 5)
_SWAPS = (("ow", "o"), ("aa", "a"), ("ee", "i"), ("dd", "d"), ("ph", "f"), ("q", "k"), ("i", "ee"), ("k", "q"))
MAP = """# Demonstration: how the invented log of data/incidents/demo.csv is read.
source = "demo-log"
time_zone = "Asia/Karachi"
time_format = "%d/%m/%Y %H:%M"

[columns]
id = "NUMBER"
occurred_at = "REPORTED"
category = "OFFENCE"
lon = "LONG"
lat = "LAT"
place = "LOCATION"
"""


def build(inventory: Inventory) -> list[dict[str, str]]:
    """Make the rows, in the order of time."""
    rng = Random(SEED)  # noqa: S311 - a fixed seed is the point
    crowds = [(inventory.places[name], weight) for name, weight in _CROWDS if name in inventory.places]
    roads = [road for road in inventory.roads.values() if road.kind in ("arterial", "street")]
    lengths = [road.geometry.length for road in roads]
    made: list[tuple[datetime, str, float, float, Place | None]] = []
    while len(made) < COUNT:
        at = _moment(rng)
        offence = rng.choices([word for word, _ in _OFFENCES], [share for _, share in _OFFENCES])[0]
        place = None
        if rng.random() < _CROWD_SHARE and crowds:
            place = rng.choices([p for p, _ in crowds], [w for _, w in crowds])[0]
            lon, lat = _moved(place.lon, place.lat, rng.gauss(0.0, 140.0), rng)
        else:
            road = rng.choices(roads, lengths)[0]
            point = shapely.line_interpolate_point(road.geometry, rng.random(), normalized=True)
            lon, lat = _moved(point.x, point.y, rng.gauss(0.0, 30.0), rng)
        made.append((at, offence, lon, lat, place))
        if rng.random() < _REPEAT_SHARE and len(made) < COUNT:
            # One soon follows another nearby.
            again = at + timedelta(hours=rng.uniform(5.0, 120.0))
            made.append((again, offence, *_moved(lon, lat, rng.uniform(10.0, 80.0), rng), place))
    end = BEGIN + timedelta(days=DAYS)
    made = sorted((row for row in made if row[0] < end), key=lambda row: row[0])
    return [_row(number, *row, rng) for number, row in enumerate(made, 1)]


def main(arguments: list[str]) -> None:
    """Write ``incidents/demo.csv`` and its map."""
    folder = Path(arguments[0] if arguments else "data")
    rows = build(load_inventory(folder))
    target = folder / "incidents"
    target.mkdir(exist_ok=True)
    (target / "demo.toml").write_text(MAP, encoding="utf-8")
    with (target / "demo.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{target}: {len(rows):,} invented incidents")


def _moment(rng: Random) -> datetime:
    hour = rng.choices(range(24), _HOURS)[0]
    day = rng.randrange(DAYS)
    return BEGIN + timedelta(days=day, hours=hour, minutes=rng.randrange(60))


def _moved(lon: float, lat: float, by_m: float, rng: Random) -> tuple[float, float]:
    found_lon, found_lat, _ = wgs84().fwd(lon, lat, rng.uniform(0.0, 360.0), abs(by_m))
    return round(found_lon, 5), round(found_lat, 5)


def _row(
    number: int, at: datetime, offence: str, lon: float, lat: float, place: Place | None, rng: Random
) -> dict[str, str]:
    in_words = place is not None and rng.random() < 0.4
    return {
        "NUMBER": f"DEMO-{number:05d}",
        "REPORTED": at.strftime("%d/%m/%Y %H:%M"),
        "OFFENCE": offence,
        "LONG": "" if in_words else f"{lon:.5f}",
        "LAT": "" if in_words else f"{lat:.5f}",
        "LOCATION": "".join(_spelled(place, rng)) if in_words and place is not None else "",
        "NOTE": "invented for the demonstration",
    }


def _spelled(place: Place, rng: Random) -> Iterator[str]:
    """Write a place's name as people do."""
    name = rng.choice([place.name, place.name, *place.aliases])
    if rng.random() < 0.5:
        yield rng.choice(("near ", "opp ", "Near "))
    old, new = rng.choice(_SWAPS)
    yield name.replace(old, new, 1) if rng.random() < 0.4 else name
    if rng.random() < 0.3:
        yield ", Karachi"


if __name__ == "__main__":
    main(sys.argv[1:])
