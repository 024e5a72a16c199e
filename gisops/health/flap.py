"""Does a device change its state so often that one alert is truer than many? Nagios flap detection, pure.

The last 21 checks of a device hold 20 possible changes of state; each change
counts with a weight that grows from the oldest (0.8) to the newest (1.2). Their
share is the percent state change; 30 % starts flapping, 25 % ends it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from math import floor

from gisops.errors import ConfigError
from gisops.model.state import DeviceState

__all__ = ["CHECKS", "NAGIOS", "FlapRule", "History", "percent_change", "reason_of", "resume"]

CHECKS = 21
"""Checks that are remembered: 20 places where the state may have changed."""
_PLACES = CHECKS - 1
_MASK = (1 << _PLACES) - 1
_REASON = re.compile(r"flapping: (?P<percent>\d+) % of checks changed state")


@dataclass(frozen=True, slots=True)
class FlapRule:
    """When flapping starts and ends.

    Parameters
    ----------
    low_pct, high_pct
        Percent state change at or below which flapping ends, and at or above which it starts
        (Nagios Core: ``low_host_flap_threshold``, ``high_host_flap_threshold``).
    oldest_weight, newest_weight
        Weight of a change at the oldest and at the newest of the 20 places, linear in between.
    spacing_s
        A check without a change is recorded only this long after the last recorded one, so that a
        device that is asked again at once does not fill its history with one moment. Nagios spaces
        the records of hosts alike. 0 records every check.

    Raises
    ------
    ConfigError
        For thresholds that are not 0 < low <= high <= 100, or weights that do not average 1.

    Notes
    -----
    Nagios Core documentation, "Detection and Handling of State Flapping": the newest change weighs
    50 % more than the oldest, 1.2 against 0.8. The code of Nagios Core itself (base/flapping.c)
    uses 1.25 against 0.75; who wants that sets the weights.
    """

    low_pct: float = 25.0
    high_pct: float = 30.0
    oldest_weight: float = 0.8
    newest_weight: float = 1.2
    spacing_s: float = 0.0

    def __post_init__(self) -> None:
        if not 0 < self.low_pct <= self.high_pct <= 100:
            raise ConfigError(
                "flap thresholds", f"low {self.low_pct:g}, high {self.high_pct:g}", "use 0 < low <= high <= 100"
            )
        if self.oldest_weight < 0 or abs(self.oldest_weight + self.newest_weight - 2) > 1e-9:
            raise ConfigError(
                "flap weights",
                f"oldest {self.oldest_weight:g}, newest {self.newest_weight:g}",
                "choose two that average 1, such as 0.8 and 1.2",
            )

    @property
    def lasting_checks(self) -> int:
        """Checks of one state in a row that no steady flapping can hold.

        A pattern of ``n`` checks down and at least one up changes state twice in ``n + 1`` checks;
        that reaches ``high_pct`` only while ``n + 1 <= 200 / high_pct``.

        Examples
        --------
        >>> FlapRule().lasting_checks
        6
        """
        return max(2, floor(200.0 / self.high_pct))


NAGIOS = FlapRule()
"""The defaults of Nagios Core."""


@dataclass(frozen=True, slots=True)
class History:
    """What the last checks of one device said, folded small.

    Parameters
    ----------
    changes
        Bit field of the 20 places between 21 checks, newest in bit 0: 1 where the state changed.
    losses
        Those of the changes that were to or from a loss.
    last
        State at the newest recorded check; ``None`` before the first.
    is_flapping
        As last decided: between the thresholds it stays what it was.
    recorded_at
        When a check was last recorded; ``None`` before the first.
    """

    changes: int = 0
    losses: int = 0
    last: DeviceState | None = None
    is_flapping: bool = False
    recorded_at: datetime | None = None

    @property
    def run(self) -> int:
        """Checks in a row, up to now, that found the same state (21 at most)."""
        changes = self.changes
        return (changes & -changes).bit_length() if changes else CHECKS

    def take(self, state: DeviceState, at: datetime, rule: FlapRule) -> History:
        """Record one check.

        Parameters
        ----------
        state
            A settled state: not a miss that waits to be confirmed, and not ``unreachable`` or
            ``unknown``, which say nothing of the device itself (Nagios records hard states and soft
            recoveries, and leaves out what ``flap_detection_options`` does not name).
        at
            When it was seen.
        rule
            Thresholds, weights, spacing.

        Returns
        -------
        History
            Itself where a device that never changed did not change now.
        """
        if state is self.last and not self.changes:
            return self
        has_changed = self.last is not None and state is not self.last
        waited_s = (at - self.recorded_at).total_seconds() if self.recorded_at is not None else rule.spacing_s
        if not has_changed and waited_s < rule.spacing_s:
            return self
        lost = has_changed and DeviceState.DOWN in (state, self.last)
        changes = (self.changes << 1 | has_changed) & _MASK
        percent = percent_change(changes, rule)
        is_flapping = percent >= rule.high_pct or (self.is_flapping and percent > rule.low_pct)
        return History(changes, (self.losses << 1 | lost) & _MASK, state, is_flapping, at)


def percent_change(changes: int, rule: FlapRule = NAGIOS) -> float:
    """Give the weighted percent state change of a bit field of changes.

    Examples
    --------
    >>> percent_change((1 << 20) - 1)
    100.0
    >>> percent_change(1), percent_change(1 << 19)
    (6.0, 4.0)
    """
    slope = (rule.newest_weight - rule.oldest_weight) / (_PLACES - 1)
    total = 0.0
    while changes:
        lowest = changes & -changes
        total += rule.newest_weight - slope * (lowest.bit_length() - 1)
        changes ^= lowest
    return round(total * 100.0 / _PLACES, 9)


def reason_of(history: History, rule: FlapRule = NAGIOS) -> str:
    """Say in words that a device flaps, and how much."""
    return f"flapping: {percent_change(history.changes, rule):.0f} % of checks changed state"


def resume(reason: str, at: datetime, rule: FlapRule = NAGIOS) -> History:
    """Give what is left of a history after a restart, from the reason that was stored.

    A device that was flapping goes on flapping, with the fewest newest changes that make up the
    percentage it was stored with; any other device starts with a clean history.

    Parameters
    ----------
    reason
        Of the stored state.
    at
        When its state was stored.
    rule
        As for `History.take`.

    Examples
    --------
    >>> resume("battery charge low", datetime(2026, 11, 21)).is_flapping
    False
    """
    stored = _REASON.fullmatch(reason)
    if stored is None:
        return History()
    changes = 0
    while changes < _MASK and percent_change(changes, rule) < max(float(stored["percent"]), rule.high_pct):
        changes = changes << 1 | 1
    return History(changes, changes, None, True, at)
