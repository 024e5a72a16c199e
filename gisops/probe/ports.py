"""What the floors above ask of a prober, whichever it is: targets in, signs of life out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import AddressValueError, IPv4Address
from typing import Protocol

from gisops.errors import ProbeError
from gisops.health.vitality import Route, Sign

__all__ = ["Echo", "ProbeResult", "ProbeTarget", "Prober"]


@dataclass(frozen=True, slots=True)
class Echo:
    """What came of one probe.

    Parameters
    ----------
    sign
        Answered, refused, silent or not allowed.
    rtt_s
        Seconds from question to answer; ``None`` where nothing came.
    detail
        In words: the RTSP status, the error, who said the host is unreachable.
    """

    sign: Sign
    rtt_s: float | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ProbeTarget:
    """A host, and how to ask whether it lives.

    Parameters
    ----------
    device_id
        Comes back in the result.
    address
        IPv4 address in dotted form; never a name, never a group.
    icmp
        Whether to send echo requests.
    tcp
        Ports to connect to.
    rtsp_port, rtsp_path
        Where to send RTSP OPTIONS; ``None``: nowhere.
    trace
        Whether to find the route, too.
    timeout_s
        Longest wait for each probe.

    Raises
    ------
    ProbeError
        For an address that is not that of one host, or a port out of range.
    """

    device_id: str
    address: str
    icmp: bool = True
    tcp: tuple[int, ...] = ()
    rtsp_port: int | None = None
    rtsp_path: str = "/"
    trace: bool = False
    timeout_s: float = 1.0

    def __post_init__(self) -> None:
        try:
            address = IPv4Address(self.address)
        except AddressValueError as error:
            raise ProbeError(self.address, "is not an IPv4 address", "write it in dotted form") from error
        if address.is_multicast or address.is_unspecified or address.is_reserved:
            raise ProbeError(self.address, "is not the address of one host", "name a device")
        for port in (*self.tcp, *([] if self.rtsp_port is None else [self.rtsp_port])):
            if not 0 < port < 65536:
                raise ProbeError(self.address, f"port {port} does not exist", "use 1 to 65535")
        if not self.rtsp_path.isascii() or not self.rtsp_path.isprintable() or " " in self.rtsp_path:
            raise ProbeError(self.address, f"RTSP path {self.rtsp_path!r} cannot be sent", "percent-encode it")


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """Everything that was learnt of one target.

    Parameters
    ----------
    target
        What was asked.
    echoes
        ``icmp``, ``tcp PORT``, ``rtsp`` to what came of it; only what was asked for.
    route
        The way to it; ``None`` where it was not traced, or could not be.
    trace_detail
        How the route was found, or why it could not be.
    """

    target: ProbeTarget
    echoes: Mapping[str, Echo] = field(default_factory=dict)
    route: Route | None = None
    trace_detail: str = ""

    @property
    def signs(self) -> dict[str, Sign]:
        """The probes by name, as `gisops.health.vitality.Evidence` takes them."""
        return {name: echo.sign for name, echo in self.echoes.items()}


class Prober(Protocol):
    """Asks many hosts at once whether they live."""

    async def probe(self, targets: Iterable[ProbeTarget], on_result: Callable[[ProbeResult], None]) -> None:
        """Probe every target; call ``on_result`` for each, exactly once, as it is known."""
        ...

    async def close(self) -> None:
        """Release the sockets."""
        ...
