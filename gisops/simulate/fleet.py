"""Every agent of the city on one UDP socket, each answering from its own loopback address; and their traps."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from gisops.config.credentials import Credential
from gisops.errors import ConfigError, SnmpError, WireError
from gisops.simulate.answer import Agent
from gisops.simulate.city import BoxUnit, CameraUnit, City, Notice
from gisops.simulate.mib import box_view, camera_view
from gisops.wire.message import V2C, Message, encode_message
from gisops.wire.pdu import Pdu, PduType, Tag, Value, VarBind

__all__ = ["Fleet", "agents_of", "notification_of"]

_IP_PKTINFO = 8
_SO_BINDTODEVICE = 25
_RECEIVE_BUFFER = 4 * 1024 * 1024
_DRAIN = 256
_UPTIME, _TRAP_OID = "1.3.6.1.2.1.1.3.0", "1.3.6.1.6.3.1.1.4.1.0"
_SENSOR_VALUE = "1.3.6.1.2.1.99.1.1.1.4."
_TRAPS = {
    "cold_start": "1.3.6.1.6.3.1.1.5.1",
    "link_down": "1.3.6.1.6.3.1.1.5.3",
    "link_up": "1.3.6.1.6.3.1.1.5.4",
    "on_battery": "1.3.6.1.2.1.33.2.1",
    "ups_alarm_added": "1.3.6.1.2.1.33.2.3",
    "ups_alarm_removed": "1.3.6.1.2.1.33.2.4",
    "door_changed": "1.3.6.1.4.1.32473.1.0.1",
    "tilt_changed": "1.3.6.1.4.1.32473.1.0.2",
}
_TRAP_OBJECTS = {
    "on_battery": ("1.3.6.1.2.1.33.1.2.3.0", "1.3.6.1.2.1.33.1.2.2.0", "1.3.6.1.2.1.33.1.2.4.0"),
    "door_changed": (f"{_SENSOR_VALUE}2",),
    "tilt_changed": (f"{_SENSOR_VALUE}3",),
}
_TRAP_COMMUNITY = b"trap"
"""Version 2c traps carry a community that nobody checks; sources are checked by address."""


def agents_of(city: City, credentials: Mapping[str, Credential]) -> dict[str, Agent]:
    """Give every box and camera an agent; keyed by address."""
    agents: dict[str, Agent] = {}
    for box in city.boxes.values():
        boxes_view = box_view(len(box.camera_ids), city.has_second_uplink(box.record.id), bool(box.record.solar_w))
        agents[box.record.address] = Agent(
            box.record.id,
            _credential(box.record.credential, credentials),
            lambda oid, now, v=boxes_view, u=box: v.get(oid, u, now),  # type: ignore[misc]
            boxes_view.after,
            lambda u=box: u.booted_at,  # type: ignore[misc]
        )
    cameras_view = camera_view()
    for camera in city.cameras.values():
        agents[camera.record.address] = Agent(
            camera.record.id,
            _credential(camera.record.credential, credentials),
            lambda oid, now, u=camera: cameras_view.get(oid, u, now),  # type: ignore[misc]
            cameras_view.after,
            lambda u=camera: u.booted_at,  # type: ignore[misc]
        )
    return agents


def _credential(name: str, credentials: Mapping[str, Credential]) -> Credential:
    try:
        return credentials[name]
    except KeyError:
        raise ConfigError(f"credential {name}", "is not in the file", "add it to the credentials file") from None


class Fleet:
    """Answers for every device of a `City` on one socket; make it with `open`."""

    def __init__(
        self,
        socks: Mapping[int, socket.socket],
        city: City,
        agents: Mapping[str, Agent],
        trap_port: int | None,
        clock: Callable[[], datetime],
    ) -> None:
        self._socks = socks
        self._city = city
        self._agents = agents
        self._by_id = {agent.device_id: (address, agent) for address, agent in agents.items()}
        self._trap_port = trap_port
        self._clock = clock
        self.answers = 0
        self.garbage = 0

    @classmethod
    async def open(
        cls,
        city: City,
        credentials: Mapping[str, Credential],
        trap_port: int | None,
        clock: Callable[[], datetime],
    ) -> Fleet:
        """Bind every port the inventory names, on loopback, and start to answer.

        Parameters
        ----------
        city, credentials
            Who answers, and to whom.
        trap_port
            Where traps go on 127.0.0.1; ``None``: none are sent.
        clock
            Gives UTC.

        Raises
        ------
        SnmpError
            Where a port is in use.
        """
        units: list[BoxUnit | CameraUnit] = [*city.boxes.values(), *city.cameras.values()]
        socks: dict[int, socket.socket] = {}
        try:
            for port in sorted({unit.record.snmp_port for unit in units}):
                socks[port] = _bound(port)
        except SnmpError:
            for sock in socks.values():
                sock.close()
            raise
        fleet = cls(socks, city, agents_of(city, credentials), trap_port, clock)
        for sock in socks.values():
            asyncio.get_running_loop().add_reader(sock.fileno(), fleet._drain, sock)
        return fleet

    @property
    def ports(self) -> tuple[int, ...]:
        """The UDP ports it answers on."""
        return tuple(self._socks)

    @property
    def size(self) -> int:
        """How many agents answer."""
        return len(self._agents)

    def live(self) -> None:
        """Let the city live until now, and send what its devices have to say."""
        now = self._clock()
        self.send_traps(self._city.advance(now), now)

    def send_traps(self, notices: Iterable[Notice], now: datetime) -> None:
        """Send each notice as a version 2c trap from the device's own address."""
        if self._trap_port is None:
            return
        sock = next(iter(self._socks.values()))
        for notice in notices:
            address, agent = self._by_id[notice.device_id]
            if self._city.is_lost_by_chance(notice.device_id):
                continue
            _send(sock, encode_message(_trap(notice, agent, now)), address, ("127.0.0.1", self._trap_port))

    def close(self) -> None:
        """Stop answering."""
        for sock in self._socks.values():
            asyncio.get_running_loop().remove_reader(sock.fileno())
            sock.close()

    def _drain(self, sock: socket.socket) -> None:
        now = self._clock()
        for _ in range(_DRAIN):
            try:
                data, ancillary, _, source = sock.recvmsg(65535, 64)
            except BlockingIOError:
                return
            except OSError:
                continue
            asked = _asked_address(ancillary)
            agent = self._agents.get(asked)
            if agent is None or not self._city.answers(agent.device_id):
                continue
            try:
                answer = agent.answer(data, now)
            except WireError:
                self.garbage += 1
                continue
            lost = self._city.is_lost_by_chance(agent.device_id) or self._city.is_lost_by_chance(agent.device_id)
            if answer is not None and not lost:
                _send(sock, answer, asked, source)
                self.answers += 1


