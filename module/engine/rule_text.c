// SPDX-License-Identifier: GPL-2.0
#include "rule_text.h"
#include "addr.h"

/* What a rule says of the packet's network protocol. */
enum family {
	FAMILY_ANY,
	FAMILY_IP,	/* IPv4 or IPv6 */
	FAMILY_IP4,
	FAMILY_IP6,
	FAMILY_ETHER,	/* a number, and nothing inside */
};

/* A match that may be given once. */
enum given {
	GIVEN_FAMILY	= 1 << 0,
	GIVEN_PROTO	= 1 << 1,
	GIVEN_SRC	= 1 << 2,
	GIVEN_DST	= 1 << 3,
	GIVEN_SPORT	= 1 << 4,
	GIVEN_DPORT	= 1 << 5,
};

/* Length 0: the end of the rule. */
struct token {
	const char *at;
	size_t length;
};

struct parser {
	struct fdrop_text *text;
	struct fdrop_rule *rule;
	struct fdrop_text_error *error;
	struct token word;	/* the one just read */
	struct token ports;	/* the sport or dport of the rule */
	enum family family;
	unsigned int given;
};

struct match {
	const char *name;
	int (*parse)(struct parser *p, const struct match *match);
	enum given given;
	u16 value;
};

static const struct {
	const char *name;
	u8 number;
	enum family family;
} protocols[] = {
	{ "udp", 17, FAMILY_IP },
	{ "tcp", 6, FAMILY_IP },
	{ "icmp", 1, FAMILY_IP4 },
	{ "icmp6", 58, FAMILY_IP6 },
	{ "sctp", 132, FAMILY_IP },
	{ "gre", 47, FAMILY_IP },
	{ "esp", 50, FAMILY_IP },
	{ "ah", 51, FAMILY_IP },
};

static const char * const actions[] = {
	[FDROP_ACTION_DROP] = "drop",
	[FDROP_ACTION_PASS] = "pass",
	[FDROP_ACTION_COUNT] = "count",
};

#define ETHER_ARP	0x0806
#define PORT_MAX	65535
#define QUOTE_MAX	40

/* Writes @format into the error, at @at. */
static __printf(3, 4) int refuse(struct parser *p, const char *at, const char *format, ...)
{
	struct fdrop_text_error *error = p->error;
	const char *c, *line = p->text->start;
	va_list args;
	char *m;

	error->line = 1;
	for (c = line; c < at; c++) {
		if (*c == '\n') {
			error->line++;
			line = c + 1;
		}
	}
	error->column = at - line + 1;

	va_start(args, format);
	vsnprintf(error->message, sizeof(error->message), format, args);
	va_end(args);
	for (m = error->message; *m; m++)
		if (*m < ' ' || *m > '~')
			*m = '?';
	return -EINVAL;
}

/* How much of a word an error quotes. */
static int shown(struct token word)
{
	return word.length < QUOTE_MAX ? word.length : QUOTE_MAX;
}

/* The word is none of what was to be there. */
static int refuse_word(struct parser *p, struct token word, const char *what)
{
	if (!word.length)
		return refuse(p, word.at, "expected %s, not the end of the rule", what);
	return refuse(p, word.at, "expected %s, not \"%.*s\"%s", what, shown(word), word.at,
		      word.length > QUOTE_MAX ? "..." : "");
}

static bool ends_rule(const char *c)
{
	return *c == ';' || *c == '\n';
}

static bool is_blank(const char *c)
{
	return *c == ' ' || *c == '\t' || *c == '\r';
}

static void next_word(struct parser *p)
{
	struct fdrop_text *t = p->text;

	while (t->pos < t->end && is_blank(t->pos))
		t->pos++;
	p->word.at = t->pos;
	if (t->pos == t->end || *t->pos != '#')
		while (t->pos < t->end && !is_blank(t->pos) && !ends_rule(t->pos))
			t->pos++;
	p->word.length = t->pos - p->word.at;
}

static bool word_is(struct token word, const char *name)
{
	return word.length == strlen(name) && !memcmp(word.at, name, word.length);
}

/* Cuts @word in two at the first @separator; false if there is none. */
static bool split(struct token word, char separator, struct token *left, struct token *right)
{
	const char *at = memchr(word.at, separator, word.length);

	*left = word;
	if (!at)
		return false;
	left->length = at - word.at;
	right->at = at + 1;
	right->length = word.length - left->length - 1;
	return true;
}

/* All of @word as a number of the given base. */
static bool parse_number(struct token word, u32 base, u32 max, u32 *number)
{
	u64 n = 0;
	size_t i;
	int digit;

	for (i = 0; i < word.length; i++) {
		digit = fdrop_hex_value(word.at[i]);
		if (digit < 0 || digit >= (int)base)
			return false;
		n = n * base + digit;
		if (n > max)
			return false;
	}
	*number = n;
	return word.length > 0;
}

