#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Lists of addresses in the forms in which they are found, into a set and in force;
# large ones, one change at a time.
. ./lib.sh
plan 24

make_hosts
load dev=v1 filter="set none { }"
fd() { "$FASTDROP" "$@"; }
dir=/tmp/import-$$
mkdir $dir

# holds NAME PREFIXES: what a set has, sorted as the command shows it
holds() { equal "$1" "$2" "$(fd set show feed | paste -sd ' ')"; }

printf '# a feed\r\n198.51.100.1\r\n192.0.2.0/24 ; why\n10.0.0.1/8\n\n2001:db8::1, x\n198.51.100.1\n' > $dir/feed
check "a feed: comments, columns, CRLF, doubles"	fd set load feed $dir/feed
holds "each address once, host bits cut"	"10.0.0.0/8 192.0.2.0/24 198.51.100.1 2001:db8::1"

cat > $dir/ipset <<-END
	create bad hash:net family inet hashsize 1024 maxelem 65536 timeout 300 bucketsize 12 initval 0x1
	add bad 203.0.113.0/24 timeout 20
	add bad 198.51.100.1
END
check "ipset save"			fd set load feed $dir/ipset
holds "in the place of what was there"	"198.51.100.1 203.0.113.0/24"

cat > $dir/nft <<-END
	{"nftables": [{"metainfo": {"version": "1.0.6"}}, {"set": {"family": "inet", "name": "bad",
	"table": "t", "type": "ipv4_addr", "handle": 1, "flags": ["interval"], "elem": [
	"198.51.100.1", {"prefix": {"addr": "192.0.2.0", "len": 24}}, {"range": ["10.0.0.1", "10.0.0.4"]}]}}]}
END
check "nft -j list set"			fd set load feed $dir/nft
holds "ranges become prefixes"		"10.0.0.1 10.0.0.2/31 10.0.0.4 192.0.2.0/24 198.51.100.1"

# What the tools themselves print, where they work in this kernel.
if modprobe -q ip_set_hash_net && ipset create real hash:net && ipset add real 198.51.100.1; then
	ipset save real > $dir/real
	check "what ipset prints"		fd set load feed $dir/real
	holds "is understood"			"198.51.100.1"
else
	skip "no ipset here"
	skip "no ipset here"
fi
ipset destroy 2> /dev/null
if nft add table t 2> /dev/null &&
   nft "add set t real { type ipv4_addr; flags interval; elements = { 198.51.100.1, 192.0.2.0/25 } }"; then
	nft -j list set t real > $dir/real
	check "what nft prints"			fd set load feed $dir/real
	holds "is understood too"		"192.0.2.0/25 198.51.100.1"
else
	skip "no nft here"
	skip "no nft here"
fi
nft flush ruleset 2> /dev/null

check "a rule that asks for it"		fd rule add src @feed drop
SOURCE=198.51.100.1 flood 10 9
check "drops what is in it"		wait_for 20 counter_is dropped 10
SOURCE=198.51.100.2 flood 10 9
check "and nothing else"		wait_for 20 counter_is passed 10

# what is refused changes nothing
printf '198.51.100.1\n198.51.100\n' > $dir/bad
refuse "a feed with an error"		fd set load feed $dir/bad
check "the sentence has its line"	sh -c "$FASTDROP set load feed $dir/bad 2>&1 | grep -q '$dir/bad, line 2: .*198.51.100'"
printf 'create bad hash:ip,port\nadd bad 198.51.100.1,tcp:80\n' > $dir/bad
refuse "an ipset of another kind"	fd set load feed $dir/bad
printf '{"nftables": [{"set": ' > $dir/bad
refuse "half a JSON"			fd set load feed $dir/bad
holds "the set is as before"		"192.0.2.0/25 198.51.100.1"

# a large one, changed a little
many=200000
! [ -e /sys/kernel/debug/kmemleak ] || many=20000
awk -v n=$many 'BEGIN { for (i = 0; i < n; i++)
	print int(i / 65536) + 10 "." int(i / 256) % 256 "." i % 256 ".1" }' > $dir/large
check "a large feed"			fd set load feed $dir/large
equal "is all there"			$many "$(fd set show feed | wc -l)"
check "one more"			fd set add feed 198.51.100.1
SOURCE=198.51.100.1 flood 10 9
check "is in force"			wait_for 20 counter_is dropped 20
check "one less"			fd set remove feed 198.51.100.1

rm -r $dir
finish
