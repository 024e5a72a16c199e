"""SNMP over UDP: the one-socket polling engine and the trap receiver."""
