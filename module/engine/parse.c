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
#define EXT_HEADERS	8

#define IP4_HEADER	20
#define IP6_HEADER	40
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

/* @n bytes at @offset: in place if they are linear, else copied to @buffer. */
static inline const u8 *peek(const struct fdrop_packet *packet, u32 offset, u32 n,
			     void *buffer)
{
	if (likely(offset + n <= packet->linear))
		return packet->data + offset;
	if (offset + n > packet->len || packet->read(packet, offset, buffer, n) < 0)
		return NULL;
	return buffer;
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
static enum fdrop_reading parse_transport(const struct fdrop_packet *packet, u32 offset,
					  u32 end, struct fdrop_key *key)
{
	u8 buffer[4];
	const u8 *h;

	if (!fdrop_has_ports(key->proto))
		return FDROP_READ;
	if (offset + sizeof(buffer) > end)
		return FDROP_TRUNCATED;
	h = peek(packet, offset, sizeof(buffer), buffer);
	if (!h)
		return FDROP_TRUNCATED;
	key->sport = fdrop_load16(h);
	key->dport = fdrop_load16(h + 2);
	key->parts |= FDROP_PART_PORTS;
	return FDROP_READ;
}

static enum fdrop_reading parse_ip4(const struct fdrop_packet *packet, u32 offset,
				    struct fdrop_key *key)
{
	u32 room = packet->len - offset;
	u8 buffer[IP4_HEADER];
	u32 header, total;
	const u8 *h;

	h = peek(packet, offset, sizeof(buffer), buffer);
	if (!h)
		return FDROP_TRUNCATED;

	header = (h[0] & 0xf) * 4;
	total = be16_to_cpu(fdrop_load16(h + 2));
	if (unlikely(!total && room > LEN_MAX))
		total = room;
	if (h[0] >> 4 != 4 || header < IP4_HEADER || total < header)
		return FDROP_MALFORMED;
	if (total > room)
		return FDROP_TRUNCATED;

	key->src[0] = fdrop_load32(h + 12);
	key->dst[0] = fdrop_load32(h + 16);
	key->proto = h[9];
	key->parts = FDROP_PART_IP4 | FDROP_PART_PROTO;
	if (be16_to_cpu(fdrop_load16(h + 6)) & IP_OFFSET)
		return FDROP_READ;
	return parse_transport(packet, offset + header, offset + total, key);
}

/* From the first extension header to the transport header, if there is one. */
static enum fdrop_reading parse_extensions(const struct fdrop_packet *packet, u32 offset,
					   u32 end, u8 next, struct fdrop_key *key)
{
	bool later = false;
	u8 buffer[4];
	const u8 *h;
	int i;

	for (i = 0; is_extension(next); i++) {
		/* What follows a later fragment's header is not in it. */
		if (later)
			return FDROP_READ;
		if (i == EXT_HEADERS)
			return FDROP_TOO_MANY_HEADERS;
		if (offset + 8 > end)
			return FDROP_TRUNCATED;
		h = peek(packet, offset, sizeof(buffer), buffer);
		if (!h)
			return FDROP_TRUNCATED;
		if (next == PROTO_FRAGMENT) {
			later = be16_to_cpu(fdrop_load16(h + 2)) & IP6_OFFSET;
			offset += 8;
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
	u32 room = packet->len - offset;
	u8 buffer[IP6_HEADER];
	const u8 *h;
	u32 total;

	h = peek(packet, offset, sizeof(buffer), buffer);
	if (!h)
		return FDROP_TRUNCATED;

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

static bool is_vlan(__be16 ethertype)
{
	return ethertype == cpu_to_be16(ETH_P_8021Q) ||
	       ethertype == cpu_to_be16(ETH_P_8021AD);
}

/* Steps over tags that are still in the bytes; @key has the ethertype. */
static enum fdrop_reading parse_tags(const struct fdrop_packet *packet, u32 *offset,
				     struct fdrop_key *key)
{
	u8 buffer[4];
	const u8 *h;
	int i;

	for (i = 0; i < VLAN_TAGS && is_vlan(key->ethertype); i++) {
		h = peek(packet, *offset, sizeof(buffer), buffer);
		if (!h)
			return FDROP_TRUNCATED;
		key->ethertype = fdrop_load16(h + 2);
		*offset += sizeof(buffer);
	}
	return is_vlan(key->ethertype) ? FDROP_TOO_MANY_HEADERS : FDROP_READ;
}

enum fdrop_reading fdrop_parse(const struct fdrop_packet *packet, struct fdrop_key *key)
{
	enum fdrop_reading reading;
	u32 offset = 0;

	*key = (struct fdrop_key){ .ethertype = packet->ethertype };
	if (unlikely(is_vlan(key->ethertype))) {
		reading = parse_tags(packet, &offset, key);
		if (reading != FDROP_READ)
			return reading;
	}
	if (key->ethertype == cpu_to_be16(ETH_P_IP))
		return parse_ip4(packet, offset, key);
	if (key->ethertype == cpu_to_be16(ETH_P_IPV6))
		return parse_ip6(packet, offset, key);
	return FDROP_READ;
}