/* The rule is about packets of @family from here on, as the word just read says. */
static int narrow(struct parser *p, enum family family)
{
	bool is_ip = p->family == FAMILY_IP4 || p->family == FAMILY_IP6;

	if (p->family == FAMILY_ANY || (p->family == FAMILY_IP && family != FAMILY_ETHER)) {
		p->family = family;
	} else if (p->family != family && !(is_ip && family == FAMILY_IP)) {
		return refuse(p, p->word.at, "\"%.*s\" is of another family than the rest of the rule",
			      shown(p->word), p->word.at);
	}
	if (family == FAMILY_IP4 || family == FAMILY_IP6) {
		p->rule->mask.parts |= family == FAMILY_IP4 ? FDROP_PART_IP4 : FDROP_PART_IP6;
		p->rule->value.parts |= family == FAMILY_IP4 ? FDROP_PART_IP4 : FDROP_PART_IP6;
	}
	return 0;
}

static int match_family(struct parser *p, const struct match *match)
{
	return narrow(p, match->value);
}

static int set_ethertype(struct parser *p, u16 ethertype)
{
	p->rule->value.ethertype = cpu_to_be16(ethertype);
	p->rule->mask.ethertype = cpu_to_be16(0xffff);
	return 0;
}

static int match_arp(struct parser *p, const struct match *match)
{
	return narrow(p, FAMILY_ETHER) ?: set_ethertype(p, match->value);
}

static int match_ether(struct parser *p, const struct match *match)
{
	int err = narrow(p, FAMILY_ETHER);
	struct token zero, hex;
	u32 number;

	if (err)
		return err;
	next_word(p);
	if (!split(p->word, 'x', &zero, &hex) || !word_is(zero, "0") ||
	    !parse_number(hex, 16, 0xffff, &number))
		return refuse_word(p, p->word, "an ethertype from 0x0 to 0xffff");
	return set_ethertype(p, number);
}

static int set_proto(struct parser *p, u8 proto)
{
	p->rule->value.proto = proto;
	p->rule->mask.proto = 0xff;
	p->rule->value.parts |= FDROP_PART_PROTO;
	p->rule->mask.parts |= FDROP_PART_PROTO;
	return 0;
}

static int match_protocol(struct parser *p, const struct match *match)
{
	return narrow(p, protocols[match->value].family) ?:
	       set_proto(p, protocols[match->value].number);
}

static int match_proto(struct parser *p, const struct match *match)
{
	int err = narrow(p, FAMILY_IP);
	u32 number;

	if (err)
		return err;
	next_word(p);
	if (!parse_number(p->word, 10, 255, &number))
		return refuse_word(p, p->word, "a protocol number from 0 to 255");
	return set_proto(p, number);
}

/* The bits of a prefix of @length in the 32-bit word number @i of an address. */
static __be32 prefix_mask(u32 length, u32 i)
{
	if (length >= 32 * (i + 1))
		return cpu_to_be32(~0U);
	if (length <= 32 * i)
		return 0;
	return cpu_to_be32(~0U << (32 * (i + 1) - length));
}

/* "2001:db8::1/32" has bits that no address of its prefix is asked for. */
static int refuse_host_bits(struct parser *p, bool is_ip6, const __be32 *network, u32 length)
{
	char text[FDROP_ADDR_TEXT];

	if (is_ip6)
		fdrop_addr6_print(network, text);
	else
		fdrop_addr4_print(network[0], text);
	return refuse(p, p->word.at, "bits are set behind the prefix: say %s/%u or a longer prefix",
		      text, length);
}

static int parse_prefix(struct parser *p, struct token text, bool is_ip6, __be32 *mask)
{
	u32 length, i;

	if (!parse_number(text, 10, is_ip6 ? 128 : 32, &length))
		return refuse_word(p, text.length ? text : p->word,
				   is_ip6 ? "a prefix length from 0 to 128" :
					    "a prefix length from 0 to 32");
	for (i = 0; i < 4; i++)
		mask[i] = prefix_mask(length, i);
	return length;
}

