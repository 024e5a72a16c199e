"""What is behind a span, worked out by hand on the small city."""

from gisops.fibre.topology import Behind, spans_with_boxes_behind
from tests.cities import small_city


def test_only_spur_spans_isolate_boxes() -> None:
    assert spans_with_boxes_behind(small_city()) == (
        Behind(("S6",), ("B5",)),
        Behind(("S5",), ("B4", "B5")),
        Behind(("S4",), ("B3", "B4", "B5")),
    )
