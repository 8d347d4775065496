// SPDX-License-Identifier: GPL-2.0
/* Dumps: whole, of one generation, and of any length. */
#include "netlink.h"

#include <net/if.h>
#include <stdio.h>
#include <string.h>

#define MANY_RULES	10000
#define MANY_PREFIXES	100000
#define AT_ONCE		5000

/* What came by a dump. */
struct harvest {
	unsigned int count;
	unsigned int bad;
	__u32 generation;
	__u32 next;
};

/* Rules "udp dport N drop id N" from 1 on. */
static void check_rule(__u8 cmd, const struct nl_attrs *attrs, void *arg)
{
	struct harvest *harvest = arg;
	char text[64];

	if (attrs->at[FASTDROP_A_OWN])
		return;
	harvest->count++;
	snprintf(text, sizeof(text), "udp dport %u drop id %u", harvest->count, harvest->count);
	if (cmd != FASTDROP_CMD_RULE_GET || !attrs->at[FASTDROP_A_HITS] ||
	    nl_u32(attrs, FASTDROP_A_RULE_ID) != harvest->count ||
	    strcmp(nl_text(attrs, FASTDROP_A_RULE), text) ||
	    nl_u32(attrs, FASTDROP_A_GENERATION) != harvest->generation)
		harvest->bad++;
}

static void check_prefixes(__u8 cmd, const struct nl_attrs *attrs, void *arg)
{
	const struct nlattr *attr = attrs->at[FASTDROP_A_PREFIXES4];
	const struct fastdrop_prefix4 *prefix = (const void *)(attr + 1);
	struct harvest *harvest = arg;
	unsigned int i, n;

	if (!attr || strcmp(nl_text(attrs, FASTDROP_A_SET), "many")) {
		harvest->bad++;
		return;
	}
	n = (attr->nla_len - NLA_HDRLEN) / sizeof(*prefix);
	for (i = 0; i < n; i++, harvest->next += 2)
		if (prefix[i].addr != __builtin_bswap32(harvest->next) || prefix[i].length != 32)
			harvest->bad++;
	harvest->count += n;
}

static void add_many_rules(struct nl *nl)
{
	static struct nl_msg msg;
	struct nl_answer answer;
	char text[64];
	int i;

	answer = begin(nl, "n1", 0);
	nl_begin(&msg, FASTDROP_CMD_RULE_NEW);
	for (i = 1; i <= MANY_RULES && !answer.err; i++) {
		snprintf(text, sizeof(text), "udp dport %d drop id %d", i, i);
		nl_put_text(&msg, FASTDROP_A_RULE, text);
		if (i % 1000)
			continue;
		answer = nl_talk(nl, &msg);
		nl_begin(&msg, FASTDROP_CMD_RULE_NEW);
	}
	if (!answer.err)
		answer = commit(nl, 0);
	ok(is(&answer, 0, ""), "%d rules", MANY_RULES);
}

/* Every other address, so that none joins another. */
static void add_many_prefixes(struct nl *nl)
{
	static struct fastdrop_prefix4 prefixes[AT_ONCE];
	static struct nl_msg msg;
	struct nl_answer answer;
	int i;

	begin(nl, "n1", 0);
	answer = with_text(nl, FASTDROP_CMD_SET_NEW, FASTDROP_A_SET, "many");
	for (i = 0; i < MANY_PREFIXES && !answer.err; i++) {
		prefixes[i % AT_ONCE] = (struct fastdrop_prefix4){
			.addr = __builtin_bswap32(0x0a000000 + 2 * i), .length = 32 };
		if ((i + 1) % AT_ONCE)
			continue;
		nl_begin(&msg, FASTDROP_CMD_ELEMENT_NEW);
		nl_put_text(&msg, FASTDROP_A_SET, "many");
		nl_put(&msg, FASTDROP_A_PREFIXES4, prefixes, sizeof(prefixes));
		answer = nl_talk(nl, &msg);
	}
	if (!answer.err)
		answer = commit(nl, 0);
	ok(is(&answer, 0, ""), "%d prefixes", MANY_PREFIXES);
}

static void test_rules(struct nl *nl, struct nl *other)
{
	struct harvest harvest = { .generation = 2 };
	struct nl_answer answer;

	add_many_rules(nl);
	send_rule_dump(nl, "n1");
	answer = nl_finish(nl, check_rule, &harvest);
	ok(is(&answer, 0, "") && harvest.count == MANY_RULES && !harvest.bad,
	   "a dump has them all, in their order");

	harvest = (struct harvest){ .generation = 2 };
	send_rule_dump(nl, "n1");
	put_rules(other, "n1", "tcp drop");
	answer = nl_finish(nl, check_rule, &harvest);
	ok(is(&answer, 0, "") && harvest.count == MANY_RULES && !harvest.bad && !answer.interrupted,
	   "one that began before a commit ends with the old generation");
	harvest = (struct harvest){ .generation = 3 };
	send_rule_dump(nl, "n1");
	answer = nl_finish(nl, check_rule, &harvest);
	ok(harvest.count == 1 && answer.generation == 3, "the next one has the new one");
}

