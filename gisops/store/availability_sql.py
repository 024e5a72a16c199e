"""The statements behind availability: pieces of SQL that several questions share, put together from constants.

Every statement takes the period as ``$1`` and ``$2`` and the kinds of device as
``$3``; what else it takes is said with it. Sums are seconds.
"""

from __future__ import annotations

from gisops.model.membership import GroupKind
from gisops.model.state import DeviceState

__all__ = ["COLUMNS", "caused", "devices", "failures", "lost_by_cause", "outages", "taken_out", "times"]

COLUMNS = {
    GroupKind.DEVICE: "device_id",
    GroupKind.BOX: "box_id",
    GroupKind.SITE: "site_id",
    GroupKind.STATION: "station_id",
    GroupKind.DISTRICT: "district_id",
    GroupKind.CONTRACTOR: "contractor",
    GroupKind.ALL: "'all'",
}
"""What the members of a group have in common, as SQL over ``membership``."""

_ANSWERS = f"state IN ('{DeviceState.UP}', '{DeviceState.DEGRADED}')"
_LOST = f"state IN ('{DeviceState.DOWN}', '{DeviceState.UNREACHABLE}')"
_WORK = f"state = '{DeviceState.MAINTENANCE}'"


def _member(by: GroupKind) -> str:
    return f"member AS (SELECT device_id, {COLUMNS[by]} AS grp FROM membership WHERE kind = ANY($3))"  # noqa: S608


# The states that touch the period, cut to it: those that begin in it, and for each device the one it began in.
_HELD = """held AS (
    SELECT m.grp, h.device_id, h.state, h.t0, h.t0 AS a, least(h.t1, $2) AS b
    FROM state_history AS h JOIN member AS m USING (device_id)
    WHERE h.t0 >= $1 AND h.t0 < $2
    UNION ALL
    SELECT m.grp, h.device_id, h.state, h.t0, $1, least(h.t1, $2)
    FROM member AS m CROSS JOIN LATERAL (
        SELECT * FROM state_history AS s WHERE s.device_id = m.device_id AND s.t0 < $1
        ORDER BY s.t0 DESC, s.t1 DESC NULLS FIRST LIMIT 1
    ) AS h
    WHERE h.t1 > $1 OR h.t1 IS NULL
)"""

_SCOPES = "\n            UNION ALL ".join(
    f"SELECT '{kind}' AS scope_kind, {column} AS scope_id, device_id FROM membership"  # noqa: S608
    for kind, column in COLUMNS.items()
)


def _work(since: str) -> str:
    """Maintenance of each device from ``since`` to ``$2``: what overlaps or touches taken together, not cut."""
    return f"""work AS MATERIALIZED (
    SELECT device_id, lower(span) AS t0, upper(span) AS t1 FROM (
        SELECT device_id, unnest(range_agg(tstzrange(w.t0, w.t1))) AS span
        FROM (
            {_SCOPES}
        ) AS covered JOIN maintenance AS w USING (scope_kind, scope_id)
        WHERE w.t0 < $2 AND w.t1 > {since} AND w.t0 < w.t1
        GROUP BY device_id
    ) AS spans
)"""  # noqa: S608 - constants


def _seconds(start: str, end: str) -> str:
    return f"date_part('epoch', {end} - {start})"


def _unasked(start: str, end: str) -> str:
    """Seconds of a span in which nobody asked.

    ``$4`` are the edges of the gaps in seconds of the period, ``$5`` and ``$6`` what
    to add and by what to multiply left of each edge: the sum of the gaps before a
    moment is linear between two edges.
    """

    def before(moment: str) -> str:
        x = _seconds("$1", moment)
        return f"($5::float8[])[width_bucket({x}, $4) + 1] + ($6::float8[])[width_bucket({x}, $4) + 1] * {x}"

    return f"({before(end)} - ({before(start)}))"


def _asked(start: str, end: str, has_gaps: bool) -> str:
    return _seconds(start, end) + (f" - {_unasked(start, end)}" if has_gaps else "")


