#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A port comes and goes with its device, also under a flood.
. ./lib.sh
plan 33

FILTER="udp dport 4321 drop"

# gone_times N: the log tells so often that v1 went away
gone_times() { [ "$(log | grep -cF "fastdrop: v1: no longer protected: the device goes away")" = "$1" ]; }
attached() { [ -d "$(port_dir "$1")" ]; }

make_hosts

# attach, detach
check "insmod attaches"				load dev=v1 filter="$FILTER"
check "the port has its directory"		attached v1
check "the log says so"				said "v1: protected by hook $HOOK, "
refuse "a second insmod is refused"		load dev=v1 filter="$FILTER"
check "rmmod detaches"				unload
refuse "the directory is gone"			attached v1
check "and it can be had again"			load dev=v1 filter="$FILTER"

# down and up, rename
flood 100 4321
check "a packet is counted"			wait_for 20 counter_is dropped 100
run ip link set v1 down
run ip link set v1 up
run ip neigh replace 198.51.100.1 lladdr 02:00:00:00:00:01 dev v1
wait_for 20 grep -q 1 /sys/class/net/v1/carrier
flood 100 4321
check "down and up changes nothing"		wait_for 20 counter_is dropped 200
run ip link set v1 down
run ip link set v1 name w1
run ip link set w1 up
check "the port follows a new name"		attached w1
wait_for 20 grep -q 1 /sys/class/net/w1/carrier
flood 100 4321
check "and goes on counting"			wait_for 20 counter_is dropped 300 w1
check "every queue adds up"			adds_up w1
run ip link set w1 down
run ip link set w1 name v1
run ip link set v1 up
run ip addr replace 198.51.100.7/24 dev v1

# another namespace
run ip netns add away
run ip link set v1 netns away
check "a move to another namespace detaches"	gone_times 1
refuse "no directory is left here"		attached v1
refuse "nor there"				ip netns exec away ls /sys/class/net/v1/fastdrop
run ip -n away link set v1 netns 1
refuse "nor when it comes back"			attached v1
check "the module unloads"			unload
run ip link set v1 up

# insmod in a namespace sees its devices
run ip link set v1 netns away
refuse "a device elsewhere is not found"	load dev=v1
IN="ip netns exec away"
check "one in our own is"			load dev=v1
equal "it is at the hook"			"$HOOK" "$($IN cat /sys/class/net/v1/fastdrop/hook)"
IN=
check "a namespace that dies takes its ports along" ip netns del away
check "the log says so"				wait_for 20 gone_times 2
check "the module unloads"			wait_for 20 unload
drop_hosts
make_hosts

# under flood
flood_on
check "insmod under flood"			load dev=v1 filter="$FILTER"
check "drops come"				wait_for 20 more_than dropped 1000
check "rmmod under flood"			unload
for i in 1 2 3 4 5; do
	load dev=v1 filter="$FILTER" > /dev/null && unload || break
done
equal "five times over"				5 "$i"
load dev=v1 filter="$FILTER"
wait_for 20 more_than dropped 1000
# A reader with the file open must not stop the removal of the port.
exec 5< "$(port_dir)/queues/rx-0/dropped"
check "the device is removed under flood"	remove_v1
flood_off
check "and the port with it"			gone_times 3
refuse "a file that was open is at its end"	cat <&5
exec 5<&-
check "the module unloads"			unload
drop_hosts
make_hosts

# unload with a file open
load dev=v1 filter="$FILTER"
exec 5< "$(port_dir)/rules"
check "the module unloads with a file open"	unload
exec 5<&-
finish
