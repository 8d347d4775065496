// SPDX-License-Identifier: GPL-2.0
#include "top_data.h"

#include "cmd.h"
#include "engine/addr.h"
#include "engine/parse.h"
#include "engine/rule_names.h"

#define SECOND	1e9	/* in ns */

void top_begin(struct top *top)
{
	u32 i;

	*top = (struct top){ };
	for (i = 0; i < TOP_LISTS; i++)
		top->hitters[i] = need(hitters_new(HITTERS_KEY, TOP_COUNTERS));
}

void top_end(struct top *top)
{
	u32 i;

	for (i = 0; i < TOP_LISTS; i++)
		hitters_free(top->hitters[i]);
	state_rules_free(&top->states);
	free(top->queue);
	free(top->rule);
}

/* In a second. What is less than before has begun anew meanwhile. */
static u64 rate(u64 before, u64 now, u64 interval)
{
	u64 grown = now < before ? now : now - before;

	return interval ? grown * SECOND / interval + 0.5 : 0;
}

static struct count rate_of(const struct count *before, const struct count *now, u64 interval)
{
	return (struct count){
		.packets = rate(before->packets, now->packets, interval),
		.bytes = rate(before->bytes, now->bytes, interval),
	};
}

/* What was not there before has counted from 0. */
static const struct queue_state *find_queue(const struct rule_states *states, u32 queue)
{
	static const struct queue_state none;
	u32 i;

	for (i = 0; i < states->queues; i++)
		if (states->queue[i].queue == queue)
			return &states->queue[i];
	return &none;
}

static void add_queue(struct top_queue *sum, const struct top_queue *q)
{
	sum->seen += q->seen;
	sum->passed += q->passed;
	sum->dropped += q->dropped;
	sum->diverted += q->diverted;
}

static void rate_queues(struct top *top, const struct rule_states *now, u64 interval)
{
	const struct queue_state *was, *is;
	u32 i;

	free(top->queue);
	top->queue = need(calloc(now->queues + 1, sizeof(*top->queue)));
	top->total = (struct top_queue){ };
	for (i = 0; i < now->queues; i++) {
		is = &now->queue[i];
		was = find_queue(&top->states, is->queue);
		top->queue[i] = (struct top_queue){
			.queue = is->queue,
			.seen = rate(was->seen.packets, is->seen.packets, interval),
			.passed = rate(was->passed.packets, is->passed.packets, interval),
			.dropped = rate(was->dropped.packets, is->dropped.packets, interval),
			.diverted = rate(was->diverted.packets, is->diverted.packets, interval),
		};
		add_queue(&top->total, &top->queue[i]);
	}
}

/* Mostly it is the one at @place, behind the rule that was looked for before. */
static const struct rule_state *find_rule(const struct rule_states *states, u32 *place,
					  const struct rule_state *rule)
{
	static const struct rule_state none;
	const struct rule_state *r;
	u32 i;

	for (i = 0; i < states->count; i++) {
		r = &states->rule[(*place + i) % states->count];
		if (r->id != rule->id || r->own != rule->own)
			continue;
		*place += i + 1;
		return r;
	}
	return &none;
}

/* Of equals, as they are tried. */
static int compare_rules(const void *a, const void *b)
{
	const struct top_rule *x = a, *y = b;

	if (x->rate.packets != y->rate.packets)
		return x->rate.packets > y->rate.packets ? -1 : 1;
	return x->rule < y->rule ? -1 : 1;
}

static void rate_rules(struct top *top, const struct rule_states *now, u64 interval)
{
	const struct rule_state *was;
	u32 i, place = 0;

	free(top->rule);
	top->rule = need(calloc(now->count + 1, sizeof(*top->rule)));
	for (i = 0; i < now->count; i++) {
		was = find_rule(&top->states, &place, &now->rule[i]);
		top->rule[i].rule = &now->rule[i];
		top->rule[i].rate = rate_of(&was->hits, &now->rule[i].hits, interval);
	}
	qsort(top->rule, now->count, sizeof(*top->rule), compare_rules);
}

void top_read(struct top *top, struct rule_states *states, u64 time)
{
	u64 interval = top->time ? time - top->time : 0;

	rate_queues(top, states, interval);
	rate_rules(top, states, interval);
	state_rules_free(&top->states);
	top->states = *states;
	*states = (struct rule_states){ };
	top->time = time;
	top->interval = interval;
	top->shown = top->fresh;
	top->fresh = 0;
}

/*
 * What a list makes of a packet: a key at @to, which is 0, or nothing; and of a key, text.
 * Numbers are in network byte order.
 */
struct list {
	const char *name;
	const char *title;
	bool (*pick)(const struct fdrop_key *key, u8 *to);
	void (*print)(const u8 *key, char text[TOP_TEXT]);
};

/* The first byte says whether it is IPv6. */
static bool pick_address(const struct fdrop_key *key, const __be32 *first, u8 *to)
{
	bool is_ip6 = key->parts & FDROP_PART_IP6;
	u32 i;

	if (!(key->parts & FDROP_PART_IP))
		return false;
	to[0] = is_ip6;
	for (i = 0; i < (is_ip6 ? 4 : 1); i++)
		memcpy(to + 1 + 4 * i, first + 2 * i, 4);
	return true;
}

static bool pick_source(const struct fdrop_key *key, u8 *to)
{
	return pick_address(key, &key->addr[0].src, to);
}

static bool pick_destination(const struct fdrop_key *key, u8 *to)
{
	return pick_address(key, &key->addr[0].dst, to);
}

