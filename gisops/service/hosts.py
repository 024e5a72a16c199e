"""How is a device asked whether it lives, where SNMP is not the way or says nothing: ICMP, RTSP, TCP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gisops.errors import ConfigError
from gisops.health.profile import Profile
from gisops.model.inventory import Inventory
from gisops.probe.ports import ProbeTarget

__all__ = ["Means", "hosts_of", "parse_means", "without_snmp"]

RTSP_PORT = 554
"""RFC 2326 section 15.1."""
_EXAMPLE = "such as icmp,rtsp:554,tcp:80"


@dataclass(frozen=True, slots=True)
class Means:
    """What devices of this network can be asked, beside SNMP.

    Parameters
    ----------
    icmp
        Echo requests, and the route with them.
    rtsp_port
        Where cameras (and what else streams) answer RTSP OPTIONS; ``None``: nowhere.
    tcp
        Ports to connect to.
    """

    icmp: bool = True
    rtsp_port: int | None = RTSP_PORT
    tcp: tuple[int, ...] = ()


def parse_means(text: str) -> Means:
    """Read means such as ``icmp,rtsp:554,tcp:80``; ``none`` for none.

    Raises
    ------
    ConfigError
        For a word that names none, or a port that does not exist.

    Examples
    --------
    >>> parse_means("rtsp:8554")
    Means(icmp=False, rtsp_port=8554, tcp=())
    """
    icmp, rtsp_port, tcp = False, None, []
    for word in [] if text == "none" else text.split(","):
        name, _, number = word.strip().partition(":")
        if name == "icmp" and not number:
            icmp = True
        elif name == "rtsp":
            rtsp_port = _port(word, number or f"{RTSP_PORT}")
        elif name == "tcp" and number:
            tcp.append(_port(word, number))
        else:
            raise ConfigError("--probe", f"{word.strip()!r} is no probe", f"name probes, {_EXAMPLE}, or none")
    return Means(icmp, rtsp_port, tuple(tcp))


def _port(word: str, number: str) -> int:
    if not number.isdecimal() or not 0 < int(number) < 65536:
        raise ConfigError("--probe", f"{word.strip()!r} names no port", f"give one from 1 to 65535, {_EXAMPLE}")
    return int(number)


def hosts_of(
    inventory: Inventory, profiles: Mapping[str, Profile], means: Means, timeout_s: float
) -> dict[str, ProbeTarget]:
    """Say for every device how it is asked; one that cannot be asked by these means is left out."""
    hosts = {}
    for device in inventory.devices.values():
        reach = profiles[device.profile].reach
        rtsp_port = means.rtsp_port
        tcp = set(means.tcp)
        if "snmp" not in reach:
            # Its profile says what it answers, whatever the others do.
            rtsp_port = means.rtsp_port or RTSP_PORT
            tcp |= {rtsp_port} if "tcp" in reach else set()
            rtsp_port = rtsp_port if "rtsp" in reach else None
        if means.icmp or rtsp_port is not None or tcp:
            hosts[device.id] = ProbeTarget(
                device.id,
                device.address,
                means.icmp,
                tuple(sorted(tcp)),
                rtsp_port,
                trace=means.icmp,
                timeout_s=timeout_s,
            )
    return hosts


def without_snmp(inventory: Inventory, profiles: Mapping[str, Profile]) -> frozenset[str]:
    """Name the devices that have no SNMP at all."""
    return frozenset(d.id for d in inventory.devices.values() if "snmp" not in profiles[d.profile].reach)
