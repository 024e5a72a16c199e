"""What do the incidents of a period show? Each analysis as a JSON-ready document that says what it left out."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cached_property
from math import hypot, isfinite
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np

from gisops.coverage.targets import Areas, road_points
from gisops.geo.measure import geodesic_area_m2
from gisops.geo.project import from_utm42, to_utm42
from gisops.incidents.compare import compare, dispersion
from gisops.incidents.density import Density, kernel_density, scott_bandwidth_m
from gisops.incidents.hotspots import hot_squares, square_neighbours
from gisops.incidents.hours import hour_table
from gisops.incidents.interval import Interval
from gisops.incidents.knox import DISTANCE_BANDS_M, TIME_BANDS_D, knox
from gisops.incidents.rates import area_rates
from gisops.incidents.record import Precision
from gisops.incidents.taxonomy import Taxonomy
from gisops.model.inventory import Inventory
from gisops.store.incident_reader import IncidentTable

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Incidents", "Period", "highest_of"]

_AREA = list(Precision).index(Precision.AREA)
_DAY_S = 86_400.0
_ROAD_WORDS = "squares with a road or an incident"


@dataclass(frozen=True, slots=True)
class Period:
    """From when to when (excluded), UTC."""

    begin: datetime
    end: datetime

    @property
    def days(self) -> float:
        """Length in days."""
        return (self.end - self.begin).total_seconds() / _DAY_S


@dataclass(frozen=True)
class Incidents:
    """Incidents of one period in one city.

    Parameters
    ----------
    table
        All of them; those known to an area only are counted in districts and kept out of everything else.
    period
        What it was asked for.
    inventory, taxonomy
        Districts and roads; weights.
    """

    table: IncidentTable
    period: Period
    inventory: Inventory
    taxonomy: Taxonomy

    @cached_property
    def _x_y(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return to_utm42(self.table.lon, self.table.lat)

    @cached_property
    def weight(self) -> NDArray[np.float64]:
        """How heavy each counts; 1 for a category the taxonomy no longer has."""
        known = self.taxonomy.categories
        by_number = np.array([known[name].weight if name in known else 1.0 for name in self.table.categories])
        return by_number[self.table.category] if len(self.table) else np.zeros(0)

    @cached_property
    def _is_point(self) -> NDArray[np.bool_]:
        return np.asarray(self.table.precision != _AREA)

    def density(self, bandwidth_m: float | None, cell_m: float) -> tuple[Density, dict[str, Any]]:
        """Give the weighted kernel density, and what to say of it; Scott's bandwidth where none is given."""
        (x, y), of = self._x_y, self._is_point
        bandwidth = scott_bandwidth_m(x[of], y[of]) if bandwidth_m is None else bandwidth_m
        found = kernel_density(x[of], y[of], self.weight[of], self.table.radius_m[of], bandwidth, cell_m)
        rule = "Scott's rule" if bandwidth_m is None else "given"
        return found, {
            **self._head("kernel density"),
            "used": int(of.sum()),
            "left_out": {"known to an area only": int((~of).sum())},
            "bandwidth_m": round(bandwidth, 1),
            "bandwidth": rule,
            "cell_m": cell_m,
            "highest_per_km2": round(float(found.per_km2.max()), 2) if found.per_km2.size else None,
        }

    def hotspots(self, cell_m: float, alpha: float) -> dict[str, Any]:
        """Find the squares that have more than chance puts there."""
        x, y = self._x_y
        of = self._is_point & (self.table.radius_m <= cell_m)
        roads = road_points(list(self.inventory.roads.values()))
        column, row, counts = _squares(x[of], y[of], roads.x, roads.y, cell_m)
        found = hot_squares(counts, square_neighbours(column, row), alpha) if len(counts) else None
        hot = np.flatnonzero(found.is_hot) if found is not None else np.zeros(0, dtype=np.int64)
        order = hot[np.argsort(-found.z[hot], kind="stable")] if found is not None else hot
        middle = from_utm42((column[order] + 0.5) * cell_m, (row[order] + 0.5) * cell_m) if len(order) else None
        lon, lat = (v.round(6).tolist() for v in middle) if middle is not None else ([], [])
        return {
            **self._head("Getis-Ord Gi*, exact permutation p, Benjamini-Hochberg"),
            "used": int(of.sum()),
            "left_out": {
                "known to an area only": int((~self._is_point).sum()),
                "known less well than a square": int((self._is_point & ~of).sum()),
            },
            "cell_m": cell_m,
            "alpha": alpha,
            "squares": len(counts),
            "study_area": _ROAD_WORDS,
            "peaks": int(found.is_peak.sum()) if found is not None else 0,
            "hot": [
                {
                    "lon": lon[n],
                    "lat": lat[n],
                    "count": int(counts[square]),
                    "z": round(float(found.z[square]), 2),
                    "p": float(f"{found.p[square]:.3g}"),
                }
                for n, square in enumerate(order)
                if found is not None
            ],
        }

    def near_repeat(self, deals: int, seed: int) -> dict[str, Any]:
        """Say how much likelier an incident is near and soon after another."""
        of = self._is_point & (self.table.radius_m <= DISTANCE_BANDS_M[0] / 2.0)
        x, y = self._x_y
        found = knox(x[of], y[of], self.table.at_s[of] / _DAY_S, np.random.default_rng(seed), deals=deals)
        return {
            **self._head("Knox, Monte Carlo"),
            "used": int(of.sum()),
            "left_out": {"not exact to 50 m": int((~of).sum())},
            "deals": deals,
            "seed": seed,
            "distances_m": list(DISTANCE_BANDS_M),
            "times_d": list(TIME_BANDS_D),
            "pairs": found.pairs.tolist(),
            "ratio": [[round(v, 3) if isfinite(v) else None for v in line] for line in found.ratio.tolist()],
            "p": [[round(v, 4) for v in line] for line in found.p.tolist()],
        }

    def hours(self, zone: ZoneInfo) -> dict[str, Any]:
        """Count by local weekday and hour."""
        moments = (datetime.fromtimestamp(at, UTC) for at in self.table.at_s.tolist())
        found = hour_table(moments, self.period.begin, self.period.end, zone)
        rates = [[round(v, 5) if isfinite(v) else None for v in line] for line in found.rates.tolist()]
        return {
            **self._head("hour by weekday"),
            "used": int(found.counts.sum()),
            "zone": zone.key,
            "days": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
            "counts": found.counts.tolist(),
            "hours": found.hours.round(2).tolist(),
            "per_hour": rates,
        }

    def by_district(self) -> dict[str, int]:
        """Count in each district, incidents of any precision."""
        areas = Areas(self.inventory.districts.values())
        number = areas.of_points(*self._x_y)
        names = list(self.inventory.districts)
        counts = np.bincount(number[number >= 0], minlength=len(names))
        return dict(zip(names, counts.tolist(), strict=True))

    def rates(self) -> dict[str, Any]:
        """Give each district's rate with its exact interval."""
        districts = self.inventory.districts
        counts = self.by_district()
        sizes = {name: geodesic_area_m2(d.geometry) / 1e6 for name, d in districts.items()}
        return {
            **self._head("counts and exact Poisson intervals"),
            "used": sum(counts.values()),
            "left_out": {"in no district": len(self.table) - sum(counts.values())},
            "districts": [
                {
                    "id": rate.area_id,
                    "name": districts[rate.area_id].name,
                    "count": rate.count,
                    "area_km2": round(sizes[rate.area_id], 1),
                    "per_km2_year": _bounds(rate.per_km2_year),
                }
                for rate in area_rates(counts, sizes, self.period.days)
            ],
        }

    def compared(self, after: Incidents, district: str | None = None, control: str | None = None) -> dict[str, Any]:
        """Compare this period with a later one, in the city or a district, beside another district."""
        before_counts, after_counts = self.by_district(), after.by_district()
        here = [before_counts[district], after_counts[district]] if district else [len(self.table), len(after.table)]
        beside = (before_counts[control], after_counts[control]) if control else None
        found = compare((here[0], self.period.days), (here[1], after.period.days), beside)
        weekly = np.histogram(self.table.at_s, max(2, int(self.period.days // 7)))[0].tolist()
        spread = dispersion(weekly)
        return {
            "analysis": "rate ratio, exact; beside a comparison area, by the logarithm",
            "district": district,
            "control": control,
            "before": {**_period(self.period), "count": here[0]},
            "after": {**_period(after.period), "count": here[1]},
            "ratio": _bounds(found.ratio),
            "beside": None if found.beside is None else _bounds(found.beside),
            "net": None if found.net is None else _bounds(found.net),
            "dispersion": None if spread is None else round(spread, 2),
        }

    def _head(self, analysis: str) -> dict[str, Any]:
        return {
            "analysis": analysis,
            "demo": self.inventory.settings.demo,
            **_period(self.period),
            "categories": list(self.table.categories),
            "incidents": len(self.table),
        }


def highest_of(density: Density, count: int) -> list[dict[str, float]]:
    """Give the densest squares, none within a bandwidth of a denser one."""
    flat = np.argsort(-density.per_km2, axis=None, kind="stable")
    apart = density.bandwidth_m / density.cell_m
    chosen: list[tuple[int, int]] = []
    for row, column in zip(*(v.tolist() for v in np.unravel_index(flat, density.per_km2.shape)), strict=True):
        if len(chosen) == count or density.per_km2[row, column] <= 0.0:
            break
        if all(hypot(row - r, column - c) > apart for r, c in chosen):
            chosen.append((row, column))
    if not chosen:
        return []
    rows, columns = np.array(chosen).T
    lon, lat = from_utm42(
        density.west_m + (columns + 0.5) * density.cell_m, density.south_m + (rows + 0.5) * density.cell_m
    )
    return [
        {"lon": round(a, 6), "lat": round(b, 6), "per_km2": round(float(density.per_km2[place]), 2)}
        for a, b, place in zip(lon.tolist(), lat.tolist(), chosen, strict=True)
    ]


def _squares(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    road_x: NDArray[np.float64],
    road_y: NDArray[np.float64],
    cell_m: float,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Lay out the squares that hold a road or an incident, and count; where neither is nothing can happen."""
    column = np.floor(np.concatenate([x, road_x]) / cell_m).astype(np.int64)
    row = np.floor(np.concatenate([y, road_y]) / cell_m).astype(np.int64)
    keys, number = np.unique(column << 32 | row, return_inverse=True)
    counts = np.bincount(number[: len(x)], minlength=len(keys))
    return keys >> 32, keys & 0xFFFFFFFF, counts


def _period(period: Period) -> dict[str, Any]:
    return {
        "from": period.begin.isoformat(), "to": period.end.isoformat(), "days": round(period.days, 3)
    }  # fmt: skip


def _bounds(interval: Interval) -> dict[str, float | None]:
    return {
        name: None if value is None or not isfinite(value) else float(f"{value:.5g}")
        for name, value in asdict(interval).items()
    }
