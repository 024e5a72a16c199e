"""What does a ``.snmprec`` file of snmpsim say, and how is a walk written as one: ``OID|TAG|VALUE`` a line."""

from __future__ import annotations

import re

from gisops.errors import ConfigError, WireError
from gisops.health.walk import Note, Walk
from gisops.wire.ber import encode_oid
from gisops.wire.pdu import Tag, VarBind

__all__ = ["format_snmprec", "parse_snmprec"]

_LINE = re.compile(
    r"\.?(?P<oid>\d+(?:\.\d+)+)\|(?P<tag>\d+)(?P<form>[xe]?)(?P<module>:[^|]*)?\|(?P<value>.*)", re.DOTALL
)
_OCTETS = frozenset({Tag.OCTET_STRING, Tag.OPAQUE, Tag.IP_ADDRESS})
_INTEGERS = frozenset({Tag.INTEGER, Tag.COUNTER32, Tag.GAUGE32, Tag.TIMETICKS, Tag.COUNTER64})
_NOTHING = frozenset({Tag.NULL, Tag.NO_SUCH_OBJECT, Tag.NO_SUCH_INSTANCE, Tag.END_OF_MIB_VIEW})


def parse_snmprec(text: str, place: str) -> Walk:
    r"""Read an ``.snmprec``.

    Parameters
    ----------
    text
        As saved; ``x`` after the tag means hexadecimal, ``e`` escapes as ``\n``.
    place
        Name of the file in errors.

    Raises
    ------
    ConfigError
        At ``place:line``.

    Examples
    --------
    >>> parse_snmprec("1.3.6.1.4.1.39165.1.7.0|4|15 PERCENT", "w").values
    {'1.3.6.1.4.1.39165.1.7.0': b'15 PERCENT'}
    """
    binds: list[VarBind] = []
    notes: list[Note] = []
    for number, ended in enumerate(text.split("\n"), 1):
        line = ended.removesuffix("\r")
        if not line.strip() or line.startswith("#"):
            continue
        found = _LINE.fullmatch(line)
        if found is None:
            raise ConfigError(
                f"{place}:{number}", f"{line[:60]!r} is not OID|TAG|VALUE", "correct or remove the line"
            )
        if found["module"]:
            notes.append(Note(number, f"{found['oid']} is made up by snmpsim's {found['module'][1:]}: no value here"))
            continue
        binds.append(_bind(found, f"{place}:{number}"))
    return Walk(tuple(binds), tuple(notes))


def format_snmprec(walk: Walk) -> str:
    """Write a walk as snmpsim reads it, in the order of its OIDs."""
    ordered = sorted(walk.binds, key=lambda bind: tuple(map(int, bind.oid.split("."))))
    return "".join(f"{bind.oid}|{_field(bind)}\n" for bind in ordered)


def _field(bind: VarBind) -> str:
    value = bind.value
    if not isinstance(value, bytes):
        return f"{int(bind.tag)}|{'' if value is None else value}"
    if bind.tag == Tag.IP_ADDRESS and len(value) == 4:
        return f"{int(bind.tag)}|{'.'.join(map(str, value))}"
    if value.isascii() and value.decode("ascii").isprintable() and bind.tag == Tag.OCTET_STRING:
        return f"{int(bind.tag)}|{value.decode('ascii')}"
    return f"{int(bind.tag)}x|{value.hex()}"


def _bind(found: re.Match[str], place: str) -> VarBind:
    oid, code, value = found["oid"], int(found["tag"]), found["value"]
    try:
        tag = Tag(code)
        encode_oid(oid)
    except (ValueError, WireError) as error:
        raise ConfigError(place, f"{error}", "use the tags of snmpsim: 2, 4, 6, 64 to 68, 70") from error
    try:
        if tag in _NOTHING:
            return VarBind(oid, tag)
        if found["form"] == "x":
            return VarBind(oid, tag, bytes.fromhex(value))
        if tag in _INTEGERS:
            return VarBind(oid, tag, int(value))
        if tag == Tag.OBJECT_ID:
            encode_oid(value.removeprefix("."))
            return VarBind(oid, tag, value.removeprefix("."))
        if tag == Tag.IP_ADDRESS:
            return VarBind(oid, tag, bytes(map(int, value.split("."))))
        if tag in _OCTETS:
            escaped = found["form"] == "e"
            return VarBind(oid, tag, _unescaped(value) if escaped else value.encode("utf-8", "surrogateescape"))
    except (ValueError, WireError) as error:
        raise ConfigError(place, f"{value[:40]!r} does not fit tag {code}", "correct the value or its tag") from error
    raise ConfigError(place, f"tag {code} carries no value", "use the tags of snmpsim: 2, 4, 6, 64 to 68, 70")


def _unescaped(value: str) -> bytes:
    return value.encode("latin-1", "backslashreplace").decode("unicode_escape").encode("latin-1", "replace")
