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

/* A rule that wants these parts of a packet is about IP, whatever else it says. */
#define IP_PARTS	(FDROP_PART_IP | FDROP_PART_IP4 | FDROP_PART_IP6 | FDROP_PART_PROTO | \
			 FDROP_PART_PORTS | FDROP_PART_FLAGS | FDROP_PART_ICMP)

/* The exact number of one rule, if it has one, is outside the other one's range. */
static bool is_outside(__be16 mask, __be16 value, struct fdrop_range range)
{
	return mask && (be16_to_cpu(value) < range.lo || be16_to_cpu(value) > range.hi);
}

static bool families_differ(const struct fdrop_rule *a, const struct fdrop_rule *b)
{
	const u16 x = a->value.parts, y = b->value.parts;

	return (x & FDROP_PART_IP4 && y & FDROP_PART_IP6) ||
	       (x & IP_PARTS && fdrop_rule_is_not_ip(b)) ||
	       is_outside(a->mask.sport, a->value.sport, b->sport) ||
	       is_outside(a->mask.dport, a->value.dport, b->dport);
}

bool fdrop_rule_overlap(const struct fdrop_rule *a, const struct fdrop_rule *b)
{
	int i;

	for (i = 0; i < FDROP_KEY_WORDS; i++)
		if ((a->value.word[i] ^ b->value.word[i]) & a->mask.word[i] & b->mask.word[i])
			return false;
	return !families_differ(a, b) && !families_differ(b, a);
}

static bool same_bpf(const struct fdrop_bpf *a, const struct fdrop_bpf *b)
{
	if (a == b)
		return true;
	return a && b && a->count == b->count &&
	       !memcmp(a->insn, b->insn, a->count * sizeof(*a->insn));
}

static bool same_range(struct fdrop_range a, struct fdrop_range b)
{
	return a.lo == b.lo && a.hi == b.hi;
}

static bool same_payload(const struct fdrop_payload *a, const struct fdrop_payload *b)
{
	return a->offset == b->offset && a->length == b->length &&
	       !memcmp(a->value, b->value, a->length) && !memcmp(a->mask, b->mask, a->length);
}

/* At most one bit each. */
static bool same_set(u32 a, u32 b, const u8 *places)
{
	u32 i = 0;

	if (!a || !b)
		return a == b;
	while (!(a >> i & 1))
		i++;
	return places[i] < 32 && 1U << places[i] == b;
}

bool fdrop_rule_same(const struct fdrop_rule *a, const struct fdrop_rule *b, const u8 *places)
{
	const size_t size = offsetof(struct fdrop_key, src_sets);

	return !memcmp(&a->value, &b->value, size) && !memcmp(&a->mask, &b->mask, size) &&
	       same_set(a->mask.src_sets, b->mask.src_sets, places) &&
	       same_set(a->mask.dst_sets, b->mask.dst_sets, places) &&
	       same_range(a->sport, b->sport) && same_range(a->dport, b->dport) &&
	       same_range(a->len, b->len) && same_range(a->ttl, b->ttl) &&
	       a->queue == b->queue && same_payload(&a->payload, &b->payload) &&
	       !((a->checks ^ b->checks) & ~FDROP_CHECK_DEADLINE) && same_bpf(a->bpf, b->bpf) &&
	       a->action == b->action && a->dryrun == b->dryrun && a->sample == b->sample;
}

void fdrop_rule_release(struct fdrop_rule *rule)
{
	struct fdrop_bpf *bpf = rule->bpf;

	rule->bpf = NULL;
	if (!bpf || !fdrop_users_put(&bpf->users))
		return;
	if (bpf->release)
		bpf->release(bpf->program);
	fdrop_free(bpf);
}
