"""What becomes of the alerts when something happens: the one step of their life.

``step(book, happening, now)`` is a function: the same book, happening and moment
give the same book and actions, so that a life can be replayed. Three rules hold
whatever happens:

1. Suppression never stops monitoring: a suppressed alert opens, changes and resolves
   like any other, and is paged as soon as what suppresses it ends.
2. It stops only the *opening* of a page, never the word that one already sent is over.
3. A suppressed alert says what suppresses it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from gisops.alerting.alert import GUARDED, Alert, AlertState, Paged
from gisops.alerting.happening import (
    Acknowledged,
    Action,
    Assigned,
    Book,
    Happening,
    Note,
    OutageSeen,
    Page,
    PageKind,
    SilenceAdded,
    SilenceEnded,
    Tick,
    WindowCancelled,
    WindowPlanned,
)
from gisops.alerting.policy import Policy, severity_of
from gisops.alerting.suppress import suppressions
from gisops.model.outage import Outage

__all__ = ["step"]

_EVIDENCE_SHOWN = 3
_FIRST = frozenset({PageKind.OPENED, PageKind.REOPENED})
_AT_ONCE = frozenset({PageKind.RESOLVED, PageKind.ESCALATED})


def step(book: Book, happening: Happening, now: datetime) -> tuple[Book, tuple[Action, ...]]:
    """Take one happening in.

    Parameters
    ----------
    book
        The alerts as they are.
    happening
        What happened; one that is old or known already changes nothing.
    now
        UTC; not before that of the step before.

    Returns
    -------
    tuple
        The alerts as they are then, and what is to be done: pages and lines for the audit log.
    """
    book, notes = _take(book, happening, now)
    return _settle(book, notes, now)


def _take(book: Book, happening: Happening, now: datetime) -> tuple[Book, list[Action]]:
    match happening:
        case OutageSeen():
            return _outage(book, happening, now)
        case Acknowledged(outage_id, by):
            return _claim(book, outage_id, AlertState.ACKNOWLEDGED, by, by, now)
        case Assigned(outage_id, to, by):
            return _claim(book, outage_id, AlertState.ASSIGNED, to, by, now)
        case _:
            return _calendar(book, happening, now)


def _calendar(
    book: Book, happening: SilenceAdded | SilenceEnded | WindowPlanned | WindowCancelled | Tick, now: datetime
) -> tuple[Book, list[Action]]:
    match happening:
        case SilenceAdded(silence):
            if silence.id in book.silences or silence.ends_at <= now:
                return book, []
            note = Note(silence.id, f"silence until {silence.ends_at.isoformat()}", silence.by, silence.reason)
            return replace(book, silences={**book.silences, silence.id: silence}), [note]
        case SilenceEnded(silence_id, ends_at, by):
            known = book.silences.get(silence_id)
            if known is None or known.ends_at <= ends_at:
                return book, []
            ended = replace(known, ends_at=max(ends_at, known.starts_at))
            return replace(book, silences={**book.silences, silence_id: ended}), [Note(silence_id, "ended", by)]
        case WindowPlanned(window):
            if window.id in book.windows or window.ends_at <= now:
                return book, []
            return replace(book, windows={**book.windows, window.id: window}), []
        case WindowCancelled(window_id, ends_at):
            planned = book.windows.get(window_id)
            if planned is None or planned.ends_at <= ends_at:
                return book, []
            cut = replace(planned, ends_at=max(ends_at, planned.starts_at))
            return replace(book, windows={**book.windows, window_id: cut}), []
        case Tick():
            return book, []


def _outage(book: Book, seen: OutageSeen, now: datetime) -> tuple[Book, list[Action]]:
    outage = seen.outage
    alert = _find(book, outage.id)
    if alert is None:
        if outage.closed_at is not None:
            return book, []
        alert = _returned(book, outage.root_id, now)
        if alert is not None:
            return _reopen(book, alert, seen, now)
        return _open(book, seen, now)
    if outage.id in alert.past or outage.updated_at < alert.updated_at:
        return book, []  # late: the alert has gone on since
    if outage.closed_at is not None:
        if not alert.is_live:
            return book, []
        part_of = _taker(book, alert)
        after = replace(
            alert,
            state=AlertState.RESOLVED,
            resolved_at=outage.closed_at,
            updated_at=outage.updated_at,
            part_of=part_of,
        )
        return _with(book, after), [Note(alert.id, f"taken into {part_of}" if part_of else "resolved")]
    if not alert.is_live:
        return _reopen(book, alert, seen, now) if outage.updated_at > alert.updated_at else (book, [])
    return _change(book, alert, seen, now)


def _open(book: Book, seen: OutageSeen, now: datetime) -> tuple[Book, list[Action]]:
    outage, cause = seen.outage, seen.outage.likeliest
    alert = Alert(
        outage.id,
        outage.id,
        AlertState.OPEN,
        severity_of(seen.setting.impact, cause, book.policy),
        cause,
        outage.causes.get(cause, 0.0),
        outage.root_id,
        outage.opened_at,
        outage.updated_at,
        now if cause in GUARDED else now + book.policy.group_wait,
        setting=seen.setting,
        evidence=_evidence(outage),
        members=frozenset(outage.member_ids),
    )
    return _with(book, alert), [Note(alert.id, "opened", why=f"{alert.severity} {cause}")]


def _reopen(book: Book, alert: Alert, seen: OutageSeen, now: datetime) -> tuple[Book, list[Action]]:
    fresh, _ = _open(replace(book, alerts={}), seen, now)
    opened = fresh.alerts[seen.outage.id]
    past = tuple(dict.fromkeys((*alert.past, alert.outage_id)))
    past = tuple(name for name in past if name != seen.outage.id)
    after = replace(opened, id=alert.id, round=alert.round + 1, state=AlertState.REOPENED, past=past)
    note = Note(alert.id, "reopened", why=f"{seen.outage.root_id} is lost again, round {after.round}")
    return _with(book, after), [note]


def _change(book: Book, alert: Alert, seen: OutageSeen, now: datetime) -> tuple[Book, list[Action]]:
    outage, cause = seen.outage, seen.outage.likeliest
    severity = severity_of(seen.setting.impact, cause, book.policy)
    is_news = (severity, cause) != (alert.severity, alert.cause)
    ready_at = alert.ready_at
    if is_news:
        # A first guess often gives way within seconds: what was paged already need not follow each turn.
        ready_at = now if cause in GUARDED else max(ready_at, now + book.policy.group_wait)
    after = replace(
        alert,
        severity=severity,
        cause=cause,
        probability=outage.causes.get(cause, 0.0),
        root_id=outage.root_id,
        setting=seen.setting,
        evidence=_evidence(outage),
        members=frozenset(outage.member_ids),
        updated_at=outage.updated_at,
        ready_at=ready_at,
    )
    notes: list[Action] = [Note(alert.id, "changed", why=f"{severity} {cause}")] if is_news else []
    return _with(book, after), notes


def _claim(
    book: Book, outage_id: str, state: AlertState, who: str, by: str, now: datetime
) -> tuple[Book, list[Action]]:
    alert = _find(book, outage_id)
    if alert is None or not alert.is_live or (alert.state, alert.claimed_by) == (state, who):
        return book, []
    if state is AlertState.ACKNOWLEDGED and not alert.state.is_unclaimed:
        return book, []  # whoever was first keeps it
    after = replace(alert, state=state, claimed_by=who, claimed_at=now)
    return _with(book, after), [Note(alert.id, f"{state}" if who == by else f"{state} to {who}", by)]


def _settle(book: Book, notes: list[Action], now: datetime) -> tuple[Book, tuple[Action, ...]]:
    policy = book.policy
    alerts = dict(book.alerts)
    reasons = suppressions(book, now)
    actions: list[Action] = list(notes)
    for alert in book.alerts.values():
        why = reasons.get(alert.id, ())
        if why != alert.suppressed_by:
            alerts[alert.id] = replace(alert, suppressed_by=why)
            if alert.is_live:
                what = "suppressed" if why else "not suppressed any more"
                actions.append(Note(alert.id, what, why="; ".join(why)))
    # What is overdue twice (a change, and an escalation) is told twice now, not at the next occasion.
    while due := _all_due(alerts.values(), policy, now):
        for page in _pages(due, policy, now):
            for alert, state in zip(page.alerts, page.states, strict=True):
                alerts[alert.id] = alert
                actions.append(Note(alert.id, f"page {page.kind}", why=state))
            actions.append(page)
    alerts = {
        a.id: a for a in alerts.values() if a.resolved_at is None or now - a.resolved_at <= policy.reopen_within
    }
    silences = {s.id: s for s in book.silences.values() if s.ends_at > now}
    windows = {w.id: w for w in book.windows.values() if w.ends_at > now}
    return Book(policy, alerts, silences, windows), tuple(actions)


def _all_due(alerts: Iterable[Alert], policy: Policy, now: datetime) -> list[tuple[PageKind, str, Alert]]:
    """Give the alerts that are due a page; who still waits for its first goes with those of its group who are."""
    found = [(*due, alert) for alert in alerts if (due := _due(alert, policy, now)) is not None]
    ready = [item for item in found if item[0] in _AT_ONCE or now >= item[2].ready_at]
    gone = {_group_of(kind, alert, policy) for kind, _, alert in ready if kind in _FIRST}
    if not gone or len(ready) == len(found):
        return ready
    names = {alert.id for _, _, alert in ready}
    late = [i for i in found if i[2].id not in names and _group_of(i[0], i[2], policy) in gone]
    return ready + late


def _group_of(kind: PageKind, alert: Alert, policy: Policy) -> tuple[object, ...]:
    level = alert.level + 1 if kind is PageKind.ESCALATED else 0
    common = {"district": alert.setting.district_id, "cause": alert.cause, "severity": alert.severity}
    return (kind, level, *(common[name] for name in policy.group_by))


def _due(alert: Alert, policy: Policy, now: datetime) -> tuple[PageKind, str] | None:
    """Say which page an alert is due once its wait is over, and the one word for what it says."""
    if not alert.is_live:
        word = f"{alert.round}:resolved"
        is_owed = bool(alert.pages) and alert.pages[-1].state != word
        return (PageKind.RESOLVED, word) if is_owed else None
    if alert.suppressed_by:
        return None
    may_escalate = alert.pages and alert.state.is_unclaimed and alert.level < len(policy.escalate_after)
    if may_escalate and now >= alert.pages[0].at + policy.escalate_after[alert.level]:
        return PageKind.ESCALATED, f"{alert.round}:escalated:{alert.level + 1}"
    if _has_news(alert):
        first = PageKind.REOPENED if alert.round > 1 else PageKind.OPENED
        kind = PageKind.CHANGED if alert.pages else first
        return kind, f"{alert.round}:open:{alert.severity}:{alert.cause}"
    return None


def _has_news(alert: Alert) -> bool:
    """Whether people have not been told how it stands: nothing yet, or less, or another cause."""
    said = [page for page in alert.pages if ":open:" in page.state]
    if not said:
        # Taken on before the first page: whoever did knows, nobody need be woken; theft is told all the same.
        return alert.state.is_unclaimed or alert.cause in GUARDED
    is_worse = alert.severity.rank > max(page.severity.rank for page in said)
    is_other = alert.cause not in {page.cause for page in said}
    return is_worse or (is_other and (alert.state.is_unclaimed or alert.cause in GUARDED))


def _pages(due: Iterable[tuple[PageKind, str, Alert]], policy: Policy, now: datetime) -> list[Page]:
    groups: dict[tuple[object, ...], list[tuple[str, Alert]]] = {}
    for kind, word, alert in due:
        key = _group_of(kind, alert, policy)
        level = int(str(key[1]))
        after = replace(
            alert,
            pages=(*alert.pages, Paged(word, now, alert.severity, alert.cause)),
            level=level or alert.level,
        )
        groups.setdefault(key, []).append((word, after))
    return [
        Page(PageKind(str(key[0])), tuple(a for _, a in items), tuple(w for w, _ in items), now, int(str(key[1])))
        for key, items in groups.items()
    ]


def _find(book: Book, outage_id: str) -> Alert | None:
    known = book.alerts.get(outage_id)
    if known is not None:
        return known
    return next((a for a in book.alerts.values() if outage_id == a.outage_id or outage_id in a.past), None)


def _returned(book: Book, root_id: str, now: datetime) -> Alert | None:
    """Give the alert that ended so lately that a new loss of its root is the same trouble."""
    ended = [
        (a.resolved_at, a.id, a)
        for a in book.alerts.values()
        if a.resolved_at is not None and a.root_id == root_id and now - a.resolved_at <= book.policy.reopen_within
    ]
    return max(ended)[2] if ended else None


def _taker(book: Book, alert: Alert) -> str:
    """Name the live alert that an alert's root is lost with by now; none: it is back."""
    return next(
        (a.id for a in book.alerts.values() if a.is_live and a is not alert and alert.root_id in a.members), ""
    )


def _with(book: Book, alert: Alert) -> Book:
    return replace(book, alerts={**book.alerts, alert.id: alert})


def _evidence(outage: Outage) -> tuple[str, ...]:
    return tuple(item.text for item in outage.evidence[:_EVIDENCE_SHOWN])
