"""The statements behind availability: pieces of SQL that several questions share, put together from constants.

Every statement takes the period as ``$1`` and ``$2`` and the kinds of device as
``$3``; what else it takes is said with it. Sums are seconds, groups are arrays of ids.
What is summed is summed by row of ``membership`` first: a device that moved counts
where it was at the time.
"""

# ruff: noqa: S608 - every name that is put into a statement is a constant of this module
from __future__ import annotations

from collections.abc import Sequence

from gisops.model.membership import GroupKind
from gisops.model.state import DeviceState

__all__ = ["PLACE", "caused", "days", "failures", "key_of", "lost_by_cause", "outages", "taken_out", "times"]

_COLUMNS = {
    GroupKind.DEVICE: "device_id",
    GroupKind.BOX: "box_id",
    GroupKind.SITE: "site_id",
    GroupKind.STATION: "station_id",
    GroupKind.DISTRICT: "district_id",
    GroupKind.CONTRACTOR: "contractor",
    GroupKind.ALL: "'all'",
}
"""What the members of a group have in common, as SQL over ``membership``."""
PLACE = "ARRAY[m.id::text]"
"""The key of single rows of ``membership``."""

_ANSWERS = f"state IN ('{DeviceState.UP}', '{DeviceState.DEGRADED}')"
_LOST = f"state IN ('{DeviceState.DOWN}', '{DeviceState.UNREACHABLE}')"
_WORK = f"state = '{DeviceState.MAINTENANCE}'"


def _member(of: str = "") -> str:
    """Where devices belong in the period, cut to it."""
    return f"""member AS (
    SELECT id, device_id, greatest(t0, $1) AS a, least(t1, $2) AS b
    FROM membership WHERE kind = ANY($3) AND t0 < $2 AND t1 > $1 {of}
)"""


# The states that touch the period, cut to it: those that begin in it, and for each device the one it began in.
_HELD = """held AS (
    SELECT m.id, h.device_id, h.state, h.t0, greatest(h.t0, m.a) AS a, least(h.t1, m.b) AS b
    FROM state_history AS h JOIN member AS m USING (device_id)
    WHERE h.t0 >= $1 AND h.t0 < $2 AND h.t0 < m.b AND (h.t1 > m.a OR h.t1 IS NULL)
    UNION ALL
    SELECT m.id, h.device_id, h.state, h.t0, m.a, least(h.t1, m.b)
    FROM member AS m CROSS JOIN LATERAL (
        SELECT * FROM state_history AS s WHERE s.device_id = m.device_id AND s.t0 < $1
        ORDER BY s.t0 DESC, s.t1 DESC NULLS FIRST LIMIT 1
    ) AS h
    WHERE h.t1 > m.a OR h.t1 IS NULL
)"""


def _covered(since: str) -> str:
    """Which device each window covers, and from when to when; a kind nobody works on costs nothing."""
    return "\n            UNION ALL ".join(
        f"""SELECT m.device_id, greatest(w.t0, m.t0) AS t0, least(w.t1, m.t1) AS t1
            FROM maintenance AS w JOIN membership AS m ON {column} = w.scope_id AND w.t0 < m.t1 AND w.t1 > m.t0
            WHERE w.scope_kind = '{kind}' AND w.t0 < $2 AND w.t1 > {since} AND w.t0 < w.t1"""
        for kind, column in _COLUMNS.items()
    )


def key_of(by: Sequence[GroupKind]) -> str:
    """Give the key of a group, as SQL over ``membership AS m``; by nothing, all are one group."""
    return f"ARRAY[{', '.join(f'm.{_COLUMNS[kind]}' for kind in by)}]::text[]"


def _work(since: str) -> str:
    """Maintenance of each device from ``since`` to ``$2``: what overlaps or touches taken together, not cut."""
    return f"""work AS MATERIALIZED (
    SELECT device_id, lower(span) AS t0, upper(span) AS t1 FROM (
        SELECT device_id, unnest(range_agg(tstzrange(t0, t1))) AS span
        FROM (
            {_covered(since)}
        ) AS covered GROUP BY device_id
    ) AS spans
)"""


