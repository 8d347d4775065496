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
#define TCP_FLAGS	13	/* RFC 9293, section 3.1 */
#define IP_MORE		0x2000
#define IP_OFFSET	0x1fff	/* in units of 8 bytes; RFC 791, section 3.1 */
#define IP6_MORE	0x0001
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
static enum fdrop_reading parse_transport(const struct fdrop_packet *packet, u32 offset, u32 end,
					  struct fdrop_key *key)
{
	bool is_tcp = key->proto == FDROP_PROTO_TCP;
	const u8 *h = packet->data + offset;
	u32 wanted = is_tcp ? TCP_FLAGS + 1 : PORTS;
	u32 room = end - offset;

	key->transport = offset;
	key->end = end;
	if (!fdrop_has_ports(key->proto) && !fdrop_is_icmp(key))
		return FDROP_READ;
	if (wanted > room)
		wanted = room;
	if (!at_hand(packet, offset + wanted))
		return missing(packet, offset + wanted);
	if (wanted < PORTS)
		return FDROP_TRUNCATED;

	key->ports = fdrop_load32(h);
	if (fdrop_is_icmp(key)) {
		key->dport = 0;		/* the checksum */
		key->parts |= FDROP_PART_ICMP;
		return FDROP_READ;
	}
	key->parts |= FDROP_PART_PORTS;
	if (!is_tcp)
		return FDROP_READ;
	if (wanted <= TCP_FLAGS)
		return FDROP_TRUNCATED;
	key->flags = h[TCP_FLAGS];
	key->parts |= FDROP_PART_FLAGS;
	return FDROP_READ;
}

/* What the two families say alike; @total may be that of an aggregate. */
static void set_ip(struct fdrop_key *key, enum fdrop_part family, u32 total, u8 ttl, u8 tos)
{
	key->parts = FDROP_PART_IP | family;
	key->len = cpu_to_be16(total < LEN_MAX ? total : LEN_MAX);
	key->ttl = ttl;
	key->tos = tos;
}

static enum fdrop_reading parse_ip4(const struct fdrop_packet *packet, u32 offset,
				    struct fdrop_key *key)
{
	const u8 *h = packet->data + offset;
	u32 room = packet->len - offset;
	u32 header, total;
	__be16 fragment;

	if (!at_hand(packet, offset + IP4_HEADER))
		return missing(packet, offset + IP4_HEADER);

	header = (h[0] & 0xf) * 4;
	total = be16_to_cpu(fdrop_load16(h + 2));
	if (unlikely(!total && room > LEN_MAX))
		total = room;
	if (h[0] >> 4 != 4 || header < IP4_HEADER || total < header)
		return FDROP_MALFORMED;
	if (total > room)
		return FDROP_TRUNCATED;

	memcpy(&key->addr[0], h + 12, sizeof(key->addr[0]));
	set_ip(key, FDROP_PART_IP4, total, h[8], h[1]);
	key->proto = h[9];
	key->parts |= FDROP_PART_PROTO;
	fragment = fdrop_load16(h + 6);
	if (fragment & cpu_to_be16(IP_MORE | IP_OFFSET))
		key->parts |= FDROP_PART_FRAGMENT;
	if (fragment & cpu_to_be16(IP_OFFSET)) {
		key->parts |= FDROP_PART_LATER;
		return FDROP_READ;
	}
	return parse_transport(packet, offset + header, offset + total, key);
}

