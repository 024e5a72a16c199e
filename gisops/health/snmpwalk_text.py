"""What does the output of net-snmp's ``snmpwalk -On`` say, with ``-Oe``, ``-OQ`` or ``-Oq`` or without.

Strings may run over several lines, hex too; an object that is not there, and a
type that is not the one its MIB names, are told by net-snmp in words.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from gisops.errors import ConfigError
from gisops.health.walk import Note, Walk
from gisops.wire.pdu import Tag, VarBind

__all__ = ["parse_snmpwalk"]

_LINE = re.compile(
    r"(?:\.?(?P<numbers>\d+(?:\.\d+)+)|(?:\.?iso)(?P<under>(?:\.\d+)+))(?: = ?|\s)(?P<rest>.*)", re.DOTALL
)
_NAMES = re.compile(r"[A-Za-z][\w-]*(::|\.)[\w.-]+ = ")
_TYPED = re.compile(r"(?P<type>[A-Z][A-Za-z]*(?:[ -][A-Za-z]+)?\d*): ?(?P<value>.*)", re.DOTALL)
_WRONG_TYPE = re.compile(r"^Wrong Type \(should be [^)]*\): ?")
_ABSENT = re.compile(r"No Such (Object|Instance)\b|No more variables left")
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2}(?:\s+|$))+")
_INTEGER = re.compile(r"(?:[\w-]*\()?(-?\d+)\)?(?:\s.*)?", re.DOTALL)
_SAID = re.compile(r"(Timeout|Error|Reason|Failed object|snmpwalk|snmpbulkwalk|End of MIB)\b")
_INTEGERS = {
    "INTEGER": Tag.INTEGER,
    "Integer32": Tag.INTEGER,
    "Counter32": Tag.COUNTER32,
    "Gauge32": Tag.GAUGE32,
    "Unsigned32": Tag.GAUGE32,
    "UInteger32": Tag.GAUGE32,
    "Timeticks": Tag.TIMETICKS,
    "Counter64": Tag.COUNTER64,
}
_HEX_TYPES = {"Hex-STRING": Tag.OCTET_STRING, "Network Address": Tag.IP_ADDRESS}


def parse_snmpwalk(text: str, place: str) -> Walk:
    """Read the output of ``snmpwalk -On``.

    Parameters
    ----------
    text
        As it was saved.
    place
        Name of the file in errors.

    Raises
    ------
    ConfigError
        At ``place:line``, for names instead of numbers, or a line that is nothing.

    Examples
    --------
    >>> walk = parse_snmpwalk('.1.3.6.1.2.1.1.3.0 = Timeticks: (12345) 0:02:03.45', "w")
    >>> walk.values
    {'1.3.6.1.2.1.1.3.0': 12345}
    """
    binds: list[VarBind] = []
    notes: list[Note] = []
    for number, oid, said in _records(text, place, notes):
        rest = _WRONG_TYPE.sub("", said, count=1)
        if rest != said:
            notes.append(Note(number, f"{oid} is not of the type its MIB names"))
        if _ABSENT.match(rest) or rest == "NULL":
            if not rest.startswith("No more"):
                binds.append(VarBind(oid))
            continue
        binds.append(_bind(oid, rest, number, place, notes))
    return Walk(tuple(binds), tuple(notes))


def _records(text: str, place: str, notes: list[Note]) -> Iterator[tuple[int, str, str]]:
    """Yield line number, OID and everything after it, continued lines joined."""
    pending: tuple[int, str, str] | None = None
    for number, ended in enumerate(text.split("\n"), 1):
        line = ended.removesuffix("\r")
        found = None if pending and _is_open(pending[2]) else _LINE.fullmatch(line)
        if found is not None:
            if pending:
                yield pending
            oid = found["numbers"] or f"1{found['under']}"
            pending = (number, oid, found["rest"])
        elif pending and (_is_open(pending[2]) or _goes_on(pending[2], line)):
            pending = (pending[0], pending[1], f"{pending[2]}\n{line}")
        elif _SAID.match(line):
            notes.append(Note(number, f"net-snmp says: {line.strip()[:100]}"))
        elif line.strip() and not line.startswith("#"):
            raise _refusal(line, f"{place}:{number}")
    if pending:
        yield pending


def _is_open(rest: str) -> bool:
    """Whether a quoted string has not come to its end."""
    begin = rest.find('"')
    if begin < 0 or rest[:begin] not in ("", "STRING: ", "Wrong Type (should be INTEGER): STRING: "):
        return False
    body = rest[begin + 1 :].rstrip("\n")
    return not re.search(r'(?<!\\)(?:\\\\)*"\s*$', body)


def _goes_on(rest: str, line: str) -> bool:
    """Whether a line continues an unquoted text or a hex dump."""
    if not line.strip() or _SAID.match(line) or _NAMES.match(line):
        return False
    if rest.startswith(("Hex-STRING:", "BITS:", "OPAQUE:")):
        return _HEX.match(line) is not None
    return rest.startswith("STRING: ") and not rest.startswith('STRING: "')


def _bind(oid: str, rest: str, number: int, place: str, notes: list[Note]) -> VarBind:
    typed = _TYPED.fullmatch(rest)
    kind, value = (typed["type"], typed["value"]) if typed else ("", rest)
    if kind in _INTEGERS:
        return _integer(oid, _INTEGERS[kind], value, number, notes)
    if kind in _HEX_TYPES:
        return VarBind(oid, _HEX_TYPES[kind], _from_hex(value.replace(":", " "), f"{place}:{number}"))
    if kind == "BITS":
        dump = _HEX.match(value)
        return VarBind(oid, Tag.OCTET_STRING, _from_hex(dump[0] if dump else "", f"{place}:{number}"))
    if kind == "STRING":
        return VarBind(oid, Tag.OCTET_STRING, _unquoted(value))
    if kind == "OID":
        return VarBind(oid, Tag.OBJECT_ID, _as_oid(value, f"{place}:{number}"))
    if kind == "IpAddress":
        return VarBind(oid, Tag.IP_ADDRESS, bytes(int(part) & 255 for part in value.split(".") if part.isdigit()))
    if kind in ("Opaque", "OPAQUE"):
        return _opaque(oid, value, f"{place}:{number}")
    return _untyped(oid, rest)


def _integer(oid: str, tag: Tag, value: str, number: int, notes: list[Note]) -> VarBind:
    found = _INTEGER.fullmatch(value.strip())
    if found is not None:
        return VarBind(oid, tag, int(found[1]))
    notes.append(
        Note(number, f"{oid} was printed with the help of a MIB ({value.strip()[:40]}): walk with -m '' too")
    )
    return VarBind(oid, Tag.OCTET_STRING, value.strip().encode())


def _opaque(oid: str, value: str, place: str) -> VarBind:
    kind, _, number = value.partition(": ")
    if kind in ("Float", "Double"):
        head, form = (b"\x9f\x78\x04", ">f") if kind == "Float" else (b"\x9f\x79\x08", ">d")
        try:
            return VarBind(oid, Tag.OPAQUE, head + struct.pack(form, float(number)))
        except (ValueError, OverflowError) as error:
            raise ConfigError(place, f"{number!r} is not a number", "save the walk again") from error
    return VarBind(oid, Tag.OPAQUE, _from_hex(value, place))


def _untyped(oid: str, rest: str) -> VarBind:
    """Read a value that ``-OQ`` or ``-Oq`` printed without its type."""
    value = rest.strip()
    if re.fullmatch(r"-?\d+", value):
        return VarBind(oid, Tag.INTEGER, int(value))
    if re.fullmatch(r"\.\d+(\.\d+)+", value):
        return VarBind(oid, Tag.OBJECT_ID, value[1:])
    quoted = re.fullmatch(r'"((?:[0-9A-F]{2} )+)"', value)
    if quoted:
        return VarBind(oid, Tag.OCTET_STRING, bytes.fromhex(quoted[1]))
    return VarBind(oid, Tag.OCTET_STRING, _unquoted(rest))


def _unquoted(value: str) -> bytes:
    text = value.strip("\r\n ") if value.lstrip().startswith('"') else value
    if len(text) >= 2 and text[0] == text[-1] == '"':
        text = re.sub(r"\\([\"\\])", r"\1", text[1:-1])
    return text.encode("utf-8", "surrogateescape")


def _from_hex(value: str, place: str) -> bytes:
    try:
        return bytes.fromhex(" ".join(value.split()))
    except ValueError as error:
        raise ConfigError(place, f"{value[:40]!r} is not hexadecimal", "save the walk again") from error


def _as_oid(value: str, place: str) -> str:
    text = value.strip().removeprefix(".")
    text = f"1{text[3:]}" if text.startswith("iso") else text
    if not re.fullmatch(r"\d+(\.\d+)*", text):
        raise ConfigError(place, f"{value.strip()[:40]!r} names an object", "take the walk with snmpwalk -On")
    return text


def _refusal(line: str, place: str) -> ConfigError:
    if _NAMES.match(line):
        return ConfigError(
            place, f"{line.partition(' = ')[0][:60]} is a name, not numbers", "take the walk with snmpwalk -On"
        )
    return ConfigError(place, f"{line.strip()[:60]!r} is no line of a walk", "save the output of snmpwalk -On")