def _seconds(start: str, end: str) -> str:
    return f"date_part('epoch', {end} - {start})"


def _asked(start: str, end: str, has_gaps: bool) -> str:
    """Seconds of a span in which somebody asked.

    ``$4`` are the edges of the gaps, ``$5`` and ``$6`` what to add to and by what to
    multiply the seconds of the period left of each edge: the sum of the gaps before a
    moment is linear between two edges. Most spans have no edge inside, and are quickly
    asked about: whole where they lie between two gaps, nothing where they lie in one.
    """

    def left_of(moment: str) -> str:
        return f"width_bucket({moment}, $4::timestamptz[])"

    def before(moment: str) -> str:
        at = f"{left_of(moment)} + 1"
        return f"($5::float8[])[{at}] + ($6::float8[])[{at}] * {_seconds('$1', moment)}"

    if not has_gaps:
        return _seconds(start, end)
    return f"""CASE WHEN {left_of(start)} <> {left_of(end)}
        THEN {_seconds(start, end)} - ({before(end)} - ({before(start)}))
        WHEN ($6::float8[])[{left_of(start)} + 1] = 0 THEN {_seconds(start, end)} ELSE 0 END"""


def _three(start: str, end: str, has_gaps: bool) -> str:
    asked = _asked(start, end, has_gaps)
    return f"""coalesce(sum({asked}) FILTER (WHERE {_ANSWERS}), 0) AS available_s,
           coalesce(sum({asked}) FILTER (WHERE {_LOST}), 0) AS lost_s,
           coalesce(sum({_seconds(start, end)}) FILTER (WHERE {_WORK}), 0) AS maintenance_s"""


def times(key: str, has_gaps: bool) -> str:
    """Give devices, whole, available, lost and maintenance by group, as if no work were announced.

    Takes ``$4`` to ``$6`` where there are gaps.
    """
    return f"""
WITH {_member()}, {_HELD},
summed AS (SELECT id, {_three("a", "b", has_gaps)} FROM held GROUP BY id),
sized AS (
    SELECT m.id, {_seconds("a", "b")} AS whole_s, available_s, lost_s, maintenance_s
    FROM member AS m LEFT JOIN summed USING (id)
)
SELECT {key} AS grp, count(DISTINCT m.device_id) AS devices, sum(whole_s) AS whole_s,
       coalesce(sum(available_s), 0) AS available_s, coalesce(sum(lost_s), 0) AS lost_s,
       coalesce(sum(maintenance_s), 0) AS maintenance_s
FROM sized JOIN membership AS m USING (id) GROUP BY grp ORDER BY grp"""


def taken_out(key: str, has_gaps: bool) -> str:
    """Give what announced work takes out of the sums of `times`, and how long it is; ``$4``-``$6`` with gaps."""
    a, b = "greatest(h.a, w.t0)", "least(h.b, w.t1)"
    return f"""
WITH {_work("$1")}, {_member("AND device_id IN (SELECT device_id FROM work)")}, {_HELD},
whole AS (
    SELECT m.id, sum({_seconds("greatest(w.t0, m.a)", "least(w.t1, m.b)")}) AS work_s
    FROM work AS w JOIN member AS m ON m.device_id = w.device_id AND w.t0 < m.b AND w.t1 > m.a GROUP BY m.id
),
part AS (
    SELECT h.id, {_three(a, b, has_gaps)}
    FROM held AS h JOIN work AS w ON w.device_id = h.device_id AND w.t0 < h.b AND w.t1 > h.a
    GROUP BY h.id
)
SELECT {key} AS grp, sum(work_s) AS work_s, coalesce(sum(available_s), 0) AS available_s,
       coalesce(sum(lost_s), 0) AS lost_s, coalesce(sum(maintenance_s), 0) AS maintenance_s
FROM whole LEFT JOIN part USING (id) JOIN membership AS m USING (id) GROUP BY grp"""


