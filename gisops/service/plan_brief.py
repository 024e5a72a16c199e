"""What does a planner ask for? A brief in TOML, read strictly: every mistake with its line and remedy. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import shapely

from gisops.coverage.levels import load_profile
from gisops.errors import ConfigError
from gisops.health.toml_entry import Entry, read_entries
from gisops.inventory.schema import nearest
from gisops.model.inventory import Inventory
from gisops.planning.candidates import CameraModel

__all__ = ["BoxTerms", "Forbidden", "MustSee", "Phase", "PlanBrief", "Share", "check_brief", "parse_brief"]

LAYERS = ("roads", "places", "incidents")
_ARRAYS = ("camera", "must", "floor", "forbid", "phase")
_TOP = ("name", "note", "demo", "level", "grid_m", "area", "demand", "candidates", "pole", "box", "fibre", "budget")
_ROLES = ("fixed", "ptz", "anpr", "traffic")


@dataclass(frozen=True, slots=True)
class Catalogued(CameraModel):
    """A camera of the catalogue with how it is mounted; ``cost`` in rupees as installed, without its pole."""

    sensor_height_px: int = 1080
    height_m: float = 6.0
    tilt_deg: float = 15.0
    role: str = "fixed"


@dataclass(frozen=True, slots=True)
class BoxTerms:
    """A distribution box: rupees, ports for cameras, watts for cameras, longest camera cable in metres."""

    cost: float
    ports: int
    power_w: float
    cable_m: float

    def capacity(self, hungriest_w: float) -> int:
        """Cameras one box feeds for sure, whichever they are."""
        return min(self.ports, int(self.power_w // hungriest_w)) if hungriest_w > 0.0 else self.ports


@dataclass(frozen=True, slots=True)
class MustSee:
    """A place that must be seen at a level."""

    place_id: str
    level: str


@dataclass(frozen=True, slots=True)
class Share:
    """Least share of a district's demand that must be seen, cameras there are included."""

    district_id: str
    share: float


@dataclass(frozen=True, slots=True)
class Forbidden:
    """No pole within ``radius_m`` of a place, or inside a ring of (longitude, latitude)."""

    place_id: str | None
    radius_m: float
    ring: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Phase:
    """A stage of the works with money of its own."""

    name: str
    budget: float


@dataclass(frozen=True)
class PlanBrief:
    """A brief; lengths in metres, money in rupees.

    Parameters
    ----------
    name, note, is_demo
        What it is called and says about itself; whether it is authored for demonstration.
    level
        Level of detail at which ground counts as seen (`iec-2025`).
    districts, centre, radius_m
        Where: district ids, a circle around (lon, lat), or districts within the circle.
    mix
        Shares of the layers of demand.
    every_m, azimuths, arms, road_kinds
        Longest step between poles, directions of a camera, most cameras a pole (each in its own sector), kinds of
        road (all where empty).
    count
        Most cameras; ``None`` without such a limit.
    """

    name: str
    note: str
    is_demo: bool
    level: str
    grid_m: float
    districts: tuple[str, ...]
    centre: tuple[float, float] | None
    radius_m: float
    mix: dict[str, float]
    bandwidth_m: float
    every_m: float
    azimuths: int
    arms: int
    road_kinds: tuple[str, ...]
    pole_cost: float
    box: BoxTerms
    fibre_per_m: float
    reach_m: float
    count: int | None
    cameras: tuple[Catalogued, ...]
    musts: tuple[MustSee, ...]
    floors: tuple[Share, ...]
    forbidden: tuple[Forbidden, ...]
    phases: tuple[Phase, ...]

    @property
    def budget(self) -> float:
        """Rupees of all phases together."""
        return sum(phase.budget for phase in self.phases)


