#!/bin/sh
# Install what the tests need of the system where it is missing: Chromium, net-snmp's agent and tools.
set -u
missing=""
PATH="$PATH:/usr/sbin:/sbin"
command -v chromium >/dev/null || missing="$missing chromium"
command -v snmpd >/dev/null || missing="$missing snmpd"
command -v snmpget >/dev/null || missing="$missing snmp"
[ -z "$missing" ] && exit 0
as_root=""
[ "$(id -u)" = 0 ] || as_root="sudo -n"
log=$(mktemp)
if $as_root apt-get update >"$log" 2>&1 &&
	DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y --no-install-recommends $missing >>"$log" 2>&1; then
	rm -f "$log"
	exit 0
fi
echo "tests: missing and cannot be installed:$missing: run as root: apt-get install$missing (log: $log)" >&2
exit 1
