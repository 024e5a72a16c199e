"""The ground: SNMP on the wire. Pure bytes in, values out; no socket, no clock.

It serves both the poller and the simulated agents, so neither can be its
judge: the tests hold it against pysnmp, net-snmp and the RFCs' own vectors.
"""
