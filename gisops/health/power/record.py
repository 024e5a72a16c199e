"""How an episode is written down as an event, and read back: the history of every box from the log."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from gisops.health.power.episode import End, Episode
from gisops.model.event import Event, EventKind

__all__ = ["episode_of", "event_of_episode", "histories"]

_NUMBERS = (
    "charge_start_pct",
    "charge_first_pct",
    "charge_end_pct",
    "energy_wh",
    "load_w",
    "voltage_end_v",
    "temperature_c",
)


def event_of_episode(episode: Episode, recorded_at: datetime) -> Event:
    """Write an episode down; the same end of the same episode always has the same id."""
    high = episode.lasted_high_h
    payload = {
        "began_at": episode.began_at.isoformat(),
        "began_low": _text(episode.began_low),
        "ended_low": episode.ended_low.isoformat(),
        "ended_high": _text(episode.ended_high),
        "end": str(episode.end),
        "lasted_low_h": round(episode.lasted_low_h, 4),
        "lasted_high_h": None if high is None else round(high, 4),
        "followed_from": _text(episode.followed_from),
        **{name: getattr(episode, name) for name in _NUMBERS},
        "why": episode.why,
    }
    identity = f"{EventKind.AUTONOMY_MEASURED}:{episode.device_id}:{episode.began_at.isoformat()}:{episode.end}"
    return Event(
        f"{identity}:{episode.ended_low.isoformat()}",
        EventKind.AUTONOMY_MEASURED,
        episode.device_id,
        episode.ended_low,
        recorded_at,
        payload,
    )


def episode_of(event: Event) -> Episode:
    """Read an episode back; ``ValueError`` or ``KeyError`` for an event of another kind."""
    payload = event.payload
    if event.kind is not EventKind.AUTONOMY_MEASURED:
        raise ValueError(event.kind)
    return Episode(
        device_id=event.subject,
        began_at=datetime.fromisoformat(payload["began_at"]),
        began_low=_time(payload["began_low"]),
        ended_low=datetime.fromisoformat(payload["ended_low"]),
        ended_high=_time(payload["ended_high"]),
        end=End(payload["end"]),
        followed_from=_time(payload["followed_from"]),
        why=payload["why"],
        **{name: payload[name] for name in _NUMBERS},
    )


def histories(events: Iterable[Event]) -> dict[str, list[Episode]]:
    """Give every box's finished episodes, oldest first; the last word on each holds, what was taken back is gone.

    Parameters
    ----------
    events
        In log order; other kinds are passed over.
    """
    found: dict[str, dict[datetime, Episode]] = {}
    for event in events:
        if event.kind is EventKind.AUTONOMY_MEASURED:
            episode = episode_of(event)
            found.setdefault(event.subject, {})[episode.began_at] = episode
    return {
        device_id: [e for _, e in sorted(by_start.items()) if e.end is not End.WITHDRAWN]
        for device_id, by_start in found.items()
    }


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
