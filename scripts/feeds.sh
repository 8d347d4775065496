# SPDX-License-Identifier: GPL-2.0
# Files of many rules and prefixes, for us and for the peers. Sourced behind pktgen.sh,
# whose packet they match.

# write_rules N FIRST FORMAT LAST: N rules, of which LAST is the flood's, each other one
# FORMAT by an address and a port
write_rules()
{
	[ -z "$2" ] || echo "$2"
	seq $(($1 - 1)) | awk -v format="$3\n" '
		{ printf format, "10." int($1 / 65536) "." int($1 / 256) % 256 "." $1 % 256, $1 % 60000 }'
	echo "$4"
}

# Eight masks, and in the last rule of the last one the flood's own packet.
write_mixed()
{
	awk -v n=$(($1 / 8)) -v addr=$addr -v port=$port '
	function a(i) { return int(i / 65536) "." int(i / 256) % 256 "." i % 256 }
	BEGIN {
		for (i = 0; i < n; i++) print "udp dst 10." a(i) " dport " i % 60000 " drop"
		for (i = 0; i < n; i++) print "udp src 11." a(i) " dport " i % 60000 " drop"
		for (i = 0; i < n; i++) print "dst 12." a(i) " drop"
		for (i = 0; i < n; i++) print "src 13." a(i) " drop"
		for (i = 0; i < n; i++) print "src 14." int(i / 256) "." i % 256 ".0/24 dst 15.0.0.1 drop"
		for (i = 0; i < n; i++) print "udp src 16." a(i) " dst 17." a(i) " sport 7 drop"
		for (i = 0; i < n; i++) print "src 18." int(i / 256) "." i % 256 ".0/24 drop"
		for (i = 1; i < n; i++) print "udp dst 19." a(i) " sport 5 dport " i % 60000 " drop"
		print "udp dst " addr " sport 9 dport " port " drop"
	}'
}

# One mask a prefix length; the flood's source has none of these prefixes.
write_masks()
{
	awk -v n="$1" 'BEGIN { for (i = 2; i <= n; i++) print "src 64.0.0.0/" i " drop" }'
	echo "udp dst $addr dport $port drop"
}

# Random prefixes, each once, the flood's among them.
prefixes()
{
	awk -v n="$1" '
	BEGIN {
		srand(7)
		print "198.18.0.0/28"
		for (made = 1; made < n;) {
			length_ = 24 + int(rand() * 9)
			v = int((1 + rand() * 222) * 16777216)
			v -= v % 2 ^ (32 - length_)
			p = int(v / 16777216) "." int(v / 65536) % 256 "." int(v / 256) % 256 "." v % 256 "/" length_
			if (p in seen)
				continue
			seen[p]
			print p
			made++
		}
	}'
}

prefixes6()
{
	awk -v n="$1" '
	BEGIN {
		srand(8)
		for (i = 0; i < n; i++) {
			length_ = 48 + 4 * int(rand() * 5)
			last = int(rand() * 65536)
			last -= last % 2 ^ (64 - length_)
			printf "%x:%x:%x:%x::/%d\n", 8192 + int(rand() * 4096), rand() * 65536,
				rand() * 65536, last, length_
		}
	}'
}

# write_feed KIND N: to stdout
write_feed()
{
	local nft="type filter hook ingress device dummy0 priority 0;"

	case $1 in
	rules) write_rules "$2" "" "udp dst %s dport %d drop" "udp dst $addr dport $port drop" ;;
	iptables)
		echo "*raw"
		write_rules "$2" "" "-A PREROUTING -p udp --dst %s --dport %d -j DROP" \
			"-A PREROUTING -p udp --dst $addr --dport $port -j DROP"
		echo COMMIT
		;;
	nft)
		write_rules "$2" "table netdev peer { chain in { $nft" \
			"ip daddr %s udp dport %d counter drop" \
			"ip daddr $addr udp dport $port counter drop"
		printf '}\n}\n'
		;;
	mixed) write_mixed "$2" ;;
	masks) write_masks "$2" ;;
	prefix) echo "src 198.18.0.0/28 drop" ;;
	set | set6)
		echo "set blocked {"
		"prefixes${1#set}" "$2"
		echo "}"
		echo "src @blocked drop"
		;;
	ipset)
		echo "create blocked hash:net maxelem $(($2 + 1)) hashsize $(($2 > 1048576 ? 1048576 : $2))"
		prefixes "$2" | sed 's/^/add blocked /'
		;;
	nftset)
		echo "table netdev peer {"
		echo "set blocked { type ipv4_addr; flags interval; auto-merge; elements = {"
		prefixes "$2" | sed 's/$/,/'
		printf '} }\n%s\n}\n' "chain in { $nft ip saddr @blocked counter drop; }"
		;;
	esac
}
