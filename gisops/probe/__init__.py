"""Is a host there without SNMP: ICMP, TCP and RTSP probes, and the way to it."""
