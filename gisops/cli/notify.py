"""``gisops notify``: tell people of outages, try who would be told, and see what was."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from gisops.cli.common import Subparsers, add_inventory, add_run
from gisops.cli.moment import add_zone, moment_of, zone_of

__all__ = ["add", "run"]


def add(subparsers: Subparsers) -> None:
    """Register the command and its actions."""
    parser = subparsers.add_parser("notify", help="tell people of outages: run, test-route, alerts, audit, outbox")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    start = actions.add_parser("run", help="follow the event log and send")
    start.add_argument(
        "--heartbeat", default="", metavar="URL", help="outside party that is told we live (or env:NAME)"
    )
    start.add_argument("--every", type=float, default=60.0, metavar="S", help="between two beats (default: 60)")
    start.add_argument(
        "--fresh",
        type=float,
        default=120.0,
        metavar="S",
        help="how old the collector's last word may be (default: 120)",
    )
    start.set_defaults(run=run)
    test = actions.add_parser("test-route", help="who would be told, without sending anything")
    test.add_argument("--district", required=True, metavar="D")
    test.add_argument("--cause", required=True, metavar="C")
    test.add_argument("--severity", required=True, metavar="S", help="info, minor, major, critical")
    test.add_argument("--at", metavar="TIME", help="local time: 2026-03-01T22:30 (default: now)")
    test.add_argument(
        "--level", type=int, default=0, metavar="N", help="escalation level (default: 0, the first page)"
    )
    test.set_defaults(run=_test_route)
    for action in (start, test):
        add_inventory(action)
        action.add_argument("--routes", type=Path, metavar="FILE", help="default: routes.toml in --inventory")
    actions.add_parser("alerts", help="the alerts, and what suppresses them").set_defaults(run=_alerts)
    audit = actions.add_parser("audit", help="every change, latest first")
    audit.add_argument("subject", nargs="?", default="", metavar="ID", help="of an alert or silence (default: all)")
    audit.add_argument("--most", type=int, default=100, metavar="N", help="lines (default: 100)")
    audit.set_defaults(run=_audit)
    actions.add_parser("outbox", help="by receiver: sent, waiting, given up").set_defaults(run=_outbox)
    for name, action in actions.choices.items():
        if name != "test-route":
            add_run(action)
        add_zone(action)
        action.add_argument("--json", action="store_true", help="JSON on standard output")


def run(args: argparse.Namespace) -> int:
    """Follow and send until interrupted; a first JSON line says ready, a last one what was done."""
    import asyncio
    import dataclasses
    from datetime import timedelta

    from gisops.cli.common import need_dsn, stop_on_signals, utc_now
    from gisops.errors import ConfigError
    from gisops.notify.routes_text import FILE_NAME
    from gisops.service.notify_run import NotifyPlan, NotifyTally, notify

    for option, value in (("--every", args.every), ("--fresh", args.fresh)):
        if not 0 < value <= 86_400:
            raise ConfigError(option, f"{value:g} is out of bounds", "write seconds, at most a day")
    plan = NotifyPlan(
        args.inventory,
        args.routes or args.inventory / FILE_NAME,
        need_dsn(args.run_dir),
        args.heartbeat,
        timedelta(seconds=args.every),
        timedelta(seconds=args.fresh),
    )

    def ready(addresses: int) -> None:
        print(json.dumps({"ready": True, "addresses": addresses}), flush=True)

    def complain(line: str) -> None:
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()

    async def main() -> NotifyTally:
        return await notify(plan, utc_now, stop_on_signals(), ready, complain)

    tally = asyncio.run(main())
    print(json.dumps({"stopped": True, **dataclasses.asdict(tally)}), flush=True)
    return 0


def _test_route(args: argparse.Namespace) -> int:
    """Say who would be told: 0 somebody, 1 nobody."""
    from gisops.alerting.alert import Severity
    from gisops.cli.common import utc_now
    from gisops.cli.word import word_of
    from gisops.inventory.load import load_inventory
    from gisops.model.outage import Cause
    from gisops.notify.routes import receivers_of, who_gets
    from gisops.notify.routes_text import FILE_NAME, load_routes

    inventory = load_inventory(args.inventory)
    routes = load_routes(args.routes or args.inventory / FILE_NAME, inventory.settings.time_zone)
    district_id = word_of("--district", args.district, inventory.districts)
    cause = Cause(word_of("--cause", args.cause, [str(cause) for cause in Cause]))
    severity = Severity(word_of("--severity", args.severity, [str(severity) for severity in Severity]))
    at = moment_of(args.at, zone_of(args.zone), "--at") if args.at else utc_now()
    matches = who_gets(routes, district_id, cause, severity, at, args.level)
    names = receivers_of(matches)
    quiet = routes.policy.quiet
    is_held = quiet is not None and quiet.holds(at) and severity.rank < routes.policy.quiet_below.rank
    if args.json:
        asked = [{"route": m.route.name, "takes": m.takes, "why": m.why} for m in matches]
        told = [{"receiver": name, "kind": routes.receivers[name].kind} for name in names]
        print(json.dumps({"at": at.isoformat(), "routes": asked, "receivers": told, "held_by_quiet_hours": is_held}))
        return 0 if names else 1
    for match in matches:
        print(f"{'takes it' if match.takes else 'passes  '}  {match.route.name}  {match.why}".rstrip())
    print("told: " + (", ".join(f"{name} ({routes.receivers[name].kind})" for name in names) or "nobody"))
    if is_held:
        print(f"quiet hours {quiet}: the page waits until they end (theft and tamper do not)")
    return 0 if names else 1


def _alerts(args: argparse.Namespace) -> int:
    """Print the alerts that last and those resolved lately."""
    import asyncio

    from gisops.alerting.codec import alert_to_json
    from gisops.cli.common import need_dsn
    from gisops.store.alert_desk import held_alerts

    zone = zone_of(args.zone)
    alerts = asyncio.run(held_alerts(need_dsn(args.run_dir)))
    if args.json:
        print(json.dumps({"alerts": [alert_to_json(alert) for alert in alerts]}))
        return 0
    for alert in alerts:
        who = f" with {alert.claimed_by}" if alert.claimed_by else ""
        since = f"{alert.opened_at.astimezone(zone):%Y-%m-%d %H:%M}"
        place = alert.setting.place or alert.root_id
        print(f"{alert.id}  {alert.severity}  {alert.state}{who}  {alert.cause}  {place}  since {since}")
        for reason in alert.suppressed_by:
            print(f"    no page: {reason}")
    if not alerts:
        print("there is no alert")
    return 0


def _audit(args: argparse.Namespace) -> int:
    """Print the latest changes."""
    import asyncio

    from gisops.cli.common import need_dsn
    from gisops.store.alert_desk import audit_of

    zone = zone_of(args.zone)
    lines = asyncio.run(audit_of(need_dsn(args.run_dir), args.subject, max(1, args.most)))
    if args.json:
        found = [
            {"at": line.at.isoformat(), "subject": line.subject, "what": line.what, "who": line.who, "why": line.why}
            for line in lines
        ]
        print(json.dumps({"changes": found}))
        return 0
    for line in lines:
        when = f"{line.at.astimezone(zone):%Y-%m-%d %H:%M:%S}"
        print(f"{when}  {line.subject}  {line.what}  {line.who}  {line.why}".rstrip())
    if not lines:
        print("nothing has changed yet")
    return 0


def _outbox(args: argparse.Namespace) -> int:
    """Print what became of the messages: 1 where some were given up."""
    import asyncio

    from gisops.cli.common import need_dsn
    from gisops.store.alert_desk import outbox_counts

    counts = asyncio.run(outbox_counts(need_dsn(args.run_dir)))
    if args.json:
        print(json.dumps({"receivers": counts}))
    else:
        for row in counts:
            error = f"  last error: {row['last_error']}" if row["last_error"] else ""
            print(
                f"{row['receiver']}: {row['sent']} sent, {row['waiting']} waiting, {row['given_up']} given up{error}"
            )
        if not counts:
            print("nothing was sent yet")
    return 1 if any(row["given_up"] for row in counts) else 0
