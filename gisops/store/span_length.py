"""How long is each span, as the database itself computes it from the stored bytes? Core SQL, no extension.

The third way beside :mod:`gisops.fibre.length`, and it shares nothing with the
other two: it takes the doubles out of the WKB by their bits (IEEE 754), turns
each vertex into earth-centred coordinates on WGS 84, and adds up chords, each
lengthened to its arc. A span with a geometry that is no plain line has no length here.
"""

from __future__ import annotations

import psycopg

from gisops.errors import StoreError
from gisops.store.dsn import place_of, unreachable

__all__ = ["span_lengths_m"]

_TIMEOUT_S = 10
# WKB of a line: byte order 1 (little endian), type 2, number of points, then doubles x and y.
# Arc of a chord c on radius R: c (1 + c^2 / 24 R^2); the next term is below a micrometre for 10 km.
_LENGTHS = """
WITH line AS (
    SELECT id, geom_wkb AS b,
        get_byte(geom_wkb, 5) + 256 * get_byte(geom_wkb, 6) + 65536 * get_byte(geom_wkb, 7) AS points
    FROM asset
    WHERE layer = 'spans' AND substring(geom_wkb FROM 1 FOR 5) = '\\x0102000000'::bytea AND get_byte(geom_wkb, 8) = 0
), ordinate AS (
    SELECT id, k, axis,
        CASE WHEN exponent = 0 THEN 0.0::float8 ELSE
            (CASE WHEN get_byte(b, o + 7) >= 128 THEN -1.0::float8 ELSE 1.0::float8 END)
            * power(2.0::float8, (exponent - 1023)::float8)
            * (1.0::float8 + mantissa::float8 / 4503599627370496.0::float8)
        END AS degrees
    FROM line
    CROSS JOIN LATERAL generate_series(0, points - 1) AS k
    CROSS JOIN generate_series(0, 1) AS axis
    CROSS JOIN LATERAL (SELECT 9 + 16 * k + 8 * axis AS o) AS place
    CROSS JOIN LATERAL (
        SELECT ((get_byte(b, o + 7) & 127) << 4) | (get_byte(b, o + 6) >> 4) AS exponent,
            ((get_byte(b, o + 6) & 15)::bigint << 48) | (get_byte(b, o + 5)::bigint << 40)
            | (get_byte(b, o + 4)::bigint << 32) | (get_byte(b, o + 3)::bigint << 24)
            | (get_byte(b, o + 2)::bigint << 16) | (get_byte(b, o + 1)::bigint << 8) | get_byte(b, o)::bigint
            AS mantissa
    ) AS bits
), vertex AS (
    SELECT id, k, radians(max(degrees) FILTER (WHERE axis = 0)) AS lon,
        radians(max(degrees) FILTER (WHERE axis = 1)) AS lat
    FROM ordinate GROUP BY id, k
), normal AS (
    SELECT *, 6378137.0::float8 / sqrt(1.0 - 0.0066943799901413165 * sin(lat) ^ 2) AS n FROM vertex
), centred AS (
    SELECT id, k, n * cos(lat) * cos(lon) AS x, n * cos(lat) * sin(lon) AS y,
        n * (1.0 - 0.0066943799901413165) * sin(lat) AS z
    FROM normal
), step AS (
    SELECT id, sqrt(
        (x - lag(x) OVER along) ^ 2 + (y - lag(y) OVER along) ^ 2 + (z - lag(z) OVER along) ^ 2) AS c
    FROM centred WINDOW along AS (PARTITION BY id ORDER BY k)
)
SELECT id, sum(c * (1.0 + c ^ 2 / (24.0 * 6371008.8::float8 ^ 2)))::float8 FROM step GROUP BY id
"""


def span_lengths_m(dsn: str) -> dict[str, float]:
    """Ask the database for the length of every span.

    Parameters
    ----------
    dsn
        A migrated database with an inventory in it.

    Returns
    -------
    dict
        Metres by span id.

    Raises
    ------
    StoreError
        Where it cannot be reached, or has no inventory table.
    """
    try:
        connection = psycopg.connect(dsn, connect_timeout=_TIMEOUT_S)
    except psycopg.Error as error:
        raise unreachable(dsn, error) from None
    with connection:
        try:
            rows = connection.execute(_LENGTHS).fetchall()
        except psycopg.Error as error:
            what = (str(error).splitlines() or [type(error).__name__])[0]
            raise StoreError(place_of(dsn), what, "run gisops db migrate and try again") from error
    return {str(span_id): float(metres) for span_id, metres in rows if metres is not None}
