#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What no rule drops: the port's own list, rules that protect, the ssh session.
. ./lib.sh
plan 34

make_hosts
dir=$(port_dir)
fd() { "$FASTDROP" "$@"; }

# frame LAYERS COUNT: frames to v1 that trafgen makes
frame()
{
	local conf=/tmp/flood-$$-frame

	echo "{ eth(da=02:00:00:00:00:07, sa=02:00:00:00:00:01), $1 }" > $conf
	in_peer trafgen --dev v0 --conf $conf --num "$2" --cpus 1 > /dev/null 2>&1
}

own() { fd -s rule show | grep "own$" | sed -n "s/^$1.* packets \([0-9]*\) .*/\1/p"; }

# verdict DESCRIPTION NAME COUNT: so many more of the counter, and all of ten
verdict()
{
	check "$1" wait_for 20 counter_is "$2" "$3"
}

nd='ipv6(sa=fe80::1, da=fe80::7, nexthdr=58, hoplimit=255), 135, 0, fill(0, 22)'
echo6='ipv6(sa=fe80::1, da=fe80::7, nexthdr=58, hoplimit=255), 128, 0, fill(0, 22)'
arp='arp(op=req, sip=198.51.100.1, tip=198.51.100.7)'
dhcp='ipv4(sa=198.51.100.1, da=198.51.100.7, ttl=64), udp(sp=67, dp=68), fill(0, 20)'
dhcp6='ipv6(sa=fe80::1, da=fe80::7, nexthdr=17), udp(sp=547, dp=546), fill(0, 20)'

# everything is to be dropped
load dev=v1 filter="arp drop; ip drop; ip6 drop"
equal "the list is on"			1 "$(cat "$dir/protect")"
frame "$arp" 10
verdict "ARP is not dropped"		passed 10
frame "$nd" 10
verdict "nor neighbour solicitations"	passed 20
frame "$dhcp" 10
verdict "nor DHCP replies"		passed 30
frame "$dhcp6" 10
verdict "nor those of IPv6"		passed 40
equal "and nothing has been"		0 "$(counter dropped)"
equal "who saved it has counted it"	10 "$(own arp)"
equal "who wanted to drop it has not"	0 "$(hits 1)"
frame "$echo6" 10
verdict "what is not on the list is dropped" dropped 10
flood 10 68
verdict "a port alone does not protect"	dropped 20
check "every queue adds up"		adds_up

check "the list can be taken off"	fd dev set v1 protect off
frame "$arp" 10
verdict "then ARP is dropped too"	dropped 30
check "and put on again"		sh -c "echo 1 > $dir/protect"
frame "$arp" 10
verdict "then it is not"		passed 50
check "its rules cannot be deleted"	sh -c "! $FASTDROP rule del id 4294967040 2> /tmp/why-$$"
check "and the sentence says how"	grep -q "rule 4294967040 is the device's own: these go all together, with protect off" /tmp/why-$$

# rules that protect
check "rules that protect"		fd load - <<< "set friends { 198.51.100.1 }
udp drop
udp dport 4321 protect
ip src @friends protect comment 'last in the file, first in effect'"
SOURCE=198.51.100.9 flood 10 4321
verdict "a packet that one protects"	passed 60
SOURCE=198.51.100.1 flood 10 9
verdict "and another, by a set"		passed 70
SOURCE=198.51.100.9 flood 10 9
verdict "one that none protects"	dropped 40
equal "they have counted what they saved" 20 \
	"$(sed -n '/protect/s/.*packets \([0-9]*\) .*/\1/p' "$dir/rules" | awk '{ n += $1 } END { print n }')"

# a dry rule
check "a rule that runs dry"		fd load - <<< "udp dport 4321 drop dryrun id 1; udp dport 4320-4322 drop id 2; udp dport 5 drop dryrun id 3"
flood 10 4321
verdict "does not keep others from dropping" dropped 50
equal "what is dropped would not be twice" 0 "$(counter would_drop)"
flood 10 5
verdict "else the packet passes"	passed 80
equal "and counts as one to be dropped"	10 "$(counter would_drop)"
equal "both with the rule"		"10 10 10" "$(hits 1) $(hits 2) $(hits 3)"

# whoever comes in by ssh over the device
check "a change from an ssh session"	env SSH_CONNECTION="198.51.100.1 50000 198.51.100.7 22" \
	"$FASTDROP" load - <<< "ip drop"
check "protects it"			grep -q "^tcp src 198.51.100.1 dst 198.51.100.7 sport 50000 dport 22 protect" "$dir/rules"
check "also by way of sudo"		env SSH_CONNECTION="198.51.100.1 50001 198.51.100.7 22" \
	sh -c "env -u SSH_CONNECTION $FASTDROP load - <<- END
	ip drop
	END"
check "which hides the session"		grep -q "sport 50001 dport 22 protect" "$dir/rules"
equal "and is no part of what is saved"	"ip drop" "$(fd save dev v1)"
rm -f /tmp/why-$$

finish
