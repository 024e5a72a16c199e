"""``gisops incidents``: where and when they crowd, what is blind there, and references under audit."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gisops.cli.common import Subparsers, add_inventory, add_run, need_dsn, utc_now
from gisops.cli.incident_text import PRINTS, SHOWN
from gisops.cli.moment import add_zone, moment_of, zone_of
from gisops.errors import ConfigError

if TYPE_CHECKING:
    from gisops.incidents.taxonomy import Taxonomy
    from gisops.service.incident_analysis import Incidents

__all__ = ["add", "run"]


def add(subparsers: Subparsers) -> None:
    """Register the command and its questions."""
    parser = subparsers.add_parser("incidents", help="where and when incidents crowd, and what is blind there")
    questions = parser.add_subparsers(metavar="QUESTION", required=True)
    texts = {
        "density": "kernel density with a stated bandwidth",
        "hotspots": "squares that have more than chance puts there (Gi*, false discovery rate)",
        "near-repeat": "is one soon followed by another nearby (Knox)",
        "hours": "hour by weekday",
        "rates": "rates of the districts, with intervals",
        "compare": "two periods, with an interval, beside a district where nothing was done",
        "blind": "which lost box costs most, in incident-weighted camera-hours; --box, --span, --feeder: as if lost",
        "references": "references to events of other systems; who looks, and why, is kept",
        "looks": "who looked at references, and why",
    }
    for name, text in texts.items():
        question = questions.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
        add_inventory(question)
        add_run(question)
        add_zone(question)
        question.add_argument("--json", action="store_true", help="one JSON document on standard output")
        question.set_defaults(run=run, question=name)
        if name != "looks":
            question.add_argument("--from", dest="begin", metavar="TIME", help="from when (default: the first)")
            question.add_argument("--to", dest="end", metavar="TIME", help="until when, excluded (default: the last)")
        if name not in ("references", "looks"):
            question.add_argument("--category", nargs="+", default=[], metavar="NAME", help="only these")
        _own(name, question)


def _own(name: str, question: argparse.ArgumentParser) -> None:
    if name in ("density", "blind"):
        question.add_argument("--bandwidth", type=float, metavar="M", help="standard deviation of the kernel")
    if name in ("density", "hotspots"):
        cell = 50.0 if name == "density" else 250.0
        question.add_argument("--cell", type=float, default=cell, metavar="M", help=f"side of a square ({cell:g})")
    if name == "hotspots":
        question.add_argument("--alpha", type=float, default=0.05, help="most share of false hot spots (0.05)")
    if name == "near-repeat":
        question.add_argument("--deals", type=int, default=199, help="how often times are dealt out (199)")
        question.add_argument("--seed", type=int, default=1, help="of the deals (1)")
    if name == "compare":
        for side in ("--after-from", "--after-to"):
            question.add_argument(side, metavar="TIME", required=True, help="the later period")
        question.add_argument("--district", metavar="ID", help="only here")
        question.add_argument("--control", metavar="ID", help="a district where nothing was done")
    if name == "blind":
        question.add_argument("--level", default="discern", metavar="NAME", help="level that counts (discern)")
        lost = question.add_mutually_exclusive_group()
        for kind in ("box", "span", "feeder"):
            lost.add_argument(f"--{kind}", metavar="ID", help="as if it were lost as well")
    if name == "references":
        question.add_argument("--kind", nargs="+", default=[], metavar="NAME", help="only these kinds")
        question.add_argument("--who", required=True, metavar="NAME", help="who looks")
        question.add_argument("--why", required=True, metavar="TEXT", help="case number or reason")


def run(args: argparse.Namespace) -> int:
    """Answer one question."""
    document = _ANSWERS[args.question](args)
    if args.json:
        print(json.dumps(document, ensure_ascii=False))
    else:
        PRINTS[args.question](document)
    return 0


def _load(args: argparse.Namespace, begin: str | None, end: str | None) -> Incidents:
    from datetime import timedelta

    from gisops.inventory.load import load_inventory
    from gisops.service.import_incidents import taxonomy_of
    from gisops.service.incident_analysis import Incidents, Period
    from gisops.store.incident_reader import IncidentQuery, IncidentReader

    inventory, taxonomy, zone = load_inventory(args.inventory), taxonomy_of(args.inventory), zone_of(args.zone)
    categories = [_category(word, taxonomy) for word in args.category]
    reader = IncidentReader(need_dsn(args.run_dir))
    try:
        known = reader.period()
        if known is None:
            raise ConfigError("incidents", "there are none", "gisops import incidents FILE --mapping MAP")
        first = moment_of(begin, zone, "--from") if begin else known[0]
        last = moment_of(end, zone, "--to") if end else known[1] + timedelta(seconds=1)
        if not first < last:
            raise ConfigError("--to", "is not after --from", "give a period")
        table = reader.incidents(IncidentQuery(first, last, categories))
    finally:
        reader.close()
    return Incidents(table, Period(first, last), inventory, taxonomy)


def _category(word: str, taxonomy: Taxonomy) -> str:
    from gisops.inventory.schema import nearest

    found = taxonomy.category(word)
    if found is None:
        known = tuple(taxonomy.categories)
        raise ConfigError("--category", f"{word} is none", nearest(word, known, f"one of {', '.join(known)}"))
    return str(found)


def _density(args: argparse.Namespace) -> dict[str, Any]:
    from gisops.service.incident_analysis import highest_of

    density, document = _load(args, args.begin, args.end).density(args.bandwidth, args.cell)
    return {**document, "highest": highest_of(density, SHOWN)}


def _hotspots(args: argparse.Namespace) -> dict[str, Any]:
    if not 0.0 < args.alpha < 1.0 or not 20.0 <= args.cell <= 5000.0:
        raise ConfigError("--alpha, --cell", "cannot be meant", "0 to 1, and 20 to 5000 m")
    return _load(args, args.begin, args.end).hotspots(args.cell, args.alpha)


def _near_repeat(args: argparse.Namespace) -> dict[str, Any]:
    if not 19 <= args.deals <= 9999:
        raise ConfigError("--deals", str(args.deals), "give 19 to 9999")
    return _load(args, args.begin, args.end).near_repeat(args.deals, args.seed)


def _hours(args: argparse.Namespace) -> dict[str, Any]:
    return _load(args, args.begin, args.end).hours(zone_of(args.zone))


def _rates(args: argparse.Namespace) -> dict[str, Any]:
    return _load(args, args.begin, args.end).rates()


def _compare(args: argparse.Namespace) -> dict[str, Any]:
    before = _load(args, args.begin, args.end)
    after = _load(args, args.after_from, args.after_to)
    for option, name in (("--district", args.district), ("--control", args.control)):
        if name and name not in before.inventory.districts:
            raise ConfigError(option, f"{name} is none", f"one of {', '.join(before.inventory.districts)}")
    return before.compared(after, args.district, args.control)


def _blind(args: argparse.Namespace) -> dict[str, Any]:
    from gisops.service.blind_spots import open_blind_desk
    from gisops.service.building_store import load_buildings
    from gisops.store.incident_reader import IncidentReader

    incidents = _load(args, args.begin, args.end)
    desk, said = open_blind_desk(incidents, load_buildings(args.inventory), args.level, args.bandwidth)
    reader = IncidentReader(need_dsn(args.run_dir))
    try:
        states, outages = reader.states(None), reader.outage_members()
    finally:
        reader.close()
    asked = next(((kind, getattr(args, kind)) for kind in ("box", "span", "feeder") if getattr(args, kind)), None)
    if asked is not None:
        return {**said, **desk.without(states, *asked)}
    return {**said, **desk.now(states, outages, utc_now())}


def _references(args: argparse.Namespace) -> dict[str, Any]:
    from datetime import timedelta

    from gisops.store.incident_reader import IncidentReader, Look

    zone, now = zone_of(args.zone), utc_now()
    begin = moment_of(args.begin, zone, "--from") if args.begin else now - timedelta(days=1)
    end = moment_of(args.end, zone, "--to") if args.end else now
    reader = IncidentReader(need_dsn(args.run_dir))
    try:
        found = reader.references(Look(args.who, args.why, begin, end, args.kind), now)
    finally:
        reader.close()
    fields = ("source", "source_id", "kind", "lon", "lat", "confidence", "link")
    rows = [{"occurred_at": r.occurred_at.isoformat(), **{name: getattr(r, name) for name in fields}} for r in found]
    return {"from": begin.isoformat(), "to": end.isoformat(), "who": args.who, "why": args.why, "references": rows}


def _looks(args: argparse.Namespace) -> dict[str, Any]:
    from gisops.store.incident_reader import IncidentReader

    reader = IncidentReader(need_dsn(args.run_dir))
    try:
        rows = reader.looks()
    finally:
        reader.close()
    return {
        "looks": [
            {"at": at.isoformat(), "who": who, "why": why, **asked, "found": found}
            for at, who, why, asked, found in rows
        ]
    }


_ANSWERS: dict[str, Callable[[argparse.Namespace], dict[str, Any]]] = {
    "density": _density, "hotspots": _hotspots, "near-repeat": _near_repeat, "hours": _hours, "rates": _rates,
    "compare": _compare, "blind": _blind, "references": _references, "looks": _looks,
}  # fmt: skip
