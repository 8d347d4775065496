// SPDX-License-Identifier: GPL-2.0
#include "addr.h"
#include "rule_names.h"
#include "rule_text.h"

/* What may be given once. */
enum given {
	GIVEN_FAMILY	= 1 << 0,
	GIVEN_VLAN	= 1 << 1,
	GIVEN_PROTO	= 1 << 2,
	GIVEN_SRC	= 1 << 3,
	GIVEN_DST	= 1 << 4,
	GIVEN_SPORT	= 1 << 5,
	GIVEN_DPORT	= 1 << 6,
	GIVEN_FLAGS	= 1 << 7,
	GIVEN_TYPE	= 1 << 8,
	GIVEN_CODE	= 1 << 9,
	GIVEN_LEN	= 1 << 10,
	GIVEN_TTL	= 1 << 11,
	GIVEN_DSCP	= 1 << 12,
	GIVEN_FRAG	= 1 << 13,
	GIVEN_PAYLOAD	= 1 << 14,
	GIVEN_QUEUE	= 1 << 15,
	GIVEN_BPF	= 1 << 16,
	GIVEN_PRIO	= 1 << 17,
	GIVEN_ID	= 1 << 18,
	GIVEN_EXPIRE	= 1 << 19,
	GIVEN_COMMENT	= 1 << 20,
	GIVEN_DRYRUN	= 1 << 21,
	GIVEN_SAMPLE	= 1 << 22,
};

#define GIVEN_PORTS	(GIVEN_SPORT | GIVEN_DPORT)
#define GIVEN_ICMP	(GIVEN_TYPE | GIVEN_CODE)

/* Length 0: the end of the rule. */
struct token {
	const char *at;
	size_t length;
};

struct parser {
	struct fdrop_text *text;
	struct fdrop_sets *sets;
	struct fdrop_rule *rule;
	struct fdrop_text_error *error;
	struct token word;	/* the one just read */
	struct token needy;	/* a match of the transport header */
	enum fdrop_family family;
	unsigned int given;
};

/* A match or a modifier. */
struct clause {
	const char *name;
	int (*parse)(struct parser *p, const struct clause *clause);
	enum given given;
	u16 value;
};

#define QUOTE_MAX	40
#define EXPIRE_MAX	(10U * 365 * 86400)

