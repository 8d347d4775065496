// SPDX-License-Identifier: GPL-2.0
/*
 * The input chooses rules, sets and packets out of few values, so that they
 * often meet; the table must find what trying one rule after the other finds.
 */
#include "fuzz.h"

#include "engine/rule_list.h"
#include "engine/table.h"
#include "frame.h"

#define RULES		48
#define SHAPES		4	/* which matches a rule has: so few, for large tuples */
#define SETS		4
#define PREFIXES	12
#define PACKETS		6
#define TEXT		(64 * 1024)

/* The clauses that a rule may have, each with some of its values. */
static const char * const clauses[][8] = {
	{ "ip", "ip6", "ip", "ip6", "arp", "ether 0x88cc", "ether 0x0800", "ip" },
	{ "vlan 5", "vlan 6", "vlan none", "vlan 0" },
	{ "udp", "tcp", "icmp", "icmp6", "sctp", "proto 33", "proto 136", "gre" },
	{ "src @a", "src @b", "src @c", "src @d" },
	{ "dst @a", "dst @b", "dst @c", "dst @d" },
	{ "src 192.0.2.1", "src 192.0.2.0/24", "src 198.51.100.7", "src 2001:db8::1",
	  "src 2001:db8::/32", "src ::/0", "src 0.0.0.0/0", "src 10.0.0.0/8" },
	{ "dst 192.0.2.1", "dst 192.0.2.0/31", "dst 198.51.100.7", "dst 2001:db8::1",
	  "dst 2001:db8:1::/48", "dst ::/1", "dst 128.0.0.0/1", "dst 255.255.255.255" },
	{ "sport 0", "sport 1", "sport 53", "sport 1-53", "sport 54-65535", "sport 0-65535",
	  "sport 2-52", "sport 65535" },
	{ "dport 0", "dport 1", "dport 53", "dport 1-53", "dport 54-65535", "dport 0-65535",
	  "dport 2-52", "dport 65535" },
	{ "flags syn/syn,ack", "flags none/syn", "flags ack/ack", "flags fin,psh/fin,psh,urg" },
	{ "type 0", "type 1", "type 128", "type 53" },
	{ "code 0", "code 1" },
	{ "len 40-60", "len 0-65535", "len 50", "len 100-65535", "len 1-49", "len 70" },
	{ "ttl 64", "ttl 1-63", "ttl 255", "ttl 0", "ttl 64-255" },
	{ "dscp 0", "dscp 46", "dscp 1", "dscp 63" },
	{ "frag no", "frag any", "frag first", "frag later" },
	{ "payload 0:00", "payload 0:01/0f", "payload 1:0100", "payload 4:ff/f0",
	  "payload 2:0001000100010001/00ff00ff00ff00ff", "payload 3:50", "payload 300:00" },
	{ "queue 0", "queue 1", "queue 2" },
	{ "bpf \"1,6 0 0 1\"", "bpf \"1,6 0 0 0\"" },
};

#define CLAUSES	ARRAY_SIZE(clauses)

static const u8 protocols[] = { 17, 6, 1, 58, 132, 33, 136, 47 };
static const u8 bytes[] = { 0, 1, 2, 52, 53, 54, 0xff, 0x50, 0x60, 0xf0, 128, 0x11 };
static const u8 extensions[] = { 0, 43, 44, 60 };
static const u8 hop_limits[] = { 64, 0, 1, 63, 255 };
static const u8 traffic_classes[] = { 0, 46 << 2, 1 << 2 | 3, 0xff };

static const char * const addresses4[] = {
	"192.0.2.1", "192.0.2.0", "198.51.100.7", "10.0.0.0", "255.255.255.255", "0.0.0.0",
	"128.0.0.0", "127.255.255.255",
};

static const char * const addresses6[] = {
	"2001:db8::1", "2001:db8:1::7", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	"8000::", "2001:db8:0:0:8000::", "::c000:201", "2001:db8::ffff:ffff",
};

