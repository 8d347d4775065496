/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The key: what the engine knows of a packet. The parser fills one, a rule is
 * a value and a mask of one, and nothing else of the packet reaches a match.
 */
#ifndef FDROP_ENGINE_KEY_H
#define FDROP_ENGINE_KEY_H

#include "platform.h"

/* What of the packet was there and could be read; the rest of the key is 0. */
enum fdrop_part {
	FDROP_PART_IP		= 1 << 0,	/* IPv4 or IPv6 header: addr, len, ttl, tos */
	FDROP_PART_IP4		= 1 << 1,	/* which of the two */
	FDROP_PART_IP6		= 1 << 2,
	FDROP_PART_PROTO	= 1 << 3,	/* proto; of IPv6, after the extension headers */
	FDROP_PART_PORTS	= 1 << 4,	/* sport, dport */
	FDROP_PART_FLAGS	= 1 << 5,	/* flags of TCP */
	FDROP_PART_ICMP		= 1 << 6,	/* type, code: ICMP of IPv4, ICMPv6 of IPv6 */
	FDROP_PART_FRAGMENT	= 1 << 7,	/* it is a fragment, and not the whole packet */
	FDROP_PART_LATER	= 1 << 8,	/* and not the first one */
};

#define FDROP_KEY_WORDS	7

/* In the vlan of a key: that there is a tag. Behind it, its id. */
#define FDROP_VLAN_TAGGED	0x1000
#define FDROP_VLAN_ID		0x0fff

/**
 * struct fdrop_key - a packet as the rules see it
 * @addr: source and destination address, side by side as in an IPv4 header;
 *	IPv4 has them in the first pair, the others are 0
 * @sport: source port of TCP, UDP, UDP-Lite, SCTP or DCCP
 * @dport: destination port
 * @type: of ICMP, which has no ports
 * @code: of ICMP
 * @ports: both of them, or type and code
 * @parts: which &enum fdrop_part were read, in host byte order
 * @ttl: time to live or hop limit
 * @proto: transport protocol
 * @ethertype: of the payload, behind all VLAN tags
 * @vlan: id of the outermost VLAN tag with %FDROP_VLAN_TAGGED, or 0
 * @flags: of TCP, from CWR (0x80) to FIN (0x01)
 * @tos: type of service or traffic class: DSCP in the upper six bits
 * @len: total length of the IP packet, at most 65535
 * @ttl_proto: both of them
 * @tos_len: flags, tos and len
 * @src_sets: the sets that hold the source, filled in by the lookup
 * @dst_sets: the sets that hold the destination
 * @word: the same as words, to be masked and compared
 * @transport: where the transport header is, in bytes from the packet's start.
 *	Of use where %FDROP_PART_PROTO is set and %FDROP_PART_LATER is not
 * @end: where the IP packet ends, in the same way: behind that is padding
 *
 * Addresses, ports, ethertype, vlan and len are in network byte order. What lies
 * side by side in an IPv4 header does so here, to be copied in one piece.
 */
struct fdrop_key {
	union {
		struct {
			struct {
				__be32 src;
				__be32 dst;
			} addr[4];
			union {
				struct {
					__be16 sport;
					__be16 dport;
				};
				struct {
					u8 type;
					u8 code;
				};
				__be32 ports;
			};
			u16 parts;
			union {
				struct {
					u8 ttl;
					u8 proto;
				};
				__be16 ttl_proto;
			};
			__be16 ethertype;
			__be16 vlan;
			union {
				struct {
					u8 flags;
					u8 tos;
					__be16 len;
				};
				__be32 tos_len;
			};
			u32 src_sets;
			u32 dst_sets;
		};
		u64 word[FDROP_KEY_WORDS];
	};
	u32 transport;
	u32 end;
};

static_assert(offsetof(struct fdrop_key, transport) == FDROP_KEY_WORDS * sizeof(u64));

/* Ethertypes, as IEEE assigns them. */
enum fdrop_ether {
	FDROP_ETHER_IP4		= 0x0800,
	FDROP_ETHER_ARP		= 0x0806,
	FDROP_ETHER_IP6		= 0x86dd,
};

/* Numbers of transport protocols, as IANA assigns them. */
enum fdrop_proto {
	FDROP_PROTO_ICMP	= 1,
	FDROP_PROTO_TCP		= 6,
	FDROP_PROTO_UDP		= 17,
	FDROP_PROTO_DCCP	= 33,
	FDROP_PROTO_ICMP6	= 58,
	FDROP_PROTO_SCTP	= 132,
	FDROP_PROTO_UDPLITE	= 136,
};

/* The protocols whose header begins with two ports. */
static inline bool fdrop_has_ports(u8 proto)
{
	switch (proto) {
	case FDROP_PROTO_TCP:
	case FDROP_PROTO_UDP:
	case FDROP_PROTO_DCCP:
	case FDROP_PROTO_SCTP:
	case FDROP_PROTO_UDPLITE:
		return true;
	default:
		return false;
	}
}

/* ICMP over IPv4, or ICMPv6 over IPv6. */
static inline bool fdrop_is_icmp(const struct fdrop_key *key)
{
	return key->parts & FDROP_PART_IP4 ? key->proto == FDROP_PROTO_ICMP :
					     key->proto == FDROP_PROTO_ICMP6;
}

#endif /* FDROP_ENGINE_KEY_H */
