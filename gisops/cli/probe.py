"""``gisops probe``: does a host live without SNMP, how far does the way to it go, and what is dead then."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from gisops.cli.common import Subparsers

if TYPE_CHECKING:
    from gisops.health.vitality import Finding, Route
    from gisops.probe.ports import ProbeResult

__all__ = ["add", "run"]


def add(subparsers: Subparsers) -> None:
    """Register the command."""
    parser = subparsers.add_parser("probe", help="tell a dead agent from a dead host from a dead path")
    parser.add_argument("address", metavar="ADDRESS", help="IPv4 address of the host")
    parser.add_argument("--rtsp", type=int, metavar="PORT", help="ask for the options of an RTSP server there")
    parser.add_argument("--rtsp-path", default="/", metavar="PATH", help="path on that server (default: /)")
    parser.add_argument("--tcp", type=int, nargs="+", default=[], metavar="PORT", help="connect to these, too")
    parser.add_argument("--no-icmp", action="store_true", help="send no echo requests")
    parser.add_argument("--trace", action="store_true", help="find the route")
    parser.add_argument("--gateway", default="", metavar="ADDRESS", help="last hop before the host when it was well")
    parser.add_argument("--box", choices=("answers", "lost"), help="what is known of the box it hangs on")
    parser.add_argument("--snmp", choices=("answered", "refused", "silent"), help="how its agent took the last poll")
    parser.add_argument("--timeout", type=float, default=1.0, metavar="S", help="wait for each probe (default: 1)")
    parser.add_argument("--json", action="store_true", help="one JSON document")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Probe once: 0 where the host and, as far as is known, its agent live; 1 otherwise."""
    import asyncio

    from gisops.errors import ConfigError
    from gisops.health.vitality import Evidence, Verdict, decide
    from gisops.model.event import Reachability
    from gisops.probe.ports import ProbeTarget
    from gisops.probe.prober import HostProber

    if not 0 < args.timeout <= 60:
        raise ConfigError("--timeout", f"{args.timeout:g} s", "use more than 0 and at most 60")
    target = ProbeTarget(
        args.address,
        args.address,
        not args.no_icmp,
        tuple(dict.fromkeys(args.tcp)),
        args.rtsp,
        args.rtsp_path,
        args.trace,
        args.timeout,
    )

    async def main() -> tuple[ProbeResult, tuple[str, ...]]:
        found: list[ProbeResult] = []
        prober = await HostProber.open()
        try:
            await prober.probe([target], found.append)
        finally:
            await prober.close()
        return found[0], prober.notes if target.icmp else ()

    result, notes = asyncio.run(main())
    finding = decide(
        Evidence(
            None if args.snmp is None else Reachability(args.snmp),
            result.signs,
            result.route,
            box_lives=None if args.box is None else args.box == "answers",
            gateway=args.gateway,
        )
    )
    print(json.dumps(_document(result, finding, notes)) if args.json else _page(result, finding, notes))
    return 0 if finding.verdict is Verdict.ALIVE else 1


def _document(result: ProbeResult, finding: Finding, notes: tuple[str, ...]) -> dict[str, Any]:
    import dataclasses

    return {
        "address": result.target.address,
        "probes": {name: dataclasses.asdict(echo) for name, echo in result.echoes.items()},
        "route": None if result.route is None else dataclasses.asdict(result.route),
        "trace": result.trace_detail,
        "verdict": finding.verdict,
        "reasons": finding.reasons,
        "settled_by": finding.settled_by,
        "notes": notes,
    }


def _page(result: ProbeResult, finding: Finding, notes: tuple[str, ...]) -> str:
    lines = [
        f"{name:<10} {echo.sign.replace('_', ' '):<12} {_ms(echo.rtt_s):>9}  {echo.detail}".rstrip()
        for name, echo in result.echoes.items()
    ]
    lines += _hops(result.route, result.trace_detail)
    lines += notes
    reasons = f" ({', '.join(finding.reasons)})" if finding.reasons else ""
    lines.append(f"{result.target.address}: {finding.verdict}{reasons}")
    if finding.settled_by:
        lines.append(f"would be settled by: {finding.settled_by}")
    return "\n".join(lines)


def _hops(route: Route | None, how: str) -> list[str]:
    if route is None:
        return [f"route      {how}"] if how else []
    end = "arrives" if route.has_arrived else "does not arrive" if route.hops else "no hop answered"
    return [
        f"route      {end}, by {how}",
        *(
            f"{hop.ttl:>6}     {hop.address or '*':<15} {_ms(hop.rtt_s):>6}  {hop.says}".rstrip()
            for hop in route.hops
        ),
    ]


def _ms(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds * 1000:.1f} ms"
