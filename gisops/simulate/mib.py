"""Which objects a box and a camera serve, and their values now: SNMPv2, UPS, IF, ENTITY-SENSOR, HOST-RESOURCES.

An object is an OID with a function from the unit to a tagged value; tables of
them are made once for each shape of device and shared.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Generic, TypeVar

from gisops.simulate.city import LOW_SHARE, BoxUnit, CameraUnit
from gisops.simulate.physics import battery_voltage_v
from gisops.wire.pdu import Tag, Value

__all__ = ["View", "box_view", "camera_view"]

Unit = TypeVar("Unit")
Getter = Callable[[Unit, datetime], tuple[int, Value]]
_SYSTEM = "1.3.6.1.2.1.1"
_UPS = "1.3.6.1.2.1.33.1"
_IF, _IFX = "1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.31.1.1.1"
_SENSOR = "1.3.6.1.2.1.99.1.1.1"
_HOST = "1.3.6.1.2.1.25"
_SOLAR_POWER = "1.3.6.1.4.1.32473.1.2.1.0"
"""No standard MIB knows a solar panel: an object of the enterprise for examples (RFC 5612)."""
_VIDEO_BYTES_S = 500_000
"""4 Mbit/s, a 1080p H.265 stream."""
_CELSIUS, _TRUTH, _OTHER, _HUMIDITY = 8, 12, 1, 9
"""EntitySensorDataType (RFC 3433)."""
_UNITS_SCALE = 9
_MAX_ENTRIES = 64


@dataclass(frozen=True)
class View(Generic[Unit]):
    """The objects of one shape of device, in their lexicographic order."""

    getters: Mapping[str, Getter[Unit]]
    order: tuple[tuple[int, ...], ...]

    def get(self, oid: str, unit: Unit, now: datetime) -> tuple[int, Value] | None:
        """Give an object's tagged value; ``None`` where there is no such instance."""
        getter = self.getters.get(oid)
        return getter(unit, now) if getter else None

    def after(self, oid: str) -> str | None:
        """Give the next OID in order; ``None`` past the last."""
        key = tuple(map(int, oid.split(".")))
        at = bisect.bisect_right(self.order, key)
        return ".".join(map(str, self.order[at])) if at < len(self.order) else None


def _view(getters: Mapping[str, Getter[Unit]]) -> View[Unit]:
    return View(getters, tuple(sorted(tuple(map(int, oid.split("."))) for oid in getters)))


def _integer(value: int) -> tuple[int, Value]:
    return Tag.INTEGER, value


def _text(value: str) -> tuple[int, Value]:
    return Tag.OCTET_STRING, value.encode()


def _ticks(since: datetime, now: datetime) -> tuple[int, Value]:
    return Tag.TIMETICKS, int((now - since).total_seconds() * 100) % 2**32


def _constant(tag: int, value: Value) -> Getter[Unit]:
    return lambda _unit, _now: (tag, value)


@cache
def box_view(cameras: int, has_second_uplink: bool, has_panel: bool = False) -> View[BoxUnit]:
    """Give the objects of a box with so many cameras."""
    getters: dict[str, Getter[BoxUnit]] = {
        f"{_SYSTEM}.1.0": lambda u, _: _text(f"{u.record.model} (gisops simulator)"),
        f"{_SYSTEM}.2.0": _constant(Tag.OBJECT_ID, "1.3.6.1.4.1.32473.2.1"),
        f"{_SYSTEM}.3.0": lambda u, now: _ticks(u.booted_at, now),
        f"{_SYSTEM}.4.0": lambda u, _: _text(u.record.contractor),
        f"{_SYSTEM}.5.0": lambda u, _: _text(u.record.id),
        f"{_SYSTEM}.6.0": lambda u, _: _text(u.record.name),
        f"{_SYSTEM}.7.0": _constant(Tag.INTEGER, 2),
    }
    getters |= _ups()
    ports = [1, *([2] if has_second_uplink else []), *range(3, 3 + cameras)]
    getters["1.3.6.1.2.1.2.1.0"] = _constant(Tag.INTEGER, len(ports))
    for port in ports:
        getters |= _port(port)
    getters |= _sensors()
    if has_panel:
        getters[_SOLAR_POWER] = lambda u, _: _integer(round(u.solar_w))
    return _view(getters)


