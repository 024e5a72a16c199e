"""What is read from a kind of device, and which device is of that kind.

A profile is data: :mod:`gisops.health.profile_text` reads it from TOML. It turns
the raw values of a poll into a reading and never decides a state.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from gisops.health.metric import Aggregate, Metric
from gisops.health.raw import Raw
from gisops.health.reading import SYS_UPTIME, Reading, read_metrics
from gisops.health.resolve import columns_of, resolve_metric
from gisops.model.state import DeviceKind

__all__ = ["REACHES", "Profile"]

REACHES = ("snmp", "icmp", "tcp", "rtsp")
"""How a device can be asked whether it is there."""


@dataclass(frozen=True)
class Profile:
    """How one kind of device is read.

    Parameters
    ----------
    name, kind, description
        As the inventory refers to it, and what it is for.
    metrics
        In the order in which samples are stored.
    traps
        Notification OID to its name.
    sys_object_ids
        Prefixes of sysObjectID that select it; the longest of all profiles wins.
    answers
        Objects that only this kind of device has, for agents whose sysObjectID
        says nothing.
    reach
        How the device is asked whether it is there, best first.
    """

    name: str
    kind: DeviceKind
    description: str
    metrics: tuple[Metric, ...]
    traps: Mapping[str, str] = field(default_factory=dict)
    sys_object_ids: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    reach: tuple[str, ...] = ("snmp",)

    @cached_property
    def oids(self) -> tuple[str, ...]:
        """The OIDs of one poll: those of the metrics in their order, each once.

        A table metric has none before :meth:`resolve`; sysUpTime stands last
        where a counter needs it and no metric reads it.
        """
        found: dict[str, None] = {}
        for metric in self.metrics:
            for term in metric.terms:
                found[term.oid] = None
                if term.percent_of is not None:
                    found[term.percent_of] = None
                if term.needs is not None:
                    found[term.needs.oid] = None
        if any(metric.counter is not None and metric.terms for metric in self.metrics):
            found[SYS_UPTIME] = None
        return tuple(found)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns to walk before :meth:`resolve`; none where there is no table metric."""
        return columns_of(self.metrics)

    @cached_property
    def metric_of_oid(self) -> Mapping[str, Metric]:
        """The metric that an OID carries by itself, for values that arrive in traps."""
        return {
            metric.terms[0].oid: metric
            for metric in self.metrics
            if len(metric.terms) == 1
            and metric.rows is not Aggregate.COUNT
            and metric.counter is None
            and metric.terms[0].percent_of is None
        }

    def resolve(self, walk: Mapping[str, Raw] | Iterable[tuple[str, Raw]]) -> Profile:
        """Turn table columns into the instances that one device has.

        Parameters
        ----------
        walk
            OID to value, of at least :attr:`columns`.

        Returns
        -------
        Profile
            Itself where no metric stands in a table. Resolve again when the
            device restarts: indexes may have moved.
        """
        if not self.columns:
            return self
        values = dict(walk)
        return replace(self, metrics=tuple(resolve_metric(metric, values) for metric in self.metrics))

    def read(self, values: Sequence[Raw], at: datetime, before: Reading | None) -> Reading:
        """Turn the values of one poll, in the order of :attr:`oids`, into a reading.

        Parameters
        ----------
        values
            As they came.
        at
            When they came; UTC.
        before
            The last answered reading of the device: counters become rates
            beside it. ``None`` for the first.
        """
        return read_metrics(self.metrics, dict(zip(self.oids, values, strict=True)), at, before)