def days(key: str) -> str:
    """Give the sums of the days that are rolled up; takes the kinds as ``$1`` and the days as ``$2``."""
    # Numbers instead of keys, and no DISTINCT, over every device of every day: a few times as fast.
    return f"""
WITH place AS MATERIALIZED (
    SELECT m.id, m.device_id, {key} AS grp, dense_rank() OVER (ORDER BY {key}) AS g
    FROM membership AS m WHERE m.kind = ANY($1)
), twice AS (
    SELECT day, g, sum(n - 1) AS n FROM (
        SELECT r.day, p.g, count(*) AS n FROM availability_day AS r JOIN place AS p ON p.id = r.membership_id
        WHERE r.day = ANY($2)
          AND p.device_id IN (SELECT device_id FROM membership GROUP BY device_id HAVING count(*) > 1)
        GROUP BY r.day, p.g, p.device_id
    ) AS moved GROUP BY day, g
), summed AS (
    SELECT r.day, p.g, count(*) AS n, sum(available_s) AS available_s, sum(lost_s) AS lost_s,
           sum(unknown_s) AS unknown_s, sum(maintenance_s) AS maintenance_s
    FROM availability_day AS r JOIN place AS p ON p.id = r.membership_id
    WHERE r.day = ANY($2) GROUP BY r.day, p.g
)
SELECT s.day, k.grp, (s.n - coalesce(t.n, 0))::bigint AS devices, available_s, lost_s, unknown_s, maintenance_s
FROM summed AS s JOIN (SELECT DISTINCT g, grp FROM place) AS k USING (g) LEFT JOIN twice AS t USING (day, g)"""


# $4: up to when is known; $5: begins of the parts of the period and its end; $6: onset of the oldest failure.
_COUNTED = """counted AS (
    SELECT m.id, f.device_id, f.onset_at AS begun_at, coalesce(w.t1, f.onset_at) AS onset_at, f.restored_at
    FROM failure AS f
    LEFT JOIN work AS w ON w.device_id = f.device_id AND w.t0 <= f.onset_at AND f.onset_at < w.t1
    JOIN membership AS m ON m.device_id = f.device_id AND m.kind = ANY($3)
     AND m.t0 <= coalesce(w.t1, f.onset_at) AND coalesce(w.t1, f.onset_at) < m.t1
    WHERE f.onset_at < $2 AND (f.restored_at >= $1 OR f.restored_at IS NULL)
      AND (w.t1 IS NULL OR w.t1 < coalesce(f.restored_at, $4))
)"""


# Part 0 has the onsets before the period: what was open when it began.
def _counts(source: str, key: str, names: str) -> str:
    """Count onsets and restorations by part of the period and group."""
    return f"""
SELECT part, {key} AS grp, sum(begun) AS begun, sum(ended) AS ended, sum(repair_s) AS repair_s FROM (
    SELECT {names}, width_bucket(onset_at, $5::timestamptz[]) AS part, count(*) AS begun, 0 AS ended, 0 AS repair_s
    FROM {source} WHERE onset_at < $2 GROUP BY {names}, part
    UNION ALL
    SELECT {names}, width_bucket(restored_at, $5::timestamptz[]), 0, count(*),
           sum({_seconds("onset_at", "restored_at")})
    FROM {source} WHERE restored_at < $2 GROUP BY {names}, width_bucket(restored_at, $5::timestamptz[])
) AS counts JOIN membership AS m USING (id) GROUP BY 1, 2"""


