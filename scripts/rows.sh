# SPDX-License-Identifier: GPL-2.0
# Ways to drop the flood of pktgen.sh, for the guest. Sourced behind that, never run.
#
# For each row: ROW_begin, ROW_hits (how many packets it says it dropped), ROW_end.
# $module is fastdrop.ko, $tools the directory of programs that build_tools made.

# Those of the ladder; the others are steps of fastdrop's own road.
ladder_rows="none recv iptables-input iptables ipset nft-prerouting nft nftset flower u32 matchall
	tc-bpf xdp-generic xdp-hand xdp-bare xdp-filter noop fastdrop ingress xdp xdp-port"

# What the benchmarks need, made outside: $module, and in $tools the command, the peers
# of our own, and a reader that sleeps. A second time nothing is written.
build_tools()
{
	module=$("$top/scripts/build" -q)
	tools=$build/bench/tools-$release
	mkdir -p "$tools/noop"
	cp -asf "$top/bench/peers/noop/." "$tools/noop/"
	make -s -C "$kdir" M="$tools/noop" ${arch:+ARCH=$arch} modules 2>&1 |
		{ grep -v '^Skipping BTF' || :; } >&2
	# shellcheck disable=SC2046
	make -s -C "$top/bench/peers" OUT="$tools" PORT=$port \
		ADDR=$(printf '0x%02x%02x%02x%02x' ${addr//./ })
	make -s -C "$top/userspace" fastdrop
	ln -sf "$build/userspace/fastdrop" "$tools/fastdrop"
}

# until_ready JOB OUTPUT: waits until it says so there
until_ready()
{
	until grep -qs ready "$2"; do
		kill -0 "$1" || die "a program has ended before it was ready: $(cat "$2")"
		sleep 0.1
	done
}

# ---- the stack, and who receives

none_begin() { :; }
none_hits() { nstat -asz UdpNoPorts | awk '/UdpNoPorts/ { print $2 }'; }
none_end() { :; }

recv_begin()
{
	"$tools/discard" $port > /tmp/discard 2>&1 &
	receiving=$!
	until_ready $receiving /tmp/discard
}
recv_hits()
{
	sleep 0.1
	nstat -asz UdpInDatagrams | awk '/UdpInDatagrams/ { print $2 }'
}
recv_end() { end_job $receiving; }

# ---- netfilter

# iptables_drop TABLE CHAIN MATCH...
iptables_drop()
{
	iptables-legacy -t "$1" -I "$2" "${@:3}" -j DROP
}
iptables_hits_in()
{
	iptables-legacy -t "$1" -nvxL "$2" | awk '$3 == "DROP" { print $1 }'
}

iptables-input_begin() { iptables_drop filter INPUT -p udp --dport $port --dst $addr; }
iptables-input_hits() { iptables_hits_in filter INPUT; }
iptables-input_end()
{
	iptables-legacy -F
	modprobe -r iptable_filter xt_udp 2> /dev/null || :
}

iptables_begin() { iptables_drop raw PREROUTING -p udp --dport $port --dst $addr; }
iptables_hits() { iptables_hits_in raw PREROUTING; }
iptables_end()
{
	iptables-legacy -t raw -F
	modprobe -r iptable_raw xt_udp 2> /dev/null || :
}

ipset_begin()
{
	ipset create blocked hash:ip,port
	ipset add blocked $addr,udp:$port
	iptables_drop raw PREROUTING -m set --match-set blocked dst,dst
}
ipset_hits() { iptables_hits; }
ipset_end()
{
	iptables_end
	until ipset destroy blocked 2> /dev/null; do
		sleep 0.1
	done
}

# nft_begin_with FAMILY HOOK MATCH [SET]
nft_begin_with()
{
	modprobe -q crc32c_generic || :
	nft -f - <<-EOF
	table $1 peer {
		${4:-}
		chain in { type filter hook $2; $3 counter drop; }
	}
	EOF
}
nft_hits_of() { nft list chain "$1" peer in | sed -n 's/.*counter packets \([0-9]*\).*/\1/p'; }

nft-prerouting_begin()
{
	nft_begin_with ip "prerouting priority raw" "ip daddr $addr udp dport $port"
}
nft-prerouting_hits() { nft_hits_of ip; }
nft-prerouting_end() { nft delete table ip peer; }

nft_begin()
{
	nft_begin_with netdev "ingress device $dev priority 0" "ip daddr $addr udp dport $port"
}
nft_hits() { nft_hits_of netdev; }
nft_end() { nft delete table netdev peer; }

nftset_begin()
{
	nft_begin_with netdev "ingress device $dev priority 0" "ip daddr . udp dport @blocked" \
		"set blocked { type ipv4_addr . inet_service; elements = { $addr . $port } }"
}
nftset_hits() { nft_hits; }
nftset_end() { nft_end; }

# ---- tc

# tc_begin_with FILTER ARG...
tc_begin_with()
{
	tc qdisc add dev "$dev" clsact
	tc filter add dev "$dev" ingress "$@"
}
tc_hits()
{
	tc -s filter show dev "$dev" ingress |
		sed -n 's/.*Sent [0-9]* bytes \([0-9]*\) pkt.*/\1/p'
}
tc_end() { tc qdisc del dev "$dev" clsact; }

flower_begin()
{
	tc_begin_with protocol ip flower ip_proto udp dst_ip $addr dst_port $port action drop
}
flower_hits() { tc_hits; }
flower_end() { tc_end; }

u32_begin()
{
	tc_begin_with protocol ip u32 match ip protocol 17 0xff match ip dst $addr/32 \
		match ip dport $port 0xffff action drop
}
u32_hits() { tc_hits; }
u32_end() { tc_end; }

matchall_begin() { tc_begin_with matchall action drop; }
matchall_hits() { tc_hits; }
matchall_end() { tc_end; }

tc-bpf_begin() { tc_begin_with bpf da obj "$tools/drop.bpf.o" sec tc; }
tc-bpf_hits()
{
	tc -s qdisc show dev "$dev" clsact | sed -n 's/.*(dropped \([0-9]*\),.*/\1/p'
}
tc-bpf_end() { tc_end; }

# ---- XDP

# What the driver says that its XDP programs have dropped, by queue.
xdp_drops() { ethtool -S "$dev" | awk '/[0-9]_xdp_drops:/ { n += $2 } END { print n }'; }

xdp-bare_begin()
{
	"$tools/xdp_drop" "$dev" > /tmp/xdp_drop 2>&1 &
	dropping=$!
	until_ready $dropping /tmp/xdp_drop
}
xdp-bare_hits() { xdp_drops; }
xdp-bare_end() { end_job $dropping; }

xdp-hand_begin() { ip link set dev "$dev" xdpdrv obj "$tools/drop.bpf.o" sec xdp; }
xdp-hand_hits() { xdp_drops; }
xdp-hand_end() { ip link set dev "$dev" xdpdrv off; }

xdp-generic_begin() { ip link set dev "$dev" xdpgeneric obj "$tools/drop.bpf.o" sec xdp; }
# Nobody counts these: what the device has taken and IP has not.
xdp-generic_hits()
{
	echo $(($(cat "/sys/class/net/$dev/statistics/rx_packets") -
		$(nstat -asz IpInReceives | awk '/IpInReceives/ { print $2 }')))
}
xdp-generic_end() { ip link set dev "$dev" xdpgeneric off; }

xdp-filter_begin()
{
	mountpoint -q /sys/fs/bpf || mount -t bpf bpf /sys/fs/bpf
	xdp-filter load -m native -f udp "$dev"
	xdp-filter port -p udp -m dst $port
}
# Of 6.12 it tells all, and fails.
xdp-filter_hits()
{
	{ xdp-filter status || :; } | awk -v port=$port '$1 == port { print $3 }'
}
xdp-filter_end() { xdp-filter unload "$dev"; }

# ---- fastdrop

# protect HOOK RULE
protect() { insmod "$module" dev="$dev" hook="$1" filter="\"$2\""; }

# fastdrop_counter NAME: of all queues
fastdrop_counter()
{
	awk '{ n += $1 } END { printf "%.0f\n", n }' "/sys/class/net/$dev/fastdrop/queues/rx-"*"/$1"
}

fastdrop_begin() { protect rx "udp dst $addr dport $port drop"; }
fastdrop_hits() { fastdrop_counter dropped; }
fastdrop_end() { rmmod fastdrop; }

ingress_begin() { protect ingress "udp dst $addr dport $port drop"; }
ingress_hits() { fastdrop_hits; }
ingress_end() { fastdrop_end; }

# protect_xdp RULE
protect_xdp()
{
	insmod "$module"
	"$tools/fastdrop" dev add "$dev" hook xdp
	# shellcheck disable=SC2086
	"$tools/fastdrop" rule add dev "$dev" $1
}

xdp_begin() { protect_xdp "udp dst $addr dport $port drop"; }
xdp_hits() { fastdrop_hits; }
xdp_end() { "$tools/fastdrop" module unload; }

xdp-port_begin() { protect_xdp "udp dport $port drop"; }
xdp-port_hits() { fastdrop_hits; }
xdp-port_end() { xdp_end; }

noop_begin() { insmod "$tools/noop/noop.ko" dev="$dev"; }
noop_hits() { cat /sys/module/noop/parameters/dropped; }
noop_end() { rmmod noop; }

# ---- steps of fastdrop's own road

off_begin()
{
	fastdrop_begin
	echo 0 > "/sys/class/net/$dev/fastdrop/enabled"
}
off_hits() { none_hits; }
off_end() { fastdrop_end; }

empty_begin() { insmod "$module" dev="$dev"; }
empty_hits() { miss_hits; }
empty_end() { fastdrop_end; }

miss_begin() { protect rx "udp dst $addr dport $((port + 1)) drop"; }
miss_hits() { fastdrop_counter passed; }
miss_end() { fastdrop_end; }

# read_ring BYTES RULE: a reader of a ring of so many bytes
read_ring()
{
	protect rx "udp dst $addr dport $port $2"
	"$tools/reader" idle "$1" 64 "$dev" > /tmp/reader &
	reading=$!
	until_ready $reading /tmp/reader
}

# What was written and what was lost is what was due of $all that were sent: $1, or it
# is no figure.
end_ring()
{
	local seen

	kill -INT $reading
	wait $reading || :
	seen=$(awk '/^written/ { print $2 + $4 }' /tmp/reader)
	[ "$seen" = "$1" ] || die "$seen records were written or lost, not $1"
	rmmod fastdrop
}

asleep_begin() { read_ring 65536 drop; }
asleep_hits() { fastdrop_hits; }
asleep_end() { end_ring 0; }
sample1000_begin() { read_ring 1048576 "drop sample 1000"; }
sample1000_hits() { fastdrop_hits; }
sample1000_end() { end_ring $((all / 1000)); }
sample1_begin() { read_ring $((32 << 20)) "drop sample 1"; }
sample1_hits() { fastdrop_hits; }
sample1_end() { end_ring $all; }
full_begin() { read_ring 4096 "drop sample 1"; }
full_hits() { fastdrop_hits; }
full_end() { end_ring $all; }
divert_begin() { read_ring $((32 << 20)) divert; }
divert_hits() { fastdrop_counter diverted; }
divert_end() { end_ring $all; }