static int match_address(struct parser *p, const struct match *match)
{
	bool is_src = match->given == GIVEN_SRC;
	__be32 *value = is_src ? p->rule->value.src : p->rule->value.dst;
	__be32 *mask = is_src ? p->rule->mask.src : p->rule->mask.dst;
	struct token addr, prefix;
	bool is_ip6, outside = false;
	int length, err, i;

	next_word(p);
	is_ip6 = p->word.length && memchr(p->word.at, ':', p->word.length);
	if (!split(p->word, '/', &addr, &prefix))
		prefix = is_ip6 ? (struct token){ "128", 3 } : (struct token){ "32", 2 };
	if (!(is_ip6 ? fdrop_addr6_parse(addr.at, addr.length, value) :
		       fdrop_addr4_parse(addr.at, addr.length, value)))
		return refuse_word(p, p->word, "an IPv4 or IPv6 address or prefix");
	err = narrow(p, is_ip6 ? FAMILY_IP6 : FAMILY_IP4);
	if (err)
		return err;

	length = parse_prefix(p, prefix, is_ip6, mask);
	if (length < 0)
		return length;
	for (i = 0; i < 4; i++) {
		outside |= (value[i] & ~mask[i]) != 0;
		value[i] &= mask[i];
	}
	return outside ? refuse_host_bits(p, is_ip6, value, length) : 0;
}

static int parse_ports(struct parser *p, struct fdrop_range *range)
{
	struct token lo, hi;
	u32 a, b;

	if (!split(p->word, '-', &lo, &hi))
		hi = lo;
	if (!parse_number(lo, 10, PORT_MAX, &a) || !parse_number(hi, 10, PORT_MAX, &b))
		return refuse_word(p, p->word, "a port from 0 to 65535, or a range of them");
	if (a > b)
		return refuse(p, p->word.at, "the range is upside down: say %u-%u", b, a);
	range->lo = a;
	range->hi = b;
	return 0;
}

static int match_port(struct parser *p, const struct match *match)
{
	bool is_src = match->given == GIVEN_SPORT;
	struct fdrop_rule *rule = p->rule;
	struct fdrop_range range;
	int err = narrow(p, FAMILY_IP);

	p->ports = p->word;
	if (err)
		return err;
	next_word(p);
	err = parse_ports(p, &range);
	if (err)
		return err;

	rule->value.parts |= FDROP_PART_PORTS;
	rule->mask.parts |= FDROP_PART_PORTS;
	if (range.lo == range.hi) {
		*(is_src ? &rule->value.sport : &rule->value.dport) = cpu_to_be16(range.lo);
		*(is_src ? &rule->mask.sport : &rule->mask.dport) = cpu_to_be16(0xffff);
	} else if (range.lo > 0 || range.hi < PORT_MAX) {
		*(is_src ? &rule->sport : &rule->dport) = range;
		rule->ranged = true;
	}
	return 0;
}

static const struct match matches[] = {
	{ "ip",		match_family,	GIVEN_FAMILY,	FAMILY_IP4 },
	{ "ip6",	match_family,	GIVEN_FAMILY,	FAMILY_IP6 },
	{ "arp",	match_arp,	GIVEN_FAMILY,	ETHER_ARP },
	{ "ether",	match_ether,	GIVEN_FAMILY },
	{ "proto",	match_proto,	GIVEN_PROTO },
	{ "src",	match_address,	GIVEN_SRC },
	{ "dst",	match_address,	GIVEN_DST },
	{ "sport",	match_port,	GIVEN_SPORT },
	{ "dport",	match_port,	GIVEN_DPORT },
};

/* The match that the word just read begins, if it is one. */
static bool find_match(struct token word, struct match *match)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(matches); i++) {
		if (word_is(word, matches[i].name)) {
			*match = matches[i];
			return true;
		}
	}
	for (i = 0; i < ARRAY_SIZE(protocols); i++) {
		if (word_is(word, protocols[i].name)) {
			*match = (struct match){
				protocols[i].name, match_protocol, GIVEN_PROTO, i
			};
			return true;
		}
	}
	return false;
}

static const char *given_name(enum given given)
{
	switch (given) {
	case GIVEN_FAMILY:
		return "family";
	case GIVEN_PROTO:
		return "protocol";
	case GIVEN_SRC:
		return "src";
	case GIVEN_DST:
		return "dst";
	case GIVEN_SPORT:
		return "sport";
	default:
		return "dport";
	}
}

static int parse_match(struct parser *p, const struct match *match)
{
	if (p->given & match->given)
		return refuse(p, p->word.at, "\"%s\" is one too many: the rule has a %s already",
			      match->name, given_name(match->given));
	p->given |= match->given;
	return match->parse(p, match);
}

static bool find_action(struct token word, enum fdrop_action *action)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(actions); i++) {
		if (word_is(word, actions[i])) {
			*action = i;
			return true;
		}
	}
	return false;
}

/* Behind the action, and what only the whole rule shows. */
static int parse_end(struct parser *p)
{
	if (!p->given)
		return refuse(p, p->word.at, "a rule needs a match before its action, such as ip, ip6 or arp");
	if (p->ports.length && p->rule->mask.proto && !fdrop_has_ports(p->rule->value.proto))
		return refuse(p, p->ports.at, "ports need tcp, udp, sctp, proto 33 or proto 136: the rule's protocol has none");
	next_word(p);
	return p->word.length ? refuse_word(p, p->word, "the end of the rule or \";\"") : 0;
}

