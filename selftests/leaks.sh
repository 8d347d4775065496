#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# After all the tests before it: no memory that nobody knows of.
. ./lib.sh

kmemleak=/sys/kernel/debug/kmemleak
if ! [ -w $kmemleak ] || ! echo scan > $kmemleak 2> /dev/null; then
	echo "1..0 # SKIP this kernel has no kmemleak"
	exit 4
fi
plan 2

# Only what is older than five seconds is reported.
sleep 6
echo scan > $kmemleak
sleep 1
echo scan > $kmemleak
check "kmemleak finds nothing of ours"	sh -c "! grep -B3 -A12 fastdrop $kmemleak"
finish