def times(by: GroupKind, has_gaps: bool) -> str:
    """Give available, lost and maintenance by group, as if no work were announced; ``$4``-``$6`` with gaps."""
    return f"""
WITH {_member(by)}, {_HELD}
SELECT grp, coalesce(sum({_asked("a", "b", has_gaps)}) FILTER (WHERE {_ANSWERS}), 0) AS available_s,
       coalesce(sum({_asked("a", "b", has_gaps)}) FILTER (WHERE {_LOST}), 0) AS lost_s,
       coalesce(sum({_seconds("a", "b")}) FILTER (WHERE {_WORK}), 0) AS maintenance_s
FROM held GROUP BY grp"""  # noqa: S608 - constants


def taken_out(by: GroupKind, has_gaps: bool) -> str:
    """Give what announced work takes out of the sums of `times`, and how long it is; ``$4``-``$6`` with gaps."""
    a, b = "greatest(h.a, w.t0)", "least(h.b, w.t1)"
    return f"""
WITH {_member(by)}, {_HELD}, {_work("$1")},
whole AS (
    SELECT grp, sum({_seconds("greatest(w.t0, $1)", "least(w.t1, $2)")}) AS work_s
    FROM work AS w JOIN member USING (device_id) GROUP BY grp
),
part AS (
    SELECT h.grp, coalesce(sum({_asked(a, b, has_gaps)}) FILTER (WHERE {_ANSWERS}), 0) AS available_s,
           coalesce(sum({_asked(a, b, has_gaps)}) FILTER (WHERE {_LOST}), 0) AS lost_s,
           coalesce(sum({_seconds(a, b)}) FILTER (WHERE {_WORK}), 0) AS maintenance_s
    FROM held AS h JOIN work AS w ON w.device_id = h.device_id AND w.t0 < h.b AND w.t1 > h.a
    GROUP BY h.grp
)
SELECT whole.grp, work_s, coalesce(available_s, 0) AS available_s, coalesce(lost_s, 0) AS lost_s,
       coalesce(maintenance_s, 0) AS maintenance_s
FROM whole LEFT JOIN part USING (grp)"""  # noqa: S608 - constants


def devices(by: GroupKind) -> str:
    """Give each group, its name and how many devices it has; takes the kinds as ``$1``."""
    return f"""
SELECT grp, n, name FROM (
    SELECT {COLUMNS[by]} AS grp, count(*) AS n FROM membership WHERE kind = ANY($1) GROUP BY 1
) AS counted LEFT JOIN group_name ON group_name.kind = '{by}' AND group_name.id = grp
ORDER BY grp"""  # noqa: S608 - constants


# $4: up to when is known; $5: begins of the parts of the period, $6: their ends; $7: onset of the oldest failure.
_COUNTED = """counted AS (
    SELECT m.grp, f.device_id, f.onset_at AS begun_at, coalesce(w.t1, f.onset_at) AS onset_at, f.restored_at
    FROM failure AS f JOIN member AS m USING (device_id)
    LEFT JOIN work AS w ON w.device_id = f.device_id AND w.t0 <= f.onset_at AND f.onset_at < w.t1
    WHERE f.onset_at < $2 AND (f.restored_at >= $1 OR f.restored_at IS NULL)
      AND (w.t1 IS NULL OR w.t1 < coalesce(f.restored_at, $4))
)"""
_COUNTS = f"""
       count(*) FILTER (WHERE c.onset_at >= p.t0 AND c.onset_at < p.t1) AS failures,
       count(*) FILTER (WHERE c.restored_at >= p.t0 AND c.restored_at < p.t1) AS restored,
       coalesce(sum({_seconds("c.onset_at", "c.restored_at")})
                FILTER (WHERE c.restored_at >= p.t0 AND c.restored_at < p.t1), 0) AS repair_s,
       count(*) FILTER (WHERE c.onset_at < p.t1 AND (c.restored_at >= p.t1 OR c.restored_at IS NULL)) AS open"""
_PARTS = """
JOIN unnest($5::timestamptz[], $6::timestamptz[]) WITH ORDINALITY AS p (t0, t1, part)
  ON c.onset_at < p.t1 AND (c.restored_at >= p.t0 OR c.restored_at IS NULL)"""

