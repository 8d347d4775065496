#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Which hook a device gets, what each sees beside others, and what it refuses.
. ./lib.sh
: "${FASTDROP:?say which command to test}"
plan 137

fd() { "$FASTDROP" "$@"; }
fd_load() { insmod "$FASTDROP_KO"; }

FILTER="udp dport 4321 drop"
hook_is() { [ "$(cat "$(port_dir "${2:-v1}")/hook")" = "$1" ]; }
# dev_says TEXT: dev show has it
dev_says() { fd dev show v1 | grep -qF "$1"; }
# add SETTING...: protects v1 by the command, with the usual rule
add() { fd dev add v1 "$@" && fd rule add dev v1 "$FILTER"; }
add_twice()
{
	local both

	fd dev add v1 hook xdp 2> /dev/null &
	fd dev add v1 hook xdp 2> /dev/null
	both=$?
	wait $!
	equal "of two that come at once one is refused" 2 $((both + $?))
}
# With the capabilities that fastdrop.service leaves.
rights=$(sed -n 's/^CapabilityBoundingSet=//p' fastdrop.service | sed 's/CAP_/,+/g; s/ //g')
as_service() { setpriv --bounding-set "-all${rights,,}" "$FASTDROP" "$@"; }
# without_root SENTENCE: what add says without CAP_SYS_ADMIN
without_root() { setpriv --bounding-set -all,+net_admin,+bpf "$FASTDROP" dev add v1 hook xdp 2>&1 | grep -qF "$1"; }
# refused SENTENCE SETTING...: by the command, with this in its sentence
refused()
{
	local sentence=$1 out

	shift
	out=$(fd dev add "$@" 2>&1) && return 1
	case $out in
	*"$sentence"*) ;;
	*) echo "$out"; return 1 ;;
	esac
}
made() { modprobe -q "$2"; ip link add "$1" type "$2" 2> /dev/null; }
has_program() { ip -d link show "${1:-v1}" | grep -q 'prog/xdp'; }
is_free() { ! has_program "$@"; }

make_hosts
FRAME=60

# auto: rx where it is free, and ingress where it is not
load dev=v1 filter="$FILTER" > /dev/null
check "a device that nobody has gets hook rx"	hook_is rx
flood 100 4321
check "it drops"				wait_for 20 counter_is dropped 100
run ip link add br7 type bridge
check "a bridge takes the device"		ip link set v1 master br7
check "the port is now at hook ingress"		hook_is ingress
check "the log says so"				said "v1: now protected by hook ingress, as another device asks for its rx_handler"
check "the command says why"			dev_says "hook ingress (auto: another device has asked for its rx_handler), enabled, 1 rule"
flood 100 4321
check "it goes on dropping and counting"	wait_for 20 counter_is dropped 200
check "every queue adds up"			adds_up
run ip link set v1 nomaster
check "without the bridge too"			hook_is ingress
unload

load dev=v1 filter="$FILTER" > /dev/null
flood_on
check "under a flood"				wait_for 20 more_than dropped 1000
check "a bridge takes the device"		ip link set v1 master br7
check "the port is now at hook ingress"		hook_is ingress
before=$(counter dropped)
check "it goes on dropping"			wait_for 20 more_than dropped $((before + 1000))
flood_off
check "every queue adds up"			wait_for 20 adds_up
run ip link set v1 nomaster
unload

load dev=v1 filter="$FILTER" hook=rx > /dev/null
check "hook rx is what was asked for"		hook_is rx
run ip link set v1 master br7
refuse "then a bridge ends the protection"	test -d "$(port_dir)"
check "the log says so"				said "v1: no longer protected: a bridge takes the device"
unload

load dev=v1 filter="$FILTER" > /dev/null
check "a port of a bridge gets hook ingress"	hook_is ingress
check "the command says why"			dev_says "hook ingress (auto: the bridge br7 has the rx_handler)"
flood 100 4321
check "it drops"				wait_for 20 counter_is dropped 100
unload
run ip link set v1 nomaster
run ip link del br7

# These look whether the rx_handler is free before they say a word.
for kind in bond team; do
	made upper7 $kind
	run ip link set v1 down
	load dev=v1 filter="$FILTER" > /dev/null
	refuse "a $kind cannot have a device at hook rx" ip link set v1 master upper7
	unload
	load dev=v1 filter="$FILTER" hook=ingress > /dev/null
	check "one at hook ingress it can"	ip link set v1 master upper7
	run ip link set upper7 up
	run ip link set v1 up
	wait_for 20 grep -q 1 /sys/class/net/v1/carrier
	flood 100 4321
	check "its slave drops"			wait_for 20 counter_is dropped 100
	unload
	# What is saved of it comes back before the other takes it again.
	load dev=v1 filter="$FILTER" > /dev/null
	check "auto is ingress there"		hook_is ingress
	fd save > /tmp/flood-$$-saved
	unload
	run ip link set v1 nomaster
	run ip link set v1 down
	fd_load
	check "it is loaded again"		fd load /tmp/flood-$$-saved
	check "at hook ingress"			hook_is ingress
	check "what is saved of that lets it in again" ip link set v1 master upper7
	unload
	run ip link set v1 nomaster
	run ip link del upper7
	run ip link set v1 up