/* What was put into the sets. */
struct known_prefix {
	u8 addr[16];
	u32 length;
	u32 set;
	bool is_ip6;
};

static struct known_prefix prefixes[SETS * PREFIXES];
static u32 prefix_count;

struct text {
	char at[TEXT];
	size_t length;
};

static void add(struct text *t, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	t->length += vsnprintf(t->at + t->length, sizeof(t->at) - t->length, format, args);
	va_end(args);
	fuzz_check(t->length < sizeof(t->at), "the rules are too long for this test");
}

/* An address from the few, or one beside it. Network byte order. */
static void take_address(struct input *in, bool is_ip6, u8 addr[16])
{
	u8 which = take8(in), n = is_ip6 ? 16 : 4;

	memset(addr, 0, 16);
	inet_pton(is_ip6 ? AF_INET6 : AF_INET, is_ip6 ? addresses6[which % 8] :
		  addresses4[which % 8], addr);
	switch (which >> 3 & 7) {
	case 0:
		addr[n - 1]++;
		break;
	case 1:
		addr[n - 1]--;
		break;
	case 2:
		addr[take_below(in, n)] ^= 1 << (which >> 6);
		break;
	case 3:
		addr[take_below(in, n)] = take8(in);
		break;
	}
}

static void add_prefix(struct text *t, struct input *in, u32 set)
{
	struct known_prefix *known = &prefixes[prefix_count++];
	u8 kind = take8(in), n = kind & 1 ? 16 : 4, addr[16];
	char host[INET6_ADDRSTRLEN];
	u32 length, i;

	if (kind & 4 && prefix_count > 1 && known[-1].is_ip6 == (kind & 1))
		memcpy(addr, known[-1].addr, sizeof(addr));
	else
		take_address(in, kind & 1, addr);
	length = kind & 2 ? 8 * n : take8(in) % (8 * n + 1);
	for (i = length; i < 8 * n; i++)
		addr[i / 8] &= ~(0x80 >> i % 8);
	inet_ntop(kind & 1 ? AF_INET6 : AF_INET, addr, host, sizeof(host));
	add(t, " %s/%u", host, length);
	*known = (struct known_prefix){ .length = length, .set = set, .is_ip6 = kind & 1 };
	memcpy(known->addr, addr, n);
}

static void add_sets(struct text *t, struct input *in)
{
	u32 i, n;

	prefix_count = 0;
	for (i = 0; i < SETS; i++) {
		add(t, "set %c {", 'a' + i);
		for (n = take_below(in, PREFIXES); n; n--)
			add_prefix(t, in, i);
		add(t, " }\n");
	}
}

/* How many of the values in a row of the clauses there are. */
static u32 values_of(u32 clause)
{
	u32 n = 0;

	while (n < ARRAY_SIZE(clauses[clause]) && clauses[clause][n])
		n++;
	return n;
}

/* A rule of the given shape; it may be one that is refused. */
static void add_rule(struct text *t, struct input *in, u32 shape)
{
	static const char * const actions[] = {
		"drop", "pass", "count", "protect", "divert", "drop sample 2", "drop", "drop"
	};
	u8 tail = take8(in);
	u32 i;

	for (i = 0; i < CLAUSES; i++)
		if (shape & 1 << i)
			add(t, "%s ", clauses[i][take_below(in, values_of(i))]);
	add(t, "%s", actions[tail % 8]);
	if (tail & 0x10)
		add(t, " prio %u", 98 + take_below(in, 4));
	if (tail & 0x20)
		add(t, " id %u", 1 + take8(in));
	if (tail & 0x40)
		add(t, " expire %us", 1 + tail);
	add(t, "\n");
}