# The outage that shares most time with a failure tells its cause; the older one where two share as much.
_CAUSED = """caused AS (
    SELECT DISTINCT ON (c.device_id, c.begun_at)
           c.device_id, c.begun_at, c.onset_at, c.restored_at, coalesce(o.cause, 'unknown') AS grp
    FROM counted AS c LEFT JOIN (outage_member AS om JOIN outage_life AS o ON o.id = om.outage_id)
      ON om.device_id = c.device_id
     AND o.opened_at < coalesce(c.restored_at, $4) AND coalesce(o.closed_at, $4) > c.begun_at
    ORDER BY c.device_id, c.begun_at,
             least(o.closed_at, c.restored_at, $4) - greatest(o.opened_at, c.begun_at) DESC NULLS LAST,
             o.opened_at, o.id
)"""


def failures(by: GroupKind) -> str:
    """Give the counts of failures by part of the period and group; takes ``$4`` to ``$7``."""
    return f"""
WITH {_member(by)}, {_work("$7")}, {_COUNTED}
SELECT p.part, c.grp, {_COUNTS} FROM counted AS c {_PARTS} GROUP BY p.part, c.grp"""  # noqa: S608 - constants


def caused() -> str:
    """Give the counts of failures by part of the period and cause; takes ``$4`` to ``$7``."""
    return f"""
WITH {_member(GroupKind.ALL)}, {_work("$7")}, {_COUNTED}, {_CAUSED}
SELECT p.part, c.grp, {_COUNTS} FROM caused AS c {_PARTS} GROUP BY p.part, c.grp"""  # noqa: S608 - constants


def lost_by_cause() -> str:
    """Give the lost time by cause, outside maintenance.

    Takes ``$4`` (up to when is known), ``$5`` and ``$6`` (edges of the gaps, as times) and ``$7``.
    """
    gap = _seconds("greatest(a, g.t0)", "least(b, g.t1)")
    net = f"{_seconds('a', 'b')} - coalesce((SELECT sum({gap}) FROM gap AS g WHERE g.t0 < b AND g.t1 > a), 0)"  # noqa: S608
    return f"""
WITH {_member(GroupKind.ALL)}, {_work("least($1, $7)")}, {_COUNTED}, {_CAUSED}, {_HELD},
gap AS (SELECT * FROM unnest($5::timestamptz[], $6::timestamptz[]) AS g (t0, t1)),
lost AS (
    SELECT device_id, t0, a, b, 1 AS sign FROM held WHERE {_LOST}
    UNION ALL
    SELECT h.device_id, h.t0, greatest(h.a, w.t0), least(h.b, w.t1), -1
    FROM held AS h JOIN work AS w ON w.device_id = h.device_id AND w.t0 < h.b AND w.t1 > h.a
    WHERE {_LOST}
)
SELECT coalesce(c.grp, 'unknown') AS grp, sum(sign * ({net})) AS lost_s
FROM lost LEFT JOIN caused AS c
  ON c.device_id = lost.device_id AND c.begun_at <= lost.t0 AND (c.restored_at > lost.t0 OR c.restored_at IS NULL)
GROUP BY 1"""  # noqa: S608 - constants


def outages(by: GroupKind | None) -> str:
    """Give the outages opened in each part of the period, by group or (``None``) by cause.

    Takes ``$4`` and ``$5``, begins and ends of the parts.
    """
    group = "o.cause" if by is None else "m.grp"
    return f"""
WITH {_member(by or GroupKind.ALL)},
touched AS (
    SELECT DISTINCT {group} AS grp, o.* FROM outage_life AS o
    JOIN outage_member AS om ON om.outage_id = o.id JOIN member AS m USING (device_id)
    WHERE o.detected_at >= $1 AND o.detected_at < $2
)
SELECT p.part, grp, count(*) AS outages,
       sum({_seconds("opened_at", "detected_at")}) AS detect_least_s,
       sum({_seconds("least(seen_at, opened_at)", "detected_at")}) AS detect_most_s,
       count(acknowledged_at) AS acknowledged,
       coalesce(sum({_seconds("detected_at", "acknowledged_at")}), 0) AS acknowledge_s
FROM touched JOIN unnest($4::timestamptz[], $5::timestamptz[]) WITH ORDINALITY AS p (t0, t1, part)
  ON detected_at >= p.t0 AND detected_at < p.t1
GROUP BY p.part, grp"""  # noqa: S608 - constants
