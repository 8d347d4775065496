#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# /sys/class/net/<dev>/fastdrop/: what is shown, and what can be set.
. ./lib.sh
plan 45

make_hosts
# A source that UDP takes packets from.
SOURCE=198.51.100.1
load dev=v1 filter="udp dport 4321 drop; ip6 tcp dport 80 pass; src 192.0.2.0/24 count" dryrun=0
dir=$(port_dir)
listing=$(cat "$dir/rules")

write() { echo "$1" > "$dir/$2"; }
show() { cat "$dir/$1"; }

equal "enabled"		1	"$(show enabled)"
equal "dryrun"		0	"$(show dryrun)"
equal "sample"		0	"$(show sample)"
equal "hook"		rx	"$(show hook)"
equal "rules, in their order" \
	"udp dport 4321 drop; ip6 tcp dport 80 pass; src 192.0.2.0/24 count;" \
	"$(sed 's/ #.*/;/' "$dir/rules" | paste -sd ' ')"
equal "a directory for each receive queue" \
	"$(ip -d link show v1 | sed -n 's/.*numrxqueues \([0-9]*\).*/\1/p')" "$(ls -d "$dir"/queues/rx-* | wc -l)"
equal "and in it" \
	"bytes_dropped diverted dropped malformed passed ring_lost sampled seen too_many_headers truncated would_drop" \
	"$(ls "$dir/queues/rx-0" | paste -sd ' ')"
equal "the rules are for root to read"		400 "$(stat -c %a "$dir/rules")"
equal "switches are for root to set"		644 "$(stat -c %a "$dir/enabled")"
equal "counters are for all to read"		444 "$(stat -c %a "$dir/queues/rx-0/seen")"

# the kill switch
flood 100 4321
check "packets are dropped"			wait_for 20 counter_is dropped 100
check "0 to enabled"				write 0 enabled
equal "it reads back"				0 "$(show enabled)"
noports() { nstat -asz UdpNoPorts | awk '/Udp/ { print $2 }'; }
before=$(noports)
flood 100 4321
got_through() { [ "$(noports)" = $((before + $1)) ]; }
check "packets get through"			wait_for 20 got_through 100
equal "and are not seen"			100 "$(counter seen)"
check "1 to enabled"				write 1 enabled
flood 100 4321
check "packets are dropped again"		wait_for 20 counter_is dropped 200
check "every queue adds up"			adds_up

# dry run
check "1 to dryrun"				write 1 dryrun
equal "it reads back"				1 "$(show dryrun)"
before=$(noports)
flood 100 4321
check "packets get through"			wait_for 20 got_through 100
equal "they are counted as what would be dropped" 100 "$(counter would_drop)"
equal "the rule counts them"			300 "$(hits 1)"
equal "none more is dropped"			200 "$(counter dropped)"
equal "they are passed"				100 "$(counter passed)"
check "every queue adds up"			adds_up
check "0 to dryrun"				write 0 dryrun

# samples
check "a number to sample"			write 1000 sample
equal "it reads back"				1000 "$(show sample)"
check "the largest one"				write 4294967295 sample
equal "it reads back"				4294967295 "$(show sample)"
refuse "not one more"				write 4294967296 sample
refuse "none below 0"				write -1 sample
refuse "no word"				write on sample
refuse "not nothing"				write "" sample
equal "sample is as it was"			4294967295 "$(show sample)"
check "0 to sample"				write 0 sample

refuse "enabled takes a truth value"		write maybe enabled
refuse "dryrun does too"			write "" dryrun
equal "enabled is as it was"			1 "$(show enabled)"
refuse "a counter cannot be written"		write 0 queues/rx-0/seen
unload

load dev=v1 filter="$listing" > /dev/null
equal "a listing is a filter again"		"$listing" "$(cat "$dir/rules")"
unload

check "a dry run from the start"		load dev=v1 filter="udp dport 4321 drop" dryrun=1
equal "dryrun"					1 "$(show dryrun)"
finish
