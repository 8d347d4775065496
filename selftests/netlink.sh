#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The netlink family, request by request: see netlink.c.
#
#	n0 --- n1	n2	b0 --- n3	away:
. ./lib.sh

modprobe -q -a veth dummy bridge
tidy()
{
	local dev

	cleanup
	for dev in n0 n2 n3 n4 b0; do ip link del $dev 2> /dev/null; done
	ip netns del away 2> /dev/null
}
trap tidy EXIT
run ip netns add away
run ip link add n0 type veth peer name n1
sysctl -qw net.ipv6.conf.n0.disable_ipv6=1 net.ipv6.conf.n1.disable_ipv6=1
run ip link set n0 up
run ip link set n1 up
run ip link add n2 type dummy
run ip link add b0 type bridge
run ip link add n3 master b0 type dummy
load

# How many checks there are is known when all are made.
out=$(./netlink "$FASTDROP_KO" 2>&1)
plan $(($(grep -c '^ok\|^not ok' <<< "$out") + 2))
echo "$out"
number=$((planned - 2))
failed=$(grep -c '^not ok' <<< "$out")
equal "all tests were run" "# done" "$(tail -n 1 <<< "$out")"
finish
