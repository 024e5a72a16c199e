#!/bin/sh
# Install what the benches measure beside us, where it is missing: a C compiler for the fleet, snmp_exporter, snmptrapd.
# A bench says which peer it goes without; what cannot be installed is no error here.
set -u
PATH="$PATH:/usr/sbin:/sbin"
missing=""
{ command -v cc || command -v gcc; } >/dev/null || missing="$missing gcc libc6-dev"
command -v prometheus-snmp-exporter >/dev/null || missing="$missing prometheus-snmp-exporter"
command -v snmptrapd >/dev/null || missing="$missing snmptrapd"
command -v snmptrap >/dev/null || missing="$missing snmp"
[ -z "$missing" ] && exit 0
if ! command -v apt-get >/dev/null; then
	echo "bench: missing, and there is no apt here:$missing" >&2
	exit 0
fi
as_root=""
[ "$(id -u)" = 0 ] || as_root="sudo -n"
log=$(mktemp)
if $as_root apt-get update >"$log" 2>&1 &&
	DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y --no-install-recommends $missing >>"$log" 2>&1; then
	rm -f "$log"
	exit 0
fi
echo "bench: missing and cannot be installed:$missing: run as root: apt-get install$missing (log: $log)" >&2
exit 0
