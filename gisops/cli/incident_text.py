"""How the answers of ``gisops incidents`` are written to be read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["PRINTS", "SHOWN"]

SHOWN = 20
"""Lines of a list at most."""


def _head(document: dict[str, Any]) -> None:
    demo = "demonstration data, " if document.get("demo") else ""
    left = "; ".join(f"{count:,} left out: {why}" for why, count in document.get("left_out", {}).items() if count)
    print(f"{document['analysis']}: {demo}{document['from'][:10]} to {document['to'][:10]}, ", end="")
    print(f"{document['used']:,} of {document['incidents']:,} incidents{f' ({left})' if left else ''}")


def _print_density(document: dict[str, Any]) -> None:
    _head(document)
    print(f"bandwidth {document['bandwidth_m']:g} m ({document['bandwidth']})")
    for place in document["highest"]:
        print(f"  {place['lon']:.5f}, {place['lat']:.5f}  {place['per_km2']:>10,.1f} a km2")


def _print_hotspots(document: dict[str, Any]) -> None:
    _head(document)
    peaks = document["peaks"]
    share = f"{100 * document['alpha']:g} % false at most"
    print(
        f"{len(document['hot'])} hot of {document['squares']:,} {document['study_area']}, {share}; "
        f"{peaks} single peaks beside"
    )
    for spot in document["hot"][:SHOWN]:
        print(
            f"  {spot['lon']:.5f}, {spot['lat']:.5f}  {spot['count']:>5} here  z {spot['z']:>6.2f}  p {spot['p']:.2g}"
        )


def _print_near_repeat(document: dict[str, Any]) -> None:
    _head(document)
    print("      " + "".join(f"{f'{days:g} d':>8}" for days in document["times_d"][:6]))
    for away, ratios, ps in zip(document["distances_m"][:10], document["ratio"], document["p"], strict=False):
        cells = (
            f"{'–' if ratio is None else f'{ratio:.2f}' + ('*' if p <= 0.05 else ' '):>8}"
            for ratio, p in zip(ratios[:6], ps, strict=False)
        )
        print(f"{away:>5g}m" + "".join(cells))


def _print_hours(document: dict[str, Any]) -> None:
    _head(document)
    print("           " + "".join(f"{hour:>4}" for hour in range(24)))
    for day, counts in zip(document["days"], document["counts"], strict=True):
        print(f"{day:<11}" + "".join(f"{count:>4}" for count in counts))


def _print_rates(document: dict[str, Any]) -> None:
    _head(document)
    for row in document["districts"]:
        rate = row["per_km2_year"]
        bounds = f"({rate['low']:.3g} to {rate['high']:.3g})"
        print(f"  {row['name']:<12}{row['count']:>8,}{rate['value']:>10.3g} a km2 and year {bounds}")


def _print_compare(document: dict[str, Any]) -> None:
    for side in ("before", "after"):
        period = document[side]
        print(
            f"{side:<7}{period['from'][:10]} to {period['to'][:10]}: {period['count']:,} in {period['days']:g} days"
        )
    for name in ("ratio", "beside", "net"):
        found = document[name]
        if found is not None:
            low, high = (f"{found[key]:.3g}" if found[key] is not None else "no bound" for key in ("low", "high"))
            value = "–" if found["value"] is None else f"{found['value']:.3g}"
            print(f"{name:<7}{value} (95 %: {low} to {high})")
    spread = document["dispersion"]
    if spread is not None and spread > 2.0:
        print(f"incidents come in bursts (variance {spread:g} times the mean): the true interval is wider")


def _print_blind(document: dict[str, Any]) -> None:
    if "kind" in document:
        print(
            f"{document['kind']} {document['root']}: {len(document['cameras'])} cameras, {document['per_hour']:g} "
            f"incident-weighted camera-hours an hour; {document['unseen_more_pct']:.2f} % more of the risk unseen"
        )
        return
    cameras = document["cameras"]
    print(
        f"{cameras['working']:,} of {cameras['all']:,} cameras work; {document['unseen_pct']:.2f} % of the watched "
        f"risk is unseen; {document['per_hour']:,.1f} incident-weighted camera-hours lost an hour"
    )
    for loss in document["repairs"][:SHOWN]:
        hours = "  since ?" if loss["hours"] is None else f"{loss['hours']:>8.1f} h"
        print(
            f"  {loss['root']:<16}{len(loss['cameras']):>4} cameras{loss['per_hour']:>10.2f} an hour"
            f"{loss['so_far']:>10.1f} so far{hours}{loss['regained_pct']:>8.2f} % seen again  {loss['cause'] or ''}"
        )


def _print_references(document: dict[str, Any]) -> None:
    for row in document["references"]:
        sure = "" if row["confidence"] is None else f"{row['confidence']:.2f}"
        link = row["link"] or ""
        print(f"{row['occurred_at']}  {row['kind']:<11}{row['source']} {row['source_id']}  {sure}  {link}")
    print(f"{len(document['references'])} references; this look is on record")


def _print_looks(document: dict[str, Any]) -> None:
    for look in document["looks"]:
        print(f"{look['at']}  {look['who']}: {look['why']} ({look['found']} shown, {look['begin']} to {look['end']})")


PRINTS: dict[str, Callable[[dict[str, Any]], None]] = {
    "density": _print_density, "hotspots": _print_hotspots, "near-repeat": _print_near_repeat,
    "hours": _print_hours, "rates": _print_rates, "compare": _print_compare, "blind": _print_blind,
    "references": _print_references, "looks": _print_looks,
}  # fmt: skip