def parse_brief(text: str, file: str) -> PlanBrief:
    """Read a brief.

    Raises
    ------
    ConfigError
        With file, line, what is wrong and the remedy.
    """
    top, tables = read_entries(text, file, _ARRAYS, "the brief")
    top.know(_TOP)
    levels = [level.name for level in load_profile().levels]
    area = _table(top, "area", ("districts", "centre", "radius_m"))
    demand = _table(top, "demand", (*LAYERS, "bandwidth_m"))
    candidates = _table(top, "candidates", ("every_m", "azimuths", "arms", "road_kinds"))
    pole = _table(top, "pole", ("rupees",))
    box = _table(top, "box", ("rupees", "ports", "power_w", "cable_m"))
    fibre = _table(top, "fibre", ("rupees_per_m", "reach_m"))
    budget = _table(top, "budget", ("rupees", "cameras"))
    centre = _point(area, "centre") if "centre" in area.table else None
    districts = area.texts("districts")
    if not districts and centre is None:
        area.fail("names no districts and no centre", "give districts = [...] or centre = [lon, lat] and radius_m")
    mix = {layer: demand.number(layer) for layer in LAYERS if layer in demand.table}
    if not mix or min(mix.values()) < 0.0 or sum(mix.values()) <= 0.0:
        demand.fail("has no shares above 0", f"give shares of {', '.join(LAYERS)}")
    phases = tuple(_phase(entry) for entry in tables["phase"])
    if bool(phases) == ("rupees" in budget.table):
        budget.fail("must say the rupees once", "give rupees under [budget], or each [[phase]] its own")
    if not phases:
        phases = (Phase("all at once", _above(budget, "rupees")),)
    if not tables["camera"]:
        top.fail("has no catalogue", "add a [[camera]]")
    brief = PlanBrief(
        name=top.text("name"),
        note=top.text("note", "no note"),
        is_demo=top.truth("demo"),
        level=top.choice("level", levels),
        grid_m=_above(top, "grid_m", 20.0),
        districts=districts,
        centre=centre,
        radius_m=_above(area, "radius_m") if centre is not None else 0.0,
        mix=mix,
        bandwidth_m=_above(demand, "bandwidth_m", 150.0),
        every_m=_above(candidates, "every_m"),
        azimuths=_whole(candidates, "azimuths", 8, 72),
        arms=_whole(candidates, "arms", 4, 12),
        road_kinds=candidates.texts("road_kinds"),
        pole_cost=_from_0(pole, "rupees"),
        box=BoxTerms(_from_0(box, "rupees"), _whole(box, "ports", 8, 256), _above(box, "power_w"),
                     _above(box, "cable_m", 90.0)),
        fibre_per_m=_from_0(fibre, "rupees_per_m"),
        reach_m=_above(fibre, "reach_m", 500.0),
        count=_whole(budget, "cameras", 1, 100_000) if "cameras" in budget.table else None,
        cameras=tuple(_camera(entry) for entry in tables["camera"]),
        musts=tuple(_must(entry, levels, top.text("level")) for entry in tables["must"]),
        floors=tuple(_floor(entry) for entry in tables["floor"]),
        forbidden=tuple(_forbidden(entry) for entry in tables["forbid"]),
        phases=phases,
    )  # fmt: skip
    if brief.arms > brief.azimuths:
        candidates.fail(f"has arms = {brief.arms} and azimuths = {brief.azimuths}", "give arms no more than azimuths")
    names = [camera.name for camera in brief.cameras]
    if len(set(names)) < len(names):
        top.fail("has two cameras of one name", "give each [[camera]] its own name")
    hungriest = max(camera.power_w or 0.0 for camera in brief.cameras)
    if hungriest > brief.box.power_w:
        box.fail(f"gives {brief.box.power_w:g} W and a camera takes {hungriest:g} W", "give the box more power_w")
    return brief


def check_brief(brief: PlanBrief, inventory: Inventory, file: str) -> None:
    """Refuse names that the inventory does not know.

    Raises
    ------
    ConfigError
        With the nearest name that it knows.
    """
    kinds = {road.kind: road for road in inventory.roads.values()}
    asked = [
        *((district, inventory.districts, "area") for district in brief.districts),
        *((floor.district_id, inventory.districts, "floor") for floor in brief.floors),
        *((must.place_id, inventory.places, "must") for must in brief.musts),
        *((zone.place_id, inventory.places, "forbid") for zone in brief.forbidden if zone.place_id),
        *((kind, kinds, "candidates.road_kinds") for kind in brief.road_kinds),
    ]
    for name, known, where in asked:
        if name not in known:
            raise ConfigError(f"{file}: {where}", f"{name} is not in the inventory", nearest(name, known, "see it"))


