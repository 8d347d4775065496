#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Rings: what is due to be shown is shown once to each reader or counted as lost, and a
# reader that is slow, stopped, killed or hostile costs nobody else anything.
. ./lib.sh
plan 84

FLOOD=10000
! [ -e /sys/kernel/debug/kmemleak ] || FLOOD=2000

# start NAME MODE BYTES SNAP DEV...: a reader in the background
start()
{
	local name=$1

	shift
	./reader "$@" > "/tmp/reader-$name" &
	eval "$name=$!"
	wait_for 20 grep -q ready "/tmp/reader-$name" || echo "# no reader $name"
}

# stop NAME: and what it has seen
stop()
{
	local pid=${!1}

	kill -INT "$pid"
	wait "$pid"
	echo "# $1: $(tail -n 1 "/tmp/reader-$1")"
}

# sleeping PID...: all their threads are
sleeping()
{
	local pid

	for pid in "$@"; do
		! grep -h ^State: "/proc/$pid"/task/*/status | grep -vq S || return 1
	done
}

# of NAME WORD: the number behind a word of what it has seen
of() { tail -n 1 "/tmp/reader-$1" | awk -v w="$2" '{ for (i = 1; i < NF; i++) if ($i == w) print $(i + 1) }'; }

sum() { echo $(($(of "$1" "$2") + $(of "$1" "$3"))); }

make_hosts
modprobe -q dummy; ip link add d7 type veth peer name d8 2> /dev/null; ip link set d7 up

# Every packet is shown.
load dev=v1 filter="udp dport 4321 drop sample 1"
start all count 1048576 64 v1
flood $FLOOD 4321
check "a flood arrives whole"			wait_for 20 counter_is seen $FLOOD
stop all
equal "sample 1 shows every packet"		$FLOOD "$(of all drop)"
equal "of which as much as was asked for"	$((FLOOD * 60)) "$(of all bytes)"
equal "none is lost"				0 "$(of all lost)"
equal "by time"					0 "$(of all back)"
equal "they are counted as sampled"		$FLOOD "$(counter sampled)"
equal "and dropped"				$FLOOD "$(counter dropped)"
equal "none is missing"				0 "$(counter ring_lost)"
check "every queue adds up"			adds_up

# Nobody reads: nothing is due.
flood $FLOOD 4321
check "a flood that nobody reads is dropped"	wait_for 20 counter_is dropped $((2 * FLOOD))
equal "and not counted as sampled"		$FLOOD "$(counter sampled)"
unload

# One of N, exactly.
load dev=v1 filter="udp dport 4321 drop sample 10; udp dport 4322 count sample 7; udp dport 4323 pass"
start tenth count 65536 32 v1
flood $FLOOD 4321
check "a flood arrives whole"			wait_for 20 counter_is seen $FLOOD
flood 700 4322
check "and another"				wait_for 20 counter_is seen $((FLOOD + 700))
echo 100 > "$(port_dir)/sample"
flood 1000 4323
check "and a third one"				wait_for 20 counter_is seen $((FLOOD + 1700))
echo 0 > "$(port_dir)/sample"
flood 1000 4323
check "and a fourth one"			wait_for 20 counter_is seen $((FLOOD + 2700))
stop tenth
equal "one of ten is shown"			$((FLOOD / 10)) "$(of tenth drop)"
equal "one of seven that are counted"		100 "$(of tenth count)"
equal "one of a hundred that pass, as long as that is asked for" 10 "$(of tenth pass)"
equal "all of these are sampled"		$((FLOOD / 10 + 110)) "$(counter sampled)"
unload

# A turn goes on when the rules change.
load dev=v1 filter="udp dport 4321 drop sample 100"
start hundredth count 65536 64 v1
flood 60 4321
check "60 packets come"				wait_for 20 counter_is seen 60
echo 'udp dport 9 drop' > "$(port_dir)/rule_add"
flood 60 4321
check "and 60 more, by the next generation"	wait_for 20 counter_is seen 120
stop hundredth
equal "the hundredth of them is shown"		1 "$(of hundredth drop)"
unload

# However one waits, nobody sleeps on what there is.
load dev=v1 filter="udp dport 4321 drop sample 1"
start edges edges 65536 64 v1
start pair pair 1048576 64 v1
for n in 1 2 3; do
	flood 1000 4321
	check "burst $n arrives"		wait_for 20 counter_is seen $((n * 1000))
	# So long that both have gone to sleep again.
	sleep 0.2
	wait_for 20 sleeping "$edges" "$pair"
done
stop edges
stop pair
equal "edges of epoll miss nothing"		3000 "$(sum edges records missed)"
check "two threads may sleep"			test "$(of pair turns)" -ge 3
equal "and both are woken each time"		"$(of pair turns)" "$(of pair woken)"
unload

# Divert: to the readers, and nowhere else.
load dev=v1 filter="udp dport 4321 divert"
start whole count 1048576 1024 v1
before=$(nstat -asz UdpNoPorts | awk '/UdpNoPorts/ { print $2 }')
SOURCE=198.51.100.1 flood 1000 4321
check "what is diverted is seen"		wait_for 20 counter_is seen 1000
stop whole
equal "the reader gets it"			1000 "$(of whole divert)"
equal "whole"					60000 "$(of whole bytes)"
equal "it is counted as diverted"		1000 "$(counter diverted)"
equal "not as dropped"				0 "$(counter dropped)"
equal "not as passed"				0 "$(counter passed)"
check "every queue adds up"			adds_up
SOURCE=198.51.100.1 flood 1000 4321
check "with no reader it is dropped"		wait_for 20 counter_is dropped 1000
equal "and not diverted"			1000 "$(counter diverted)"
after=$(nstat -asz UdpNoPorts | awk '/UdpNoPorts/ { print $2 }')
equal "the stack gets nothing of it"		"$before" "$after"
echo 1 > "$(port_dir)/dryrun"
start dry count 65536 64 v1
SOURCE=198.51.100.1 flood 100 4321
check "in a dry run it passes"			wait_for 20 counter_is passed 100
equal "and is counted as such"			100 "$(counter would_drop)"
stop dry
equal "and shown to nobody"			0 "$(of dry written)"
unload

# A ring that is full loses records, never drops; and only its own.
load dev=v1 filter="udp dport 4321 drop sample 1"
start small idle 4096 64 v1
start large count 4194304 64 v1
start stopped count 65536 64 v1
kill -STOP $stopped
flood $FLOOD 4321
check "a flood past a full ring arrives whole"	wait_for 20 counter_is seen $FLOOD
kill -CONT $stopped
stop small
stop large
stop stopped
equal "all of it is dropped"			$FLOOD "$(counter dropped)"
equal "all of it is due"			$FLOOD "$(counter sampled)"
equal "a full ring: written + lost = due"	$FLOOD "$(sum small written missed)"
check "it lost some"				test "$(of small missed)" -gt 0
equal "its loss is counted"			"$(of small missed)" "$(counter ring_lost)"
equal "another reader loses nothing"		$FLOOD "$(of large drop)"
equal "a stopped one: written + lost = due"	$FLOOD "$(sum stopped written missed)"
equal "and what was written is read"		"$(of stopped written)" "$(of stopped records)"
check "every queue adds up"			adds_up

# Positions that are none.
start hostile hostile 65536 64 v1
start honest count 4194304 64 v1
seen=$(counter seen)
flood $FLOOD 4321
check "a flood past a hostile reader arrives"	wait_for 20 counter_is seen $((seen + FLOOD))
flood $FLOOD 4321
check "and once more"				wait_for 20 counter_is seen $((seen + 2 * FLOOD))
stop hostile
stop honest
equal "all of it is dropped"			$((seen + 2 * FLOOD)) "$(counter dropped)"
equal "its ring: written + lost = due"		$((2 * FLOOD)) "$(sum hostile written missed)"
equal "the honest reader loses nothing"		$((2 * FLOOD)) "$(of honest drop)"

# Killed under a flood, again and again.
flood $((3 * FLOOD)) 4321 &
flooding=$!
while kill -0 $flooding 2> /dev/null; do
	start killed count 65536 64 v1
	kill -KILL $killed
	wait $killed 2> /dev/null
done
wait $flooding
check "readers killed under a flood cost no drop" wait_for 20 counter_is dropped $((seen + 5 * FLOOD))
start after count 1048576 64 v1
flood 100 4321
wait_for 20 counter_is seen $((seen + 5 * FLOOD + 100))
stop after
equal "the next reader sees all"		100 "$(of after drop)"

# Who may not.
start holding idle 4096 64 v1
refuse "the module stays while it is read"	rmmod fastdrop
stop holding
refuse "nobody else may read"			setpriv --reuid 65534 --clear-groups ./reader idle 4096 64 v1
if unshare -Ur true 2> /dev/null; then
	refuse "nor root of a user namespace"	unshare -Ur ./reader idle 4096 64 v1
else
	skip "no user namespaces here"
fi
refuse "a port of another namespace is none"	in_peer ./reader idle 4096 64 v0
refuse "nor is a device that is no port"	./reader idle 4096 64 d7
refuse "a port twice is one too many"		./reader idle 4096 64 v1 v1
echo 2 > /sys/module/fastdrop/parameters/readers
start one idle 4096 64 v1
start two idle 4096 64 v1
refuse "a reader too many is refused"		./reader idle 4096 64 v1
check "and the log tells the limit"		said "/dev/fastdrop is open 2 times, and that is the limit"
stop one
start three idle 4096 64 v1
check "one goes, another may come"		kill -0 $three
stop two
stop three
echo 65536 > /sys/module/fastdrop/parameters/ring_max
refuse "a ring above the limit is refused"	./reader idle 131072 64 v1
start largest idle 65536 64 v1
check "one at the limit is not"			kill -0 $largest
stop largest
unload

# A port that goes away.
load dev=v1,d7 filter="udp dport 4321 drop sample 1"
start both count 1048576 64 v1 d7
flood 100 4321
wait_for 20 counter_is seen 100
run ip link del d7
flood 100 4321
check "a port goes, the other is read on"	wait_for 20 counter_is seen 200
stop both
equal "the end is told"				1 "$(of both ends)"
equal "and nothing is missing"			200 "$(of both drop)"
start last count 4096 64 v1
flood 10 4321
wait_for 20 counter_is seen 210
ip link set v1 netns peer && ip -n peer link set v1 netns 1
check "the last port goes: the reader ends"	wait_for 20 sh -c "! kill -0 $last"
wait $last
equal "its end is told"				1 "$(of last ends)"
equal "behind all that it had"			10 "$(of last drop)"
unload

# Large frames, which a driver may have in pieces: the pieces are read, too.
run ip link set v1 up
large_frames
text=$(seq -s , 10000 | head -c $((MTU - 100)))
cat > /tmp/flood-$$-large <<-EOF
	{
		eth(da=02:00:00:00:00:07, sa=02:00:00:00:00:01),
		ipv4(sa=198.51.100.1, da=198.51.100.7, ttl=64), udp(sp=1024, dp=4321), "$text"
	}
EOF
headers=$((14 + 20 + 8))
cut=$((MTU / 2 + 300))
# A program that looks for the last byte.
program="4,48 0 0 $((headers + ${#text} - 1)),21 0 1 $(printf %d "'${text: -1}"),6 0 0 1,6 0 0 0"
load dev=v1 filter="udp dport 4321 bpf '$program' divert"
start whole dump 1048576 9216 v1 2> /tmp/flood-$$-whole
start short dump 1048576 $cut v1 2> /tmp/flood-$$-short
# Packet by packet: the sender's ring has no room for such.
in_peer trafgen --dev v0 --conf /tmp/flood-$$-large --num 3 --cpus 1 --gap 1us > /dev/null 2>&1
check "large frames are diverted"		wait_for 20 counter_is diverted 3
stop whole
stop short
equal "to the byte"				$((3 * (headers + ${#text}))) "$(of whole bytes)"
equal "in full"					3 "$(grep -aoF "$text" /tmp/flood-$$-whole | wc -l)"
equal "or as much as was asked for"		$((3 * cut)) "$(of short bytes)"
equal "from the beginning"			3 "$(grep -aoF "${text:0:cut - headers}" /tmp/flood-$$-short | wc -l)"
equal "each counts as one"			3 "$(counter seen)"
check "every queue adds up"			adds_up
unload

# What programs get that ask for the wrong thing: its own lines.
load dev=v1 filter="udp dport 4321 drop sample 1"
check "what is asked wrongly is refused"	./reader_refusals v1
finish