done

for kind in macvlan ipvlan; do
	run ip link add link v1 name upper7 type $kind
	load dev=v1 > /dev/null
	check "a device under a $kind gets hook ingress" hook_is ingress
	unload
	run ip link del upper7
done

# ingress: tagged frames before their VLAN device has them
run ip link add link v1 name v1.10 type vlan id 10
run ip link set v1.10 up
fd_load
check "hook ingress by the command"		add hook ingress
fd rule add dev v1 "vlan 10 udp dport 4322 drop"
cat > /tmp/flood-$$-tagged <<-END
	{
		eth(da=02:00:00:00:00:07, sa=02:00:00:00:00:01), vlan(id=10),
		ipv4(sa=198.51.100.1, da=198.51.100.7, ttl=64), udp(sp=1024, dp=4322), fill('B', 18)
	}
END
in_peer trafgen --dev v0 --conf /tmp/flood-$$-tagged --num 100 --cpus 1 > /dev/null 2>&1
check "frames of a VLAN device are seen"	wait_for 20 counter_is dropped 100
equal "with their tags"				$((100 * (FRAME + 4))) "$(counter bytes_dropped)"
fd dev del v1
run ip link del v1.10

# ingress: among others, by priority
modprobe -q crc32c_generic
if nft add table netdev peer 2> /dev/null; then
	for at in -400 0; do
		nft add chain netdev peer "at${at#-}" "{ type filter hook ingress device v1 priority $at; }"
		nft add rule netdev peer "at${at#-}" udp dport 4321 counter
	done
	peer_has() { [ "$(nft list chain netdev peer "at$1" | sed -n 's/.*counter packets \([0-9]*\).*/\1/p')" = "$2" ]; }
	add hook ingress
	flood 100 4321
	wait_for 20 counter_is dropped 100
	check "a chain of nft before it sees all"	peer_has 400 100
	check "one behind it sees nothing"		peer_has 0 0
	fd dev del v1
	add hook ingress prio 5
	check "the command shows a priority"		dev_says "hook ingress prio 5, enabled"
	flood 100 4321
	wait_for 20 counter_is dropped 100
	check "with prio 5 it is behind both"		peer_has 0 100
	nft delete table netdev peer
	fd dev del v1
else
	for _ in 1 2 3 4; do skip "this kernel has no nft"; done
fi
check "only ingress has a priority"	refused 'hook rx has no priority: only hook ingress has' v1 hook rx prio 5

# xdp
check "insmod cannot bring a program"	sh -c "rmmod fastdrop; ! insmod $FASTDROP_KO hook=xdp"
check "the log says what can"		said "hook: xdp needs a program, which insmod does not bring: load the module without dev, then fastdrop dev add DEV hook xdp"
fd_load
check "hook xdp by the command"		add hook xdp
check "the command says how it runs"	dev_says "hook xdp native, enabled, 1 rule"
check "there is a program"		has_program
flood 100 4321
check "it drops"			wait_for 20 counter_is dropped 100
refuse "rmmod is refused"		rmmod fastdrop
check "and nothing is changed"		hook_is xdp
flood 100 4321
check "it goes on dropping"		wait_for 20 counter_is dropped 200
check "del detaches the program"	fd dev del v1
add_twice
check "the other has its program"	has_program
fd dev del v1
check "it is gone"			wait_for 20 is_free
check "and lets go of the module"	wait_for 20 rmmod fastdrop
fd_load
check "the service can do so"		as_service dev add v1 hook xdp
fd dev del v1
check "what takes root is said"		without_root "the module's BTF cannot be opened (Operation not permitted): that takes root"
fd dev add v1 hook xdp
check "module unload detaches, too"	fd module unload
check "the program is gone"		is_free

