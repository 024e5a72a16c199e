"""What does a plan say? Cameras, boxes, trenches, cost lines, districts, phases of a choice, as one document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gisops.geo.project import from_utm42, geometry_from_utm42
from gisops.planning.gain import FirstGain
from gisops.planning.score import Score
from gisops.service.plan_file import FORMAT, VERSION
from gisops.service.plan_phases import Stages, stages_of

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import NDArray

    from gisops.model.inventory import Inventory
    from gisops.service.plan_problem import Problem
    from gisops.service.plan_solve import Solved

__all__ = ["plan_document"]

ASSIGNMENT = (
    "boxes opened greedily, as few as possible (least_boxes is a proven bound); cameras shared out over their ports "
    "by exact minimum-cost assignment of cable metres"
)


def plan_document(
    problem: Problem, solved: Solved, inventory: Inventory, brief_toml: str, made_at: datetime
) -> dict[str, Any]:
    """Write a plan down.

    Parameters
    ----------
    problem, solved
        What was asked and found.
    inventory
        Gives names.
    brief_toml
        Text of the brief: the plan can be run again from its file.
    made_at
        UTC.
    """
    brief, bill = problem.brief, solved.bill
    stages = stages_of(problem, bill)
    return {
        "format": FORMAT,
        "version": VERSION,
        "name": brief.name,
        "note": brief.note,
        "demo": brief.is_demo or inventory.settings.demo,
        "inventory": inventory.settings.name,
        "made_at": made_at.isoformat(timespec="seconds"),
        "level": brief.level,
        "incidence": problem.incidence,
        "candidates": problem.siting.candidates - 1,
        "cells": len(problem.ground.weight),
        "incidents": problem.ground.incidents,
        "mix": dict(brief.mix),
        "value": solved.value,
        "already": solved.already,
        "bound": solved.bound,
        "gap": solved.gap,
        "gap_of": "the gain over the cameras there are",
        "proof": solved.proof,
        "ended": solved.ended,
        "seconds": round(solved.seconds, 2),
        "budget": brief.budget,
        "cost": _cost(problem, solved),
        "cameras": _cameras(problem, solved, stages),
        "poles": _poles(problem, bill.poles, stages),
        "boxes": _boxes(problem, solved, stages),
        "assignment": {
            "method": ASSIGNMENT,
            "boxes": len(bill.assignment.box_pole),
            "least_boxes": bill.assignment.least_boxes,
            "ports": brief.box.ports,
            "power_w": brief.box.power_w,
            "cable_limit_m": brief.box.cable_m,
        },
        "fibre": _fibre(problem, solved, stages),
        "districts": _districts(problem, solved, inventory),
        "musts": [
            {"place": must.place_id, "name": inventory.places[must.place_id].name, "level": must.level, "seen": True}
            for must in brief.musts
        ],
        "phases": stages.rows,
        "area": shapely.geometry.mapping(
            shapely.set_precision(geometry_from_utm42(problem.ground.area), 1e-6, mode="pointwise")
        ),
        "brief_toml": brief_toml,
    }


def _cost(problem: Problem, solved: Solved) -> dict[str, Any]:
    brief, bill = problem.brief, solved.bill
    lines = []
    model = problem.model[bill.chosen - 1]
    for number, camera in enumerate(brief.cameras):
        count = int((model == number).sum())
        if count:
            lines.append(_line("camera", camera.name, count, "each", camera.cost))
    lines.append(_line("pole", "Pole with foundation", len(bill.poles), "each", brief.pole_cost))
    lines.append(_line("box", "Distribution box", len(bill.assignment.box_pole), "each", brief.box.cost))
    lines.append(_line("fibre", "Trench, duct and fibre", round(bill.trench.metres, 1), "m", brief.fibre_per_m))
    return {"currency": "PKR", "total": sum(line["rupees"] for line in lines), "lines": lines}


def _line(kind: str, item: str, count: float, unit: str, each: float) -> dict[str, Any]:
    return {"kind": kind, "item": item, "count": count, "unit": unit, "each": each, "rupees": count * each}


def _cameras(problem: Problem, solved: Solved, stages: Stages) -> list[dict[str, Any]]:
    bill = solved.bill
    score = Score(problem.siting, FirstGain(), [0, *bill.chosen.tolist()])
    port: dict[int, int] = {}
    rows = []
    for number, candidate in enumerate(bill.chosen.tolist()):
        box = int(bill.assignment.box_of[number])
        port[box] = port.get(box, 0) + 1
        pole = int(problem.pole[candidate - 1])
        model = problem.brief.cameras[int(problem.model[candidate - 1])]
        lon, lat = problem.lon_lat[pole].tolist()
        rows.append(
            {
                "id": f"PC-{number + 1:04d}", "candidate": candidate, "pole": _pole_id(pole), "box": _box_id(box),
                "port": port[box], "model": model.name, "lon": round(lon, 6), "lat": round(lat, 6),
                "azimuth_deg": float(problem.azimuth_deg[candidate - 1]), "hfov_deg": model.hfov_deg,
                "tilt_deg": model.tilt_deg, "height_m": model.height_m, "power_w": model.power_w,
                "cable_m": round(float(bill.assignment.cable_m[number]), 1), "rupees": model.cost,
                "phase": stages.box[box], "alone_pct": round(100.0 * score.loss(candidate), 4),
            }
        )  # fmt: skip
    return rows


def _poles(problem: Problem, poles: NDArray[np.int64], stages: Stages) -> list[dict[str, Any]]:
    lon_lat = np.round(problem.lon_lat[poles], 6).tolist()
    return [
        {"id": _pole_id(int(pole)), "lon": lon, "lat": lat, "phase": stages.pole[int(pole)]}
        for pole, (lon, lat) in zip(poles, lon_lat, strict=True)
    ]


def _boxes(problem: Problem, solved: Solved, stages: Stages) -> list[dict[str, Any]]:
    bill = solved.bill
    rows = []
    for box, pole in enumerate(bill.assignment.box_pole.tolist()):
        mine = bill.chosen[bill.assignment.box_of == box]
        watts = sum(problem.brief.cameras[int(problem.model[k - 1])].power_w or 0.0 for k in mine.tolist())
        lon, lat = np.round(problem.lon_lat[pole], 6).tolist()
        rows.append(
            {
                "id": _box_id(box), "pole": _pole_id(pole), "lon": lon, "lat": lat, "cameras": len(mine),
                "power_w": round(watts, 1), "phase": stages.box[box],
            }
        )  # fmt: skip
    return rows


def _fibre(problem: Problem, solved: Solved, stages: Stages) -> dict[str, Any]:
    trench = solved.bill.trench
    pieces = []
    for piece in trench.pieces:
        line = problem.net.lines[piece]
        xy = shapely.get_coordinates(line)
        degrees = np.round(np.column_stack(from_utm42(*xy.T)), 6).tolist()
        pieces.append({"metres": round(float(line.length), 1), "phase": stages.piece[piece], "line": degrees})
    return {
        "metres": round(trench.metres, 1),
        "least_m": round(trench.least_m, 1),
        "separate_m": round(trench.separate_m, 1),
        "pieces": pieces,
    }


def _districts(problem: Problem, solved: Solved, inventory: Inventory) -> list[dict[str, Any]]:
    weight, district = problem.ground.weight, problem.ground.district
    cells = len(weight)
    after = Score(problem.siting, FirstGain(), [0, *solved.bill.chosen.tolist()]).state[:cells] > 0
    before = Score(problem.siting, FirstGain(), [0]).state[:cells] > 0
    rows = []
    for number, known in enumerate(inventory.districts.values()):
        mine = district == number
        whole = float(weight[mine].sum())
        if whole > 0.0:
            rows.append(
                {
                    "id": known.id, "name": known.name, "demand_pct": 100.0 * whole,
                    "before_pct": 100.0 * float(weight[mine & before].sum()) / whole,
                    "after_pct": 100.0 * float(weight[mine & after].sum()) / whole,
                    "road_m": float(problem.ground.layers["roads"][mine].sum()),
                    "road_before_m": float(problem.ground.layers["roads"][mine & before].sum()),
                    "road_after_m": float(problem.ground.layers["roads"][mine & after].sum()),
                }
            )  # fmt: skip
    return rows


def _pole_id(pole: int) -> str:
    return f"PP-{pole + 1:05d}"


def _box_id(box: int) -> str:
    return f"PB-{box + 1:03d}"
