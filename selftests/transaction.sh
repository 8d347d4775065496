#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A change of rules is one: no packet sees half of it, no count is lost by it, and
# what ends in the middle has not been.
. ./lib.sh
plan 37

make_hosts
swaps=${SWAPS:-100} many=10000
! [ -e /sys/kernel/debug/kmemleak ] || swaps=10 many=1000
dir=$(port_dir)
load dev=v1 protect=0
fd() { "$FASTDROP" "$@"; }

# counters carry on by id, or because the rule is the same
check "rules by the command"		fd rule add "udp dport 4321 drop; udp dport 4322 drop id 7"
flood 10 4321
flood 10 4322
check "they drop"			wait_for 20 counter_is dropped 20
check "one rule more"			fd rule add "udp dport 4323 drop"
equal "the same rule goes on counting"	10 "$(hits 1)"
equal "so does the one with an id"	10 "$(hits 2)"
check "a rule is replaced"		fd rule replace "udp dport 4322 pass id 7"
equal "under its id it goes on"		10 "$(hits 2)"
check "a rule is deleted"		fd rule del id 8
equal "the others keep theirs"		10 "$(hits 1)"
check "all is loaded anew"		fd load - <<< "udp dport 4324 drop; udp dport 4322 drop id 7"
equal "another rule begins at 0"	0 "$(sed -n '/4324/s/.*packets \([0-9]*\) .*/\1/p' "$dir/rules")"
equal "by the id it goes on"		10 "$(sed -n '/4322/s/.*packets \([0-9]*\) .*/\1/p' "$dir/rules")"

# the second door
check "a rule by sysfs"			sh -c "echo 'icmp drop' > $dir/rule_add"
check "it is there"			grep -q "^icmp drop #" "$dir/rules"
refuse "a bad one is refused"		sh -c "echo 'udp drop; icmp dorp' > $dir/rule_add"
check "the log says why"		said "v1: rule_add: column 16: expected a match, or drop, pass, count, divert or protect, not \"dorp\""
equal "nothing of it is there"		0 "$(grep -c "^udp drop" "$dir/rules")"
id=$(sed -n '/^icmp/s/.* id \([0-9]*\).*/\1/p' "$dir/rules")
check "it is deleted by its id"		sh -c "echo $id > $dir/rule_del"
refuse "once"				sh -c "echo $id > $dir/rule_del"
check "the log says why again"		said "v1: rule_del: there is no rule with the id $id"
refuse "no number is no id"		sh -c "echo icmp > $dir/rule_del"

# a second writer
generation=$(cat "$dir/generation")
check "the generation is as expected"	fd -g "$generation" rule add "tcp dport 1 drop"
out=$(fd -g "$generation" rule add "tcp dport 2 drop" 2>&1) && rc=0 || rc=$?
equal "it is no more"			2 "$rc"
check "and the sentence says so"	grep -q "changed by someone else since generation $generation: it is $((generation + 1)) now" <<< "$out"

# kill -9 in the middle of a transaction
awk 'BEGIN { print "set big {"; for (i = 0; i < 300000; i++)
	print int(i / 65536) + 10 "." int(i / 256) % 256 "." i % 256 ".1"; print "}"
	for (i = 0; i < 50000; i++) print "udp sport " i " dst 192.0.2." i % 256 " drop" }' > /tmp/big-$$
rules=$(cat "$dir/rules") generation=$(cat "$dir/generation")
for pause in 0.1 0.3 0.5 0.7 0.9; do
	"$FASTDROP" load /tmp/big-$$ &
	sleep $pause
	kill -KILL $! 2> /dev/null
	wait $! 2> /dev/null
	[ "$(cat "$dir/generation")" = "$generation" ] || break
done
rm /tmp/big-$$
if [ "$(cat "$dir/generation")" = "$generation" ]; then
	equal "killed in the middle, nothing changed" "$rules" "$(cat "$dir/rules")"
else
	# The last one may have been through.
	check "what was not killed in time is whole" test "$(wc -l < "$dir/rules")" = 50000
fi
check "and the next change is taken"	fd rule add "tcp dport 3 drop"

# two sets of rules, each of which drops all of a flood, swapped all the time
for set in 0 1; do
	awk -v n="$many" -v set=$set 'BEGIN {
		for (i = 1; i < n; i++)
			print "udp dport " i % 4000 " sport " i " dst 192.0.2." set " drop id " i + 1
		print set ? "udp drop id 1" : "udp dport 4321 drop id 1" }' > /tmp/swap-$$-$set
done
check "the first of two sets of rules"	fd load /tmp/swap-$$-0
passed=$(counter passed) dropped=$(counter dropped)
(while [ -e /tmp/swap-$$-0 ]; do flood 2000 4321; done) &
flooder=$!
last=0 monotonic=yes swapped=0
for ((i = 1; i <= swaps; i++)); do
	fd load /tmp/swap-$$-$((i % 2)) && swapped=$((swapped + 1))
	now=$(sed -n 's/^udp.* drop id 1 # packets \([0-9]*\) .*/\1/p' "$dir/rules")
	[ "$now" -ge "$last" ] || { monotonic=no; echo "# $now after $last"; }
	last=$now
done
rm /tmp/swap-$$-*
wait $flooder
equal "all swaps are made"		$swaps $swapped
equal "counters are monotonic"		yes $monotonic
check "the flood has come through them"	test "$(($(counter dropped) - dropped))" -gt 1000
equal "no packet passed"		"$passed" "$(counter passed)"
check "the rule counted each one"	wait_for 20 test \
	"$(sed -n 's/^udp.* drop id 1 # packets \([0-9]*\) .*/\1/p' "$dir/rules")" = "$(($(counter dropped) - dropped))"
check "every queue adds up"		adds_up

# rules that end are taken out, and the others stay
check "a rule that ends"		fd load - <<< "udp dport 4321 drop id 1; tcp drop expire 2s id 2"
check "it is taken out by itself"	wait_for 20 sh -c "! grep -q '^tcp' $dir/rules"
check "the other goes on counting"	test "$(hits 1)" -gt 1000

finish
