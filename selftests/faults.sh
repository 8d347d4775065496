#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Memory refused at every single allocation of insmod: nothing half-attached.
# Needs a kernel with CONFIG_FAILSLAB, as make debug-check has.
. ./lib.sh

if ! [ -e /proc/self/fail-nth ] || ! [ -d /sys/kernel/debug/failslab ]; then
	echo "1..0 # SKIP this kernel injects no faults"
	exit 4
fi
plan 5

make_hosts
echo N > /sys/kernel/debug/failslab/ignore-gfp-wait
echo 0 > /sys/kernel/debug/failslab/verbose

# try N: insmod with its Nth allocation failing; 0 if it was refused in good order
try()
{
	bash -c "echo $1 > /proc/self/fail-nth; exec insmod $FASTDROP_KO dev=lo,v1 'filter=\"udp drop; tcp drop\"'" 2> /dev/null
}

refused=0 half=0 n=1
while [ $n -le 2000 ]; do
	if try $n; then
		# Some failures are survived; without a module there was none left to fail.
		rmmod fastdrop
		survived=$((survived + 1))
		[ $survived -lt 60 ] || break
	else
		survived=0
		refused=$((refused + 1))
		if [ -d /sys/module/fastdrop ] || [ -d "$(port_dir lo)" ] || [ -d "$(port_dir v1)" ]; then
			half=$((half + 1))
		fi
	fi
	n=$((n + 1))
done
echo "# $n allocations tried, $refused refused"
check "some allocations were refused"		test $refused -gt 20
equal "nothing was half-attached"		0 $half
check "insmod works afterwards"			load dev=lo,v1 filter="udp drop"
check "rmmod too"				rmmod fastdrop
finish
