# SPDX-License-Identifier: GPL-2.0
# What the selftests share: KTAP lines, the module, a pair of hosts, the log.
#
# A test sources this, says plan N, calls check and friends N times, and ends
# with finish. The module is $FASTDROP_KO.

: "${FASTDROP_KO:?say which module to test}"

number=0
failed=0
MARK="fastdrop selftest ${0##*/} $$"

echo "$MARK" > /dev/kmsg

plan() { echo "TAP version 13"; echo "1..$1"; planned=$1; }

result()
{
	number=$((number + 1))
	if [ "$1" = 0 ]; then
		echo "ok $number $2"
	else
		echo "not ok $number $2"
		failed=$((failed + 1))
	fi
}

# check DESCRIPTION CMD...: the command succeeds
check()
{
	local what=$1 out rc

	shift
	out=$("$@" 2>&1) && rc=0 || rc=$?
	[ $rc = 0 ] || printf '# %s: exit %s: %s\n' "$*" "$rc" "$out"
	result $rc "$what"
}

# refuse DESCRIPTION CMD...: the command fails
refuse()
{
	local what=$1 out

	shift
	if out=$("$@" 2>&1); then
		echo "# $*: was to fail, and printed: $out"
		result 1 "$what"
	else
		result 0 "$what"
	fi
}

# equal DESCRIPTION EXPECTED ACTUAL
equal()
{
	[ "$2" = "$3" ] || echo "# expected $2, got $3"
	if [ "$2" = "$3" ]; then result 0 "$1"; else result 1 "$1"; fi
}

skip()
{
	number=$((number + 1))
	echo "ok $number # SKIP $1"
}

# wait_for SECONDS CMD...: the command comes to succeed
wait_for()
{
	local deadline=$((SECONDS + $1))

	shift
	until "$@" > /dev/null 2>&1; do
		[ $SECONDS -lt $deadline ] || return 1
		sleep 0.05
	done
}

# Runs a command of the set-up, and shows it.
run()
{
	echo "# $*"
	"$@" || { echo "# failed: $*"; exit 1; }
}

# A test is for the hook in its name, as match_xdp.sh is; else the module chooses.
case ${0##*/} in
*_ingress.sh|*_ingress_wire.sh) HOOK=ingress ;;
*_xdp.sh|*_xdp_wire.sh) HOOK=xdp ;;
*) HOOK=rx ;;
esac

# One that is called so has hosts of two NICs with a wire between them, $FASTDROP_WIRE,
# which scripts/vm -w gives; else a veth pair.
NICS=
SENDER="--cpus 1"
declare -A nic_device nic_driver
case ${0##*/} in
*_wire.sh)
	NICS=${FASTDROP_WIRE:-}
	[ -n "$NICS" ] || {
		echo "1..0 # SKIP no NICs with a wire between them: run with scripts/vm -w, or say FASTDROP_WIRE=\"DEV DEV\""
		exit 4
	}
	SENDER="--cpus 1 --qdisc-path"
	wmem_default=$(sysctl -n net.core.wmem_default)
	for nic in $NICS; do
		nic_device[$nic]=$(readlink -e "/sys/class/net/$nic/device") &&
			nic_driver[$nic]=$(readlink -e "${nic_device[$nic]}/driver") ||
			{ echo "Bail out! FASTDROP_WIRE: $nic is no NIC"; exit 1; }
	done
	;;
esac

# load [PARAMETER=VALUE]...: insmod quotes nothing, so that values with spaces
# are quoted for the kernel here. In the network namespace that $IN (as "ip netns exec peer")
# goes to.
IN=
load()
{
	local arg quoted=""

	if [ "$HOOK" = xdp ]; then
		load_xdp "$@"
		return
	fi
	[ "$HOOK" = rx ] || set -- "$@" "hook=$HOOK"
	for arg in "$@"; do
		shift
		case $arg in
		*" "*) arg="${arg%%=*}=\"${arg#*=}\"" ;;
		esac
		set -- "$@" "$arg"
		quoted="$quoted $arg"
	done
	echo "# insmod fastdrop.ko$quoted"
	$IN insmod "$FASTDROP_KO" "$@"
}

