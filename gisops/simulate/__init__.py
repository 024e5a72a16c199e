"""A city that fails on purpose: real SNMP agents over UDP with scripted faults."""