# The outage that shares most time with a failure tells its cause; the older one where two share as much.
_CAUSED = """caused AS (
    SELECT DISTINCT ON (c.device_id, c.begun_at)
           c.id, c.device_id, c.begun_at, c.onset_at, c.restored_at, coalesce(o.cause, 'unknown') AS cause
    FROM counted AS c LEFT JOIN (outage_member AS om JOIN outage_life AS o ON o.id = om.outage_id)
      ON om.device_id = c.device_id
     AND o.opened_at < coalesce(c.restored_at, $4) AND coalesce(o.closed_at, $4) > c.begun_at
    ORDER BY c.device_id, c.begun_at,
             least(o.closed_at, c.restored_at, $4) - greatest(o.opened_at, c.begun_at) DESC NULLS LAST,
             o.opened_at, o.id
)"""


def failures(key: str) -> str:
    """Give begun, ended and repair_s of failures by part of the period and group; takes ``$4`` to ``$6``."""
    return f"WITH {_work('$6')}, {_COUNTED}{_counts('counted', key, 'id')}"


def caused(key: str) -> str:
    """Give the same by group and cause, which is last in the key; takes ``$4`` to ``$6``."""
    return f"WITH {_work('$6')}, {_COUNTED}, {_CAUSED}{_counts('caused', f'{key} || cause', 'id, cause')}"


def lost_by_cause(key: str) -> str:
    """Give the lost time by group and cause, outside maintenance.

    Takes ``$4`` (up to when is known), ``$5`` and ``$6`` (begins and ends of the gaps, as
    times) and ``$7`` (onset of the oldest failure).
    """
    gap = _seconds("greatest(a, g.t0)", "least(b, g.t1)")
    net = f"{_seconds('a', 'b')} - coalesce((SELECT sum({gap}) FROM gap AS g WHERE g.t0 < b AND g.t1 > a), 0)"
    return f"""
WITH {_member()}, {_work("least($1, $7)")}, {_COUNTED}, {_CAUSED}, {_HELD},
gap AS (SELECT * FROM unnest($5::timestamptz[], $6::timestamptz[]) AS g (t0, t1)),
lost AS (
    SELECT id, device_id, t0, a, b, 1 AS sign FROM held WHERE {_LOST}
    UNION ALL
    SELECT h.id, h.device_id, h.t0, greatest(h.a, w.t0), least(h.b, w.t1), -1
    FROM held AS h JOIN work AS w ON w.device_id = h.device_id AND w.t0 < h.b AND w.t1 > h.a
    WHERE {_LOST}
),
summed AS (
    SELECT lost.id, coalesce(c.cause, 'unknown') AS cause, sum(sign * ({net})) AS lost_s
    FROM lost LEFT JOIN caused AS c
      ON c.device_id = lost.device_id AND c.begun_at <= lost.t0 AND (c.restored_at > lost.t0 OR c.restored_at IS NULL)
    GROUP BY 1, 2
)
SELECT {key} || cause AS grp, sum(lost_s) AS lost_s FROM summed JOIN membership AS m USING (id) GROUP BY 1"""


def outages(key: str) -> str:
    """Give the outages detected in each part of the period, by group.

    Takes ``$4``, begins of the parts and the end of the period. A device belongs where it was then.
    """
    return f"""
WITH touched AS (
    SELECT DISTINCT o.id, {key} AS grp FROM outage_life AS o
    JOIN outage_member AS om ON om.outage_id = o.id
    JOIN membership AS m ON m.device_id = om.device_id AND m.kind = ANY($3)
     AND m.t0 <= o.detected_at AND o.detected_at < m.t1
    WHERE o.detected_at >= $1 AND o.detected_at < $2
)
SELECT width_bucket(detected_at, $4::timestamptz[]) AS part, grp, count(*) AS outages,
       sum({_seconds("opened_at", "detected_at")}) AS detect_least_s,
       sum({_seconds("least(seen_at, opened_at)", "detected_at")}) AS detect_most_s,
       count(acknowledged_at) AS acknowledged,
       coalesce(sum({_seconds("detected_at", "acknowledged_at")}), 0) AS acknowledge_s
FROM touched JOIN outage_life USING (id) GROUP BY 1, 2"""
