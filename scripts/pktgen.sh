# SPDX-License-Identifier: GPL-2.0
# A flood by pktgen, for scripts that run in a guest. Sourced, never run.

addr=198.18.0.12
port=4321
dev=dummy0	# where the flood comes in
sender=		# the device that sends it there; none: pktgen hands it to the receive path

pg() { echo "$2" > "/proc/net/pktgen/$1" || die "pktgen refused: $2"; }

# pg_forget CPU: its thread lets go of its devices, when it gets to that
pg_forget()
{
	pg "kpktgend_$1" rem_device_all
	until grep -q '^Stopped: *$' "/proc/net/pktgen/kpktgend_$1"; do
		sleep 0.01
	done
}

# flood_device CPU DEVICE SETTING...: that CPU's thread is to send the flood by the device,
# as the settings say
flood_device()
{
	local cpu=$1 device=$2 setting

	shift 2
	pg_forget "$cpu"
	pg "kpktgend_$cpu" "add_device $device"
	for setting in "pkt_size 60" "dst $addr" "src_min 198.18.0.1" "src_max 198.18.0.1" \
		"udp_dst_min $port" "udp_dst_max $port" "udp_src_min 9" "udp_src_max 9" "$@"; do
		pg "$device" "$setting"
	done
}

# What was there before is still being freed: milliseconds, if it is not waited for.
settle=1

# flood_ready BURST: tells pktgen to send $packets at once, in bursts of so many
flood_ready()
{
	local mode=${sender:+start_xmit}

	flood_device 0 "${sender:-$dev}" "count $packets" "burst $1" \
		"xmit_mode ${mode:-netif_receive}" "delay 0" \
		"dst_mac $(cat "/sys/class/net/$dev/address")"
	sleep "$settle"
}

# flood_ended [DEVICE]: of its flood, $took microseconds, $sent packets: a few more than were
# due, if the last burst is not due in full, or if a queue was full in one.
flood_ended()
{
	read -r took sent < <(sed -n 's/.*OK: \([0-9]*\)(.*usec, \([0-9]*\) .*/\1 \2/p' \
		"/proc/net/pktgen/${1:-${sender:-$dev}}") || die "pktgen has not sent"
}

# flood BURST: $cost is nanoseconds a packet, of $sent packets
flood()
{
	local took

	flood_ready "$1"
	pg pgctrl start
	flood_ended
	cost=$(awk -v us="$took" -v n="$sent" 'BEGIN { printf "%.1f", us * 1000 / n }')
}

# flood_thrice BURST: $cost is the median of three floods, of $sent packets in all. What the
# machine does now and then is no packet's cost.
flood_thrice()
{
	local costs="" all=0

	for _ in 1 2 3; do
		flood "$1"
		costs+=" $cost"
		all=$((all + sent))
	done
	# shellcheck disable=SC2086
	cost=$(printf '%s\n' $costs | sort -n | sed -n 2p)
	sent=$all
}

# flood_to DEV [SENDER]: where the next floods come in. The address goes with them.
flood_to()
{
	ip addr flush dev "$dev"
	dev=$1 sender=${2:-}
	ip addr add $addr/24 dev "$dev"
}

# flood_setup [ARG...]: dummy0, with these arguments of ip link; with none it may be there
flood_setup()
{
	modprobe -q dummy numdummies=0 || :
	[ $# = 0 ] && [ -e /sys/class/net/dummy0 ] || ip link add dummy0 "$@" type dummy
	modprobe -q pktgen || :
	sysctl -qw net.ipv6.conf.all.disable_ipv6=1
	# For a thousand a second an answer is looked for: which ones, goes by the clock.
	sysctl -qw net.ipv4.icmp_msgs_per_sec=0
	ip link set dummy0 up
	flood_to dummy0
}