# xdp: with the programs of others, by libxdp's dispatcher
filtered() { xdp-filter status | awk '$1 == 5555 { print $NF }'; }
filter_has() { [ "$(filtered)" = "$1" ]; }
has_component() { xdp-loader status v1 | grep -q "=>.* $1 "; }
doctor_says() { fd doctor v1 | grep -A1 -F "v1: problem: $1" | grep -qF "fastdrop dev del v1, fastdrop dev add v1 hook xdp"; }
# is_content [CMD...]: doctor, run by that
is_content() { local out; out=$("$@" "$FASTDROP" doctor v1) && ! grep '^v1: problem' <<< "$out"; }
# not_seen COMMAND...: from where there is no bpffs
not_seen()
{
	unshare -m sh -c "umount /sys/fs/bpf; $FASTDROP $* 2>&1" | grep -q 'cannot be seen from here'
}
# end_early: whenever a signal ends dev add, the port and its program are both there, or none
end_early()
{
	local after port

	for after in 0.1 0.3 0.5 0.7 0.9; do
		timeout -s TERM $after "$FASTDROP" dev add v1 hook xdp
		port=$([ -d "$(port_dir)" ]; echo $((!$?)))
		[ "$(components)" = "$port" ] || return
		[ "$port" = 0 ] || fd dev del v1 || return
	done
}
components() { xdp-loader status v1 | grep -c '=>.* fastdrop '; }
mountpoint -q /sys/fs/bpf || mount -t bpf bpf /sys/fs/bpf
fd_load
if xdp-filter load -m native v1 2> /dev/null; then
	run xdp-filter port -m dst 5555
	check "a dispatcher is joined"		add hook xdp
	check "xdp-loader shows us"		has_component fastdrop
	check "and the other"			has_component xdpfilt_alw_all
	flood 100 4321
	flood 100 5555
	check "it drops"			wait_for 20 counter_is dropped 100
	check "and so does the other"		wait_for 20 filter_has 100
	check "del leaves it"			fd dev del v1
	refuse "without us"			has_component fastdrop
	flood 100 5555
	check "the other goes on"		wait_for 20 filter_has 200
	add_twice
	equal "the other has its program"	1 "$(components)"
	fd rule add dev v1 "$FILTER"
	flood 100 4321
	check "and drops"			wait_for 20 counter_is dropped 100
	fd dev del v1
	check "one that is ended leaves nothing half done" end_early
	fd dev add v1 hook xdp
	./netlink_op v1 dev-del > /dev/null
	fd dev add v1 hook rx
	fd dev del v1
	check "del of hook rx takes out nobody"	has_component fastdrop
	check "the service joins, too"		as_service dev add v1 hook xdp
	fd dev del v1
	refuse "that of hook xdp does"		has_component fastdrop
	# Others take it off, and put theirs there.
	fd dev add v1 hook xdp
	check "doctor is content with it"	is_content
	run xdp-loader unload v1 --all
	check "doctor sees that nothing is"	doctor_says "its XDP program has been taken off: no packet is seen"
	refuse "and no rules are loaded"	sh -c "echo '$FILTER' | $FASTDROP load - dev v1"
	run xdp-filter load -m native v1
	check "and that only others are"	doctor_says "the XDP program on it is not fastdrop's: no packet is seen, unless that program calls fdrop_xdp()"
	refuse "and no rules are loaded"	sh -c "echo '$FILTER' | $FASTDROP load - dev v1"
	check "the command says so"		dev_says "hook xdp native BY ANOTHER'S PROGRAM: nothing is seen"
	check "but not without the rights"	is_content setpriv --reuid 65534 --clear-groups
	fd dev del v1
	fd dev add v1 hook xdp
	check "where its pins are not, del says so"	not_seen dev del v1
	check "and the program stays"		has_component fastdrop
	fd dev add v1 hook xdp
	fd dev del v1
	refuse "until it can be taken out"	has_component fastdrop
	check "the module is let go of"		wait_for 20 rmmod fastdrop
	fd_load
	check "another mode is refused"		refused "v1 has libxdp's dispatcher (with xdpfilt_alw_all) in native mode, without frags: hook xdp native joins it" v1 hook xdp generic
	check "frags where others have none, too" refused "in native mode, without frags: hook xdp native joins it" v1 hook xdp frags
	add hook xdp
	check "the other leaves"		xdp-filter unload v1
	flood 100 4321
	check "ours goes on"			wait_for 20 counter_is dropped 100
	check "module unload takes it out"	fd module unload
	check "and the dispatcher with it"	is_free
	fd_load
	add hook xdp
	check "alone, there is no dispatcher"	sh -c "! xdp-loader status v1 | grep -q xdp_dispatcher"
	refuse "and the other is refused"	xdp-filter load -m native v1
	flood 100 4321
	check "ours goes on"			wait_for 20 counter_is dropped 100
	check "and goes"			fd dev del v1
else
	for _ in {1..36}; do skip "there is no xdp-filter"; done
fi
fd module unload

# xdp: a program of one's own, that asks the module
cat > /tmp/flood-$$-own.c <<-END
	#include <linux/bpf.h>
	#include <bpf/bpf_helpers.h>
	extern int fdrop_xdp(struct xdp_md *ctx) __ksym;
	SEC("xdp.frags") int own(struct xdp_md *ctx) { return fdrop_xdp(ctx); }
	SEC("xdp") int other(struct xdp_md *ctx) { return XDP_PASS; }
	char _license[] SEC("license") = "GPL";