static void print_address(const u8 *key, char text[TOP_TEXT])
{
	__be32 addr[4];

	memcpy(addr, key + 1, sizeof(addr));
	if (key[0])
		fdrop_addr6_print(addr, text);
	else
		fdrop_addr4_print(addr[0], text);
}

static void print_proto(u8 proto, char text[TOP_TEXT])
{
	const struct fdrop_protocol *p = fdrop_protocols;

	while (p->name && p->number != proto)
		p++;
	if (p->name)
		snprintf(text, TOP_TEXT, "%s", p->name);
	else
		snprintf(text, TOP_TEXT, "proto %u", proto);
}

static bool pick_port(const struct fdrop_key *key, u8 *to)
{
	to[0] = key->proto;
	memcpy(to + 1, &key->dport, 2);
	return key->parts & FDROP_PART_PORTS;
}

static void print_port(const u8 *key, char text[TOP_TEXT])
{
	size_t n;

	print_proto(key[0], text);
	n = strlen(text);
	snprintf(text + n, TOP_TEXT - n, " dport %u", be16_to_cpu(fdrop_load16(key + 1)));
}

/* Behind the first byte, the transport protocol; or else the ethertype. */
static bool pick_protocol(const struct fdrop_key *key, u8 *to)
{
	to[0] = !!(key->parts & FDROP_PART_PROTO);
	if (to[0])
		to[1] = key->proto;
	else
		memcpy(to + 1, &key->ethertype, 2);
	return true;
}

static void print_protocol(const u8 *key, char text[TOP_TEXT])
{
	u16 ethertype = be16_to_cpu(fdrop_load16(key + 1));

	if (key[0])
		print_proto(key[1], text);
	else if (ethertype == FDROP_ETHER_ARP)
		snprintf(text, TOP_TEXT, "arp");
	else
		snprintf(text, TOP_TEXT, "ether 0x%04x", ethertype);
}

static bool pick_length(const struct fdrop_key *key, u8 *to)
{
	memcpy(to, &key->len, 2);
	return key->parts & FDROP_PART_IP;
}

static void print_length(const u8 *key, char text[TOP_TEXT])
{
	snprintf(text, TOP_TEXT, "len %u", be16_to_cpu(fdrop_load16(key)));
}

static bool pick_ttl(const struct fdrop_key *key, u8 *to)
{
	to[0] = key->ttl;
	return key->parts & FDROP_PART_IP;
}

static void print_ttl(const u8 *key, char text[TOP_TEXT])
{
	snprintf(text, TOP_TEXT, "ttl %u", key[0]);
}

static const struct list lists[TOP_LISTS] = {
	[TOP_SOURCES] = { "sources", "sources", pick_source, print_address },
	[TOP_DESTINATIONS] = { "destinations", "destinations", pick_destination, print_address },
	[TOP_PORTS] = { "ports", "destination ports", pick_port, print_port },
	[TOP_PROTOCOLS] = { "protocols", "protocols", pick_protocol, print_protocol },
	[TOP_LENGTHS] = { "lengths", "lengths", pick_length, print_length },
	[TOP_TTLS] = { "ttls", "TTLs", pick_ttl, print_ttl },
};

/* What was not captured cannot be read. */
static int read_nothing(const struct fdrop_packet *packet, u32 offset, void *to, u32 n)
{
	return -EFAULT;
}

static struct fdrop_packet packet_of(const struct fastdrop_record *record)
{
	static const struct fdrop_packet_ops ops = { .read = read_nothing };
	u32 network = record->network;

	if (network > record->captured)
		network = record->captured;
	return (struct fdrop_packet){
		.data = ring_bytes(record) + network,
		.ops = &ops,
		.linear = record->captured - network,
		.len = record->wire_length - network,
		.packets = record->packets ?: 1,
		.ethertype = record->protocol,
	};
}

void top_sample(struct top *top, const struct fastdrop_record *record)
{
	struct fdrop_packet packet = packet_of(record);
	struct fdrop_key key;
	u32 i;

	if (record->type != FASTDROP_RECORD_PACKET)
		return;
	top->fresh += packet.packets;
	fdrop_parse(&packet, &key);
	for (i = 0; i < TOP_LISTS; i++) {
		u8 bytes[HITTERS_KEY] = { };

		/* The length of an aggregate is none of its packets'. */
		if (i == TOP_LENGTHS && packet.packets > 1)
			continue;
		if (lists[i].pick(&key, bytes))
			hitters_add(top->hitters[i], bytes, packet.packets);
	}
}

void top_decay(struct top *top)
{
	u32 i;

	for (i = 0; i < TOP_LISTS; i++)
		hitters_decay(top->hitters[i]);
}

u64 top_weight(const struct top *top)
{
	return hitters_total(top->hitters[TOP_PROTOCOLS]);
}

u32 top_hits(const struct top *top, enum top_list list, struct hitter *hits, u32 room)
{
	u32 n = hitters_top(top->hitters[list], hits, room), kept = 0, i;
	u64 total = hitters_total(top->hitters[list]), least = total / TOP_COUNTERS;

	if (total >= TOP_MANY && !least)
		least = 1;
	for (i = 0; i < n; i++)
		if (hits[i].packets - hits[i].error > least)
			hits[kept++] = hits[i];
	return kept;
}

const char *top_name(enum top_list list)
{
	return lists[list].name;
}

const char *top_title(enum top_list list)
{
	return lists[list].title;
}

void top_text(enum top_list list, const struct hitter *hit, char text[TOP_TEXT])
{
	lists[list].print(hit->key, text);
}
