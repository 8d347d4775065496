# SPDX-License-Identifier: GPL-2.0
# Files of many rules and prefixes, for us and for the peers, in $files: $rules
# rules, $prefixes prefixes. Sourced behind pktgen.sh, whose packet they match.

# Eight masks, and in the last rule of the last one the flood's own packet.
write_rules()
{
	awk -v n=$((rules / 8)) -v addr=$addr -v port=$port '
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
	}' > "$files/rules"
}

# Random prefixes, each once, the flood's among them.
write_prefixes()
{
	awk -v n="$prefixes" '
	BEGIN {
		srand(7)
		print "198.18.0.0/24"
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
	}' > "$files/prefixes"
	awk -v n="$prefixes" '
	BEGIN {
		srand(8)
		for (i = 0; i < n; i++) {
			length_ = 48 + 4 * int(rand() * 5)
			last = int(rand() * 65536)
			last -= last % 2 ^ (64 - length_)
			printf "%x:%x:%x:%x::/%d\n", 8192 + int(rand() * 4096), rand() * 65536,
				rand() * 65536, last, length_
		}
	}' > "$files/prefixes6"
}

write_files()
{
	mkdir -p "$files"
	write_rules
	write_prefixes
	echo "src 198.18.0.0/24 drop" > "$files/rule"
	{ echo "set feed {"; cat "$files/prefixes"; echo "}"; echo "src @feed drop"; } > "$files/set"
	{ echo "set feed {"; cat "$files/prefixes6"; echo "}"; echo "src @feed drop"; } > "$files/set6"
	{
		echo "create feed hash:net maxelem $((prefixes + 1)) hashsize 1048576"
		sed 's/^/add feed /' "$files/prefixes"
	} > "$files/ipset"
	{
		echo "table netdev peer {"
		echo "set feed { type ipv4_addr; flags interval; auto-merge; elements = {"
		sed 's/$/,/' "$files/prefixes"
		echo "} }"
		echo "chain in { type filter hook ingress device dummy0 priority 0; ip saddr @feed counter drop; }"
		echo "}"
	} > "$files/nftset"
}