END
run clang -O2 -g -target bpf -I"/usr/include/$(gcc -print-multiarch)" -c /tmp/flood-$$-own.c \
	-o /tmp/flood-$$-own.o
fd_load
run ip link set v1 xdpdrv obj /tmp/flood-$$-own.o sec xdp.frags
refuse "the command brings its own"	fd dev add v1 hook xdp
check "it may have a port"		sh -c "./netlink_op v1 dev-new-xdp | grep -q fine"
fd rule add dev v1 "$FILTER"
flood 100 4321
check "which drops"			wait_for 20 counter_is dropped 100
check "and shows its frags"		dev_says "hook xdp native frags, enabled"
fd save > /tmp/flood-$$-saved
check "a load takes it for the same"	fd load /tmp/flood-$$-saved
check "doctor is content with it"	is_content
check "module unload names it"		sh -c "$FASTDROP module unload 2>&1 | grep -qF '(own, which may call the module): ip link set dev v1 xdpdrv off'"
run ip link set v1 xdpdrv off
check "and unloads without it"		fd module unload

# xdp: beside the program of another, which is to be taken off as is said
remedy() { fd dev add v1 hook xdp 2>&1 | sed -n 's/.* "other": take it off (\([^)]*\)), or use hook rx.*/\1/p'; }
fd_load
for mode in generic drv; do
	run ip link set v1 xdp$mode obj /tmp/flood-$$-own.o sec xdp
	remedy=$(remedy)
	equal "another program is told of"	"ip link set dev v1 xdp$mode off" "$remedy"
	check "doctor says the same"		sh -c "$FASTDROP doctor v1 | grep -qF '$remedy'"
	$remedy
	check "that takes it off"		is_free
	check "and then ours comes"		fd dev add v1 hook xdp
	fd dev del v1
	wait_for 20 is_free
done

check "generic where it is asked for"	add hook xdp generic
check "the command says so"		dev_says "hook xdp generic, enabled"
flood 100 4321
check "it drops"			wait_for 20 counter_is dropped 100
fd dev del v1
wait_for 20 is_free
run ip link add d7 type dummy
check "a driver without native XDP"	refused "the driver of d7 has no native XDP: use hook rx or ingress, or hook xdp generic, which is slower" d7 hook xdp
check "d7 is left alone"		is_free d7
check "it has generic XDP"		fd dev add d7 hook xdp generic
check "the device goes, and the port"	ip link del d7
check "the log says so"			said "d7: no longer protected: the device goes away"

run ip link set v1 mtu 9000
run ip -n peer link set v0 mtu 9000
check "a large MTU needs frags"		refused "v1 has too large an MTU for XDP (veth: Peer MTU is too large to set XDP): try hook xdp frags, or lower the MTU" v1 hook xdp
check "with them it is taken"		add hook xdp frags
check "the command shows them"		dev_says "hook xdp native frags, enabled"
fd rule add dev v1 "icmp type 8 len 8028 count"
in_peer ping -c 3 -i 0.1 -s 8000 -M do 198.51.100.7 > /dev/null 2>&1
equal "large frames are read"		3 "$(hits 2)"
equal "to the byte"			$((3 * (14 + 20 + 8 + 8000))) "$(hit_bytes 2)"
fd dev del v1
wait_for 20 is_free
run ip link set v1 mtu 1500
run ip -n peer link set v0 mtu 1500

run sysctl -qw net.core.bpf_jit_enable=0
check "without a JIT"			refused "the BPF JIT is off, without which no program can call the module: sysctl net.core.bpf_jit_enable=1" v1 hook xdp
run sysctl -qw net.core.bpf_jit_enable=1

wait_for 20 rmmod fastdrop
objcopy --remove-section .BTF "$FASTDROP_KO" /tmp/flood-$$-bare
check "a module without BTF is loaded"	insmod /tmp/flood-$$-bare
check "it has hook rx"			fd dev add v1 hook rx
fd dev del v1
check "but not hook xdp"		refused "the loaded module has no BTF: fastdrop module unload, fastdrop module load" v1 hook xdp
check "doctor says so"			sh -c "$FASTDROP doctor | grep -q 'has no BTF'"
rmmod fastdrop

fd_load
add hook xdp
run ip link del v1
check "a device that is removed"	said "v1: no longer protected: the device goes away"
check "lets go of the module"		wait_for 20 rmmod fastdrop
run ip netns del peer
make_hosts > /dev/null

fd_load
add hook xdp
run ip netns add away
run ip link set v1 netns away
check "one that moves, too"		wait_for 20 rmmod fastdrop
refuse "without its program"		sh -c "ip -n away -d link show v1 | grep -q prog/xdp"
run ip netns del away
finish