# The same at hook xdp, whose program insmod does not bring.
load_xdp()
{
	local arg dev="" filter="" settings=""

	echo "# at hook xdp: $*"
	for arg in "$@"; do
		case $arg in
		dev=*) dev=${arg#dev=} ;;
		filter=*) filter=${arg#filter=} ;;
		*=0) settings="$settings ${arg%=0} off" ;;
		*=1) settings="$settings ${arg%=1} on" ;;
		*) echo "# load_xdp does not know $arg"; return 1 ;;
		esac
	done
	$IN insmod "$FASTDROP_KO" || return
	for dev in ${dev//,/ }; do
		# shellcheck disable=SC2086
		$IN "$FASTDROP" dev add "$dev" hook xdp ${XDP:-} $settings &&
			{ [ -z "$filter" ] || tr ';' '\n' <<< "$filter" | $IN "$FASTDROP" load - dev "$dev"; } &&
			continue
		unload
		return 1
	done
}

unload()
{
	! [ -d /sys/module/fastdrop ] || if [ "$HOOK" = xdp ]; then
		"$FASTDROP" module unload
	else
		rmmod fastdrop
	fi
}

make_veth()
{
	modprobe -q veth
	run ip link add v1 type veth peer name v0 netns peer
}

take_nics()
{
	run ip link set "${NICS% *}" name v1
	run ip link set "${NICS#* }" name v0 netns peer
	# VLAN tags that nobody has asked for are filtered away else.
	run ip link set v1 promisc on
	# A sender that is faster waits: in a queue, not past it, and with its memory.
	run tc -n peer qdisc replace dev v0 root pfifo limit 10000
	run sysctl -qw net.core.wmem_default=4194304
}

unplug() { echo "${nic_device[$1]##*/}" > "${nic_driver[$1]}/unbind"; }

# unplugged and plugged in again: as new, wherever it was and whatever it was called
replug()
{
	[ ! -e "${nic_device[$1]}/driver" ] || unplug "$1"
	echo "${nic_device[$1]##*/}" > "${nic_driver[$1]}/bind"
	wait_for 20 sh -c "ip link set \$(ls ${nic_device[$1]}/net) name $1" ||
		echo "# $1 did not come back"
}

# Two hosts: v1 here, to be protected, and v0 in the namespace "peer".
#
#	peer: v0 198.51.100.1, 2001:db8:1::1	--- v1 198.51.100.7, 2001:db8:1::7
make_hosts()
{
	run ip netns add peer
	if [ -n "$NICS" ]; then take_nics; else make_veth; fi
	run ip link set v1 address 02:00:00:00:00:07
	run ip -n peer link set v0 address 02:00:00:00:00:01
	# No packet but the test's own: counts are exact.
	ip netns exec peer sysctl -qw net.ipv6.conf.v0.disable_ipv6=1
	sysctl -qw net.ipv6.conf.v1.disable_ipv6=1
	run ip link set v1 up
	run ip -n peer link set v0 up
	run ip addr add 198.51.100.7/24 dev v1
	run ip -n peer addr add 198.51.100.1/24 dev v0
	ip neigh add 198.51.100.1 lladdr 02:00:00:00:00:01 dev v1
	ip -n peer neigh add 198.51.100.7 lladdr 02:00:00:00:00:07 dev v0
}

# since VERSION: this kernel is that, or later
since() { printf '%s\n' "$1" "$(uname -r)" | sort -VC; }

# The two take frames as large as can be, of MTU bytes.
large_frames()
{
	MTU=9000
	# Before 6.3 virtio-net lets no XDP program have frames above a page.
	[ "$HOOK" != xdp ] || [ -z "$NICS" ] || since 6.3 || MTU=3500
	run ip link set v1 mtu $MTU
	run ip -n peer link set v0 mtu $MTU
	# Of large frames XDP takes only the first page without this.
	XDP=frags
}

# v1 is no more: deleted, or its NIC unplugged
remove_v1()
{
	if [ -n "$NICS" ]; then unplug "${NICS% *}"; else ip link del v1; fi
}

