// SPDX-License-Identifier: GPL-2.0
/* The input is a frame: all ways to read it come to the same key. */
#include "fuzz.h"

#include "engine/rule.h"

/* An aggregate longer than any IP header can say. */
#define BIG	70000

static const u16 ethertypes[] = { 0x0800, 0x86dd, 0x8100, 0x88a8, 0x0806 };

static void check_key(const struct fdrop_packet *packet, const struct fdrop_key *key)
{
	u16 parts = key->parts;
	bool ip4 = parts & FDROP_PART_IP4, ip6 = parts & FDROP_PART_IP6;

	fuzz_check((ip4 ^ ip6) == !!(parts & FDROP_PART_IP) && !(ip4 && ip6), "parts %#x", parts);
	if (parts & ~FDROP_PART_IP)
		fuzz_check(parts & FDROP_PART_IP, "parts %#x without IP", parts);
	if (parts & (FDROP_PART_PORTS | FDROP_PART_FLAGS | FDROP_PART_ICMP))
		fuzz_check(parts & FDROP_PART_PROTO && !(parts & FDROP_PART_LATER),
			   "parts %#x of a transport header", parts);
	if (parts & FDROP_PART_FLAGS)
		fuzz_check(parts & FDROP_PART_PORTS && key->proto == FDROP_PROTO_TCP,
			   "flags of protocol %u", key->proto);
	if (parts & FDROP_PART_LATER)
		fuzz_check(parts & FDROP_PART_FRAGMENT, "a later fragment that is none");
	fuzz_check(!(parts & FDROP_PART_PORTS && parts & FDROP_PART_ICMP), "parts %#x", parts);
	if (!(parts & (FDROP_PART_PORTS | FDROP_PART_ICMP)))
		fuzz_check(!key->sport && !key->dport, "ports that were not read");
	if (!(parts & FDROP_PART_PROTO))
		fuzz_check(!key->proto, "a protocol that was not read");
	if (!(parts & FDROP_PART_IP))
		fuzz_check(!key->len && !key->ttl && !key->tos && !key->word[0] && !key->word[3],
			   "addresses that were not read");
	if (parts & FDROP_PART_PROTO && !(parts & FDROP_PART_LATER))
		fuzz_check(key->transport <= key->end && key->end <= packet->len,
			   "transport from %u to %u, of %u", key->transport, key->end, packet->len);
	fuzz_check(!key->src_sets && !key->dst_sets, "sets from nowhere");
}

static void check_same(const struct fdrop_key *a, enum fdrop_reading read_a,
		       const struct fdrop_key *b, enum fdrop_reading read_b, const char *which)
{
	fuzz_check(read_a == read_b, "%s: read %d and %d", which, read_a, read_b);
	fuzz_check(!memcmp(a, b, sizeof(*a)), "%s: two keys", which);
}

/* Asks for a byte that @all has at @offset, which may be anywhere. */
static void take_payload(struct input *in, struct fdrop_rule *rule)
{
	rule->checks = FDROP_CHECK_PAYLOAD;
	rule->payload.offset = take16(in);
	rule->payload.length = 1 + take_below(in, FDROP_PAYLOAD_MAX);
	rule->payload.mask[0] = take8(in);
	rule->payload.value[0] = take8(in) & rule->payload.mask[0];
}

int fuzz_one_input(const u8 *data, size_t size)
{
	enum fdrop_reading reading, other;
	struct fdrop_rule rule = { 0 };
	struct fuzz_packet whole, cut;
	struct fdrop_key key, again;
	u32 length, linear, kind;
	u16 ethertype;
	u8 *all;
	struct input in = { data, data + size };

	kind = take8(&in);
	ethertype = kind % 8 < ARRAY_SIZE(ethertypes) ? ethertypes[kind % 8] : take16(&in);
	linear = take16(&in);
	take_payload(&in, &rule);
	length = in.end - in.pos;
	all = calloc(1, (kind & 0x80 ? BIG : length) ?: 1);
	if (length)
		memcpy(all, in.pos, length);
	if (kind & 0x80)
		length = BIG;

	fuzz_packet_set(&whole, all, length, length, ethertype);
	fuzz_packet_set(&cut, all, length, linear, ethertype);
	if (kind & 0x40)
		whole.packet.vlan = cpu_to_be16(FDROP_VLAN_TAGGED | 5);
	cut.packet.vlan = whole.packet.vlan;
	memset(&key, 0xa5, sizeof(key));
	reading = fdrop_parse(&whole.packet, &key);
	fuzz_check(reading < FDROP_READINGS, "read %d", reading);
	check_key(&whole.packet, &key);

	memset(&again, 0x5a, sizeof(again));
	other = fdrop_parse_any(&whole.packet, &again);
	check_same(&key, reading, &again, other, "the long way");
	memset(&again, 0x5a, sizeof(again));
	other = fdrop_parse(&cut.packet, &again);
	check_same(&key, reading, &again, other, "in two pieces");

	fuzz_check(fdrop_rule_checks(&rule, &key, &whole.packet) ==
		   fdrop_rule_checks(&rule, &key, &cut.packet), "two payloads");
	fuzz_packet_free(&cut);
	fuzz_packet_free(&whole);
	free(all);
	return 0;
}