/* Writes @format into the error, at @at, which is of the line being read. */
static __printf(3, 4) int refuse(struct parser *p, const char *at, const char *format, ...)
{
	struct fdrop_text_error *error = p->error;
	va_list args;
	char *m;

	error->line = p->text->line;
	error->column = at - p->text->line_start + 1;
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

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static bool is_quote(char c)
{
	return c == '"' || c == '\'';
}

/* Behind a newline at the place that is being read. */
static void next_line(struct fdrop_text *t)
{
	t->line_start = ++t->pos;
	t->line++;
}

/* To the closing quote, or the end of the line if there is none. */
static void skip_quoted(struct fdrop_text *t)
{
	char quote = *t->pos++;

	while (t->pos < t->end && *t->pos != quote && *t->pos != '\n')
		t->pos++;
	if (t->pos < t->end && *t->pos == quote)
		t->pos++;
}

static void next_word(struct parser *p)
{
	struct fdrop_text *t = p->text;

	while (t->pos < t->end && is_blank(*t->pos))
		t->pos++;
	p->word.at = t->pos;
	if (t->pos < t->end && is_quote(*t->pos))
		skip_quoted(t);
	else if (t->pos < t->end && *t->pos != '#')
		while (t->pos < t->end && !is_blank(*t->pos) && *t->pos != ';' && *t->pos != '\n')
			t->pos++;
	p->word.length = t->pos - p->word.at;
}

static void skip_comment(struct fdrop_text *t)
{
	while (t->pos < t->end && *t->pos != '\n')
		t->pos++;
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

/* The entry of a list of names, or NULL. */
static const struct fdrop_name *find_name(const struct fdrop_name *names, struct token word)
{
	for (; names->name; names++)
		if (word_is(word, names->name))
			return names;
	return NULL;
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

/* The next word as a number up to @max, which @what describes. */
static int next_number(struct parser *p, u32 max, const char *what, u32 *number)
{
	next_word(p);
	return parse_number(p->word, 10, max, number) ? 0 : refuse_word(p, p->word, what);
}

/* The next word as a number up to @max or a range of them, which @what describes. */
static int next_range(struct parser *p, u32 max, const char *what, struct fdrop_range *range)
{
	struct token lo, hi;
	u32 a, b;

	next_word(p);
	if (!split(p->word, '-', &lo, &hi))
		hi = lo;
	if (!parse_number(lo, 10, max, &a) || !parse_number(hi, 10, max, &b))
		return refuse_word(p, p->word, what);
	if (a > b)
		return refuse(p, p->word.at, "the range is upside down: say %u-%u", b, a);
	range->lo = a;
	range->hi = b;
	return 0;
}

/* The rule is about packets that have these parts. */
static void need_parts(struct parser *p, u16 parts)
{
	p->rule->mask.parts |= parts;
	p->rule->value.parts |= parts;
}

/* The rule is about packets of @family from here on, as the word just read says. */
static int narrow(struct parser *p, enum fdrop_family family)
{
	bool is_ip = p->family == FDROP_FAMILY_IP4 || p->family == FDROP_FAMILY_IP6;

	if (p->family == FDROP_FAMILY_ANY ||
	    (p->family == FDROP_FAMILY_IP && family != FDROP_FAMILY_ETHER))
		p->family = family;
	else if (p->family != family && !(is_ip && family == FDROP_FAMILY_IP))
		return refuse(p, p->word.at, "\"%.*s\" is of another family than the rest of the rule",
			      shown(p->word), p->word.at);
	if (family == FDROP_FAMILY_IP4)
		need_parts(p, FDROP_PART_IP4);
	else if (family == FDROP_FAMILY_IP6)
		need_parts(p, FDROP_PART_IP6);
	else if (family == FDROP_FAMILY_IP)
		need_parts(p, FDROP_PART_IP);
	return 0;
}

static int match_family(struct parser *p, const struct clause *clause)
{
	return narrow(p, clause->value);
}

static int set_ethertype(struct parser *p, u16 ethertype)
{
	p->rule->value.ethertype = cpu_to_be16(ethertype);
	p->rule->mask.ethertype = cpu_to_be16(0xffff);
	return 0;
}

static int match_arp(struct parser *p, const struct clause *clause)
{
	return narrow(p, FDROP_FAMILY_ETHER) ?: set_ethertype(p, clause->value);
}

static int match_ether(struct parser *p, const struct clause *clause)
{
	int err = narrow(p, FDROP_FAMILY_ETHER);
	struct token zero, hex;
	u32 number;

	if (err)
		return err;
	next_word(p);
	if (!split(p->word, 'x', &zero, &hex) || !word_is(zero, "0") ||
	    !parse_number(hex, 16, 0xffff, &number))
		return refuse_word(p, p->word, "an ethertype from 0x0 to 0xffff");
	if (number == 0x8100 || number == 0x88a8)
		return refuse(p, p->word.at, "the ethertype is the one behind all VLAN tags: for the tags, use vlan");
	return set_ethertype(p, number);
}

static int match_vlan(struct parser *p, const struct clause *clause)
{
	u32 id;

	next_word(p);
	p->rule->mask.vlan = cpu_to_be16(FDROP_VLAN_TAGGED | FDROP_VLAN_ID);
	if (word_is(p->word, "none"))
		return 0;
	if (!parse_number(p->word, 10, FDROP_VLAN_ID, &id))
		return refuse_word(p, p->word, "a VLAN id from 0 to 4095, or none");
	p->rule->value.vlan = cpu_to_be16(FDROP_VLAN_TAGGED | id);
	return 0;
}

static int set_proto(struct parser *p, u8 proto)
{
	p->rule->value.proto = proto;
	p->rule->mask.proto = 0xff;
	need_parts(p, FDROP_PART_PROTO);
	return 0;
}

static int match_protocol(struct parser *p, const struct clause *clause)
{
	return narrow(p, fdrop_protocols[clause->value].family) ?:
	       set_proto(p, fdrop_protocols[clause->value].number);
}

static int match_proto(struct parser *p, const struct clause *clause)
{
	int err = narrow(p, FDROP_FAMILY_IP);
	u32 number;

	if (!err)
		err = next_number(p, 255, "a protocol number from 0 to 255", &number);
	return err ?: set_proto(p, number);
}

/* "2001:db8::1/32" has bits that no address of its prefix is asked for. */
static int refuse_host_bits(struct parser *p, struct token word, const __be32 *network,
			    const struct fdrop_prefix *prefix)
{
	char text[FDROP_ADDR_TEXT];

	if (prefix->is_ip6)
		fdrop_addr6_print(network, text);
	else
		fdrop_addr4_print(network[0], text);
	return refuse(p, word.at, "bits are set behind the prefix: say %s/%u or a longer prefix",
		      text, prefix->length);
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

/* @word as an address or prefix: its words, and the whole of it. */
static int parse_prefix(struct parser *p, struct token word, __be32 *addr,
			struct fdrop_prefix *prefix)
{
	bool is_ip6 = word.length && memchr(word.at, ':', word.length);
	u32 most = is_ip6 ? 128 : 32, length = most, i;
	struct token host, digits;
	bool has_length, outside = false;

	has_length = split(word, '/', &host, &digits);
	if (!(is_ip6 ? fdrop_addr6_parse(host.at, host.length, addr) :
		       fdrop_addr4_parse(host.at, host.length, addr)))
		return refuse_word(p, word, "an IPv4 or IPv6 address or prefix");
	if (has_length && !parse_number(digits, 10, most, &length))
		return refuse_word(p, digits.length ? digits : word,
				   is_ip6 ? "a prefix length from 0 to 128" :
					    "a prefix length from 0 to 32");
	for (i = 0; i < (is_ip6 ? 4 : 1); i++) {
		outside |= (addr[i] & ~prefix_mask(length, i)) != 0;
		addr[i] &= prefix_mask(length, i);
	}
	prefix->is_ip6 = is_ip6;
	prefix->length = length;
	prefix->hi = (u64)be32_to_cpu(addr[0]) << 32 | be32_to_cpu(addr[1]);
	prefix->lo = (u64)be32_to_cpu(addr[2]) << 32 | be32_to_cpu(addr[3]);
	return outside ? refuse_host_bits(p, word, addr, prefix) : 0;
}

/* The word just read is an "@" and a name. */
static int match_set(struct parser *p, bool is_src)
{
	struct token name = { p->word.at + 1, p->word.length - 1 };
	int i = fdrop_sets_find(p->sets, name.at, name.length);
	int err;

	if (i < 0)
		return refuse(p, p->word.at, "there is no set \"%.*s\": define it before, as set %.*s { 192.0.2.0/24 }",
			      shown(name), name.at, shown(name), name.at);
	err = narrow(p, FDROP_FAMILY_IP);
	if (is_src) {
		p->rule->value.src_sets = 1U << i;
		p->rule->mask.src_sets = 1U << i;
	} else {
		p->rule->value.dst_sets = 1U << i;
		p->rule->mask.dst_sets = 1U << i;
	}
	return err;
}

static int match_address(struct parser *p, const struct clause *clause)
{
	bool is_src = clause->given == GIVEN_SRC;
	struct fdrop_key *value = &p->rule->value, *mask = &p->rule->mask;
	struct fdrop_prefix prefix;
	__be32 addr[4] = { 0 };
	int err, i;

	next_word(p);
	if (p->word.length && *p->word.at == '@')
		return match_set(p, is_src);
	err = parse_prefix(p, p->word, addr, &prefix);
	if (!err)
		err = narrow(p, prefix.is_ip6 ? FDROP_FAMILY_IP6 : FDROP_FAMILY_IP4);
	if (err)
		return err;
	for (i = 0; i < 4; i++) {
		if (is_src) {
			value->addr[i].src = addr[i];
			mask->addr[i].src = prefix_mask(prefix.length, i);
		} else {
			value->addr[i].dst = addr[i];
			mask->addr[i].dst = prefix_mask(prefix.length, i);
		}
	}
	return 0;
}

/* Begins a match of what is in the transport header. */
static int begin_transport(struct parser *p, u16 parts)
{
	p->needy = p->word;
	need_parts(p, parts);
	return narrow(p, FDROP_FAMILY_IP);
}

/*
 * Whether @range is one number, which goes into the value and mask of @rule. If it
 * is not, it is put into @place, and checked unless it is all there is.
 */
static bool is_exact(struct fdrop_rule *rule, struct fdrop_range *place,
		     struct fdrop_range range, u32 max)
{
	if (range.lo == range.hi)
		return true;
	*place = range;
	if (range.lo > 0 || range.hi < max)
		rule->checks |= FDROP_CHECK_RANGES;
	return false;
}

static int match_port(struct parser *p, const struct clause *clause)
{
	bool is_src = clause->given == GIVEN_SPORT;
	struct fdrop_rule *rule = p->rule;
	struct fdrop_range range;
	int err = begin_transport(p, FDROP_PART_PORTS);

	if (!err)
		err = next_range(p, FDROP_PORT_MAX, "a port from 0 to 65535, or a range of them",
				 &range);
	if (err)
		return err;
	if (is_exact(rule, is_src ? &rule->sport : &rule->dport, range, FDROP_PORT_MAX)) {
		*(is_src ? &rule->value.sport : &rule->value.dport) = cpu_to_be16(range.lo);
		*(is_src ? &rule->mask.sport : &rule->mask.dport) = cpu_to_be16(0xffff);
	}
	return 0;
}

/* "syn,ack", or "none" for none. */
static bool parse_flags(struct token list, u8 *flags)
{
	const struct fdrop_name *name;
	struct token word;
	bool more;

	*flags = 0;
	if (word_is(list, "none"))
		return true;
	do {
		more = split(list, ',', &word, &list);
		name = find_name(fdrop_tcp_flags, word);
		if (!name)
			return false;
		*flags |= name->value;
	} while (more);
	return true;
}

static int match_flags(struct parser *p, const struct clause *clause)
{
	struct fdrop_rule *rule = p->rule;
	int err = begin_transport(p, FDROP_PART_FLAGS);
	struct token value, mask;

	if (err)
		return err;
	next_word(p);
	if (!split(p->word, '/', &value, &mask) || !parse_flags(value, &rule->value.flags) ||
	    !parse_flags(mask, &rule->mask.flags) || !rule->mask.flags)
		return refuse_word(p, p->word, "TCP flags and their mask, such as syn/syn,ack");
	if (rule->value.flags & ~rule->mask.flags)
		return refuse(p, p->word.at, "a flag before the \"/\" is not in the mask behind it");
	return 0;
}

static int match_icmp(struct parser *p, const struct clause *clause)
{
	bool is_type = clause->given == GIVEN_TYPE;
	struct fdrop_rule *rule = p->rule;
	int err = begin_transport(p, FDROP_PART_ICMP);
	u32 number;

	if (!err)
		err = next_number(p, 255, "a number from 0 to 255", &number);
	if (err)
		return err;
	*(is_type ? &rule->value.type : &rule->value.code) = number;
	*(is_type ? &rule->mask.type : &rule->mask.code) = 0xff;
	return 0;
}

static int match_len(struct parser *p, const struct clause *clause)
{
	struct fdrop_rule *rule = p->rule;
	struct fdrop_range range;
	int err = narrow(p, FDROP_FAMILY_IP);

	if (!err)
		err = next_range(p, FDROP_LEN_MAX, "a length from 0 to 65535, or a range of them",
				 &range);
	if (err)
		return err;
	if (is_exact(rule, &rule->len, range, FDROP_LEN_MAX)) {
		rule->value.len = cpu_to_be16(range.lo);
		rule->mask.len = cpu_to_be16(0xffff);
	}
	return 0;
}

static int match_ttl(struct parser *p, const struct clause *clause)
{
	struct fdrop_rule *rule = p->rule;
	struct fdrop_range range;
	int err = narrow(p, FDROP_FAMILY_IP);

	if (!err)
		err = next_range(p, FDROP_TTL_MAX, "a ttl from 0 to 255, or a range of them",
				 &range);
	if (err)
		return err;
	if (is_exact(rule, &rule->ttl, range, FDROP_TTL_MAX)) {
		rule->value.ttl = range.lo;
		rule->mask.ttl = 0xff;
	}
	return 0;
}

static int match_dscp(struct parser *p, const struct clause *clause)
{
	int err = narrow(p, FDROP_FAMILY_IP);
	u32 dscp;

	if (!err)
		err = next_number(p, 63, "a DSCP from 0 to 63", &dscp);
	if (err)
		return err;
	p->rule->value.tos = dscp << 2;
	p->rule->mask.tos = FDROP_DSCP;
	return 0;
}

static int match_frag(struct parser *p, const struct clause *clause)
{
	int err = narrow(p, FDROP_FAMILY_IP);
	const struct fdrop_name *name;

	if (err)
		return err;
	next_word(p);
	name = find_name(fdrop_fragments, p->word);
	if (!name)
		return refuse_word(p, p->word, "no, any, first or later");
	p->rule->mask.parts |= name->value;
	p->rule->value.parts |= name->value >> 16;
	/* Only where all extension headers were read is it known not to be one. */
	if (!(name->value >> 16))
		need_parts(p, FDROP_PART_PROTO);
	return 0;
}

/* Two hexadecimal digits for each of at most FDROP_PAYLOAD_MAX bytes. */
static bool parse_hex(struct token hex, u8 *bytes, u8 *length)
{
	size_t i;
	int digit;

	if (!hex.length || hex.length % 2 || hex.length > 2 * FDROP_PAYLOAD_MAX)
		return false;
	for (i = 0; i < hex.length; i++) {
		digit = fdrop_hex_value(hex.at[i]);
		if (digit < 0)
			return false;
		bytes[i / 2] = bytes[i / 2] << 4 | digit;
	}
	*length = hex.length / 2;
	return true;
}

static int match_payload(struct parser *p, const struct clause *clause)
{
	struct fdrop_payload *payload = &p->rule->payload;
	struct token offset, hex = { 0 }, mask;
	int err = begin_transport(p, FDROP_PART_PROTO);
	u8 length, i;
	u32 number;

	if (err)
		return err;
	next_word(p);
	memset(payload->mask, 0xff, sizeof(payload->mask));
	if (!split(p->word, ':', &offset, &hex) || !parse_number(offset, 10, 0xffff, &number))
		return refuse_word(p, p->word, "OFFSET:HEX or OFFSET:HEX/MASK, such as 0:16fe");
	length = split(hex, '/', &hex, &mask);
	if (!parse_hex(hex, payload->value, &payload->length) ||
	    (length && (!parse_hex(mask, payload->mask, &length) || length != payload->length)))
		return refuse_word(p, p->word, "OFFSET:HEX or OFFSET:HEX/MASK, of 1 to 8 bytes both");
	for (i = 0; i < payload->length; i++)
		if (payload->value[i] & ~payload->mask[i])
			return refuse(p, p->word.at, "the payload has bits that are not in its mask");
	payload->offset = number;
	p->rule->checks |= FDROP_CHECK_PAYLOAD;
	return 0;
}

static int match_queue(struct parser *p, const struct clause *clause)
{
	u32 queue;
	int err = next_number(p, 0xffff, "a receive queue from 0 to 65535", &queue);

	if (err)
		return err;
	p->rule->queue = queue;
	p->rule->checks |= FDROP_CHECK_QUEUE;
	return 0;
}

/* What is between the quotes of the word just read. */
static bool quoted(const struct parser *p, struct token *inside)
{
	size_t length = p->word.length;

	if (length < 2 || !is_quote(p->word.at[0]) || p->word.at[length - 1] != p->word.at[0])
		return false;
	*inside = (struct token){ p->word.at + 1, length - 2 };
	return true;
}

/* "48 0 0 9": code, where to jump if true and if not, operand. */
static bool parse_insn(struct token text, struct sock_filter *insn)
{
	static const u32 max[4] = { 0xffff, 0xff, 0xff, ~0U };
	struct token number;
	bool more, last;
	u32 field[4], i;

	for (i = 0; i < 4; i++) {
		last = i == 3;
		more = split(text, ' ', &number, &text);
		if (more == last || !parse_number(number, 10, max[i], &field[i]))
			return false;
	}
	*insn = (struct sock_filter){ field[0], field[1], field[2], field[3] };
	return true;
}

static int match_bpf(struct parser *p, const struct clause *clause)
{
	struct token text, number;
	struct fdrop_bpf *bpf;
	bool more;
	u32 i, n;

	next_word(p);
	if (!quoted(p, &text))
		return refuse_word(p, p->word, "a BPF program in quotes, as tcpdump -ddd prints it, with commas between its lines");
	more = split(text, ',', &number, &text);
	if (!parse_number(number, 10, FDROP_BPF_MAX, &n) || !n)
		return refuse(p, number.at, "a BPF program begins with its number of instructions, 1 to %u",
			      FDROP_BPF_MAX);
	bpf = fdrop_zalloc(sizeof(*bpf) + n * sizeof(*bpf->insn));
	if (!bpf) {
		refuse(p, p->word.at, "no memory for the BPF program");
		return -ENOMEM;
	}
	fdrop_users_init(&bpf->users);
	p->rule->bpf = bpf;
	p->rule->checks |= FDROP_CHECK_BPF;
	bpf->count = n;
	for (i = 0; i < n && more; i++) {
		more = split(text, ',', &number, &text);
		if (!parse_insn(number, &bpf->insn[i]))
			return refuse_word(p, number, "a BPF instruction, such as 48 0 0 9");
	}
	if (more || i < n)
		return refuse(p, p->word.at, "the BPF program does not have %u instructions", n);
	return 0;
}

static int modify_prio(struct parser *p, const struct clause *clause)
{
	return next_number(p, ~0U, "a priority from 0 to 4294967295", &p->rule->prio);
}

static int modify_id(struct parser *p, const struct clause *clause)
{
	int err = next_number(p, FDROP_ID_MAX, "an id from 1 to 4294967039", &p->rule->id);

	if (!err && !p->rule->id)
		err = refuse_word(p, p->word, "an id from 1 to 4294967039");
	p->rule->named = true;
	return err;
}

static int modify_expire(struct parser *p, const struct clause *clause)
{
	const struct fdrop_name *unit = NULL;
	struct token digits, last;
	u32 number, seconds = 1;

	next_word(p);
	digits = p->word;
	if (digits.length) {
		last = (struct token){ digits.at + digits.length - 1, 1 };
		unit = find_name(fdrop_time_units, last);
	}
	if (unit) {
		digits.length--;
		seconds = unit->value;
	}
	if (!parse_number(digits, 10, EXPIRE_MAX / seconds, &number) || !number)
		return refuse_word(p, p->word, "a time of at most ten years, such as 90s, 10m, 2h or 7d");
	p->rule->expire = number * seconds;
	return 0;
}

static int modify_comment(struct parser *p, const struct clause *clause)
{
	struct token text;
	size_t i;

	next_word(p);
	if (!quoted(p, &text))
		return refuse_word(p, p->word, "a comment in quotes");
	if (!text.length || text.length >= FDROP_COMMENT)
		return refuse(p, p->word.at, "a comment has 1 to %u bytes, and this one %zu",
			      FDROP_COMMENT - 1, text.length);
	for (i = 0; i < text.length; i++)
		if ((unsigned char)text.at[i] < ' ' || text.at[i] == '\x7f')
			return refuse(p, text.at + i, "a comment has no control characters");
	memcpy(p->rule->comment, text.at, text.length);
	return 0;
}

static int modify_dryrun(struct parser *p, const struct clause *clause)
{
	if (!fdrop_rule_takes(p->rule))
		return refuse(p, p->word.at, "dryrun is for rules that drop or divert, and this one does not");
	p->rule->dryrun = true;
	return 0;
}

static int modify_sample(struct parser *p, const struct clause *clause)
{
	int err;

	if (p->rule->action == FDROP_ACTION_DIVERT)
		return refuse(p, p->word.at, "a rule that diverts shows every packet: leave out sample");
	err = next_number(p, ~0U, "a number from 1 to 4294967295: one of so many packets is shown",
			  &p->rule->sample);
	if (!err && !p->rule->sample)
		err = refuse(p, p->word.at, "sample 0 would show none: leave it out");
	return err;
}

static const struct clause matches[] = {
	{ "ip",		match_family,	GIVEN_FAMILY,	FDROP_FAMILY_IP4 },
	{ "ip6",	match_family,	GIVEN_FAMILY,	FDROP_FAMILY_IP6 },
	{ "arp",	match_arp,	GIVEN_FAMILY,	FDROP_ETHER_ARP },
	{ "ether",	match_ether,	GIVEN_FAMILY },
	{ "vlan",	match_vlan,	GIVEN_VLAN },
	{ "proto",	match_proto,	GIVEN_PROTO },
	{ "src",	match_address,	GIVEN_SRC },
	{ "dst",	match_address,	GIVEN_DST },
	{ "sport",	match_port,	GIVEN_SPORT },
	{ "dport",	match_port,	GIVEN_DPORT },
	{ "flags",	match_flags,	GIVEN_FLAGS },
	{ "type",	match_icmp,	GIVEN_TYPE },
	{ "code",	match_icmp,	GIVEN_CODE },
	{ "len",	match_len,	GIVEN_LEN },
	{ "ttl",	match_ttl,	GIVEN_TTL },
	{ "dscp",	match_dscp,	GIVEN_DSCP },
	{ "frag",	match_frag,	GIVEN_FRAG },
	{ "payload",	match_payload,	GIVEN_PAYLOAD },
	{ "queue",	match_queue,	GIVEN_QUEUE },
	{ "bpf",	match_bpf,	GIVEN_BPF },
	{ }
};

static const struct clause modifiers[] = {
	{ "prio",	modify_prio,	GIVEN_PRIO },
	{ "id",		modify_id,	GIVEN_ID },
	{ "expire",	modify_expire,	GIVEN_EXPIRE },
	{ "sample",	modify_sample,	GIVEN_SAMPLE },
	{ "comment",	modify_comment,	GIVEN_COMMENT },
	{ "dryrun",	modify_dryrun,	GIVEN_DRYRUN },
	{ }
};

static const struct clause *find_clause(const struct clause *clauses, struct token word)
{
	for (; clauses->name; clauses++)
		if (word_is(word, clauses->name))
			return clauses;
	return NULL;
}

/* The match that the word just read begins, if it is one. */
static bool find_match(struct token word, struct clause *match)
{
	const struct clause *found = find_clause(matches, word);
	const struct fdrop_protocol *protocol;

	for (protocol = fdrop_protocols; !found && protocol->name; protocol++) {
		if (!word_is(word, protocol->name))
			continue;
		*match = (struct clause){
			protocol->name, match_protocol, GIVEN_PROTO, protocol - fdrop_protocols
		};
		return true;
	}
	if (found)
		*match = *found;
	return found;
}

/* What the rule has already. */
static const char *given_name(const struct clause *clause)
{
	switch (clause->given) {
	case GIVEN_FAMILY:
		return "a family";
	case GIVEN_PROTO:
		return "a protocol";
	default:
		return "one";
	}
}

static int parse_clause(struct parser *p, const struct clause *clause)
{
	if (p->given & clause->given)
		return refuse(p, p->word.at, "\"%s\" is one too many: the rule has %s already",
			      clause->name, given_name(clause));
	p->given |= clause->given;
	return clause->parse(p, clause);
}

/* Hop-by-hop and destination options, routing, fragment: the parser goes on behind them. */
static bool is_extension(u8 proto)
{
	return proto == 0 || proto == 43 || proto == 44 || proto == 60;
}

/* ICMP is of IPv4, and ICMPv6 of IPv6. */
static bool is_icmp(u8 proto, enum fdrop_family family)
{
	return (proto == FDROP_PROTO_ICMP && family != FDROP_FAMILY_IP6) ||
	       (proto == FDROP_PROTO_ICMP6 && family != FDROP_FAMILY_IP4);
}

/* What only the whole of the matches shows. */
static int check_matches(struct parser *p)
{
	struct fdrop_rule *rule = p->rule;
	u8 proto = rule->value.proto;
	bool has_proto = p->given & GIVEN_PROTO;

	if (!(p->given & (GIVEN_PRIO - 1)))
		return refuse(p, p->word.at, "a rule needs a match before its action, such as ip, ip6 or arp");
	if (has_proto && p->family == FDROP_FAMILY_IP6 && is_extension(proto))
		return refuse(p, p->word.at, "IPv6 header %u is followed and never the protocol: see frag, or use bpf",
			      proto);
	if (p->given & GIVEN_PORTS && has_proto && !fdrop_has_ports(proto))
		return refuse(p, p->needy.at, "ports need tcp, udp, sctp, proto 33 or proto 136: the rule's protocol has none");
	if (p->given & GIVEN_FLAGS && has_proto && proto != FDROP_PROTO_TCP)
		return refuse(p, p->needy.at, "flags need tcp: the rule's protocol has none");
	if (p->given & GIVEN_ICMP && !(has_proto && is_icmp(proto, p->family)))
		return refuse(p, p->needy.at, "type and code need icmp or icmp6 in the rule");
	if (rule->value.parts & FDROP_PART_LATER && p->needy.length)
		return refuse(p, p->needy.at, "a later fragment has no transport header, so the rule would never match");
	/* One mask for all that say the same. */
	if (rule->value.parts & (FDROP_PART_IP4 | FDROP_PART_IP6 | FDROP_PART_PROTO |
				 FDROP_PART_PORTS | FDROP_PART_FLAGS)) {
		rule->value.parts &= ~FDROP_PART_IP;
		rule->mask.parts &= ~FDROP_PART_IP;
	}
	return 0;
}

static int parse_rule(struct parser *p)
{
	const struct fdrop_name *action;
	const struct clause *modifier;
	struct clause match;
	int err;

	while (!(action = find_name(fdrop_actions, p->word))) {
		if (!find_match(p->word, &match))
			return refuse_word(p, p->word, p->given ?
					   "a match, or drop, pass, count, divert or protect" : "a match");
		err = parse_clause(p, &match);
		if (err)
			return err;
		next_word(p);
	}
	p->rule->action = action->value;
	err = check_matches(p);

	for (next_word(p); !err && p->word.length; next_word(p)) {
		modifier = find_clause(modifiers, p->word);
		if (!modifier)
			return refuse_word(p, p->word, "prio, id, expire, sample, comment, dryrun, the end of the rule or \";\"");
		err = parse_clause(p, modifier);
	}
	return err;
}

/* Over blanks, commas, newlines and comments between the prefixes of a set. */
static void skip_in_set(struct fdrop_text *t)
{
	while (t->pos < t->end) {
		if (*t->pos == '\n')
			next_line(t);
		else if (*t->pos == '#')
			skip_comment(t);
		else if (is_blank(*t->pos) || *t->pos == ',')
			t->pos++;
		else
			return;
	}
}

static struct token word_in_set(struct fdrop_text *t)
{
	struct token word = { .at = t->pos };

	while (t->pos < t->end && !is_blank(*t->pos) && !memchr(",\n#}", *t->pos, 4))
		t->pos++;
	word.length = t->pos - word.at;
	return word;
}

static int add_prefix(struct parser *p, struct fdrop_set *set, struct token word,
		      const struct fdrop_prefix *prefix)
{
	if (p->sets->prefixes == FDROP_PREFIXES_MAX) {
		refuse(p, word.at, "the sets have %u prefixes already, and that is the limit",
		       FDROP_PREFIXES_MAX);
		return -E2BIG;
	}
	if (fdrop_set_add(set, prefix)) {
		refuse(p, word.at, "no memory for the set");
		return -ENOMEM;
	}
	if (++p->sets->prefixes % 1024 == 0)
		fdrop_resched();
	return 0;
}

static int parse_prefixes(struct parser *p, struct fdrop_set *set)
{
	struct fdrop_text *t = p->text;
	struct fdrop_prefix prefix;
	__be32 addr[4] = { 0 };
	struct token word;
	int err;

	for (skip_in_set(t); t->pos < t->end && *t->pos != '}'; skip_in_set(t)) {
		word = word_in_set(t);
		memset(addr, 0, sizeof(addr));
		err = parse_prefix(p, word, addr, &prefix);
		if (err)
			return err;
		err = add_prefix(p, set, word, &prefix);
		if (err)
			return err;
	}
	if (t->pos == t->end)
		return refuse(p, t->pos, "expected a prefix or \"}\", not the end of the text");
	t->pos++;
	return 0;
}

/* The place of the set whose name was just read, which may be a new one. */
static int open_set(struct parser *p)
{
	struct token name = p->word;
	int i;

	if (p->text->rules_only)
		return refuse(p, name.at, "a set cannot be defined here: only rules are taken");
	if (!fdrop_sets_is_name(name.at, name.length))
		return refuse_word(p, name, "the name of a set: a letter, then up to 30 letters, digits, \"_\", \"-\" or \".\"");
	i = fdrop_sets_find(p->sets, name.at, name.length);
	if (i < 0)
		i = fdrop_sets_add(p->sets, name.at, name.length);
	if (i < 0)
		return refuse(p, name.at, "there are %u sets already, and that is the limit",
			      FDROP_SETS);
	return i;
}

/* Behind the word "set". */
static int parse_set(struct parser *p)
{
	struct fdrop_text *t = p->text;
	int place, err;

	next_word(p);
	place = open_set(p);
	if (place < 0)
		return place;
	while (t->pos < t->end && is_blank(*t->pos))
		t->pos++;
	if (t->pos == t->end || *t->pos != '{') {
		next_word(p);
		return refuse_word(p, p->word, "\"{\"");
	}
	t->pos++;
	err = parse_prefixes(p, &p->sets->set[place]);
	if (err)
		return err;
	next_word(p);
	return p->word.length ? refuse_word(p, p->word, "the end of the line or \";\"") : 0;
}

/* To the next word, over empty rules and comments. */
static void skip_to_rule(struct parser *p)
{
	struct fdrop_text *t = p->text;

	for (next_word(p); !p->word.length && t->pos < t->end; next_word(p)) {
		if (*t->pos == '#')
			skip_comment(t);
		else if (*t->pos == '\n')
			next_line(t);
		else
			t->pos++;
	}
}

int fdrop_rule_parse(struct fdrop_text *text, struct fdrop_sets *sets, struct fdrop_rule *rule,
		     struct fdrop_text_error *error)
{
	struct parser p = { .text = text, .sets = sets, .rule = rule, .error = error };
	int err = 0;

	for (skip_to_rule(&p); word_is(p.word, "set"); skip_to_rule(&p)) {
		err = parse_set(&p);
		if (err)
			return err;
	}
	if (!p.word.length)
		return 0;
	*rule = (struct fdrop_rule){
		.sport = { 0, FDROP_PORT_MAX },
		.dport = { 0, FDROP_PORT_MAX },
		.len = { 0, FDROP_LEN_MAX },
		.ttl = { 0, FDROP_TTL_MAX },
		.prio = FDROP_PRIO_DEFAULT,
		.line = text->line,
	};
	err = parse_rule(&p);
	if (err)
		fdrop_rule_release(rule);
	return err ?: 1;
}