def _table(top: Entry, key: str, known: tuple[str, ...]) -> Entry:
    if key not in top.table:
        top.fail(f"has no [{key}]", f"add [{key}] with {', '.join(known)}")
    entry = top.inner(key, top.table[key], f"[{key}]")
    entry.know(known)
    return entry


def _camera(entry: Entry) -> Catalogued:
    known = ("name", "sensor_width_px", "sensor_height_px", "hfov_deg", "rupees", "power_w", "height_m", "tilt_deg")
    entry.know((*known, "role"))
    hfov = _above(entry, "hfov_deg")
    if hfov >= 180.0:
        entry.fail(f"has hfov_deg = {hfov:g}", "give less than 180: on a pole it looks one way", "hfov_deg")
    return Catalogued(
        name=entry.text("name"),
        sensor_width_px=_whole(entry, "sensor_width_px", None, 50_000),
        hfov_deg=hfov,
        cost=_above(entry, "rupees"),
        power_w=_above(entry, "power_w"),
        sensor_height_px=_whole(entry, "sensor_height_px", None, 50_000),
        height_m=_above(entry, "height_m", 6.0),
        tilt_deg=_from_0(entry, "tilt_deg", 15.0),
        role=entry.choice("role", _ROLES, "fixed"),
    )


def _must(entry: Entry, levels: list[str], level: str) -> MustSee:
    entry.know(("place", "level"))
    return MustSee(entry.text("place"), entry.choice("level", levels, level))


def _floor(entry: Entry) -> Share:
    entry.know(("district", "share"))
    share = _above(entry, "share")
    if share > 1.0:
        entry.fail(f"has share = {share:g}", "give a share up to 1, such as 0.3", "share")
    return Share(entry.text("district"), share)


def _forbidden(entry: Entry) -> Forbidden:
    entry.know(("place", "radius_m", "ring"))
    if ("place" in entry.table) == ("ring" in entry.table):
        entry.fail("must name a place or a ring", "give place and radius_m, or ring = [[lon, lat], ...]")
    if "place" in entry.table:
        return Forbidden(entry.text("place"), _above(entry, "radius_m"), ())
    ring = entry.table["ring"]
    if not isinstance(ring, list) or len(ring) < 3:
        entry.fail("has a ring of fewer than 3 corners", "write [[lon, lat], [lon, lat], ...]", "ring")
    corners = tuple(_lon_lat(entry, "ring", each) for each in ring)
    if not shapely.Polygon(corners).is_valid:
        entry.fail("has a ring that crosses itself", "give its corners in order", "ring")
    return Forbidden(None, 0.0, corners)


def _phase(entry: Entry) -> Phase:
    entry.know(("name", "rupees"))
    return Phase(entry.text("name"), _above(entry, "rupees"))


def _point(entry: Entry, key: str) -> tuple[float, float]:
    return _lon_lat(entry, key, entry.table[key])


def _lon_lat(entry: Entry, key: str, value: object) -> tuple[float, float]:
    """Give a point; anything else ends here."""
    if (
        isinstance(value, list)
        and len(value) == 2
        and all(isinstance(part, int | float) and not isinstance(part, bool) for part in value)
    ):
        lon, lat = float(value[0]), float(value[1])
        if 60.0 <= lon <= 78.0 and 20.0 <= lat <= 38.0:
            return lon, lat
    return entry.fail(f"has {key} = {value!r}", "write [longitude, latitude] in degrees, inside Pakistan", key)


def _above(entry: Entry, key: str, default: float | None = None) -> float:
    value = entry.number(key, default)
    if not value > 0.0:
        entry.fail(f"has {key} = {value:g}", "give a number above 0", key)
    return value


def _from_0(entry: Entry, key: str, default: float | None = None) -> float:
    value = entry.number(key, default)
    if not value >= 0.0:
        entry.fail(f"has {key} = {value:g}", "give a number from 0 up", key)
    return value


def _whole(entry: Entry, key: str, default: int | None, high: int) -> int:
    if key not in entry.table:
        if default is None:
            entry.fail(f"has no {key}", f"add {key}")
        return default
    return entry.whole(key, 1, high)
