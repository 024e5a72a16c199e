"""What a notification says, whichever version it came in: version 1 is translated as RFC 3584 asks."""

from __future__ import annotations

from datetime import datetime

from gisops.errors import WireError
from gisops.snmp.ports import Trap
from gisops.wire.notification import TRAP_OID, UPTIME
from gisops.wire.pdu import Pdu, PduType, TrapV1, VarBind

__all__ = ["trap_of"]

_GENERIC = "1.3.6.1.6.3.1.1.5."
_ENTERPRISE_SPECIFIC = 6


def trap_of(pdu: Pdu | TrapV1, source: str, now: datetime) -> Trap:
    """Read a notification out of a PDU.

    Parameters
    ----------
    pdu
        A version 1 trap, or a trap or inform as of version 2c.
    source
        Address it came from.
    now
        UTC.

    Raises
    ------
    WireError
        Where it is no notification, or lacks the two bindings RFC 3416 section 4.2.6 asks for.
    """
    if isinstance(pdu, TrapV1):
        if not 0 <= pdu.generic <= _ENTERPRISE_SPECIFIC:
            raise WireError("a generic trap that RFC 1157 does not know")
        # RFC 3584 section 3.1.
        specific = f"{pdu.enterprise}.0.{pdu.specific}"
        oid = specific if pdu.generic == _ENTERPRISE_SPECIFIC else f"{_GENERIC}{pdu.generic + 1}"
        return Trap(source, now, oid, pdu.uptime_ticks / 100, _values(pdu.varbinds))
    if pdu.type not in (PduType.TRAP_V2, PduType.INFORM) or len(pdu.varbinds) < 2:
        raise WireError("not a notification")
    uptime, trap_oid = pdu.varbinds[:2]
    if uptime.oid != UPTIME or trap_oid.oid != TRAP_OID or not isinstance(trap_oid.value, str):
        raise WireError("a notification without sysUpTime and snmpTrapOID")
    seconds = uptime.value / 100 if isinstance(uptime.value, int) else None
    return Trap(source, now, trap_oid.value, seconds, _values(pdu.varbinds[2:]))


def _values(binds: tuple[VarBind, ...]) -> tuple[tuple[str, int | bytes | str | None], ...]:
    return tuple((bind.oid, bind.value) for bind in binds)