/* Takes back what was added from @start on, if it is no rule or has an id that is taken. */
static void keep_good(struct text *t, size_t start, bool *taken)
{
	static struct fdrop_sets sets = {
		.count = SETS,
		.set = { { "a" }, { "b" }, { "c" }, { "d" } },
	};
	struct fdrop_text text = fdrop_text_of(t->at + start, t->length - start);
	struct fdrop_text_error error;
	struct fdrop_rule rule;

	if (fdrop_rule_parse(&text, &sets, &rule, &error) != 1) {
		t->length = start;
		return;
	}
	if (rule.named && taken[rule.id])
		t->length = start;
	taken[rule.id] |= rule.named;
	fdrop_rule_release(&rule);
}

/* Bits of a mask that no text can say, and programs and deadlines. */
static void change_rules(struct fdrop_rule_list *list, struct input *in)
{
	struct fdrop_rule *rule;
	u32 i, w, bit;

	for (i = 0; i < list->count; i++) {
		rule = &list->rules[i];
		if (rule->bpf)
			rule->bpf->program = (void *)(uintptr_t)(1 + i);
		if (rule->expire) {
			rule->checks |= FDROP_CHECK_DEADLINE;
			rule->deadline = rule->expire & 1 ? 0 : ~0ULL;
		}
	}
	for (i = take_below(in, 4); i && list->count; i--) {
		rule = &list->rules[take8(in) % list->count];
		w = take_below(in, FDROP_KEY_WORDS - 1);
		bit = take_below(in, 64);
		rule->mask.word[w] &= ~(1ULL << bit);
		rule->value.word[w] &= rule->mask.word[w];
	}
}

/* Rules and sets out of the input. */
static void take_rules(struct input *in, struct fdrop_rule_list *list)
{
	static struct fdrop_text_error error;
	static struct text t;
	bool taken[1 + 256] = { 0 };
	u32 shapes[SHAPES], i, n;
	size_t start;
	u8 plan;

	t.length = 0;
	add_sets(&t, in);
	for (i = 0; i < SHAPES; i++) {
		shapes[i] = 1U << take_below(in, CLAUSES) | 1U << take_below(in, CLAUSES);
		plan = take8(in);
		if (plan & 1)
			shapes[i] |= 1U << (plan >> 1) % CLAUSES;
	}
	for (n = 1 + take_below(in, RULES); n; n--) {
		start = t.length;
		add_rule(&t, in, shapes[take_below(in, SHAPES)]);
		keep_good(&t, start, taken);
	}
	fuzz_check(!fdrop_rule_list_parse(list, t.at, t.length, &error), "refused: %s",
		   error.message);
	change_rules(list, in);
}

/* Overwrites what every frame of frame.h has alike. */
static void vary(struct input *in, const struct frame *f, u8 *p, u32 length)
{
	u32 network = 4 * (!!f->outer + !!f->vlan + !!f->third);
	u32 transport = length - f->pad - (4 + f->payload), i;
	u8 *ip = p + network, ttl, class, addr[16];

	if (f->ethertype)
		return;
	ttl = hop_limits[take_below(in, ARRAY_SIZE(hop_limits))];
	class = traffic_classes[take_below(in, ARRAY_SIZE(traffic_classes))];
	if (f->ip6) {
		ip[7] = ttl;
		ip[0] = 0x60 | class >> 4;
		ip[1] = class << 4;
	} else {
		ip[8] = ttl;
		ip[1] = class;
	}
	for (i = 0; i < 2; i++) {
		take_address(in, f->ip6, addr);
		memcpy(ip + (f->ip6 ? 8 + 16 * i : 12 + 4 * i), addr, f->ip6 ? 16 : 4);
	}
	for (i = transport; i < length - f->pad && in->pos < in->end && i < transport + 24; i++)
		p[i] = bytes[take_below(in, ARRAY_SIZE(bytes))];
	frame_put16(p + transport, bytes[take_below(in, 7)]);
	frame_put16(p + transport + 2, bytes[take_below(in, 7)]);
}

