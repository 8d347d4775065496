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

struct fdrop_packet;

/**
 * struct fdrop_packet_ops - what the engine asks of whoever brings a packet
 * @read: copies @n bytes at @offset from the packet's data, all of which lie
 *	within its len, of a packet that is not all linear. Returns 0, or less
 *	when it cannot
 * @bpf: runs a classic BPF program over the packet, from its link-layer header
 *	on. Returns whether it accepts
 */
struct fdrop_packet_ops {
	int (*read)(const struct fdrop_packet *packet, u32 offset, void *to, u32 n);
	bool (*bpf)(const struct fdrop_packet *packet, const void *program);
};

/**
 * struct fdrop_packet - a packet, whoever brings it
 * @data: first byte of the network header, or of a VLAN tag before it
 * @ops: how to get at what is not there
 * @frame: what @ops read from
 * @linear: bytes that can be read at @data
 * @packets: how many packets this one stands for (GRO), at least 1
 * @len: bytes from @data to the end of the packet, those elsewhere included
 * @bytes: their bytes on the wire, link-layer headers included, FCS not
 * @queue: receive queue, below the number of queues that are counted
 * @ethertype: what is at @data, network byte order
 * @vlan: the tag that was taken off before, as in &struct fdrop_key
 * @vlan_tci: all of that tag, host byte order, if @vlan says that there was one
 * @vlan_proto: and its ethertype, network byte order
 * @link: bytes of the link-layer header, which lie right before @data
 */
struct fdrop_packet {
	const u8 *data;
	const struct fdrop_packet_ops *ops;
	const void *frame;
	u32 linear;
	u32 packets;
	u32 len;
	u32 bytes;
	u32 queue;
	__be16 ethertype;
	__be16 vlan;
	u16 vlan_tci;
	__be16 vlan_proto;
	u32 link;
};

/* All of fdrop_parse() but its short way. */
enum fdrop_reading fdrop_parse_any(const struct fdrop_packet *packet, struct fdrop_key *key);

/**
 * fdrop_parse_plain() - the short way for what most floods are
 * @packet: the packet, which is only read
 * @key: what fdrop_parse() would fill in, but for flags, which are of no use,
 *	and the words 1, 2, 3 and 6, which are not written: a usual table does not
 *	look there
 *
 * Return: whether it was IPv4 without options, UDP, and nothing special.
 */
static __always_inline bool fdrop_parse_plain(const struct fdrop_packet *packet,
					      struct fdrop_key *key)
{
	const u32 ports = 20 + 4;
	const u8 *h = packet->data;
	u32 total;

	if (packet->ethertype != cpu_to_be16(0x0800) || packet->linear < ports ||
	    h[0] != 0x45 || h[9] != FDROP_PROTO_UDP ||
	    fdrop_load16(h + 6) & cpu_to_be16(0x3fff))
		return false;
	total = be16_to_cpu(fdrop_load16(h + 2));
	if (total - ports > packet->len - ports)
		return false;	/* also less than these, which is then a large number */

	memcpy(&key->addr[0], h + 12, 8);
	key->ports = fdrop_load32(h + 20);
	key->parts = FDROP_PART_IP | FDROP_PART_IP4 | FDROP_PART_PROTO | FDROP_PART_PORTS;
	key->ttl_proto = fdrop_load16(h + 8);
	key->ethertype = cpu_to_be16(0x0800);
	key->vlan = packet->vlan;
	key->tos_len = fdrop_load32(h);
	key->transport = 20;
	key->end = total;
	return true;
}

/**
 * fdrop_parse() - fill a key from a packet
 * @packet: the packet, which is only read
 * @key: all of it is written but the sets, which are 0; what could not be read
 *	is 0 and has no part set
 *
 * Follows up to two VLAN tags and eight IPv6 extension headers (hop-by-hop,
 * routing, fragment, destination options: RFC 8200, section 4), and none beyond
 * %FDROP_HEADERS_MAX. Transport headers are read within the length that the IP
 * header gives, never from padding, and not of later fragments.
 *
 * Context: any.
 * Return: how far it came.
 */
static inline enum fdrop_reading fdrop_parse(const struct fdrop_packet *packet,
					     struct fdrop_key *key)
{
	if (!fdrop_parse_plain(packet, key))
		return fdrop_parse_any(packet, key);
	key->flags = 0;
	key->word[1] = 0;
	key->word[2] = 0;
	key->word[3] = 0;
	key->word[6] = 0;
	return FDROP_READ;
}

#endif /* FDROP_ENGINE_PARSE_H */
