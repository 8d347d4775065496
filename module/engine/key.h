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
	FDROP_PART_IP4		= 1 << 0,	/* IPv4 header: src, dst */
	FDROP_PART_IP6		= 1 << 1,	/* IPv6 header: src, dst */
	FDROP_PART_PROTO	= 1 << 2,	/* proto; of IPv6, after the extension headers */
	FDROP_PART_PORTS	= 1 << 3,	/* sport, dport */
};

#define FDROP_KEY_WORDS	6

/**
 * struct fdrop_key - a packet as the rules see it
 * @src: source address; IPv4 has it in the first word, the others are 0
 * @dst: destination address, in the same way
 * @sport: source port of TCP, UDP, UDP-Lite, SCTP or DCCP
 * @dport: destination port
 * @parts: which &enum fdrop_part were read, in host byte order
 * @proto: transport protocol
 * @ethertype: of the payload, behind all VLAN tags
 * @word: the same as words, to be masked and compared
 *
 * Addresses, ports and the ethertype are in network byte order.
 */
struct fdrop_key {
	union {
		struct {
			__be32 src[4];
			__be32 dst[4];
			__be16 sport;
			__be16 dport;
			u16 parts;
			u8 proto;
			u8 reserved;
			__be16 ethertype;
			u8 reserved2[6];
		};
		u64 word[FDROP_KEY_WORDS];
	};
};

/* The protocols whose header begins with two ports, as IANA numbers them. */
static inline bool fdrop_has_ports(u8 proto)
{
	if (likely(proto == 17))	/* UDP, as most floods are */
		return true;
	switch (proto) {
	case 6:		/* TCP */
	case 33:	/* DCCP */
	case 132:	/* SCTP */
	case 136:	/* UDP-Lite */
		return true;
	default:
		return false;
	}
}

#endif /* FDROP_ENGINE_KEY_H */
