"""How often was right what was said with so much probability: the plot, as SVG without any library."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["draw"]

_SIDE, _MARGIN = 320, 44
_LOOK = 'font-family="sans-serif" font-size="12" role="img" aria-label="Reliability plot"'


def draw(bins: Iterable[tuple[int, float, float]]) -> str:
    """Draw a reliability plot.

    Parameters
    ----------
    bins
        Number of cases, mean stated probability, share that was right.

    Returns
    -------
    str
        SVG; the area of a dot is the number of cases, on the diagonal words and facts agree.
    """
    bins = list(bins)
    most = max((number for number, _, _ in bins), default=1)
    end, middle = _MARGIN + _SIDE, _MARGIN + _SIDE / 2
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {end + 16} {end + _MARGIN}" {_LOOK}>',
        f'<rect width="{end + 16}" height="{end + _MARGIN}" fill="white"/>',
        f'<path d="M{_MARGIN} 16V{end}H{end + 8}" fill="none" stroke="#445"/>',
        f'<path d="M{_MARGIN} {end}L{end} {_MARGIN}" stroke="#99a" stroke-dasharray="4 4"/>',
        f'<text x="{_MARGIN + _SIDE / 2}" y="{end + 34}" text-anchor="middle">probability stated</text>',
        f'<text x="14" y="{middle}" text-anchor="middle" transform="rotate(-90 14 {middle})">share right</text>',
    ]
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        parts.append(f'<text x="{_x(tick)}" y="{end + 16}" text-anchor="middle">{tick:g}</text>')
        parts.append(f'<text x="{_MARGIN - 6}" y="{_y(tick) + 4}" text-anchor="end">{tick:g}</text>')
    for number, stated, right in bins:
        radius = 3 + 15 * (number / most) ** 0.5
        parts.append(
            f'<circle cx="{_x(stated):.1f}" cy="{_y(right):.1f}" r="{radius:.1f}" fill="#2a6fbb" fill-opacity="0.55">'
            f"<title>{number} cases, stated {stated:.3f}, right {right:.3f}</title></circle>"
        )
    return "\n".join([*parts, "</svg>", ""])


def _x(share: float) -> float:
    return _MARGIN + share * _SIDE


def _y(share: float) -> float:
    return _MARGIN + (1 - share) * _SIDE
