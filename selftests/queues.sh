#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Receive queues of a NIC with several: each counts what it got, which is what
# the NIC says. Needs eth2 with two queues, as scripts/vm -q 2 gives.
. ./lib.sh

if ! [ -e /sys/class/net/eth2/queues/rx-1 ] || ! command -v outside > /dev/null; then
	echo "1..0 # SKIP no NIC with two queues: run with scripts/vm -q 2"
	exit 4
fi
plan 13

conf=$PWD/queues.trafgen
sysctl -qw net.ipv6.conf.eth2.disable_ipv6=1
run ip addr replace 198.18.0.12/24 dev eth2
run ip link set eth2 up
wait_for 20 grep -q 1 /sys/class/net/eth2/carrier

# burst: 4,000 packets from random sources, paced so that the tap keeps up
burst()
{
	outside sh -c "for i in 1 2 3 4 5 6 7 8 9 10; do trafgen --dev fd0 --conf $conf --num 400 --cpus 1 > /dev/null 2>&1; sleep 0.1; done"
}
nic() { ethtool -S eth2 | awk -v q="rx_queue_$1_packets:" '$1 == q { print $2 }'; }
# Since 6.9 virtio-net tells packets by netlink, and no longer by ethtool -S.
as_the_nic()
{
	if [ -n "$(nic "$1")" ]; then
		equal "queue $1 has what the NIC gave it" $(($(nic "$1") - $2)) "$(ours "$1" seen)"
	else
		skip "ethtool -S has no packets of queue $1 on this kernel"
	fi
}
ours() { cat "/sys/class/net/eth2/fastdrop/queues/rx-$1/$2"; }
arrived() { [ "$(counter seen eth2)" -ge "$1" ]; }
dropped_all() { counter_is dropped "$1" eth2; }

load dev=eth2 filter="udp dst 198.18.0.12 dport 4321 drop"
# Behind that: virtio-net spreads over all queues again when it gets an XDP program.
run ethtool -X eth2 weight 1
nic0=$(nic 0) nic1=$(nic 1)
burst
check "a flood on one queue is dropped whole"	wait_for 20 dropped_all 4000
equal "queue 1 has nothing"			0 "$(ours 1 seen)"
as_the_nic 0 "$nic0"
as_the_nic 1 "$nic1"
check "every queue adds up"			adds_up eth2

run ethtool -X eth2 weight 1 1
was0=$(ours 0 dropped)
burst
check "a flood on two queues is dropped whole"	wait_for 20 dropped_all 8000
equal "together they have it"			8000 $(($(ours 0 dropped) + $(ours 1 dropped)))
check "queue 0 has a share"			test $(($(ours 0 dropped) - was0)) -gt 1000
check "queue 1 has a share"			test "$(ours 1 dropped)" -gt 1000
as_the_nic 0 "$nic0"
as_the_nic 1 "$nic1"
check "every queue adds up"			adds_up eth2
finish