def _bound(port: int) -> socket.socket:
    """Give a socket on every loopback address; it sees which one was asked."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setblocking(False)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
    sock.setsockopt(socket.IPPROTO_IP, _IP_PKTINFO, 1)
    with contextlib.suppress(PermissionError):
        # Datagrams for any address but 127/8 are dropped below in any case.
        sock.setsockopt(socket.SOL_SOCKET, _SO_BINDTODEVICE, b"lo")
    try:
        sock.bind(("0.0.0.0", port))  # noqa: S104 - every loopback address, and those alone
    except OSError as error:
        sock.close()
        raise SnmpError(
            f"UDP port {port}",
            f"cannot be used ({error.strerror})",
            "stop what uses it, or choose another",
        ) from error
    return sock


def _send(sock: socket.socket, data: bytes, source: str, to: tuple[str, int]) -> None:
    info = struct.pack("=I4s4s", 0, socket.inet_aton(source), bytes(4))
    with contextlib.suppress(OSError):
        # A full send buffer loses a datagram, as a street does.
        sock.sendmsg([data], [(socket.IPPROTO_IP, _IP_PKTINFO, info)], 0, to)


def _asked_address(ancillary: list[tuple[int, int, bytes]]) -> str:
    for level, kind, data in ancillary:
        if level == socket.IPPROTO_IP and kind == _IP_PKTINFO and data[8:9] == b"\x7f":
            return socket.inet_ntoa(data[8:12])
    return ""


def notification_of(notice: Notice, agent: Agent, now: datetime) -> tuple[str, tuple[tuple[str, Value], ...]]:
    """Give what a device says of a notice: snmpTrapOID, and the objects that go with it."""
    found = ((oid, agent.get(oid, now)) for oid in _objects_of(notice))
    return _TRAPS[notice.kind], tuple((oid, value[1]) for oid, value in found if value is not None)


def _objects_of(notice: Notice) -> tuple[str, ...]:
    if notice.port is not None:
        return tuple(f"1.3.6.1.2.1.2.2.1.{column}.{notice.port}" for column in (1, 7, 8))
    return _TRAP_OBJECTS.get(notice.kind, ())


def _trap(notice: Notice, agent: Agent, now: datetime) -> Message:
    ticks = int((now - agent.booted_at()).total_seconds() * 100) % 2**32
    binds = [
        VarBind(_UPTIME, Tag.TIMETICKS, ticks),
        VarBind(_TRAP_OID, Tag.OBJECT_ID, _TRAPS[notice.kind]),
    ]
    for oid in _objects_of(notice):
        found = agent.get(oid, now)
        if found is not None:
            binds.append(VarBind(oid, *found))
    return Message(V2C, _TRAP_COMMUNITY, Pdu(PduType.TRAP_V2, int(now.timestamp()) % 2**31, 0, 0, tuple(binds)))
