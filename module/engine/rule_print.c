// SPDX-License-Identifier: GPL-2.0
#include "addr.h"
#include "rule_names.h"
#include "rule_text.h"

/* A text that grows; what does not fit is cut, and still counted. */
struct out {
	char *buffer;
	size_t size;
	size_t length;
};

static __printf(2, 3) void put(struct out *out, const char *format, ...)
{
	size_t room = out->length < out->size ? out->size - out->length : 0;
	va_list args;

	va_start(args, format);
	out->length += vsnprintf(room ? out->buffer + out->length : NULL, room, format, args);
	va_end(args);
}

static u32 prefix_length(const struct fdrop_key *mask, bool is_src)
{
	u32 length = 0, bits, i;

	for (i = 0; i < 4; i++)
		for (bits = be32_to_cpu(is_src ? mask->addr[i].src : mask->addr[i].dst); bits;
		     bits <<= 1)
			length++;
	return length;
}

static const char *protocol_name(const struct fdrop_rule *rule)
{
	const struct fdrop_protocol *p;

	for (p = fdrop_protocols; p->name; p++) {
		if (p->number != rule->value.proto)
			continue;
		if (p->family == FDROP_FAMILY_IP ||
		    (p->family == FDROP_FAMILY_IP4 && rule->mask.parts & FDROP_PART_IP4) ||
		    (p->family == FDROP_FAMILY_IP6 && rule->mask.parts & FDROP_PART_IP6))
			return p->name;
	}
	return NULL;
}

static bool is_icmp(u8 proto)
{
	return proto == FDROP_PROTO_ICMP || proto == FDROP_PROTO_ICMP6;
}

/* An address or the name of a protocol says what family it is. */
static bool family_is_implied(const struct fdrop_rule *rule)
{
	return prefix_length(&rule->mask, true) || prefix_length(&rule->mask, false) ||
	       (rule->mask.proto && is_icmp(rule->value.proto) && protocol_name(rule));
}

static void put_family(struct out *out, const struct fdrop_rule *rule)
{
	u16 ethertype = be16_to_cpu(rule->value.ethertype);

	if (rule->mask.ethertype && ethertype == FDROP_ETHER_ARP)
		put(out, "arp ");
	else if (rule->mask.ethertype)
		put(out, "ether 0x%04x ", ethertype);
	else if (rule->mask.parts & FDROP_PART_IP4 && !family_is_implied(rule))
		put(out, "ip ");
	else if (rule->mask.parts & FDROP_PART_IP6 && !family_is_implied(rule))
		put(out, "ip6 ");
}

static void put_vlan(struct out *out, const struct fdrop_rule *rule)
{
	if (!rule->mask.vlan)
		return;
	if (rule->value.vlan)
		put(out, "vlan %u ", be16_to_cpu(rule->value.vlan) & FDROP_VLAN_ID);
	else
		put(out, "vlan none ");
}

static void put_proto(struct out *out, const struct fdrop_rule *rule)
{
	const char *name = protocol_name(rule);

	if (!rule->mask.proto)
		return;
	if (name)
		put(out, "%s ", name);
	else
		put(out, "proto %u ", rule->value.proto);
}

static void put_set(struct out *out, const char *name, u32 bit, const struct fdrop_sets *sets)
{
	u32 i;

	for (i = 0; i < sets->count; i++)
		if (bit == 1U << i)
			put(out, "%s @%s ", name, sets->set[i].name);
}

static void put_address(struct out *out, const char *name, const struct fdrop_rule *rule,
			bool is_src)
{
	bool is_ip6 = rule->mask.parts & FDROP_PART_IP6;
	u32 length = prefix_length(&rule->mask, is_src);
	char text[FDROP_ADDR_TEXT];
	__be32 addr[4];
	int i;

	if (!length)
		return;
	for (i = 0; i < 4; i++)
		addr[i] = is_src ? rule->value.addr[i].src : rule->value.addr[i].dst;
	if (is_ip6)
		fdrop_addr6_print(addr, text);
	else
		fdrop_addr4_print(addr[0], text);
	put(out, "%s %s", name, text);
	if (length < (is_ip6 ? 128 : 32))
		put(out, "/%u", length);
	put(out, " ");
}

/* One number that is exact, or a range that is not all there is. */
static void put_range(struct out *out, const char *name, bool exact, u32 value,
		      struct fdrop_range range, u32 max)
{
	if (exact)
		put(out, "%s %u ", name, value);
	else if (range.lo > 0 || range.hi < max)
		put(out, "%s %u-%u ", name, range.lo, range.hi);
}

static void put_ports(struct out *out, const struct fdrop_rule *rule)
{
	size_t before = out->length;

	if (!(rule->mask.parts & FDROP_PART_PORTS))
		return;
	put_range(out, "sport", rule->mask.sport, be16_to_cpu(rule->value.sport), rule->sport,
		  FDROP_PORT_MAX);
	put_range(out, "dport", rule->mask.dport, be16_to_cpu(rule->value.dport), rule->dport,
		  FDROP_PORT_MAX);
	if (out->length == before)
		put(out, "dport 0-%u ", FDROP_PORT_MAX);
}

