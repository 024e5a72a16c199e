"""Is an inventory in order? Reads it and applies every rule: all problems at once, none raised."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from gisops.errors import InventoryError
from gisops.inventory.finding import Finding, in_order
from gisops.inventory.raw import Raw
from gisops.inventory.read import read_inventory
from gisops.inventory.rules_identity import (
    credentials_that_look_like_secrets,
    dangling_references,
    duplicate_addresses,
    duplicate_ids,
    duplicate_trackers,
    no_centre,
    unknown_profiles,
    unknown_time_zone,
)
from gisops.inventory.rules_network import (
    cable_shorter_than_route,
    camera_away_from_its_box,
    fibre_islands,
    full_switches,
    looped_spans,
    span_ends,
    switch_ports,
    zero_length_spans,
)
from gisops.inventory.rules_place import (
    district_coverage,
    far_from_its_own,
    outside_districts,
    overlapping_districts,
    wrong_district,
)

__all__ = ["RULES", "Rule", "check_inventory"]

Rule = Callable[[Raw], Iterator[Finding]]

RULES: tuple[Rule, ...] = (
    duplicate_ids,
    duplicate_addresses,
    duplicate_trackers,
    dangling_references,
    no_centre,
    unknown_time_zone,
    credentials_that_look_like_secrets,
    district_coverage,
    overlapping_districts,
    outside_districts,
    wrong_district,
    far_from_its_own,
    span_ends,
    zero_length_spans,
    cable_shorter_than_route,
    looped_spans,
    fibre_islands,
    switch_ports,
    full_switches,
    camera_away_from_its_box,
)


def check_inventory(
    folder: Path, *, profiles: Mapping[str, str] | None = None, overlay: Mapping[str, str] | None = None
) -> tuple[Raw, list[Finding]]:
    """Read an inventory and apply every rule; give all problems in order of place.

    Parameters
    ----------
    folder
        The inventory folder.
    profiles
        Kind of device (``box`` or ``camera``) by name of device profile; where
        it is not given, profiles are not checked.
    overlay
        Texts that stand for files of the folder, by relative name: the
        inventory is checked as it would be with them.

    Raises
    ------
    InventoryError
        Where there is no such folder, or nothing of an inventory in it.
    """
    try:
        is_folder = folder.is_dir()
        next(folder.iterdir(), None) if is_folder else None
    except OSError as error:
        raise InventoryError(str(folder), f"cannot be read ({error.strerror})", "chmod u+rx it") from error
    if not is_folder and overlay is None:
        raise InventoryError(str(folder), "is not a folder", "name the folder that holds inventory.toml")
    raw = read_inventory(folder, overlay)
    if overlay is None and not raw.tables and all(finding.rule == "missing_file" for finding in raw.findings):
        raise InventoryError(
            str(folder), "holds no file of an inventory", "name the folder that holds inventory.toml"
        )
    found = [*raw.findings, *(finding for rule in RULES for finding in rule(raw))]
    if profiles is not None:
        found.extend(unknown_profiles(raw, profiles))
    return raw, in_order(found)
