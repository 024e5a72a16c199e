"""Every shipped profile on a walk of its device: what it reads, what it does not, and which limits are crossed.

The values were worked out by hand from the walks in tests/data/walks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gisops.health.catalogue import shipped_profiles
from gisops.health.trial import Trial, try_profile
from gisops.health.walk_file import read_walk

WALKS = Path(__file__).parents[1] / "data" / "walks"
AT = datetime(2026, 11, 21, 7, 30, tzinfo=UTC)
"""12:30:00 in Karachi, where the clock of host-resources.walk stands at 12:30:05.5."""
PROFILES = shipped_profiles()
WAITS = "a rate needs two readings"
NO_ROW = "the device has no such row"


@dataclass(frozen=True)
class Case:
    """What a profile must make of a walk."""

    profile: str
    walk: str
    read: Mapping[str, float]
    missing: Mapping[str, str] = field(default_factory=dict)
    crossed: tuple[str, ...] = ()

    @property
    def trial(self) -> Trial:
        return try_profile(PROFILES[self.profile], [read_walk(WALKS / self.walk).values], AT)


CASES = [
    Case(
        "camera",
        "camera.snmprec",
        {
            "uptime_s": 42.0,
            "link_oper": 1.0,
            "out_octets": 18446744073709551615.0,
            "cpu_pct": 96.0,
            "temperature_c": -4.5,
            "storage_used_pct": 71.0,
        },
        crossed=("processor overloaded",),
    ),
    Case(
        "cabinet",
        "cabinet.snmprec",
        {
            "uptime_s": 987.65,
            "battery_status": 2.0,
            "on_battery_s": 0.0,
            "battery_remaining_min": 480.0,
            "battery_charge_pct": 97.0,
            "battery_voltage_v": 54.1,
            "battery_temperature_c": 31.0,
            "input_voltage_v": 226.0,
            "output_load_pct": 38.0,
            "cabinet_temperature_c": 34.5,
            "door_open": 0.0,
            "tilt_deg": 0.6,
            "humidity_pct": 58.0,
            "tracker_lat_deg": 24.8607,
            "tracker_lon_deg": 67.0099,
            "uplink_a_oper": 1.0,
            "uplink_b_oper": 0.0,
        },
        {"output_power_w": "the device has no such object", "solar_power_w": "the device has no such object"},
        ("fibre port B down",),
    ),
    Case(
        "generic-camera",
        "generic-camera.snmprec",
        {
            "uptime_s": 1.0,
            "link_oper": 0.0,  # port 2; port 1 is the loopback, and up
            "cpu_pct": 62.0,  # sent as "62 %"
            "memory_used_pct": 25.0,  # 65,536 of 262,144 units
            "storage_used_pct": 75.0,  # 12,000 of 16,000 units
            "temperature_c": 71.5,
        },
        {"out_bytes_s": WAITS, "out_errors_s": WAITS},
        ("camera hot",),
    ),
    Case(
        "hikvision",
        "hikvision.walk",
        {
            "uptime_s": 86400.5,
            "cpu_pct": 15.0,
            "memory_size_bytes": 512 * 1024.0**2,
            "memory_used_pct": 83.0,
            "storage_size_bytes": 128e9,
            "storage_used_pct": 37.0,
            "video_inputs": 1.0,
        },
    ),
    Case(
        "hikvision-recorder",
        "hikvision-recorder.snmprec",
        {
            "uptime_s": 777.0,
            "memory_used_pct": 96.0,
            "disks": 3.0,
            "disk_failed": 1.0,  # the second has failed its SMART check
            "disk_free_pct": 6.25,  # 12.5 and 6.25; the third is of size 0
        },
        {"device_absent": "the profile does not say what 255 means"},
        ("memory full", "disk failed"),
    ),
    Case(
        "dahua",
        "dahua.snmprec",
        {"uptime_s": 3600.0, "device_bad": 1.0, "video_inputs": 1.0, "encode_channels": 3.0, "stores": 1.0},
        {"cpu_pct": "-1 says that there is no reading"},
        ("camera reports a fault",),
    ),
    Case(
        "axis",
        "axis.walk",
        {
            "uptime_s": 20.0,
            "temperature_c": 78.0,  # not the 150 of the sensor whose status is failed
            "temperature_alarm": 1.0,
            "power_supply_failed": 0.0,
            "video_signal_lost": 1.0,
            "casing_open": 0.0,
            "storage_disrupted": 1.0,
        },
        {"fan_failed": NO_ROW, "out_bytes_s": WAITS},
        ("camera hot", "temperature out of bounds", "no video signal", "memory card disrupted"),
    ),
    Case(
        "rfc1628",
        "rfc1628.walk",
        {
            "uptime_s": 42949672.95,
            "battery_status": 3.0,
            "on_battery_s": 1250.0,
            "battery_charge_pct": 28.0,
            "battery_voltage_v": 48.2,
            "battery_current_a": -7.3,
            "input_voltage_v": 0.0,  # line 2 is dead; 0 is a reading there
            "input_frequency_hz": 49.9,
            "output_load_pct": 31.0,
            "output_power_w": 200.0,
            "output_source": 5.0,
            "alarms": 2.0,
        },
        {
            "battery_remaining_min": "65535 says that there is no reading",
            "battery_temperature_c": "-32768 says that there is no reading",
            "input_failures_s": WAITS,
        },
        ("battery low", "on battery", "battery charge low"),
    ),
    Case(
        "apc",
        "apc.walk",
        {
            "uptime_s": 1.0,
            "on_battery_s": 0.0,
            "battery_remaining_min": 62.0,
            "battery_charge_pct": 100.0,
            "battery_voltage_v": 27.0,
            "battery_needs_replacing": 1.0,
            "input_voltage_v": 228.0,
            "input_frequency_hz": 50.0,
            "output_voltage_v": 230.0,
            "output_load_pct": 21.0,
            "low_battery_flag": 1.0,
        },
        {
            "battery_status": "the profile does not say what 1 means",
            "battery_temperature_c": "4294967295 says that there is no reading",
        },
        ("battery needs replacing",),
    ),
    Case(
        "entity-sensor",
        "entity-sensor.walk",
        {
            "uptime_s": 60.0,
            "door_open": 1.0,  # the front door is shut, the rear one open
            "tilt_deg": 16.75,
            "cabinet_temperature_c": 45.3,  # 45.3 and 38.2; the third overflowed
            "humidity_pct": 64.0,
            "supply_voltage_v": 48.25,  # 48,250 mV
        },
        {"smoke": "its status 1.3.6.1.2.1.99.1.1.1.5.20 is 3"},
        ("door open", "tilted"),
    ),
    Case(
        "host-resources",
        "host-resources.walk",
        {
            "uptime_s": 12.34,
            "host_uptime_s": 86400.0,
            "clock_ahead_s": 5.5,
            "cpu_pct": 27.5,
            "memory_used_pct": 25.0,
            "disk_used_pct": 96.0,  # 25, 96, and one of size 0 that is no disk
            "processes": 143.0,
        },
        crossed=("disk full",),
    ),
    Case(
        "if-mib",
        "if-mib.walk",
        {"uptime_s": 5000.0, "ports": 3.0, "ports_up": 2.0},
        dict.fromkeys(("in_bytes_s", "out_bytes_s", "in_errors_s", "out_errors_s", "in_discards_s"), WAITS),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.profile)
def test_a_profile_reads_its_device(case: Case) -> None:
    trial = case.trial
    assert {line.name: line.value for line in trial.lines if line.value is not None} == pytest.approx(case.read)
    assert {line.name: line.why for line in trial.lines if line.value is None} == case.missing
    assert tuple(line.crossed for line in trial.lines if line.crossed) == case.crossed


def test_every_shipped_profile_has_its_walk() -> None:
    assert {case.profile for case in CASES} == set(PROFILES) - {"onvif-only"}


def test_a_camera_without_snmp_is_asked_by_rtsp_then_tcp_and_reads_nothing() -> None:
    profile = PROFILES["onvif-only"]
    assert (profile.reach, profile.metrics, profile.oids) == (("rtsp", "tcp"), (), ())


def test_a_switch_counts_over_both_wraps() -> None:
    walks = [read_walk(WALKS / name).values for name in ("if-mib.walk", "if-mib-later.walk")]
    trial = try_profile(PROFILES["if-mib"], walks, AT, apart_s=30)
    assert {line.name: line.value for line in trial.lines if line.value is not None} == pytest.approx(
        {
            "uptime_s": 5030.0,
            "ports": 3.0,
            "ports_up": 2.0,
            "in_bytes_s": 1_000_100.0,  # 30,000,000 and, over the 64-bit wrap, 616 + 2,384 octets
            "out_bytes_s": 30.0,  # 300 and 600 octets
            "in_errors_s": 30.0,  # over the 32-bit wrap, 296 + 604
            "out_errors_s": 0.1,
        }
    )
    (discards,) = trial.unread
    assert discards.name == "in_discards_s"
    assert discards.why.endswith("is more than the 1e+07 that is possible")  # it went from 100 to 20
    assert [line.crossed for line in trial.lines if line.crossed] == ["port with receive errors"]


def test_after_a_restart_there_is_no_rate() -> None:
    before = dict(read_walk(WALKS / "if-mib.walk").values)
    after = {**read_walk(WALKS / "if-mib-later.walk").values, "1.3.6.1.2.1.1.3.0": 900}
    trial = try_profile(PROFILES["if-mib"], [before, after], AT, apart_s=30)
    rates = {line.name: line.why for line in trial.lines if line.unit in ("B/s", "1/s")}
    assert set(rates.values()) == {"the device restarted since the last reading"}
    assert len(rates) == 5