drop_hosts()
{
	local nic

	ip netns del peer 2>/dev/null
	[ -n "$NICS" ] || ip link del v1 2>/dev/null
	[ -z "$NICS" ] || sysctl -qw net.core.wmem_default="$wmem_default"
	for nic in $NICS; do
		[ -e "/sys/class/net/$nic" ] || replug "$nic"
	done
}

in_peer() { ip netns exec peer "$@"; }

# flood_on: floods v1 until flood_off, which ends the sender too, by their group: else it
# would go on, and hold the test's output
flood_on()
{
	set -m
	while :; do flood 5000 4321; done > /dev/null 2>&1 &
	set +m
	flooder=$!
}

flood_off()
{
	kill -KILL -- -$flooder
	wait $flooder 2> /dev/null
}

# flood COUNT PORT [TRAFGEN ARG]...: UDP to v1, from $SOURCE or from anywhere
flood()
{
	local count=$1 port=$2 conf=/tmp/flood-$$-$2 out

	shift 2
	cat > "$conf" <<-EOF
	{
		eth(da=02:00:00:00:00:07, sa=02:00:00:00:00:01),
		ipv4(sa=${SOURCE:-drnd()}, da=198.51.100.7, ttl=64),
		udp(sp=drnd(), dp=$port),
		fill('B', 18)
	}
	EOF
	# shellcheck disable=SC2086
	out=$(in_peer trafgen --dev v0 --conf "$conf" --num "$count" $SENDER "$@" 2>&1) || {
		echo "# trafgen: $out"
		return 1
	}
}

# The directory of a device's port, by the device's name.
port_dir() { echo "/sys/class/net/${1:-v1}/fastdrop"; }

# counter NAME [DEV]: the sum over its queues. Without a program, as it is asked for often.
counter()
{
	local queue n sum=0

	for queue in "$(port_dir "${2:-v1}")"/queues/rx-*; do
		read -r n < "$queue/$1" || return
		sum=$((sum + n))
	done
	echo $sum
}

counter_is() { [ "$(counter "$1" "${3:-v1}")" = "$2" ]; }
more_than() { [ "$(counter "$1")" -gt "$2" ]; }

# hits RANK [DEV]: packets that the rule matched, from 1
hits()
{
	sed -n "$1s/.* # packets \([0-9]*\) bytes.*/\1/p" "$(port_dir "${2:-v1}")/rules"
}

hit_bytes()
{
	sed -n "$1s/.* # packets [0-9]* bytes \([0-9]*\).*/\1/p" "$(port_dir "${2:-v1}")/rules"
}

# Every queue adds up: seen = passed + dropped + diverted.
adds_up()
{
	local queue seen passed dropped diverted

	for queue in "$(port_dir "${1:-v1}")"/queues/rx-*; do
		read -r seen < "$queue/seen" && read -r passed < "$queue/passed" &&
			read -r dropped < "$queue/dropped" && read -r diverted < "$queue/diverted" &&
			[ "$seen" = $((passed + dropped + diverted)) ] || {
			echo "# ${queue##*/}: seen $seen, passed $passed, dropped $dropped, diverted $diverted"
			return 1
		}
	done
}

# What the kernel has logged since this test began.
log() { dmesg | sed "1,/$MARK/d"; }

# said TEXT: the module has logged it since then
said() { log | grep -qF "fastdrop: $1"; }

log_is_clean()
{
	dmesg | grep -qF "$MARK" || { echo "the log has lost its beginning"; return 1; }
	! log | grep -E 'WARNING|BUG|Oops|KASAN|UBSAN|RCU|rcu:|lockdep|possible recursive|circular locking|suspicious|Call Trace|general protection|refcount|kmemleak|unregister_netdevice|INFO: task|stalled|scheduling while atomic'
}

cleanup()
{
	unload
	drop_hosts
	rm -f /tmp/flood-$$-*
}
trap cleanup EXIT

# The last check of every test, and its exit status.
finish()
{
	cleanup
	check "the kernel log is clean" log_is_clean
	echo "# took $SECONDS s"
	[ $number = "$planned" ] || { echo "# planned $planned checks, made $number"; exit 1; }
	[ $failed = 0 ]
	exit
}