def _ups() -> dict[str, Getter[BoxUnit]]:
    """UPS-MIB (RFC 1628): battery, input, output and alarm groups."""

    def status(u: BoxUnit, _: datetime) -> tuple[int, Value]:
        return _integer(2 if u.battery.share > LOW_SHARE else 3 if u.battery.share > 0.05 else 4)

    def on_battery_s(u: BoxUnit, now: datetime) -> tuple[int, Value]:
        return _integer(int((now - u.on_battery_since).total_seconds()) if u.on_battery_since else 0)

    def minutes_left(u: BoxUnit, _: datetime) -> tuple[int, Value]:
        net = max(u.load_w - u.solar_w, 1.0)
        return _integer(min(int(u.battery.charge_wh / net * 60), 2**31 - 1))

    def voltage(u: BoxUnit, _: datetime) -> tuple[int, Value]:
        return _integer(round(10 * battery_voltage_v(u.battery.share, u.on_battery_since is not None)))

    def current(u: BoxUnit, _: datetime) -> tuple[int, Value]:
        discharging = u.on_battery_since is not None
        volts = battery_voltage_v(u.battery.share, discharging)
        return _integer(round(10 * u.load_w / volts) if discharging else 0)

    return {
        f"{_UPS}.1.1.0": _constant(Tag.OCTET_STRING, b"gisops simulator"),
        f"{_UPS}.1.2.0": lambda u, _: _text(u.record.model),
        f"{_UPS}.2.1.0": status,
        f"{_UPS}.2.2.0": on_battery_s,
        f"{_UPS}.2.3.0": minutes_left,
        f"{_UPS}.2.4.0": lambda u, _: _integer(round(100 * u.battery.share)),
        f"{_UPS}.2.5.0": voltage,
        f"{_UPS}.2.6.0": current,
        f"{_UPS}.2.7.0": lambda u, _: _integer(round(_air_c(u) + 3)),
        f"{_UPS}.3.2.0": _constant(Tag.INTEGER, 1),
        f"{_UPS}.3.3.1.2.1": lambda u, _: _integer(500 if u.has_mains else 0),
        f"{_UPS}.3.3.1.3.1": lambda u, _: _integer(226 if u.has_mains else 0),
        f"{_UPS}.4.1.0": lambda u, _: _integer(3 if u.has_mains else 5),
        f"{_UPS}.4.3.0": _constant(Tag.INTEGER, 1),
        f"{_UPS}.4.4.1.2.1": _constant(Tag.INTEGER, 230),
        f"{_UPS}.4.4.1.4.1": lambda u, _: _integer(round(u.load_w)),
        f"{_UPS}.4.4.1.5.1": lambda u, _: _integer(min(round(u.load_w / 2), 100)),
        f"{_UPS}.6.1.0": lambda u, _: (Tag.GAUGE32, 1 if u.on_battery_since else 0),
    }


def _air_c(u: BoxUnit) -> float:
    """Air in the cabinet: a mild night, the sun on the sheet metal, and the load's own heat."""
    return 22.0 + 14.0 * max(0.0, math.sin(math.radians(u.sun_deg))) + 0.05 * u.load_w


def _port(port: int) -> dict[str, Getter[BoxUnit]]:
    """IF-MIB (RFC 2863) rows of one switch port: 1 and 2 are fibre uplinks."""

    def is_up(u: BoxUnit) -> bool:
        return u.uplinks[port - 1] if port <= 2 else port not in u.ports_down

    def octets(u: BoxUnit, now: datetime) -> tuple[int, Value]:
        streams = len(u.camera_ids) if port <= 2 else 1
        return Tag.COUNTER64, int((now - u.booted_at).total_seconds() * _VIDEO_BYTES_S * streams) % 2**64

    name = f"fibre {'AB'[port - 1]}" if port <= 2 else f"camera {port - 2}"
    return {
        f"{_IF}.1.{port}": _constant(Tag.INTEGER, port),
        f"{_IF}.2.{port}": _constant(Tag.OCTET_STRING, name.encode()),
        f"{_IF}.3.{port}": _constant(Tag.INTEGER, 6),
        f"{_IF}.5.{port}": _constant(Tag.GAUGE32, 1_000_000_000 if port <= 2 else 100_000_000),
        f"{_IF}.7.{port}": _constant(Tag.INTEGER, 1),
        f"{_IF}.8.{port}": lambda u, _: _integer(1 if is_up(u) else 2),
        f"{_IFX}.1.{port}": _constant(Tag.OCTET_STRING, name.encode()),
        f"{_IFX}.6.{port}": octets,
        f"{_IFX}.10.{port}": octets,
    }


