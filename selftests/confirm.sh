#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A change that has to be confirmed comes undone by itself, whoever is gone.
. ./lib.sh
plan 29

make_hosts
dir=$(port_dir)
fd() { "$FASTDROP" "$@"; }
rules() { sed 's/ *#.*//' "$dir/rules" | paste -sd ';'; }
rules_are() { [ "$(rules)" = "$1" ]; }
is_pending() { fd dev show v1 | grep -q "fastdrop confirm"; }

load dev=v1 filter="udp dport 4321 drop id 1"
flood 10 4321
check "the old rules drop"		wait_for 20 counter_is dropped 10

check "a change for twenty seconds"	fd -c 20s load - <<< "udp dport 4321 drop id 1; udp dport 4322 drop id 2"
check "is in force"			rules_are "udp dport 4321 drop id 1;udp dport 4322 drop id 2"
check "and waits"			is_pending
out=$(fd rule add "tcp drop" 2>&1) && rc=0 || rc=$?
equal "meanwhile there is no other"	2 "$rc"
check "the sentence says why"		grep -q "generation 2 waits to be confirmed: confirm it or roll it back first" <<< "$out"
flood 10 4321
flood 10 4322
check "the new rules drop"		wait_for 20 counter_is dropped 30
check "they go by themselves"		wait_for 40 rules_are "udp dport 4321 drop id 1"
equal "what they counted stays"		20 "$(hits 1)"
equal "by a generation of its own"	3 "$(cat "$dir/generation")"
refuse "nothing is left to confirm"	fd confirm
flood 10 4321
check "the old rules drop again"	wait_for 20 counter_is dropped 40
equal "and count on"			30 "$(hits 1)"

check "a change that is confirmed"	fd -c 8s rule add "tcp drop"
check "in time"				fd confirm
sleep 9
check "stays"				rules_are "udp dport 4321 drop id 1;tcp drop"
refuse "and cannot be rolled back"	fd rollback

check "a change that is rolled back"	fd -c 1h rule add "icmp drop"
refuse "not for another generation"	fd -g 3 rollback
check "at once"				fd rollback
check "is gone"				rules_are "udp dport 4321 drop id 1;tcp drop"
refuse "too long a time is refused"	fd -c 2d rule add "icmp drop"
check "and the rules are as before"	rules_are "udp dport 4321 drop id 1;tcp drop"

# An end in the midst of it.
check "a change that waits"		fd -c 1s flush
check "when the device goes"		fd dev del v1
check "and comes again"			fd dev add v1
sleep 2
check "a change that waits again"	fd -c 1s load - <<< "udp drop"
check "when the module goes"		unload

finish
