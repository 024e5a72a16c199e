"""How one unit of measure turns into another, by the words that devices really use for it.

A word means something only beside the unit that is wanted: ``K`` is kelvin
where degrees Celsius are wanted and 1,000 octets where octets are. Prefixes
that differ by case alone (mW, MW) are taken as written and never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["convert", "is_known_unit"]


@dataclass(frozen=True)
class _Dimension:
    """Words of one kind of quantity: ``base = value * factor + offset``."""

    exact: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    folded: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def find(self, word: str) -> tuple[float, float] | None:
        return self.exact.get(word) or self.folded.get(word.casefold())


def _words(factor: float, *words: str, offset: float = 0.0) -> dict[str, tuple[float, float]]:
    return dict.fromkeys(words, (factor, offset))


def _si(symbol: str, *names: str) -> _Dimension:
    """Give a quantity with the prefixes that power electronics shows."""
    return _Dimension(
        exact={
            **_words(1, symbol),
            **_words(1e-6, f"u{symbol}", f"µ{symbol}", f"μ{symbol}"),
            **_words(1e-3, f"m{symbol}"),
            **_words(1e3, f"k{symbol}", f"K{symbol}"),
            **_words(1e6, f"M{symbol}"),
        },
        folded=_words(1, symbol.casefold(), *names),
    )


def _octets(step: float) -> _Dimension:
    """Give amounts of data where kilo means ``step``; KiB and its kin mean 1,024 always."""
    table = _words(1, "b", "byte", "bytes", "octet", "octets")
    for power, letter in enumerate("kmgt", 1):
        names = (letter, f"{letter}b", f"{letter}byte", f"{letter}bytes")
        table |= _words(step**power, *names) | _words(1024.0**power, f"{letter}ib")
    return _Dimension(folded=table)


def _octet_rate() -> _Dimension:
    exact = _words(1, "B/s", "Bps") | _words(1 / 8, "b/s", "bps")
    folded = _words(1 / 8, "bit/s", "bits/s") | _words(1, "byte/s", "bytes/s", "octets/s")
    for power, letter in enumerate("kMG", 1):
        step = 1000.0**power
        both = {letter, letter.upper()}
        exact |= _words(step, *(f"{p}B/s" for p in both), *(f"{p}Bps" for p in both))
        exact |= _words(step / 8, *(f"{p}b/s" for p in both), *(f"{p}bps" for p in both))
        folded |= _words(step / 8, f"{letter.lower()}bit/s", f"{letter.lower()}bits/s")
    return _Dimension(exact, folded)


_DIMENSIONS = (
    _Dimension(folded=_words(1, "%", "percent", "percentage", "pct", "%rh", "rh", "percent rh")),
    _Dimension(
        folded={
            **_words(1, "degc", "c", "°c", "℃", "deg c", "celsius", "centigrade", "degrees c", "degrees celsius"),
            **_words(
                5 / 9,
                "degf",
                "f",
                "°f",
                "℉",
                "deg f",
                "fahrenheit",
                "degrees f",
                "degrees fahrenheit",
                offset=-160 / 9,
            ),
            **_words(1, "k", "kelvin", offset=-273.15),
        }
    ),
    _Dimension(
        exact=_words(1e-3, "ms"),
        folded={
            **_words(1, "s", "sec", "secs", "second", "seconds"),
            **_words(60, "min", "mins", "minute", "minutes"),
            **_words(3600, "h", "hr", "hrs", "hour", "hours"),
            **_words(86400, "d", "day", "days"),
            **_words(1e-3, "msec", "millisecond", "milliseconds"),
        },
    ),
    _si("V", "volt", "volts", "vac", "vdc", "v ac", "v dc", "volts ac", "volts dc"),
    _si("A", "amp", "amps", "ampere", "amperes"),
    _si("W", "watt", "watts"),
    _si("VA", "volt-ampere", "volt-amperes"),
    _Dimension(folded=_words(1, "hz", "hertz") | _words(1e3, "khz") | _words(1e6, "mhz") | _words(1e9, "ghz")),
    _Dimension(folded=_words(1, "deg", "°", "degree", "degrees") | _words(57.29577951308232, "rad")),
    _octet_rate(),
)
_DATA, _DATA_BINARY = _octets(1000.0), _octets(1024.0)


def is_known_unit(unit: str) -> bool:
    """Whether anything can be converted into ``unit``."""
    return _dimension_of(unit, binary=False) is not None


def convert(value: float, word: str, unit: str, *, binary: bool = False) -> float | None:
    """Turn a value in the unit a device names into the unit that is wanted.

    Parameters
    ----------
    value
        In the unit that ``word`` means.
    word
        As the device wrote it.
    unit
        What is wanted.
    binary
        Whether KB, MB ... are powers of 1,024, as memory is counted.

    Returns
    -------
    float or None
        In ``unit``; ``None`` where the word is unknown or of another quantity.

    Examples
    --------
    >>> round(convert(98.6, "F", "degC"), 6), convert(512, "MB", "B", binary=True)
    (37.0, 536870912.0)
    >>> convert(15, "V", "%") is None
    True
    """
    if word == unit:
        return value
    dimension = _dimension_of(unit, binary=binary)
    wanted = dimension.find(unit) if dimension else None
    given = dimension.find(word) if dimension else None
    if given is None or wanted is None:
        return None
    base = value * given[0] + given[1]
    return (base - wanted[1]) / wanted[0]


def _dimension_of(unit: str, *, binary: bool) -> _Dimension | None:
    for dimension in (*_DIMENSIONS, _DATA_BINARY if binary else _DATA):
        if dimension.find(unit) is not None:
            return dimension
    return None
