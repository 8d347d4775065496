#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What rules do in the kernel that match.sh does not show: sets, queues, BPF,
# order, expiry, and files of rules.
. ./lib.sh
plan 57

make_hosts
file=/tmp/rules-$$

# dropped_of COUNT RULES...: how many of COUNT packets to port 4321 the rules drop
dropped_of()
{
	local count=$1

	shift
	load dev=v1 filter="$*" > /dev/null || return
	flood "$count" 4321
	wait_for 20 counter_is seen "$count" && counter dropped
}

# drops DESCRIPTION EXPECTED RULES...: of ten packets
drops()
{
	equal "$1" "$2" "$(dropped_of 10 "$3")"
	check "and every queue adds up" adds_up
	unload
}

SOURCE=198.51.100.1
drops "a set that holds the source"	10 "set bots { 192.0.2.0/24, 198.51.100.0/30 }; src @bots drop"
drops "one that does not"		0 "set bots { 192.0.2.0/24, 198.51.100.0/32 }; src @bots drop"
drops "an empty one"			0 "set bots { }; src @bots drop"
drops "a set of destinations"		10 "set ours { ::/0 198.51.100.7 }; udp dst @ours dport 4000-5000 drop"
drops "two sets, and both hold"		10 "set a { 198.51.100.1 }; set b { 198.51.100.7 }; src @a dst @b drop"
drops "two sets, and one holds"		0 "set a { 198.51.100.1 }; set b { 198.51.100.8 }; src @a dst @b drop"

drops "a lower prio first"		0 "udp drop; ip pass prio 1"
drops "a higher one behind"		10 "ip pass prio 101; udp drop"
drops "a lower id first"		0 "udp drop id 7; ip pass id 3"

# The same program as tcpdump prints it for "udp dst port 4321" on Ethernet.
program="9,40 0 0 12,21 0 6 2048,48 0 0 23,21 0 4 17,177 0 0 14,72 0 0 16,21 0 1 4321,6 0 0 65535,6 0 0 0"
drops "a BPF program by port"		10 "bpf '$program' drop"
drops "the same for the next port"	0 "bpf '${program/4321/4322}' drop"
drops "a rule and its program"		0 "icmp bpf '$program' drop"
drops "a program that reads the link layer" 10 "bpf '4,40 0 0 10,21 0 1 1,6 0 0 1,6 0 0 0' drop"
drops "and finds another address"	0 "bpf '4,40 0 0 10,21 0 1 2,6 0 0 1,6 0 0 0' drop"
drops "a program that asks for the length" 10 "bpf '4,128 0 0 0,21 0 1 60,6 0 0 1,6 0 0 0' drop"
drops "and jumps over that"		10 "bpf '6,21 1 1 7,6 0 0 0,128 0 0 0,37 0 1 59,6 0 0 1,6 0 0 0' drop"

drops "a program that reads [x - 4]"	10 "bpf '5,1 0 0 27,80 0 0 4294967292,21 0 1 17,6 0 0 1,6 0 0 0' drop"
refuse "one that wants the length in X is refused" load dev=v1 filter="bpf '2,129 0 0 0,6 0 0 1' drop"
refuse "a program that does not end is refused" load dev=v1 filter="bpf '1,48 0 0 0' drop"
check "the log says which"		said "dev: line 1: the kernel refuses the BPF program of the rule"
refuse "one that jumps out of itself"	load dev=v1 filter="bpf '2,21 9 0 0,6 0 0 0' drop"

# rules that expire
load dev=v1 filter="udp dport 4321 drop expire 10s; udp dport 4322 drop"
flood 10 4321
check "a rule drops until it expires"	wait_for 20 counter_is dropped 10
sleep 11
flood 10 4321
check "and not after"			wait_for 20 counter_is passed 10
flood 10 4322
check "others go on"			wait_for 20 counter_is dropped 20
unload

# receive queues
load dev=v1 filter="queue 0 count; queue 1 count; queue 9 drop; udp dport 4321 drop"
flood 1000 4321
check "rules for queues"		wait_for 20 counter_is dropped 1000
equal "queue 0 has its own"		"$(cat "$(port_dir)/queues/rx-0/seen")" "$(hits 1)"
equal "no queue 9 was seen"		0 "$(hits 3)"
unload

# a file of rules, longer than insmod's arguments could be
{
	echo "set many {"
	for i in {0..9999}; do echo "10.$((i / 256)).$((i % 256)).0/24"; done
	echo "}"
	for i in {1..4320}; do echo "udp dport $i drop # rule $i"; done
	echo "udp dport 4321 drop"
	echo "src @many drop"
} > "$file"
check "a file of rules is loaded"	load dev=v1 rules=$file
equal "all of them are there"		4322 "$(wc -l < "$(port_dir)/rules")"
flood 100 4321
check "and drop"			wait_for 20 counter_is dropped 100
equal "by the rule that matches"	100 "$(hits 4321)"
SOURCE=10.39.15.200 flood 100 9
check "the set too"			wait_for 20 counter_is dropped 200
unload
refuse "a file and a filter are refused" load dev=v1 rules=$file filter="udp drop"
check "the log says why"		said "filter and rules: give one of them"
echo "udp dorp" >> "$file"
refuse "a file with an error is refused" load dev=v1 rules=$file
check "the log has its line and column"	said "$file, line 14325, column 5: expected a match, or drop, pass, count, divert or protect, not \"dorp\""
refuse "so is a file that is not there"	load dev=v1 rules=$file.no
check "the log has its name"		said "rules: the file \"$file.no\" cannot be read (error 2): give its whole path"
: > "$file"
refuse "an empty file is refused"	load dev=v1 rules=$file
rm "$file"

finish
