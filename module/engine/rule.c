// SPDX-License-Identifier: GPL-2.0
#include "rule.h"

/* Bytes of headers before the payload, where the protocol does not say. */
#define UDP_HEADER	8
#define ICMP_HEADER	8
#define SCTP_HEADER	12
#define TCP_OFFSET	12	/* RFC 9293, section 3.1: data offset, upper four bits */
#define DCCP_OFFSET	4	/* RFC 4340, section 5.1: data offset */

static bool range_holds(struct fdrop_range range, u16 value)
{
	return value >= range.lo && value <= range.hi;
}

static bool ranges_hold(const struct fdrop_rule *rule, const struct fdrop_key *key)
{
	return range_holds(rule->sport, be16_to_cpu(key->sport)) &&
	       range_holds(rule->dport, be16_to_cpu(key->dport)) &&
	       range_holds(rule->len, be16_to_cpu(key->len)) &&
	       range_holds(rule->ttl, key->ttl);
}

/* @n bytes at @offset, which must be of the IP packet and not padding behind it. */
static bool read_bytes(const struct fdrop_key *key, const struct fdrop_packet *packet,
		       u32 offset, void *to, u32 n)
{
	if (offset + n > key->end)
		return false;
	if (offset + n <= packet->linear) {
		memcpy(to, packet->data + offset, n);
		return true;
	}
	return packet->ops->read(packet, offset, to, n) == 0;
}

/* Bytes of the transport header; 0 if it cannot be read. */
static u32 transport_header(const struct fdrop_key *key, const struct fdrop_packet *packet)
{
	u8 words;

	switch (key->proto) {
	case FDROP_PROTO_UDP:
	case FDROP_PROTO_UDPLITE:
		return UDP_HEADER;
	case FDROP_PROTO_ICMP:
	case FDROP_PROTO_ICMP6:
		return ICMP_HEADER;
	case FDROP_PROTO_SCTP:
		return SCTP_HEADER;
	case FDROP_PROTO_TCP:
		if (!read_bytes(key, packet, key->transport + TCP_OFFSET, &words, 1))
			return 0;
		return (words >> 4) * 4;
	default:	/* DCCP */
		if (!read_bytes(key, packet, key->transport + DCCP_OFFSET, &words, 1))
			return 0;
		return words * 4;
	}
}

/* Of a protocol that is not known, the payload is all behind the IP headers. */
static bool payload_holds(const struct fdrop_payload *want, const struct fdrop_key *key,
			  const struct fdrop_packet *packet)
{
	u32 offset = key->transport + want->offset;
	u8 bytes[FDROP_PAYLOAD_MAX];
	u32 header, i;

	if (!(key->parts & FDROP_PART_PROTO) || key->parts & FDROP_PART_LATER)
		return false;
	if (fdrop_has_ports(key->proto) || fdrop_is_icmp(key)) {
		header = transport_header(key, packet);
		if (!header)
			return false;
		offset += header;
	}
	if (!read_bytes(key, packet, offset, bytes, want->length))
		return false;
	for (i = 0; i < want->length; i++)
		if ((bytes[i] & want->mask[i]) != want->value[i])
			return false;
	return true;
}

bool fdrop_rule_checks(const struct fdrop_rule *rule, const struct fdrop_key *key,
		       const struct fdrop_packet *packet)
{
	if (rule->checks & FDROP_CHECK_RANGES && !ranges_hold(rule, key))
		return false;
	if (rule->checks & FDROP_CHECK_QUEUE && packet->queue != rule->queue)
		return false;
	if (rule->checks & FDROP_CHECK_DEADLINE && fdrop_seconds() >= rule->deadline)
		return false;
	if (rule->checks & FDROP_CHECK_PAYLOAD && !payload_holds(&rule->payload, key, packet))
		return false;
	return !(rule->checks & FDROP_CHECK_BPF) ||
	       packet->ops->bpf(packet, rule->bpf->program);
}
