#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Each match of the rule language holds for what it should, and only for that.
. ./lib.sh

plan "$(($(./match count) + 1))"
make_hosts
large_frames
load dev=v1 protect=0
while read -r line; do
	echo "$line"
	case $line in
	ok*) number=$((number + 1)) ;;
	not*) number=$((number + 1)); failed=$((failed + 1)) ;;
	esac
done < <(./match /run/netns/peer "$MTU" 2>&1)
finish
