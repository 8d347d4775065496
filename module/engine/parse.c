// SPDX-License-Identifier: GPL-2.0
#include "parse.h"

#ifndef __KERNEL__
#define ETH_P_8021Q	0x8100
#define ETH_P_8021AD	0x88a8
#define ETH_P_IP	0x0800
#define ETH_P_IPV6	0x86dd
#else
#include <linux/if_ether.h>
#endif

#define VLAN_TAGS	2
#define VLAN_TAG	4
#define EXT_HEADERS	8

#define IP4_HEADER	20
#define IP6_HEADER	40
#define EXT_HEADER	8	/* the shortest one */
#define PORTS		4
#define IP_OFFSET	0x1fff	/* in units of 8 bytes; RFC 791, section 3.1 */
#define IP6_OFFSET	0xfff8	/* in bytes, as it stands; RFC 8200, section 4.5 */
#define LEN_MAX		0xffff	/* longer aggregates (BIG TCP) have a length of 0 */

/* RFC 8200, section 4 */
enum {
	PROTO_HOPOPTS	= 0,
	PROTO_ROUTING	= 43,
	PROTO_FRAGMENT	= 44,
	PROTO_DSTOPTS	= 60,
};

/* Not a reading: the packet goes on, but not in the bytes at hand. */
#define ELSEWHERE	FDROP_READINGS

/* What it means that @end is behind the bytes at hand. */
static enum fdrop_reading missing(const struct fdrop_packet *packet, u32 end)
{
	return end > packet->len ? FDROP_TRUNCATED : ELSEWHERE;
}

/* Whether the bytes up to @end can be read in place. */
static inline bool at_hand(const struct fdrop_packet *packet, u32 end)
{
	return likely(end <= packet->linear && end <= FDROP_HEADERS_MAX);
}

static bool is_extension(u8 proto)
{
	switch (proto) {
	case PROTO_HOPOPTS:
	case PROTO_ROUTING:
	case PROTO_FRAGMENT:
	case PROTO_DSTOPTS:
		return true;
	default:
		return false;
	}
}

/* The transport header lies from @offset to @end, which the IP header gave. */
static __always_inline enum fdrop_reading
parse_transport(const struct fdrop_packet *packet, u32 offset, u32 end, struct fdrop_key *key)
{
	const u8 *h = packet->data + offset;

	if (!fdrop_has_ports(key->proto))
		return FDROP_READ;
	if (offset + PORTS > end)
		return FDROP_TRUNCATED;
	if (!at_hand(packet, offset + PORTS))
		return missing(packet, offset + PORTS);
	key->sport = fdrop_load16(h);
	key->dport = fdrop_load16(h + 2);
	key->parts |= FDROP_PART_PORTS;
	return FDROP_READ;
}

/* The length of an IPv4 header by its first byte; 0 if it is none. */
static inline u32 ip4_header(u8 first)
{
	if (likely(first == 0x45))
		return IP4_HEADER;
	return first > 0x45 && first <= 0x4f ? (first & 0xf) * 4 : 0;
}

static __always_inline enum fdrop_reading
parse_ip4(const struct fdrop_packet *packet, u32 offset, struct fdrop_key *key)
{
	const u8 *h = packet->data + offset;
	u32 room = packet->len - offset;
	u32 header, total;

	if (!at_hand(packet, offset + IP4_HEADER))
		return missing(packet, offset + IP4_HEADER);

	header = ip4_header(h[0]);
	total = be16_to_cpu(fdrop_load16(h + 2));
	if (unlikely(!total && room > LEN_MAX))
		total = room;
	if (!header || total < header)
		return FDROP_MALFORMED;
	if (total > room)
		return FDROP_TRUNCATED;

	key->src[0] = fdrop_load32(h + 12);
	key->dst[0] = fdrop_load32(h + 16);
	key->proto = h[9];
	key->parts = FDROP_PART_IP4 | FDROP_PART_PROTO;
	if (unlikely(fdrop_load16(h + 6) & cpu_to_be16(IP_OFFSET)))
		return FDROP_READ;
	return parse_transport(packet, offset + header, offset + total, key);
}