static int parse_rule(struct parser *p)
{
	struct match match;
	int err;

	while (!find_action(p->word, &p->rule->action)) {
		if (!find_match(p->word, &match))
			return refuse_word(p, p->word, p->given ?
					   "a match, or drop, pass or count" : "a match");
		err = parse_match(p, &match);
		if (err)
			return err;
		next_word(p);
	}
	return parse_end(p);
}

/* To the next word, over empty rules and comments. */
static void skip_to_rule(struct parser *p)
{
	struct fdrop_text *t = p->text;

	for (next_word(p); !p->word.length && t->pos < t->end; next_word(p)) {
		if (*t->pos == '#')
			while (t->pos < t->end && *t->pos != '\n')
				t->pos++;
		else
			t->pos++;
	}
}

int fdrop_rule_parse(struct fdrop_text *text, struct fdrop_rule *rule,
		     struct fdrop_text_error *error)
{
	struct parser p = { .text = text, .rule = rule, .error = error };
	int err;

	skip_to_rule(&p);
	if (!p.word.length)
		return 0;
	*rule = (struct fdrop_rule){
		.sport = { 0, PORT_MAX },
		.dport = { 0, PORT_MAX },
	};
	err = parse_rule(&p);
	return err ?: 1;
}

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

static u32 prefix_length(const __be32 *mask)
{
	u32 length = 0, bits, i;

	for (i = 0; i < 4; i++)
		for (bits = be32_to_cpu(mask[i]); bits; bits <<= 1)
			length++;
	return length;
}

static const char *protocol_name(const struct fdrop_rule *rule)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(protocols); i++) {
		if (protocols[i].number != rule->value.proto)
			continue;
		if (protocols[i].family == FAMILY_IP ||
		    (protocols[i].family == FAMILY_IP4 && rule->mask.parts & FDROP_PART_IP4) ||
		    (protocols[i].family == FAMILY_IP6 && rule->mask.parts & FDROP_PART_IP6))
			return protocols[i].name;
	}
	return NULL;
}

/* An address or the name of a protocol says what family it is. */
static bool family_is_implied(const struct fdrop_rule *rule)
{
	return prefix_length(rule->mask.src) || prefix_length(rule->mask.dst) ||
	       (rule->mask.proto && (rule->value.proto == 1 || rule->value.proto == 58) &&
		protocol_name(rule));
}

static void put_family(struct out *out, const struct fdrop_rule *rule)
{
	u16 ethertype = be16_to_cpu(rule->value.ethertype);

	if (rule->mask.ethertype && ethertype == ETHER_ARP)
		put(out, "arp ");
	else if (rule->mask.ethertype)
		put(out, "ether 0x%04x ", ethertype);
	else if (rule->mask.parts & FDROP_PART_IP4 && !family_is_implied(rule))
		put(out, "ip ");
	else if (rule->mask.parts & FDROP_PART_IP6 && !family_is_implied(rule))
		put(out, "ip6 ");
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

static void put_address(struct out *out, const char *name, const struct fdrop_rule *rule,
			const __be32 *value, const __be32 *mask)
{
	bool is_ip6 = rule->mask.parts & FDROP_PART_IP6;
	u32 length = prefix_length(mask);
	char text[FDROP_ADDR_TEXT];

	if (!length)
		return;
	if (is_ip6)
		fdrop_addr6_print(value, text);
	else
		fdrop_addr4_print(value[0], text);
	put(out, "%s %s", name, text);
	if (length < (is_ip6 ? 128 : 32))
		put(out, "/%u", length);
	put(out, " ");
}

static void put_port(struct out *out, const char *name, __be16 value, __be16 mask,
		     struct fdrop_range range)
{
	if (mask)
		put(out, "%s %u ", name, be16_to_cpu(value));
	else if (range.lo > 0 || range.hi < PORT_MAX)
		put(out, "%s %u-%u ", name, range.lo, range.hi);
}

int fdrop_rule_print(const struct fdrop_rule *rule, char *buffer, size_t size)
{
	struct out out = { .buffer = buffer, .size = size };

	put_family(&out, rule);
	put_proto(&out, rule);
	put_address(&out, "src", rule, rule->value.src, rule->mask.src);
	put_address(&out, "dst", rule, rule->value.dst, rule->mask.dst);
	put_port(&out, "sport", rule->value.sport, rule->mask.sport, rule->sport);
	put_port(&out, "dport", rule->value.dport, rule->mask.dport, rule->dport);
	if (rule->mask.parts & FDROP_PART_PORTS && !rule->ranged &&
	    !rule->mask.sport && !rule->mask.dport)
		put(&out, "dport 0-65535 ");
	put(&out, "%s", actions[rule->action]);
	return out.length;
}
