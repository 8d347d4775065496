#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Each match of the rule language holds for what it should, and only for that.
. ./lib.sh

plan "$(($(./match count) + 1))"
make_hosts
run ip link set v1 mtu 9000
run ip -n peer link set v0 mtu 9000
while read -r line; do
	echo "$line"
	case $line in
	ok*) number=$((number + 1)) ;;
	not*) number=$((number + 1)); failed=$((failed + 1)) ;;
	esac
done < <(./match "$FASTDROP_KO" /run/netns/peer 2>&1)
finish
