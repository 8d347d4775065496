#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# One rx_handler a device: who has it is named, and who wants it is told.
. ./lib.sh
plan 26

# busy DEV OWNER REMEDY: insmod fails, and the log names the owner
busy()
{
	refuse "$1, which $2 has, is refused"	load "dev=$1" hook=rx
	check "and the log says whose it is"	said "dev: $1 belongs to the $2, which has its rx_handler: use hook ingress, protect $3 instead, or take $1 out of it"
}

# made DEV TYPE: whether this kernel has such a device
made() { modprobe -q "$2"; ip link add "$1" type "$2" 2> /dev/null; }

make_hosts
run ip link set v1 down

run ip link add br7 type bridge
run ip link set v1 master br7
busy v1 "bridge br7" br7
check "the bridge itself can be protected"	load dev=br7
unload
run ip link set v1 nomaster

run modprobe -q bonding || :
run ip link add bond7 type bond
run ip link set v1 master bond7
busy v1 "bond bond7" bond7
run ip link set v1 nomaster
run ip link del bond7

run ip link add link v1 name mv7 type macvlan
busy v1 "macvlan mv7" mv7
run ip link del mv7

run ip link add link v1 name iv7 type ipvlan
busy v1 "ipvlan iv7" iv7
run ip link del iv7

if made team7 team && ip link set v1 master team7 2> /dev/null; then
	busy v1 "team team7" team7
	run ip link set v1 nomaster
else
	skip "no team driver with a mode"
	skip "no team driver with a mode"
fi
ip link del team7 2> /dev/null

# Nothing half-attached: the first device of two is let go when the second fails.
run ip link add d7 type dummy
run ip link set v1 master br7
refuse "two devices, the second one taken"	load dev=d7,v1 hook=rx
refuse "the first is not protected"		test -d /sys/class/net/d7/fastdrop
check "its rx_handler is free"			ip link set d7 master br7
run ip link set d7 nomaster
run ip link set v1 nomaster
refuse "the same device twice"			load dev=d7,d7
check "the log says so"				said "dev: d7 is protected already"
check "its rx_handler is free"			ip link set d7 master br7
run ip link set d7 nomaster

# While we have it.
load dev=v1 hook=rx
refuse "macvlan is refused"			ip link add link v1 name mv7 type macvlan
check "a bridge announces itself, and gets it"	ip link set v1 master br7
check "the log says so"				said "v1: no longer protected: a bridge takes the device"
refuse "the port is gone"			test -d /sys/class/net/v1/fastdrop
unload
run ip link set v1 nomaster

# VLAN devices are no obstacle, but they get their frames first.
run ip link add link v1 name v1.10 type vlan id 10
check "a device with a VLAN above it"		load dev=v1
check "the log says what it does not see"	said "v1: frames of VLAN 10 go to v1.10 and are not filtered here: protect v1.10 too"
unload
run ip link del v1.10

# A DSA conduit: the mock switch sits on a device called eth0.
ip link set eth0 name was_eth0 2> /dev/null
ip link add eth0 type dummy
if modprobe -q dsa_loop && wait_for 20 ip link show lan1; then
	refuse "a DSA conduit is refused"	load dev=eth0
	check "the log says why"		said "dev: eth0 is the conduit of a DSA switch"
	modprobe -r dsa_loop
else
	skip "no mock DSA switch in this kernel"
	skip "no mock DSA switch in this kernel"
fi
ip link del eth0
ip link set was_eth0 name eth0 2> /dev/null
ip link del d7
ip link del br7
finish
