"""Which profile fits a device, by what it says it is and by what it answers; and what to do with a stranger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gisops.health.profile import Profile
from gisops.health.raw import Raw
from gisops.health.walk import SYS_OBJECT_ID

__all__ = ["GENERIC", "Choice", "Helpful", "choose_profile", "select_profile"]

GENERIC = "generic-camera"
"""What a device is read with that answers nothing that any profile knows."""

_MIBS: Mapping[str, str] = {
    "1.3.6.1.2.1.33.1": "UPS-MIB",
    "1.3.6.1.2.1.99.1.1": "ENTITY-SENSOR-MIB",
    "1.3.6.1.2.1.2.2": "IF-MIB",
    "1.3.6.1.2.1.25": "HOST-RESOURCES-MIB",
    "1.3.6.1.2.1.47": "ENTITY-MIB",
    "1.3.6.1.2.1.105": "POWER-ETHERNET-MIB",
    "1.3.6.1.2.1.17": "BRIDGE-MIB",
}
"""Where the standard MIBs that tell of health hang."""
_SHOWN = 3
"""Subtrees and profiles that are named at most."""


@dataclass(frozen=True, slots=True)
class Helpful:
    """An object or subtree that would tell more of a stranger, and why."""

    oid: str
    why: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A profile for a device, and why.

    Parameters
    ----------
    profile
        To read it with.
    is_known
        Whether the device itself says that it is of this kind; else the
        profile is the standard one that reads most of it.
    because
        Why, in words; for a stranger, what to do.
    helpful
        What would tell more of a stranger; none where the device is known.
    """

    profile: Profile
    is_known: bool
    because: str
    helpful: tuple[Helpful, ...] = ()


def select_profile(sys_object_id: str | None, profiles: Mapping[str, Profile]) -> Profile | None:
    """Give the profile whose sysObjectID prefix is the longest that fits.

    A prefix fits whole numbers only: ``1.3.6.1.4.1.318`` is not the beginning
    of ``1.3.6.1.4.1.3181.1``. Of two as long, the later in ``profiles`` wins:
    the user's own.
    """
    best: tuple[int, Profile | None] = (0, None)
    for profile in profiles.values():
        for prefix in profile.sys_object_ids:
            length = prefix.count(".") + 1
            if sys_object_id is not None and f"{sys_object_id}.".startswith(f"{prefix}.") and length >= best[0]:
                best = (length, profile)
    return best[1]


def choose_profile(walk: Mapping[str, Raw], profiles: Mapping[str, Profile]) -> Choice:
    """Give the profile to read a walked device with.

    First what its sysObjectID says; then an object that only one kind of device
    has; then, for a stranger, the standard profile that reads most of it.

    Parameters
    ----------
    walk
        OID to value.
    profiles
        By name; must hold :data:`GENERIC`.
    """
    named = walk.get(SYS_OBJECT_ID)
    says = named if isinstance(named, str) else None
    chosen = select_profile(says, profiles)
    if chosen is not None:
        return Choice(chosen, True, f"sysObjectID {says}")
    for profile in profiles.values():
        for oid in profile.answers:
            if walk.get(oid) is not None:
                return Choice(profile, True, f"it answers {oid}")
    return _for_a_stranger(says, walk, profiles)


def _for_a_stranger(says: str | None, walk: Mapping[str, Raw], profiles: Mapping[str, Profile]) -> Choice:
    standard = [p for p in profiles.values() if p.metrics and not p.sys_object_ids and not p.answers]
    reads = sorted(((_share(p, walk), p.name) for p in standard), reverse=True)
    readable = [name for (share, _), name in reads if share > 0.5]
    best = profiles[readable[0] if readable else GENERIC]
    mibs = [name for root, name in _MIBS.items() if any(oid.startswith(f"{root}.") for oid in walk)]
    own = sorted({".".join(oid.split(".")[:8]) for oid in walk if oid.startswith("1.3.6.1.4.1.")})
    who = f"sysObjectID {says} is unknown" if says else "the walk holds no sysObjectID (1.3.6.1.2.1.1.2.0)"
    answers = f"it answers {_listed(mibs)}" if mibs else "it answers none of the MIBs that tell of health"
    hint = f"try {_listed(readable[:_SHOWN], 'or')}" if readable else f"{GENERIC} reads the little there is"
    enterprise = says if says and says.startswith("1.3.6.1.4.1.") else None
    claim = f'sys_object_id = "{enterprise}"' if enterprise else "an inventory that names it for the device"
    private = f" and objects under {_listed(own[:_SHOWN])}" if own else ""
    because = f"{who}: {answers}: {hint}, or write a profile with {claim}{private}"
    return Choice(best, False, because, _helpful(says, own, best, walk))


def _helpful(says: str | None, own: list[str], best: Profile, walk: Mapping[str, Raw]) -> tuple[Helpful, ...]:
    """Name what would tell more: who it is, its vendor's own objects, and what the chosen profile asks in vain."""
    found = [] if says else [Helpful(SYS_OBJECT_ID, "sysObjectID, not in the walk")]
    for root in own[:_SHOWN]:
        number = sum(f"{oid}.".startswith(f"{root}.") for oid in walk)
        objects = "1 object" if number == 1 else f"{number} objects"
        found.append(Helpful(root, f"the vendor's own, {objects} that no profile reads"))
    enterprise = ".".join(says.split(".")[:7]) if says and says.startswith("1.3.6.1.4.1.") else None
    if enterprise and not any(f"{root}.".startswith(f"{enterprise}.") for root in own):
        found.append(Helpful(enterprise, "the vendor's own, not in the walk"))
    for metric in best.resolve(walk).metrics:
        place = metric.table.column if metric.table else metric.terms[0].oid
        is_there = any(walk.get(term.oid) is not None for term in metric.terms)
        if not is_there and all(place != other.oid for other in found):
            found.append(Helpful(place, f"{metric.name} of {best.name}, not answered"))
    return tuple(found)


def _share(profile: Profile, walk: Mapping[str, Raw]) -> tuple[float, int]:
    """Say which part of a profile's metrics the device has objects for, and how many."""
    present = sum(
        1 for metric in profile.resolve(walk).metrics if any(walk.get(term.oid) is not None for term in metric.terms)
    )
    return present / len(profile.metrics), present


def _listed(words: list[str], last: str = "and") -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"
