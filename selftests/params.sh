#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What insmod refuses: with a reason in the log, and nothing attached.
. ./lib.sh

make_hosts
loaded() { [ -d /sys/module/fastdrop ]; }
attached() { [ -d "$(port_dir v1)" ]; }

# bad FILTER SENTENCE
bad()
{
	refuse "refused: ${1:0:60}"		load dev=v1 filter="$1"
	check "the log says: ${2:0:60}"		said "$2"
	refuse "nothing is attached"		attached
}

plan 63

bad "udp dport 70000 drop" \
	'filter, column 11: expected a port from 0 to 65535, or a range of them, not "70000"'
bad "udp dport 90-80 drop" \
	'filter, column 11: the range is upside down: say 80-90'
bad "src 10.0.0.0/33 drop" \
	'filter, column 14: expected a prefix length from 0 to 32, not "33"'
bad "dst 2001:db8::/129 drop" \
	'filter, column 16: expected a prefix length from 0 to 128, not "129"'
bad "dst 198.51.100.7/24 drop" \
	'filter, column 5: bits are set behind the prefix: say 198.51.100.0/24 or a longer prefix'
bad "udp dst 198.51.100 drop" \
	'filter, column 9: expected an IPv4 or IPv6 address or prefix, not "198.51.100"'
bad "udp dst 198.51.100.7 dport 4321" \
	'filter, column 32: expected a match, or drop, pass, count, divert or protect, not the end of the rule'
bad "udp drop; icmp dorp" \
	'filter, column 16: expected a match, or drop, pass, count, divert or protect, not "dorp"'
bad "drop now" \
	'filter, column 1: a rule needs a match before its action, such as ip, ip6 or arp'
bad "proto 256 drop" \
	'filter, column 7: expected a protocol number from 0 to 255, not "256"'
bad "ip dst ::1 drop" \
	'filter, column 8: "::1" is of another family than the rest of the rule'
bad "icmp dport 7 drop" \
	'filter, column 6: ports need tcp, udp, sctp, proto 33 or proto 136: the rule'"'"'s protocol has none'

# Unquoted for the kernel, insmod's filter ends at its first space.
refuse "a filter quoted for the shell alone is refused" insmod "$FASTDROP_KO" dev=v1 filter="udp dport 4321 drop"
check "the log says how to quote it"		said "filter ends at its first space unless it is quoted for the kernel too: filter='\"udp ...\"'"
refuse "nothing is attached"			attached

# devices
refuse "an unknown device is refused"		load dev=nope0
check "the log has its name"			said 'dev: there is no device "nope0" in this network namespace'
refuse "the second of two is unknown"		load dev=v1,nope0
refuse "the first is not attached"		attached
refuse "a name beyond the kernel's length"	load dev=abcdefghijklmnopqrstuvwxyz
refuse "an empty name among others"		load dev=v1,
refuse "nothing is attached"			attached
refuse "a filter without a device is refused"	load filter="udp drop"
check "the log says so"				said "filter without dev: say which devices, as dev=eth0,eth1"
refuse "dryrun takes a truth value"		load dev=v1 dryrun=maybe
refuse "none of all this left the module"	loaded

# size
many=3000
# A kernel that looks at every access of memory takes minutes for so many.
! [ -e /sys/kernel/debug/kmemleak ] || many=300
long=$(printf 'udp dport %s drop;' $(seq 10001 $((10000 + many))))
check "a long filter is taken whole"		load dev=v1 filter="$long"
equal "all its rules are there"			$many "$(wc -l < "$(port_dir)/rules")"
equal "each once"				$many "$(sort -u "$(port_dir)/rules" | wc -l)"
unload
too_long=$(printf 'udp dport %s drop;' $(seq 10001 14000))
refuse "a longer one is refused, not cut"	load dev=v1 filter="$too_long"
check "the log has the limit"			said "filter: ${#too_long} characters, and at most 65535 are taken"
refuse "nothing is attached"			attached

# what is fine
check "no parameters"				load
check "the module is there"			loaded
unload
check "a device without a filter"		load dev=v1
unload
check "an empty filter"				load dev=v1 filter=
unload
check "two devices"				load dev=lo,v1 filter="udp dport 4321 drop"
check "both are protected"			test -d "$(port_dir lo)" -a -d "$(port_dir v1)"
unload
finish
