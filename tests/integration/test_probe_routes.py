"""Dead agent, dead host, dead path over real routers: a prober, two routers and a host in namespaces."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from gisops.health.vitality import Evidence, Finding, Route, Sign, Verdict, decide
from gisops.model.event import Reachability
from gisops.probe.icmp import IcmpSocket
from gisops.probe.ports import Echo, ProbeResult, ProbeTarget
from gisops.probe.prober import HostProber
from gisops.probe.route import EchoWay, UdpWay, open_way, trace
from tests.integration.namespaces import HOST, R1, R2, Net, why_not

pytestmark = pytest.mark.integration


@pytest.fixture
def net() -> Iterator[Net]:
    """A network for each test: a router answers only so many errors a second to one asker, and remembers."""
    if why_not():
        pytest.skip(f"{why_not()}: routes over two routers were not tested")
    net = Net()
    yield net
    net.remove()


def probe(net: Net, timeout_s: float = 0.5) -> ProbeResult:
    async def work() -> ProbeResult:
        prober = await HostProber.open()
        found: list[ProbeResult] = []
        await prober.probe([ProbeTarget("C1", HOST, tcp=(80,), trace=True, timeout_s=timeout_s)], found.append)
        await prober.close()
        return found[0]

    return net.run_async("p", work)


def judge(result: ProbeResult) -> Finding:
    return decide(Evidence(Reachability.SILENT, result.signs, result.route, gateway=R2))


def refuse() -> socket.socket:
    raise PermissionError


def route_of(net: Net, means: type) -> Route:
    async def work() -> Route:
        way = await (open_way(HOST) if means is EchoWay else open_way(HOST, refuse))
        assert isinstance(way, means)
        return await trace(way, 0.5)

    return net.run_async("p", work)


def shape(route: Route) -> tuple[list[str | None], bool]:
    return [hop.address for hop in route.hops], route.has_arrived


BOTH = pytest.mark.parametrize("means", [EchoWay, UdpWay], ids=["scapy", "udp"])


@BOTH
def test_a_good_route_names_both_routers_and_arrives(net: Net, means: type) -> None:
    assert shape(route_of(net, means)) == ([R1, R2, HOST], True)


@BOTH
def test_a_dead_host_leaves_a_route_up_to_its_gateway(net: Net, means: type) -> None:
    net.ip("h", "link", "set", "h-r2", "down")
    net.ip("r2", "link", "set", "r2-h", "up")
    hops, has_arrived = shape(route_of(net, means))
    assert (hops[0], has_arrived) == (R1, False)
    # The router answers with its far side for what it cannot deliver, its near side for what died there.
    assert hops[1:2] == [R2]


@BOTH
def test_a_link_cut_behind_router_1_ends_the_route_there(net: Net, means: type) -> None:
    net.cut_behind_r1()
    assert shape(route_of(net, means)) == ([R1], False)


@BOTH
def test_a_router_without_a_route_says_so(net: Net, means: type) -> None:
    net.ip("r1", "link", "set", "r1-r2", "down")
    route = route_of(net, means)
    assert [(hop.address, hop.says) for hop in route.hops][-1] == (R1, "network unreachable")
    assert not route.has_arrived


def test_the_verdicts_from_what_was_seen(net: Net) -> None:
    well = judge(probe(net))
    assert well.verdict is Verdict.AGENT_DEAD
    assert well.reasons == ("snmp silent", "icmp answered", "tcp 80 refused", "route arrives")
    net.cut_behind_r1()
    cut = judge(probe(net))
    assert (cut.verdict, cut.reasons[-1]) == (Verdict.PATH_DEAD, f"route ends at {R1}, before {R2}")
    net.restore()
    net.ip("h", "link", "set", "h-r2", "down")
    burnt = judge(probe(net))
    assert burnt.verdict is Verdict.HOST_DEAD


def test_an_unreachable_from_a_router_is_silence_with_words(net: Net) -> None:
    net.ip("r1", "link", "set", "r1-r2", "down")
    echoes = probe(net).echoes
    assert (echoes["icmp"].sign, echoes["icmp"].detail) == (Sign.SILENT, f"{R1} says network unreachable")
    assert (echoes["tcp 80"].sign, echoes["tcp 80"].detail) == (Sign.SILENT, "Network is unreachable")


def test_the_echo_socket_hears_the_same_where_the_kernel_allows_it(net: Net) -> None:
    async def ping() -> tuple[bool, Echo]:
        icmp = await IcmpSocket.open()
        echo = await icmp.ping(HOST, 0.5)
        await icmp.close()
        return icmp.is_raw, echo

    net.sysctl("p", "ping_group_range", "0 0")
    is_raw, echo = net.run_async("p", ping)
    assert (is_raw, echo.sign) == (False, Sign.ANSWERED)
    net.ip("r1", "link", "set", "r1-r2", "down")
    assert net.run_async("p", ping)[1].detail == f"{R1} says network unreachable"


def test_the_command_without_any_privilege_still_decides(net: Net) -> None:
    net.cut_behind_r1()
    unprivileged = ["setpriv", "--bounding-set=-net_raw", "--inh-caps=-net_raw"]
    command = [sys.executable, "-m", "gisops", "probe", HOST, "--tcp", "80", "--trace", "--gateway", R2]
    done = subprocess.run(
        [
            "ip",
            "netns",
            "exec",
            net.name("p"),
            *unprivileged,
            *command,
            "--snmp",
            "silent",
            "--timeout",
            "0.3",
            "--json",
        ],
        check=False,
        capture_output=True,
        text=True,
    )
    said = json.loads(done.stdout)
    assert (done.returncode, said["verdict"], said["trace"]) == (1, "path dead", "UDP with IP_RECVERR")
    assert said["probes"]["icmp"]["sign"] == "not_allowed"
    assert said["notes"] == [
        "ICMP: not allowed here: widen net.ipv4.ping_group_range to this group, or grant CAP_NET_RAW"
    ]
