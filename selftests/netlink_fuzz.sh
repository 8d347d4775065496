#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Requests at random do no harm: see netlink_fuzz.c. $FUZZ_SECONDS and $FUZZ_SEED are
# for how long, and which.
. ./lib.sh
plan 3

devices="n1 n2 n3 n4"
tidy()
{
	local dev

	cleanup
	for dev in $devices; do ip link del $dev 2> /dev/null; done
}
trap tidy EXIT

modprobe -q dummy
for dev in $devices; do run ip link add "$dev" type dummy; done
load dev=n3 > /dev/null
# A kernel that checks every access does far less in the time.
seconds=10
! [ -e /sys/kernel/debug/kmemleak ] || seconds=15
# shellcheck disable=SC2086
out=$(./netlink_fuzz "${FUZZ_SECONDS:-$seconds}" ${FUZZ_SEED:-} 2>&1)
status=$?
echo "$out"
equal "only errors and answers came, and a transaction works" 0 $status
check "the module unloads"	rmmod fastdrop
finish