def _sensors() -> dict[str, Getter[BoxUnit]]:
    """ENTITY-SENSOR-MIB (RFC 3433) rows: temperature, door, tilt, humidity, latitude, longitude."""
    values: tuple[tuple[int, int, str, Callable[[BoxUnit], float]], ...] = (
        (_CELSIUS, 1, "degrees Celsius", _air_c),
        (_TRUTH, 0, "door open", lambda u: 1 if u.door_open else 2),
        (_OTHER, 1, "degrees of tilt", lambda u: u.tilt_deg),
        (_HUMIDITY, 0, "percent relative humidity", lambda u: 65 - 20 * max(0.0, u.sun_deg) / 90),
        (_OTHER, 5, "degrees latitude", lambda u: u.record.lat),
        (_OTHER, 5, "degrees longitude", lambda u: u.record.lon),
    )
    getters: dict[str, Getter[BoxUnit]] = {}
    for index, (kind, precision, display, value) in enumerate(values, 1):
        getters |= _sensor(index, kind, precision, display, value)
    return getters


def _sensor(
    index: int, kind: int, precision: int, display: str, value: Callable[[Unit], float]
) -> dict[str, Getter[Unit]]:
    scale = 10**precision
    return {
        f"{_SENSOR}.1.{index}": _constant(Tag.INTEGER, kind),
        f"{_SENSOR}.2.{index}": _constant(Tag.INTEGER, _UNITS_SCALE),
        f"{_SENSOR}.3.{index}": _constant(Tag.INTEGER, precision),
        f"{_SENSOR}.4.{index}": lambda u, _: _integer(round(value(u) * scale)),
        f"{_SENSOR}.5.{index}": _constant(Tag.INTEGER, 1),
        f"{_SENSOR}.6.{index}": _constant(Tag.OCTET_STRING, display.encode()),
    }


@cache
def camera_view() -> View[CameraUnit]:
    """Give the objects of a camera."""

    def octets(u: CameraUnit, now: datetime) -> tuple[int, Value]:
        return Tag.COUNTER64, int((now - u.booted_at).total_seconds() * _VIDEO_BYTES_S) % 2**64

    def load(u: CameraUnit, now: datetime) -> tuple[int, Value]:
        return _integer(35 + round(10 * math.sin(now.timestamp() / 300 + u.record.azimuth_deg)))

    def housing_c(u: CameraUnit) -> float:
        return 41.0 + u.record.azimuth_deg / 60

    getters: dict[str, Getter[CameraUnit]] = {
        f"{_SYSTEM}.1.0": lambda u, _: _text(f"{u.record.vendor} {u.record.model} (gisops simulator)"),
        f"{_SYSTEM}.2.0": _constant(Tag.OBJECT_ID, "1.3.6.1.4.1.32473.2.2"),
        f"{_SYSTEM}.3.0": lambda u, now: _ticks(u.booted_at, now),
        f"{_SYSTEM}.5.0": lambda u, _: _text(u.record.id),
        f"{_IF}.1.1": _constant(Tag.INTEGER, 1),
        f"{_IF}.2.1": _constant(Tag.OCTET_STRING, b"eth0"),
        f"{_IF}.7.1": _constant(Tag.INTEGER, 1),
        f"{_IF}.8.1": _constant(Tag.INTEGER, 1),
        f"{_IFX}.10.1": octets,
        f"{_HOST}.1.1.0": lambda u, now: _ticks(u.booted_at, now),
        f"{_HOST}.2.3.1.5.1": _constant(Tag.INTEGER, 100),
        f"{_HOST}.2.3.1.6.1": lambda u, _: _integer(50 + int(u.record.azimuth_deg) % 40),
        f"{_HOST}.3.3.1.2.1": load,
    }
    getters |= _sensor(1, _CELSIUS, 1, "degrees Celsius", housing_c)
    return _view(getters)