static void put_flag_names(struct out *out, u8 flags)
{
	const struct fdrop_name *name;
	const char *comma = "";

	if (!flags)
		put(out, "none");
	for (name = fdrop_tcp_flags; name->name; name++) {
		if (flags & name->value) {
			put(out, "%s%s", comma, name->name);
			comma = ",";
		}
	}
}

static void put_transport(struct out *out, const struct fdrop_rule *rule)
{
	put_ports(out, rule);
	if (rule->mask.flags) {
		put(out, "flags ");
		put_flag_names(out, rule->value.flags);
		put(out, "/");
		put_flag_names(out, rule->mask.flags);
		put(out, " ");
	}
	if (rule->mask.parts & FDROP_PART_ICMP) {
		if (rule->mask.type)
			put(out, "type %u ", rule->value.type);
		if (rule->mask.code)
			put(out, "code %u ", rule->value.code);
	}
}

static void put_network(struct out *out, const struct fdrop_rule *rule)
{
	const u16 fragment = FDROP_PART_FRAGMENT | FDROP_PART_LATER;
	const struct fdrop_name *name;

	put_range(out, "len", rule->mask.len, be16_to_cpu(rule->value.len), rule->len,
		  FDROP_LEN_MAX);
	put_range(out, "ttl", rule->mask.ttl, rule->value.ttl, rule->ttl, FDROP_TTL_MAX);
	if (rule->mask.tos)
		put(out, "dscp %u ", rule->value.tos >> 2);
	if (rule->mask.parts & fragment)
		for (name = fdrop_fragments; name->name; name++)
			if (name->value >> 16 == (rule->value.parts & fragment) &&
			    (name->value & 0xffff) == (rule->mask.parts & fragment))
				put(out, "frag %s ", name->name);
	/* Any IP packet, of either family, and nothing else is asked of it. */
	if (rule->mask.parts == FDROP_PART_IP && !rule->mask.len && !rule->mask.ttl &&
	    !rule->mask.tos && !rule->mask.src_sets && !rule->mask.dst_sets &&
	    !(rule->checks & FDROP_CHECK_RANGES))
		put(out, "len 0-%u ", FDROP_LEN_MAX);
}

static void put_payload(struct out *out, const struct fdrop_payload *payload)
{
	bool whole = true;
	u8 i;

	if (!payload->length)
		return;
	put(out, "payload %u:", payload->offset);
	for (i = 0; i < payload->length; i++) {
		put(out, "%02x", payload->value[i]);
		whole &= payload->mask[i] == 0xff;
	}
	if (!whole) {
		put(out, "/");
		for (i = 0; i < payload->length; i++)
			put(out, "%02x", payload->mask[i]);
	}
	put(out, " ");
}

static void put_bpf(struct out *out, const struct fdrop_bpf *bpf)
{
	const struct sock_filter *insn;

	if (!bpf)
		return;
	put(out, "bpf \"%u", bpf->count);
	for (insn = bpf->insn; insn < bpf->insn + bpf->count; insn++)
		put(out, ",%u %u %u %u", insn->code, insn->jt, insn->jf, insn->k);
	put(out, "\" ");
}

static void put_modifiers(struct out *out, const struct fdrop_rule *rule)
{
	const struct fdrop_name *unit = fdrop_time_units;
	char quote = strchr(rule->comment, '"') ? '\'' : '"';

	if (rule->prio != FDROP_PRIO_DEFAULT)
		put(out, " prio %u", rule->prio);
	if (rule->named)
		put(out, " id %u", rule->id);
	if (rule->expire) {
		while (rule->expire % unit->value)
			unit++;
		put(out, " expire %u%s", rule->expire / unit->value, unit->name);
	}
	if (rule->sample)
		put(out, " sample %u", rule->sample);
	if (rule->comment[0])
		put(out, " comment %c%s%c", quote, rule->comment, quote);
	if (rule->dryrun)
		put(out, " dryrun");
}

int fdrop_rule_print(const struct fdrop_rule *rule, const struct fdrop_sets *sets, char *buffer,
		     size_t size)
{
	struct out out = { .buffer = buffer, .size = size };
	const struct fdrop_name *action = fdrop_actions;

	put_family(&out, rule);
	put_vlan(&out, rule);
	put_proto(&out, rule);
	put_address(&out, "src", rule, true);
	put_set(&out, "src", rule->mask.src_sets, sets);
	put_address(&out, "dst", rule, false);
	put_set(&out, "dst", rule->mask.dst_sets, sets);
	put_transport(&out, rule);
	put_network(&out, rule);
	put_payload(&out, &rule->payload);
	if (rule->checks & FDROP_CHECK_QUEUE)
		put(&out, "queue %u ", rule->queue);
	put_bpf(&out, rule->bpf);
	while (action->value != rule->action)
		action++;
	put(&out, "%s", action->name);
	put_modifiers(&out, rule);
	return out.length;
}