/* From the first extension header to the transport header, if there is one. */
static enum fdrop_reading parse_extensions(const struct fdrop_packet *packet, u32 offset,
					   u32 end, u8 next, struct fdrop_key *key)
{
	bool later = false;
	const u8 *h;
	int i;

	for (i = 0; is_extension(next); i++) {
		/* What follows a later fragment's header is not in it. */
		if (later)
			return FDROP_READ;
		if (i == EXT_HEADERS)
			return FDROP_TOO_MANY_HEADERS;
		if (offset + EXT_HEADER > end)
			return FDROP_TRUNCATED;
		if (!at_hand(packet, offset + EXT_HEADER))
			return missing(packet, offset + EXT_HEADER);
		h = packet->data + offset;
		if (next == PROTO_FRAGMENT) {
			later = fdrop_load16(h + 2) & cpu_to_be16(IP6_OFFSET);
			offset += EXT_HEADER;
		} else {
			offset += (h[1] + 1) * 8;
		}
		if (offset > end)
			return FDROP_TRUNCATED;
		next = h[0];
	}

	key->proto = next;
	key->parts |= FDROP_PART_PROTO;
	return later ? FDROP_READ : parse_transport(packet, offset, end, key);
}

static enum fdrop_reading parse_ip6(const struct fdrop_packet *packet, u32 offset,
				    struct fdrop_key *key)
{
	const u8 *h = packet->data + offset;
	u32 room = packet->len - offset;
	u32 total;

	if (!at_hand(packet, offset + IP6_HEADER))
		return missing(packet, offset + IP6_HEADER);

	total = IP6_HEADER + be16_to_cpu(fdrop_load16(h + 4));
	if (unlikely(total == IP6_HEADER && room > LEN_MAX))
		total = room;
	if (h[0] >> 4 != 6)
		return FDROP_MALFORMED;
	if (total > room)
		return FDROP_TRUNCATED;

	memcpy(key->src, h + 8, sizeof(key->src));
	memcpy(key->dst, h + 24, sizeof(key->dst));
	key->parts = FDROP_PART_IP6;
	return parse_extensions(packet, offset + IP6_HEADER, offset + total, h[6], key);
}

static noinline enum fdrop_reading parse_network(const struct fdrop_packet *packet, u32 offset,
						 struct fdrop_key *key)
{
	if (key->ethertype == cpu_to_be16(ETH_P_IP))
		return parse_ip4(packet, offset, key);
	if (key->ethertype == cpu_to_be16(ETH_P_IPV6))
		return parse_ip6(packet, offset, key);
	return FDROP_READ;
}

static inline bool is_vlan(__be16 ethertype)
{
	return ethertype == cpu_to_be16(ETH_P_8021Q) ||
	       ethertype == cpu_to_be16(ETH_P_8021AD);
}

/* Tags that are still in the bytes, and what is behind them. */
static noinline enum fdrop_reading parse_tagged(const struct fdrop_packet *packet,
						struct fdrop_key *key)
{
	u32 offset = 0;
	int i;

	for (i = 0; is_vlan(key->ethertype); i++) {
		if (i == VLAN_TAGS)
			return FDROP_TOO_MANY_HEADERS;
		if (!at_hand(packet, offset + VLAN_TAG))
			return missing(packet, offset + VLAN_TAG);
		key->ethertype = fdrop_load16(packet->data + offset + 2);
		offset += VLAN_TAG;
	}
	return parse_network(packet, offset, key);
}

/* The headers of a packet that are spread over its pieces: parsed from a copy. */
static noinline enum fdrop_reading parse_copy(const struct fdrop_packet *packet,
					      struct fdrop_key *key)
{
	struct fdrop_packet copy = *packet;
	u8 headers[FDROP_HEADERS_MAX];

	copy.data = headers;
	copy.linear = packet->len < sizeof(headers) ? packet->len : sizeof(headers);
	if (packet->read(packet, 0, headers, copy.linear) < 0)
		return FDROP_TRUNCATED;
	return fdrop_parse(&copy, key);
}

/* Word by word: a memset() of this size would be a string instruction. */
static inline void clear(struct fdrop_key *key)
{
	key->word[0] = 0;
	key->word[1] = 0;
	key->word[2] = 0;
	key->word[3] = 0;
	key->word[4] = 0;
	key->word[5] = 0;
}

enum fdrop_reading fdrop_parse(const struct fdrop_packet *packet, struct fdrop_key *key)
{
	enum fdrop_reading reading;

	clear(key);
	key->ethertype = packet->ethertype;
	if (likely(key->ethertype == cpu_to_be16(ETH_P_IP)))
		reading = parse_ip4(packet, 0, key);
	else if (unlikely(is_vlan(key->ethertype)))
		reading = parse_tagged(packet, key);
	else
		reading = parse_network(packet, 0, key);

	if (likely(reading != ELSEWHERE))
		return reading;
	if (packet->linear < packet->len && packet->linear < FDROP_HEADERS_MAX)
		return parse_copy(packet, key);
	return FDROP_TOO_MANY_HEADERS;
}