static u32 take_frame(struct input *in, u8 *p, u16 *ethertype)
{
	u8 kind = take8(in), more = take8(in);
	struct frame f = {
		.ip6 = kind & 1,
		.ethertype = (kind & 0x0e) == 0x0e ? (kind & 0x10 ? ETH_P_ARP : 0x88cc) : 0,
		.vlan = (kind & 0xe0) == 0x20 ? 5 + (more & 1) : 0,
		.outer = (kind & 0xe0) == 0x40 ? 5 : 0,
		.payload = 1 + take_below(in, 64),
		.pad = more & 2 ? 7 : 0,
		.offset = (more & 0x1c) == 4 ? 8 : 0,
		.more = (more & 0x1c) == 4 || (more & 0x1c) == 8,
		.options = more & 0x20 ? 8 : 0,
	};
	u32 length;

	f.proto = protocols[take_below(in, ARRAY_SIZE(protocols))];
	if (f.ip6 && (f.more || more & 0x20)) {
		f.ext[0] = f.more ? 44 : extensions[take_below(in, 4)];
		f.ext[1] = extensions[take_below(in, 4)];
		f.ext_count = 1 + (more >> 6 & 1);
	}
	length = frame_build(&f, p, ethertype);
	vary(in, &f, p, length);
	if (more & 0x80)
		p[take8(in) % length] = take8(in);
	return length;
}

/* The sets that hold an address in network byte order, by looking at all prefixes. */
static u32 find_sets(bool is_ip6, const u8 *addr)
{
	const struct known_prefix *p;
	u32 found = 0, bit;

	for (p = prefixes; p < prefixes + prefix_count; p++) {
		if (p->is_ip6 != is_ip6)
			continue;
		for (bit = 0; bit < p->length; bit++)
			if ((addr[bit / 8] ^ p->addr[bit / 8]) & 0x80 >> bit % 8)
				break;
		if (bit == p->length)
			found |= 1U << p->set;
	}
	return found;
}

static void fill_sets(struct fdrop_key *key)
{
	bool is_ip6 = key->parts & FDROP_PART_IP6;
	__be32 src[4], dst[4];
	u32 i;

	if (!(key->parts & FDROP_PART_IP))
		return;
	for (i = 0; i < 4; i++) {
		src[i] = key->addr[i].src;
		dst[i] = key->addr[i].dst;
	}
	key->src_sets = find_sets(is_ip6, (const u8 *)src);
	key->dst_sets = find_sets(is_ip6, (const u8 *)dst);
}

/* Whether the payload of a packet that is all in one piece is as asked for. */
static bool payload_holds(const struct fdrop_payload *want, const struct fdrop_key *key,
			  const u8 *all)
{
	u32 at = key->transport, i;

	if (!(key->parts & FDROP_PART_PROTO) || key->parts & FDROP_PART_LATER)
		return false;
	if (key->proto == 17 || key->proto == 136 ||
	    key->proto == (key->parts & FDROP_PART_IP6 ? 58 : 1)) {
		at += 8;
	} else if (key->proto == 132) {
		at += 12;
	} else if (key->proto == 6 || key->proto == 33) {
		i = key->proto == 6 ? 12 : 4;
		if (at + i >= key->end)
			return false;
		i = key->proto == 6 ? (all[at + i] >> 4) * 4 : all[at + i] * 4;
		if (!i)
			return false;
		at += i;
	}
	at += want->offset;
	for (i = 0; i < want->length; i++)
		if (at + i >= key->end || (all[at + i] & want->mask[i]) != want->value[i])
			return false;
	return true;
}

static bool matches(const struct fdrop_rule *rule, const struct fdrop_key *key,
		    const struct fdrop_packet *packet)
{
	struct fdrop_rule rest = *rule;

	rest.checks &= ~FDROP_CHECK_PAYLOAD;
	return fdrop_rule_matches(&rest, key, packet) &&
	       (rest.checks == rule->checks || payload_holds(&rule->payload, key, packet->data));
}

