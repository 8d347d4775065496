# SPDX-License-Identifier: GPL-2.0
# A flood by pktgen on dummy0, for scripts that run in a guest. Sourced, never run.

addr=198.18.0.12
port=4321

pg() { echo "$2" > "/proc/net/pktgen/$1" || die "pktgen refused: $2"; }

# Sends $packets of the flood at once, in bursts of $1; prints nanoseconds a packet.
flood()
{
	pg kpktgend_0 rem_device_all
	pg kpktgend_0 "add_device dummy0"
	for setting in "count $packets" "burst $1" "xmit_mode netif_receive" "delay 0" \
		"pkt_size 60" "dst $addr" "src_min 198.18.0.1" "src_max 198.18.0.1" \
		"udp_dst_min $port" "udp_dst_max $port" "udp_src_min 9" "udp_src_max 9" \
		"dst_mac $(cat /sys/class/net/dummy0/address)"; do
		pg dummy0 "$setting"
	done
	pg pgctrl start
	sed -n 's/.*OK: \([0-9]*\)(.*usec, \([0-9]*\) .*/\1 \2/p' /proc/net/pktgen/dummy0 |
		awk '{ printf "%.1f\n", $1 * 1000 / $2 }'
}

flood_setup()
{
	modprobe dummy numdummies=1 2>/dev/null || ip link add dummy0 type dummy
	modprobe -q pktgen || :
	ip addr add $addr/24 dev dummy0
	ip link set dummy0 up
	sysctl -qw net.ipv6.conf.all.disable_ipv6=1
}
