"""``gisops health``: does a device profile read a device, seen on a walk of it, without asking anybody."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gisops.cli.common import Subparsers
from gisops.errors import ConfigError

if TYPE_CHECKING:
    from gisops.health.profile import Profile
    from gisops.health.trial import Line, Trial
    from gisops.health.walk import Walk

__all__ = ["add", "run_list", "run_select", "run_test"]

_INVENTORY = Path("data")
_WALK_HELP = "output of snmpwalk -On, or an .snmprec"


def add(subparsers: Subparsers) -> None:
    """Register the command."""
    parser = subparsers.add_parser("health", help="try device profiles on walks of devices")
    subjects = parser.add_subparsers(metavar="WHAT", required=True)
    profile = subjects.add_parser("profile", help="what a profile reads, which there are, which one fits")
    actions = profile.add_subparsers(metavar="ACTION", required=True)

    test = actions.add_parser(
        "test",
        help="run a profile on a walk",
        description="Read a walk (snmpwalk -On, or .snmprec) with a profile. Exit 1 where a metric was not read.",
    )
    test.add_argument("profile", metavar="FILE", help="a profile file, or the name of one that is known")
    _add_walks(test)
    test.add_argument("--seconds", type=float, metavar="S", help="between two walks, for the rates")
    _add_common(test)
    test.set_defaults(run=run_test)

    listing = actions.add_parser("list", help="every profile, with the devices it is for")
    _add_common(listing)
    listing.set_defaults(run=run_list)

    select = actions.add_parser("select", help="which profile fits the device of a walk")
    select.add_argument("walk", type=Path, metavar="WALK", help=_WALK_HELP)
    _add_common(select)
    select.set_defaults(run=run_select)


def run_test(args: argparse.Namespace) -> int:
    """Read walks with a profile: 0 all read, 1 something is missing."""
    from gisops.health.trial import try_profile

    walks = _read_walks(args.walk)
    if len(walks) > 2 or (len(walks) == 2) != (args.seconds is not None):
        raise ConfigError("--walk", f"{len(walks)} given", "give one, or two and --seconds between them")
    if args.seconds is not None and not 0 < args.seconds < 1e9:
        raise ConfigError("--seconds", f"{args.seconds:g} is no time between two walks", "give seconds above 0")
    profile = _find(args.profile, args.inventory)
    # A clock in the walk is judged by when its file was written.
    at = datetime.fromtimestamp(args.walk[0].stat().st_mtime, UTC)
    trial = try_profile(profile, [walk.values for walk in walks], at, args.seconds)
    notes = [f"{path}:{n.line}: {n.text}" for path, walk in zip(args.walk, walks, strict=True) for n in walk.notes]
    if args.json:
        print(json.dumps(_document(trial, notes), ensure_ascii=False))
    else:
        _print_trial(trial, notes)
    return 1 if trial.unread else 0


def run_list(args: argparse.Namespace) -> int:
    """Print every profile."""
    rows = [_summary(profile) for profile in _known(args.inventory).values()]
    if args.json:
        print(json.dumps({"profiles": rows}, ensure_ascii=False))
        return 0
    for row in sorted(rows, key=lambda row: (row["kind"], row["name"])):
        selects = ", ".join(row["sys_object_id"]) or "by name only"
        print(
            f"{row['name']:<16} {row['kind']:<7} {len(row['metrics']):>2} metrics  {row['description']} [{selects}]"
        )
    return 0


def run_select(args: argparse.Namespace) -> int:
    """Print which profile fits a walk: 0 known, 1 a stranger read with a standard one."""
    from gisops.health.select import choose_profile

    walk = _read_walks([args.walk])[0]
    choice = choose_profile(walk.values, _known(args.inventory))
    if args.json:
        answer = {
            "profile": choice.profile.name,
            "known": choice.is_known,
            "because": choice.because,
            "sys_object_id": walk.sys_object_id,
            "helpful": [{"oid": item.oid, "why": item.why} for item in choice.helpful],
        }
        print(json.dumps(answer, ensure_ascii=False))
    else:
        print(f"{choice.profile.name}: {choice.because}")
        if choice.helpful:
            print(f"would help: {', '.join(f'{item.oid} ({item.why})' for item in choice.helpful)}")
    return 0 if choice.is_known else 1


def _add_walks(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--walk",
        type=Path,
        action="append",
        required=True,
        metavar="WALK",
        help=f"{_WALK_HELP}; twice for rates",
    )


def _add_common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--inventory",
        type=Path,
        metavar="DIR",
        help="whose profiles/ to use too (default: data, where there is one)",
    )
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")


def _known(inventory: Path | None) -> dict[str, Profile]:
    from gisops.health.catalogue import load_profiles

    if inventory is not None and not inventory.is_dir():
        raise ConfigError(str(inventory), "is not a folder", "name an inventory folder, or leave --inventory out")
    return load_profiles(inventory or _INVENTORY)


def _read_walks(paths: Sequence[Path]) -> list[Walk]:
    from gisops.health.walk_file import read_walk

    return [read_walk(path) for path in paths]


def _find(wanted: str, inventory: Path | None) -> Profile:
    """Give a profile by its file, or by its name."""
    import difflib

    from gisops.health.catalogue import profile_of_file

    path = Path(wanted)
    if path.suffix == ".toml" or path.is_file():
        return profile_of_file(path)
    known = _known(inventory)
    if wanted in known:
        return known[wanted]
    near = difflib.get_close_matches(wanted, known, n=1)
    remedy = f"did you mean {near[0]}?" if near else f"name a file, or one of {', '.join(sorted(known))}"
    raise ConfigError(wanted, "is neither a file nor a profile", remedy)


def _summary(profile: Profile) -> dict[str, Any]:
    return {
        "name": profile.name,
        "kind": str(profile.kind),
        "description": profile.description,
        "sys_object_id": list(profile.sys_object_ids),
        "reach": list(profile.reach),
        "metrics": [metric.name for metric in profile.metrics],
        "traps": sorted(set(profile.traps.values())),
    }


def _document(trial: Trial, notes: Sequence[str]) -> Mapping[str, Any]:
    return {
        "profile": trial.profile.name,
        "metrics": [
            {
                "name": line.name,
                "value": line.value,
                "unit": line.unit,
                "oids": list(line.oids),
                "crossed": line.crossed or None,
                "missing": line.why or None,
            }
            for line in trial.lines
        ],
        "notes": list(notes),
    }


def _print_trial(trial: Trial, notes: Sequence[str]) -> None:
    width = max((len(line.name) for line in trial.lines), default=0)
    read = [line for line in trial.lines if line.value is not None]
    for line in read:
        print(_shown(line, width))
    absent = [line for line in trial.lines if line.value is None]
    if absent:
        print("not read:")
    for line in absent:
        where = f" ({_some(line.oids)})" if line.oids else ""
        print(f"  {line.name:<{width}}  {line.why}{where}")
    crossed = [line.crossed for line in read if line.crossed]
    verdict = f"degraded: {'; '.join(crossed)}" if crossed else "inside every limit"
    print(f"{trial.profile.name}: {len(read)} of {len(trial.lines)} metrics read; {verdict}")
    if not trial.lines:
        print(f"{trial.profile.name} reads nothing: it is reached by {', '.join(trial.profile.reach)}")
    for note in notes:
        sys.stderr.write(f"{note}\n")


def _shown(line: Line, width: int) -> str:
    unit = "" if line.unit in ("code", "count", "truth") else f" {line.unit}"
    limit = f"  <- {line.crossed}" if line.crossed else ""
    return f"{line.name:<{width}}  {line.value:>15,.14g}{unit:<7}  {_some(line.oids)}{limit}"


def _some(oids: Sequence[str]) -> str:
    return oids[0] if len(oids) == 1 else f"{oids[0]} and {len(oids) - 1} more"
