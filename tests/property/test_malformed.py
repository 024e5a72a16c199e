"""Malformed datagrams, a sample of what ``gisops bench fuzz`` sends: refused, and nothing follows from them."""

from __future__ import annotations

import random
from itertools import islice

import pytest

from gisops.bench.fuzz_decoders import Decoders
from gisops.bench.malformed import genuine, is_malformed, malformed, scapy_fuzz, v1_trap
from gisops.errors import WireError
from gisops.wire.ber import decode_oid
from gisops.wire.message import V3, decode_message, peek_version


def test_no_decoder_crashes_and_no_forgery_is_believed() -> None:
    seeds = [*genuine() * 10, *scapy_fuzz(60, seed=7)]
    decoders = Decoders(frozenset(seeds))
    rng = random.Random(7)  # noqa: S311 - repeatable
    decoders.take(islice(malformed(seeds, rng), 20_000))
    assert dict(decoders.crashes) == {}
    assert (decoders.believed, decoders.differing) == (0, 0)
    # Some are well formed still, by chance: the alterations are not all of the coarsest.
    assert 500 < decoders.read < decoders.refused


def test_what_devices_really_send_is_read() -> None:
    seeds = genuine()
    decoders = Decoders(frozenset(seeds))
    decoders.take(seeds)
    assert (decoders.read, decoders.refused, decoders.believed, decoders.differing) == (len(seeds), 0, 0, 0)
    assert not any(is_malformed(data) for data in seeds if peek_version(data) != V3)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(b"\x02\x01\x00\x04", b"\x02\x01\x01\x04", id="a version 1 trap in version 2c"),
        pytest.param(b"\xa4", b"\xa6", id="a version 1 trap that says it is an inform"),
        pytest.param(b"\x2b\x06\x01\x04\x01\x82\x3e", b"\x2b\x06\x01\x04\x80\x82\x3e", id="leading zeros in a name"),
    ],
)
def test_a_trap_that_is_nearly_right_is_refused(before: bytes, after: bytes) -> None:
    good = v1_trap(6, 1, 4200)
    assert decode_message(good).version == 0
    bad = good.replace(before, after, 1)
    assert bad != good
    assert is_malformed(bad)
    with pytest.raises(WireError):
        decode_message(bad)


def test_a_sub_identifier_with_leading_zeros_is_refused() -> None:
    # X.690 section 8.19.2: the leading octet of a sub-identifier is not 80 hexadecimal.
    assert decode_oid(bytes.fromhex("2b8101")) == "1.3.129"
    with pytest.raises(WireError, match="leading zeros"):
        decode_oid(bytes.fromhex("2b8001"))
