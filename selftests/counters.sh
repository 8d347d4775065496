#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Counters are exact: after a flood every packet is somewhere, once.
. ./lib.sh
plan 27

FLOOD=100000
# A kernel that looks at every access of memory is that much slower.
! [ -e /sys/kernel/debug/kmemleak ] || FLOOD=10000
FRAME=$((14 + 20 + 8 + 18))
# A neighbour port that nobody attacks: a receiver that counts what it gets.
NEIGHBOUR=5000

make_hosts
load dev=v1 filter="udp dst 198.51.100.7 dport 4321 drop; udp dport $NEIGHBOUR count"

flood $FLOOD 4321
check "a flood arrives whole"			wait_for 20 counter_is seen $FLOOD
equal "all of it is dropped"			$FLOOD "$(counter dropped)"
equal "to the byte"				$((FLOOD * FRAME)) "$(counter bytes_dropped)"
equal "none of it is passed"			0 "$(counter passed)"
equal "its rule says the same"			$FLOOD "$(hits 1)"
equal "the rule behind it says nothing"		0 "$(hits 2)"
check "every queue adds up"			adds_up

rcvd_before=$(nstat -asz UdpInDatagrams UdpNoPorts | awk '/Udp/ { n += $2 } END { print n }')
SOURCE=198.51.100.1 flood 1000 $NEIGHBOUR &
trickle=$!
flood $FLOOD 4321
wait $trickle
check "a flood beside a trickle arrives whole"	wait_for 20 counter_is seen $((2 * FLOOD + 1000))
equal "the flood is dropped"			$((2 * FLOOD)) "$(counter dropped)"
equal "the trickle is passed"			1000 "$(counter passed)"
equal "a rule that counts, counts"		1000 "$(hits 2)"
rcvd=$(nstat -asz UdpInDatagrams UdpNoPorts | awk '/Udp/ { n += $2 } END { print n }')
equal "UDP has got the trickle, and nothing else" 1000 $((rcvd - rcvd_before))
check "every queue adds up"			adds_up

# Two CPUs send at once: both receive. A virtual wire has room for 10,000 frames that wait
# for a receiver which has no CPU meanwhile, and loses the others: hence in pieces.
for ((sent = 2 * FLOOD + 1000; sent < 3 * FLOOD + 1000; )); do
	flood $((FLOOD / 20)) 4321 --cpus 2
	wait_for 20 counter_is seen $((sent += FLOOD / 20)) || break
done
check "a flood from two CPUs arrives whole"	wait_for 20 counter_is seen $((3 * FLOOD + 1000))
equal "all of it is dropped"			$((3 * FLOOD)) "$(counter dropped)"
check "every queue adds up"			adds_up
unload

# An aggregate counts as the packets it was made of, to the byte. The sender
# hands whole TCP sends to the receiver (TSO); its own count of segments is the
# reference. A segment has 14 + 20 + 32 bytes of headers, the first one 8 more.
# What is lost behind the hook is sent again, and counts again.
BYTES=4000000
losses()
{
	run iptables -t raw "$1" PREROUTING -p tcp --dport 5001 -m statistic --mode nth \
		--every 40 --packet 20 -j DROP
}
segments()
{
	in_peer nstat -asz TcpOutSegs TcpRetransSegs | awk '/Tcp/ { n += $2 } END { print n }'
}
listening() { ss -Hltn sport = :5001 | grep -q .; }

load dev=v1 filter="tcp dport 5001 count"
sent=$(segments)
./tcp sink 198.51.100.7 5001 > /tmp/sink-$$ &
sink=$!
wait_for 20 listening
losses -A
carried=$(in_peer ./tcp source 198.51.100.7 5001 $BYTES)
wait $sink
losses -D
agree() { [ "$(hits 1)" = $(($(segments) - sent)) ]; }
wait_for 20 agree
sent=$(($(segments) - sent))
equal "a TCP transfer arrives whole"		$BYTES "$(cat /tmp/sink-$$)"
check "segments are sent again"			test "$carried" -gt $BYTES
equal "an aggregate counts as its packets"	$sent "$(hits 1)"
equal "and their bytes"				$((carried + sent * 66 + 8)) "$(hit_bytes 1)"
equal "as many are seen"			$sent "$(counter seen)"
check "every queue adds up"			adds_up
unload

# A guest's TSO: an aggregate that does not say of how many packets it is.
load dev=v1 filter="tcp dport 4321 drop"
check "an aggregate is sent without a count"	in_peer ./gso v0
check "it counts as its segments"		wait_for 20 counter_is dropped 5
equal "to the byte"				$((5000 + 5 * (14 + 20 + 20))) "$(counter bytes_dropped)"
unload

load dev=v1
flood 1000 4321
check "with no rules everything is seen"	wait_for 20 counter_is seen 1000
finish
