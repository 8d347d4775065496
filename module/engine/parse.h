/* SPDX-License-Identifier: GPL-2.0 */
/* Bytes of a packet to a key. */
#ifndef FDROP_ENGINE_PARSE_H
#define FDROP_ENGINE_PARSE_H

#include "key.h"

/* How much of a packet could be read. Anything but READ is counted. */
enum fdrop_reading {
	FDROP_READ,		/* all that there is to read */
	FDROP_TRUNCATED,	/* the packet ends before a header does */
	FDROP_MALFORMED,	/* a header contradicts itself */
	FDROP_TOO_MANY_HEADERS,	/* more VLAN tags or extension headers than are followed */
	FDROP_READINGS,
};

/* Headers are followed so far into a packet, however it lies in memory. */
#define FDROP_HEADERS_MAX	256

/**
 * struct fdrop_packet - a packet, whoever brings it
 * @data: first byte of the network header, or of a VLAN tag before it
 * @frame: what @read reads from
 * @read: copies @n bytes at @offset from @data, all of which lie within @len,
 *	of a packet that is not all linear. Returns 0, or less when it cannot
 * @linear: bytes that can be read at @data
 * @len: bytes from @data to the end of the packet, those elsewhere included
 * @packets: how many packets this one stands for (GRO), at least 1
 * @bytes: their bytes on the wire, link-layer headers included, FCS not
 * @queue: receive queue, below the number of queues that are counted
 * @ethertype: what is at @data, network byte order
 */
struct fdrop_packet {
	const u8 *data;
	const void *frame;
	int (*read)(const struct fdrop_packet *packet, u32 offset, void *to, u32 n);
	u32 linear;
	u32 len;
	u32 packets;
	u32 bytes;
	u32 queue;
	__be16 ethertype;
};

/**
 * fdrop_parse() - fill a key from a packet
 * @packet: the packet, which is only read
 * @key: all of it is written; what could not be read is 0 and has no part set
 *
 * Follows up to two VLAN tags and eight IPv6 extension headers (hop-by-hop,
 * routing, fragment, destination options: RFC 8200, section 4), and none beyond
 * %FDROP_HEADERS_MAX. Ports are read within the length that the IP header gives,
 * never from padding, and not of later fragments.
 *
 * Context: any.
 * Return: how far it came.
 */
enum fdrop_reading fdrop_parse(const struct fdrop_packet *packet, struct fdrop_key *key);

#endif /* FDROP_ENGINE_PARSE_H */