static void count_sets(__u8 cmd, const struct nl_attrs *attrs, void *arg)
{
	struct harvest *harvest = arg;

	if (cmd == FASTDROP_CMD_SET_GET && !strcmp(nl_text(attrs, FASTDROP_A_SET), "many"))
		harvest->count += nl_u32(attrs, FASTDROP_A_PREFIXES);
}

static void dump_prefixes(struct nl *nl, struct harvest *harvest)
{
	struct nl_answer answer;
	static struct nl_msg msg;

	nl_begin(&msg, FASTDROP_CMD_ELEMENT_GET);
	nl_put_text(&msg, FASTDROP_A_IFNAME, "n1");
	nl_put_text(&msg, FASTDROP_A_SET, "many");
	answer = nl_dump(nl, &msg, check_prefixes, harvest);
	if (!is(&answer, 0, ""))
		harvest->bad++;
}

static void test_prefixes(struct nl *nl)
{
	struct harvest harvest = { .next = 0x0a000000 };
	struct harvest sets = { 0 };
	static struct nl_msg msg;

	add_many_prefixes(nl);
	dump_prefixes(nl, &harvest);
	ok(harvest.count == MANY_PREFIXES && !harvest.bad, "a dump has them all, in their order");
	nl_begin(&msg, FASTDROP_CMD_SET_GET);
	nl_put_text(&msg, FASTDROP_A_IFNAME, "n1");
	nl_dump(nl, &msg, count_sets, &sets);
	ok(sets.count == MANY_PREFIXES, "SET_GET tells how many");
}

/* Queues first, without a rule; then rules, without a queue. */
struct stats {
	unsigned int queues;
	unsigned int rules;
	unsigned int own;
	bool bad;
};

static void check_stats(__u8 cmd, const struct nl_attrs *attrs, void *arg)
{
	struct stats *stats = arg;
	int type;

	if (cmd != FASTDROP_CMD_STATS_GET || !nl_u32(attrs, FASTDROP_A_GENERATION))
		stats->bad = true;
	if (attrs->at[FASTDROP_A_QUEUE]) {
		if (stats->rules || nl_u32(attrs, FASTDROP_A_QUEUE) != stats->queues++)
			stats->bad = true;
		for (type = FASTDROP_A_SEEN; type <= FASTDROP_A_TOO_MANY_HEADERS; type++)
			stats->bad |= !attrs->at[type];
		for (type = FASTDROP_A_DIVERTED; type <= FASTDROP_A_RING_LOST; type++)
			stats->bad |= !attrs->at[type];
		return;
	}
	stats->bad |= !attrs->at[FASTDROP_A_RULE] || !attrs->at[FASTDROP_A_HITS];
	stats->rules++;
	if (attrs->at[FASTDROP_A_OWN])
		stats->own++;
}

static void keep_queues(__u8 cmd, const struct nl_attrs *attrs, void *arg)
{
	*(unsigned int *)arg = nl_u32(attrs, FASTDROP_A_QUEUES);
}

static void test_stats(struct nl *nl)
{
	struct stats stats = { 0 };
	static struct nl_msg msg;
	unsigned int queues = 0;

	nl_begin(&msg, FASTDROP_CMD_DEV_GET);
	nl_put_text(&msg, FASTDROP_A_IFNAME, "n1");
	nl_send(nl, &msg);
	nl_finish(nl, keep_queues, &queues);
	nl_begin(&msg, FASTDROP_CMD_STATS_GET);
	nl_put_text(&msg, FASTDROP_A_IFNAME, "n1");
	nl_dump(nl, &msg, check_stats, &stats);
	if (stats.queues != queues || stats.rules != 8 || stats.own != 7)
		note("%u queues, %u rules, of which %u are the port's own", stats.queues,
		     stats.rules, stats.own);
	ok(stats.queues == queues && stats.rules == 8 && stats.own == 7 && !stats.bad,
	   "STATS_GET has the queues, then the rules");
}

static void keep_port(__u8 cmd, const struct nl_attrs *attrs, void *arg)
{
	char (*names)[2][IFNAMSIZ] = arg;

	snprintf((*names)[(*names)[0][0] != '\0'], IFNAMSIZ, "%s",
		 nl_text(attrs, FASTDROP_A_IFNAME));
}

static void test_ports_dump(struct nl *nl)
{
	char names[2][IFNAMSIZ] = { "", "" };
	struct nl_answer answer;
	static struct nl_msg msg;

	dev_new(nl, "n2");
	nl_begin(&msg, FASTDROP_CMD_DEV_GET);
	answer = nl_dump(nl, &msg, keep_port, &names);
	ok(is(&answer, 0, "") && answer.messages == 2 && !strcmp(names[0], "n1") &&
	   !strcmp(names[1], "n2") && !answer.interrupted, "DEV_GET dumps all ports");
	dev_del(nl, "n2");
}

void test_dumps(void)
{
	struct nl nl, other;

	nl_open(&nl);
	nl_open(&other);
	dev_new(&nl, "n1");
	test_rules(&nl, &other);
	test_prefixes(&nl);
	test_stats(&nl);
	test_ports_dump(&nl);
	dev_del(&nl, "n1");
	nl_close(&other);
	nl_close(&nl);
}