/* The first rule that matches, by trying them in order. */
static u32 find(const struct fdrop_table *table, const struct fdrop_key *key,
		const struct fdrop_packet *packet, u32 from)
{
	u32 rank;

	for (rank = from; rank < table->count; rank++)
		if (table->rules[rank].action != FDROP_ACTION_PROTECT &&
		    matches(&table->rules[rank], key, packet))
			break;
	return rank < table->count ? rank : table->count;
}

/* The first rule that protects the packet, in the same way. */
static u32 find_guard(const struct fdrop_table *table, const struct fdrop_key *key,
		      const struct fdrop_packet *packet)
{
	u32 rank;

	for (rank = 0; rank < table->count; rank++)
		if (table->rules[rank].action == FDROP_ACTION_PROTECT &&
		    matches(&table->rules[rank], key, packet))
			break;
	return rank;
}

/* The rank of the rule that the table finds. */
static u32 lookup(const struct fdrop_table *table, struct fdrop_key *key,
		  const struct fdrop_packet *packet, u32 from)
{
	const struct fdrop_entry *entry = fdrop_table_lookup(table, key, packet, from);

	fuzz_check(entry->rank <= table->count, "rank %u, of %u", entry->rank, table->count);
	fuzz_check(entry == &table->none || entry->action == table->rules[entry->rank].action,
		   "rank %u has another action", entry->rank);
	fuzz_check((entry->action != FDROP_ACTION_DROP && entry->action != FDROP_ACTION_DIVERT) ||
		   entry->special & FDROP_SPECIAL_GUARDED ||
		   fdrop_table_guard(table, key, packet) == table->count,
		   "rank %u takes what is protected", entry->rank);
	return entry->rank;
}

static void check_packet(struct input *in, const struct fdrop_table *table)
{
	struct fdrop_key key, again, wanted;
	struct fuzz_packet whole, cut;
	u32 length, from, rank, right;
	static u8 p[FRAME_MAX];
	u16 ethertype;

	length = take_frame(in, p, &ethertype);
	fuzz_packet_set(&whole, p, length, length, ethertype);
	fuzz_packet_set(&cut, p, length, take8(in), ethertype);
	whole.packet.queue = take_below(in, 3);
	cut.packet.queue = whole.packet.queue;
	fdrop_parse(&whole.packet, &wanted);
	fdrop_parse(&cut.packet, &key);
	fuzz_check(!memcmp(&key, &wanted, sizeof(key)), "two keys");
	fill_sets(&wanted);

	/* As with count: on behind the rule found, with the same key. */
	for (from = 0; from <= table->count; from = rank + 1) {
		right = find(table, &wanted, &whole.packet, from);
		rank = lookup(table, &key, &cut.packet, from);
		fuzz_check(rank == right, "from %u: rank %u, but %u is right, of %u", from, rank,
			   right, table->count);
	}
	fuzz_check(fdrop_table_guard(table, &key, &cut.packet) ==
		   find_guard(table, &wanted, &whole.packet), "another rule protects");
	/* And from anywhere, with a key that has no sets yet. */
	from = take8(in) % (table->count + 1);
	fdrop_parse(&cut.packet, &again);
	fuzz_check(lookup(table, &again, &cut.packet, from) ==
		   find(table, &wanted, &whole.packet, from), "from %u at once", from);
	memset(&again, 0xa5, sizeof(again));
	if (table->usual && fdrop_parse_plain(&cut.packet, &again))
		fuzz_check(fdrop_table_find(table, &again)->rank ==
			   find(table, &wanted, &whole.packet, 0), "the short way");
	fuzz_packet_free(&cut);
	fuzz_packet_free(&whole);
}

int fuzz_one_input(const u8 *data, size_t size)
{
	static struct fdrop_rule_list list;
	struct input in = { data, data + size };
	struct fdrop_table *table;
	u32 i;

	take_rules(&in, &list);
	fuzz_check(!fdrop_rule_list_build(&list, &table), "no table");
	for (i = 0; i < PACKETS && in.pos < in.end; i++)
		check_packet(&in, table);
	fdrop_table_free(table);
	fdrop_rule_list_free(&list);
	return 0;
}