/* From the first extension header to the transport header, if there is one. */
static enum fdrop_reading parse_extensions(const struct fdrop_packet *packet, u32 offset,
					   u32 end, u8 next, struct fdrop_key *key)
{
	__be16 fragment;
	const u8 *h;
	int i;

	for (i = 0; is_extension(next); i++) {
		/* What follows a later fragment's header is not in it. */
		if (key->parts & FDROP_PART_LATER)
			return FDROP_READ;
		if (i == EXT_HEADERS)
			return FDROP_TOO_MANY_HEADERS;
		if (offset + EXT_HEADER > end)
			return FDROP_TRUNCATED;
		if (!at_hand(packet, offset + EXT_HEADER))
			return missing(packet, offset + EXT_HEADER);
		h = packet->data + offset;
		if (next == PROTO_FRAGMENT) {
			fragment = fdrop_load16(h + 2);
			if (fragment & cpu_to_be16(IP6_MORE | IP6_OFFSET))
				key->parts |= FDROP_PART_FRAGMENT;
			if (fragment & cpu_to_be16(IP6_OFFSET))
				key->parts |= FDROP_PART_LATER;
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
	if (key->parts & FDROP_PART_LATER)
		return FDROP_READ;
	return parse_transport(packet, offset, end, key);
}

static enum fdrop_reading parse_ip6(const struct fdrop_packet *packet, u32 offset,
				    struct fdrop_key *key)
{
	const u8 *h = packet->data + offset;
	u32 room = packet->len - offset;
	u32 total;
	int i;

	if (!at_hand(packet, offset + IP6_HEADER))
		return missing(packet, offset + IP6_HEADER);

	total = IP6_HEADER + be16_to_cpu(fdrop_load16(h + 4));
	if (unlikely(total == IP6_HEADER && room > LEN_MAX))
		total = room;
	if (h[0] >> 4 != 6)
		return FDROP_MALFORMED;
	if (total > room)
		return FDROP_TRUNCATED;

	set_ip(key, FDROP_PART_IP6, total, h[7], h[0] << 4 | h[1] >> 4);
	for (i = 0; i < 4; i++) {
		key->addr[i].src = fdrop_load32(h + 8 + 4 * i);
		key->addr[i].dst = fdrop_load32(h + 24 + 4 * i);
	}
	return parse_extensions(packet, offset + IP6_HEADER, offset + total, h[6], key);
}

static enum fdrop_reading parse_network(const struct fdrop_packet *packet, u32 offset,
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
static enum fdrop_reading parse_tagged(const struct fdrop_packet *packet, struct fdrop_key *key)
{
	u32 offset = 0;
	int i;

	for (i = 0; is_vlan(key->ethertype); i++) {
		if (i == VLAN_TAGS)
			return FDROP_TOO_MANY_HEADERS;
		if (!at_hand(packet, offset + VLAN_TAG))
			return missing(packet, offset + VLAN_TAG);
		if (!key->vlan)
			key->vlan = (fdrop_load16(packet->data + offset) &
				     cpu_to_be16(FDROP_VLAN_ID)) |
				    cpu_to_be16(FDROP_VLAN_TAGGED);
		key->ethertype = fdrop_load16(packet->data + offset + 2);
		offset += VLAN_TAG;
	}
	return parse_network(packet, offset, key);
}

/* The headers of a packet that are spread over its pieces: parsed from a copy. */
static enum fdrop_reading parse_copy(const struct fdrop_packet *packet, struct fdrop_key *key)
{
	struct fdrop_packet copy = *packet;
	u8 headers[FDROP_HEADERS_MAX];

	copy.data = headers;
	copy.linear = packet->len < sizeof(headers) ? packet->len : sizeof(headers);
	if (packet->ops->read(packet, 0, headers, copy.linear) < 0)
		return FDROP_TRUNCATED;
	return fdrop_parse_any(&copy, key);
}

enum fdrop_reading fdrop_parse_any(const struct fdrop_packet *packet, struct fdrop_key *key)
{
	enum fdrop_reading reading;

	*key = (struct fdrop_key){
		.ethertype = packet->ethertype,
		.vlan = packet->vlan,
	};
	if (is_vlan(key->ethertype))
		reading = parse_tagged(packet, key);
	else
		reading = parse_network(packet, 0, key);

	if (likely(reading != ELSEWHERE))
		return reading;
	if (packet->linear < packet->len && packet->linear < FDROP_HEADERS_MAX)
		return parse_copy(packet, key);
	return FDROP_TOO_MANY_HEADERS;
}
