// SPDX-License-Identifier: GPL-2.0
/* Transactions: whose they are, how they end, what they may hold, what counters do. */
#include "netlink.h"

#include <err.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct nl_answer new_rule(struct nl *nl, const char *rule)
{
	return with_text(nl, FASTDROP_CMD_RULE_NEW, FASTDROP_A_RULE, rule);
}

/* What DEV_GET says of a port. */
struct port {
	__u32 generation;
	__u32 rules;
	__u32 confirm;
};

static void keep_port(__u8 cmd, const struct nl_attrs *attrs, void *arg)
{
	struct port *port = arg;

	port->generation = nl_u32(attrs, FASTDROP_A_GENERATION);
	port->rules = nl_u32(attrs, FASTDROP_A_RULES);
	port->confirm = nl_u32(attrs, FASTDROP_A_CONFIRM);
}

/* Whether a port has so many rules, in that generation, and waits to be confirmed or not. */
static bool port_is(struct nl *nl, const char *dev, __u32 generation, __u32 rules, bool waits)
{
	struct port port = { 0 };
	static struct nl_msg msg;

	nl_begin(&msg, FASTDROP_CMD_DEV_GET);
	nl_put_text(&msg, FASTDROP_A_IFNAME, dev);
	nl_send(nl, &msg);
	nl_finish(nl, keep_port, &port);
	if (port.generation == generation && port.rules == rules && !!port.confirm == waits)
		return true;
	note("%s has generation %u with %u rules, to be confirmed within %u s", dev,
	     port.generation, port.rules, port.confirm);
	return false;
}

static void test_owners(struct nl *nl, struct nl *other)
{
	struct nl_answer answer = begin(nl, "n1", 0);

	ok(is(&answer, 0, "") && answer.generation == 1, "BEGIN tells the generation");
	answer = begin(nl, "n2", 0);
	ok(is(&answer, EBUSY, "this socket has a transaction already"), "a socket has one");
	answer = begin(other, "n1", 0);
	ok(is(&answer, EBUSY, "someone else is changing the rules"), "so has a port");
	answer = new_rule(other, "udp drop");
	ok(is(&answer, EINVAL, "begin one first"), "it is the socket's own");
	answer = begin(other, "n2", 0);
	ok(is(&answer, 0, ""), "another port may have one at the same time");
	answer = plain(other, FASTDROP_CMD_ABORT);
	ok(is(&answer, 0, ""), "ABORT");

	answer = new_rule(nl, "udp drop\ntcp drop");
	ok(is(&answer, 0, "") && port_is(nl, "n1", 1, 0, false), "a draft is not in force");
	answer = commit(nl, 0);
	ok(is(&answer, 0, "") && answer.generation == 2, "COMMIT tells the new generation");
	ok(port_is(nl, "n1", 2, 2, false), "and that is in force");
	answer = commit(nl, 0);
	ok(is(&answer, EINVAL, "begin one first"), "there is nothing more to commit");
}

static void test_expected(struct nl *nl)
{
	struct nl_answer answer = begin(nl, "n1", 1);

	ok(is(&answer, ESTALE, "changed by someone else since generation 1: it is 2 now") &&
	   answer.offset == NL_FIRST + 8, "another generation than EXPECTED is refused");
	answer = begin(nl, "n1", 2);
	ok(is(&answer, 0, ""), "the right one is not");
	answer = plain(nl, FASTDROP_CMD_ABORT);
	ok(is(&answer, 0, "") && port_is(nl, "n1", 2, 2, false), "ABORT leaves all as it was");
}

static void test_spoiled(struct nl *nl)
{
	struct nl_answer answer = begin(nl, "n1", 0);
	static struct nl_msg msg;

	new_rule(nl, "icmp drop");
	answer = new_rule(nl, "icmp fall");
	ok(is(&answer, EINVAL, "fall"), "a bad rule is refused");
	answer = commit(nl, 0);
	ok(is(&answer, ECANCELED, "abort it"), "the good one cannot be committed then");
	answer = plain(nl, FASTDROP_CMD_ABORT);
	ok(is(&answer, 0, ""), "only ABORT is left");
	ok(port_is(nl, "n1", 2, 2, false), "the rules are what they were");

	begin(nl, "n1", 0);
	nl_begin(&msg, FASTDROP_CMD_RULE_NEW);
	nl_put(&msg, FASTDROP_A_RULE, "tcp drop", 8);
	answer = nl_talk(nl, &msg);
	ok(answer.err == EINVAL, "what breaks the policy is refused");
	answer = new_rule(nl, "icmp drop");
	ok(is(&answer, 0, ""), "and is no request: the draft does not know of it");
	plain(nl, FASTDROP_CMD_ABORT);

	begin(nl, "n1", 0);
	plain(nl, FASTDROP_CMD_RULE_FLUSH);
	new_rule(nl, "udp drop id 4");
	answer = new_rule(nl, "tcp drop id 4");
	ok(is(&answer, EEXIST, "id 4 is taken"), "an id twice is refused");
	answer = commit(nl, 0);
	ok(is(&answer, ECANCELED, "abort it"), "and so is a COMMIT then");
	plain(nl, FASTDROP_CMD_ABORT);
}

static void test_closed(struct nl *nl)
{
	struct nl_answer answer;
	struct nl other;
	int i;

	for (i = 0; i < 100; i++) {
		nl_open(&other);
		answer = begin(&other, "n1", 0);
		new_rule(&other, "icmp drop");
		nl_close(&other);
		if (!is(&answer, 0, ""))
			break;
	}
	ok(i == 100, "a socket that is closed throws its draft away, a hundred times");
	answer = begin(nl, "n1", 2);
	ok(is(&answer, 0, "") && port_is(nl, "n1", 2, 2, false), "nothing of it is left");
	plain(nl, FASTDROP_CMD_ABORT);
}

static void test_confirm(struct nl *nl)
{
	struct nl_answer answer;
	static struct nl_msg msg;

	begin(nl, "n1", 0);
	new_rule(nl, "icmp drop");
	answer = commit(nl, 60);
	ok(is(&answer, 0, "") && port_is(nl, "n1", 3, 3, true), "COMMIT with CONFIRM is in force");
	answer = begin(nl, "n1", 0);
	ok(is(&answer, EBUSY, "generation 3 waits to be confirmed"), "and no other until confirmed");
	nl_begin(&msg, FASTDROP_CMD_CONFIRM);
	nl_put_text(&msg, FASTDROP_A_IFNAME, "n1");
	nl_put_u32(&msg, FASTDROP_A_EXPECTED, 2);
	answer = nl_talk(nl, &msg);
	ok(is(&answer, ESTALE, "since generation 2: it is 3 now") &&
	   answer.offset == NL_FIRST + 8, "CONFIRM of another generation is refused");
	answer = of_port(nl, FASTDROP_CMD_CONFIRM, "n1");
	ok(is(&answer, 0, "") && port_is(nl, "n1", 3, 3, false), "CONFIRM keeps it");

	begin(nl, "n1", 0);
	plain(nl, FASTDROP_CMD_RULE_FLUSH);
	commit(nl, 60);
	answer = of_port(nl, FASTDROP_CMD_ROLLBACK, "n1");
	ok(is(&answer, 0, "") && port_is(nl, "n1", 5, 3, false), "ROLLBACK brings the old ones back");
	begin(nl, "n1", 0);
	plain(nl, FASTDROP_CMD_RULE_FLUSH);
	commit(nl, 1);
	ok(port_is(nl, "n1", 6, 0, true), "a COMMIT for a second");
	sleep(2);
	ok(port_is(nl, "n1", 7, 3, false), "rolls back by itself");
}

static void test_protect(struct nl *nl, struct nl *other)
{
	struct nl_answer answer = begin(nl, "n1", 0);
	static struct nl_msg msg;

	nl_begin(&msg, FASTDROP_CMD_DEV_SET);
	nl_put_text(&msg, FASTDROP_A_IFNAME, "n1");
	nl_put_u8(&msg, FASTDROP_A_PROTECT, 0);
	answer = nl_talk(other, &msg);
	ok(is(&answer, EBUSY, "someone else") && answer.offset == NL_FIRST + 8,
	   "DEV_SET does not change PROTECT amid a transaction");
	plain(nl, FASTDROP_CMD_ABORT);
	answer = nl_talk(other, &msg);
	ok(is(&answer, 0, "") && port_is(nl, "n1", 8, 3, false), "after it, it does");
}

void test_drafts(void)
{
	struct nl nl, other;

	nl_open(&nl);
	nl_open(&other);
	dev_new(&nl, "n1");
	dev_new(&nl, "n2");
	test_owners(&nl, &other);
	test_expected(&nl);
	test_spoiled(&nl);
	test_closed(&nl);
	test_confirm(&nl);
	test_protect(&nl, &other);
	dev_del(&nl, "n1");
	dev_del(&nl, "n2");
	nl_close(&other);
	nl_close(&nl);
}

/* In a transaction of its own: so many of @format with numbers are fine, and one more is not. */
static void test_limit(struct nl *nl, __u8 cmd, int type, const char *format, int limit,
		       const char *part)
{
	struct nl_answer answer = begin(nl, "n1", 0);
	char text[80];
	int i;

	for (i = 0; i < limit && !answer.err; i++) {
		snprintf(text, sizeof(text), format, i);
		answer = with_text(nl, cmd, type, text);
	}
	ok(is(&answer, 0, ""), "%d of \"%s\"", limit, format);
	snprintf(text, sizeof(text), format, limit);
	answer = with_text(nl, cmd, type, text);
	if (!answer.err)
		answer = commit(nl, 0);
	ok(is(&answer, E2BIG, part), "and not one more");
	plain(nl, FASTDROP_CMD_ABORT);
}

/* In a transaction of its own: a text that is refused. */
static void test_text(struct nl *nl, __u8 cmd, int type, const char *text, int err,
		      const char *part, const char *what)
{
	struct nl_answer answer = begin(nl, "n1", 0);

	answer = with_text(nl, cmd, type, text);
	ok(is(&answer, err, part) && answer.offset == NL_FIRST, "%s", what);
	plain(nl, FASTDROP_CMD_ABORT);
}

static void test_long_texts(struct nl *nl)
{
	static char text[65000];
	size_t n;
	int i;

	snprintf(text, sizeof(text), "udp drop comment \"%064d\"", 0);
	test_text(nl, FASTDROP_CMD_RULE_NEW, FASTDROP_A_RULE, text, EINVAL, "63",
		  "a comment of 64 bytes");
	n = snprintf(text, sizeof(text), "bpf '513");
	for (i = 0; i < 513; i++)
		n += snprintf(text + n, sizeof(text) - n, ",6 0 0 1");
	snprintf(text + n, sizeof(text) - n, "' drop");
	test_text(nl, FASTDROP_CMD_RULE_NEW, FASTDROP_A_RULE, text, EINVAL, "512",
		  "a program of 513 instructions");
	memset(text, 'a', sizeof(text) - 1);
	test_text(nl, FASTDROP_CMD_RULE_NEW, FASTDROP_A_RULE, text, EINVAL, "expected a match",
		  "a word of 64 KiB");
	test_text(nl, FASTDROP_CMD_SET_NEW, FASTDROP_A_SET, text, EINVAL, "up to 30",
		  "a name of 64 KiB, and the sentence tells the limit");
	test_text(nl, FASTDROP_CMD_SET_FLUSH, FASTDROP_A_SET, text, ENOENT, "there is no set",
		  "also of a set that is not there");
	text[31] = '\0';
	test_text(nl, FASTDROP_CMD_SET_DEL, FASTDROP_A_SET, text, ENOENT, text,
		  "a name of 31 letters is quoted");
	text[31] = 'a';
	text[32] = '\0';
	test_text(nl, FASTDROP_CMD_SET_NEW, FASTDROP_A_SET, text, EINVAL, "up to 30",
		  "a name has 31 letters");
	test_text(nl, FASTDROP_CMD_RULE_NEW, FASTDROP_A_RULE, "udp drop id 4294967040", EINVAL,
		  "4294967039", "the ids of the port's own rules are not to be had");
	test_text(nl, FASTDROP_CMD_RULE_NEW, FASTDROP_A_RULE, "udp drop id 0", EINVAL, "4294967039",
		  "nor is 0");
	test_text(nl, FASTDROP_CMD_RULE_NEW, FASTDROP_A_RULE, "udp drop expire 3651d", EINVAL,
		  "ten years", "nor eleven years");
}

void test_limits(void)
{
	struct nl_answer answer;
	struct nl nl;

	nl_open(&nl);
	dev_new(&nl, "n1");
	test_limit(&nl, FASTDROP_CMD_SET_NEW, FASTDROP_A_SET, "s%d", 32, "there are 32 sets already");
	test_limit(&nl, FASTDROP_CMD_RULE_NEW, FASTDROP_A_RULE, "udp dport %d protect", 64 - 7,
		   "64 is the limit");
	test_long_texts(&nl);
	begin(&nl, "n1", 0);
	answer = commit(&nl, 86401);
	ok(is(&answer, EINVAL, "86401 seconds to confirm are too many: up to 86400"),
	   "more than a day to confirm");
	plain(&nl, FASTDROP_CMD_ABORT);
	begin(&nl, "n1", 0);
	answer = commit(&nl, 86400);
	ok(is(&answer, 0, ""), "a day is fine");
	dev_del(&nl, "n1");
	nl_close(&nl);
}

/* What a rule has counted, found by its id. */
struct wanted {
	__u32 id;
	__u64 packets;
	bool found;
};

static void keep_hits(__u8 cmd, const struct nl_attrs *attrs, void *arg)
{
	struct wanted *rule = arg;

	if (nl_u32(attrs, FASTDROP_A_RULE_ID) != rule->id)
		return;
	rule->packets = nl_count(attrs, FASTDROP_A_HITS, FASTDROP_COUNT_PACKETS);
	rule->found = true;
}

/* Whether the rule of that id comes to have so many; it may take a moment. */
static bool hits_are(struct nl *nl, __u32 id, __u64 packets)
{
	struct wanted rule = { .id = id };
	int left;

	for (left = 200; left; left--) {
		send_rule_dump(nl, "n1");
		nl_finish(nl, keep_hits, &rule);
		if (rule.found && rule.packets == packets)
			return true;
		usleep(10000);
	}
	note("rule %u has %llu packets, not %llu", id, rule.packets, packets);
	return false;
}

/* UDP by n0, which n1 gets. */
static void send_packets(int count, __u16 dport)
{
	unsigned char frame[60] = "\2\0\0\0\0\1\2\0\0\0\0\2\x08\0"
		"\x45\0\0\x1c\0\1\0\0\x40\x11\0\0\xc0\0\2\1\xc0\0\2\2"
		"\x30\x39\0\0\0\x08\0\0";
	struct sockaddr_ll addr = { .sll_family = AF_PACKET };
	int s = socket(AF_PACKET, SOCK_RAW, 0);

	frame[36] = dport >> 8;
	frame[37] = dport & 255;
	addr.sll_ifindex = if_nametoindex("n0");
	if (s < 0 || bind(s, (struct sockaddr *)&addr, sizeof(addr)))
		err(1, "n0");
	for (; count; count--)
		if (send(s, frame, sizeof(frame), 0) < 0)
			err(1, "send");
	close(s);
}

static void replace_rule(struct nl *nl, const char *rule)
{
	begin(nl, "n1", 0);
	with_text(nl, FASTDROP_CMD_RULE_REPLACE, FASTDROP_A_RULE, rule);
	commit(nl, 0);
}

static void test_rollback_counts(struct nl *nl)
{
	begin(nl, "n1", 0);
	with_text(nl, FASTDROP_CMD_RULE_REPLACE, FASTDROP_A_RULE, "udp dport 7 count id 5");
	commit(nl, 60);
	send_packets(3, 7);
	ok(hits_are(nl, 5, 18), "until it is confirmed it goes on");
	of_port(nl, FASTDROP_CMD_ROLLBACK, "n1");
	ok(hits_are(nl, 5, 18), "and when it is rolled back");
}

void test_counts(void)
{
	struct nl nl;

	nl_open(&nl);
	dev_new(&nl, "n1");
	put_rules(&nl, "n1", "udp dport 7 drop id 5\nudp dport 8 drop");
	send_packets(10, 7);
	send_packets(20, 8);
	ok(hits_are(&nl, 5, 10) && hits_are(&nl, 6, 20), "rules count");
	begin(&nl, "n1", 0);
	new_rule(&nl, "tcp drop prio 1");
	commit(&nl, 0);
	ok(hits_are(&nl, 5, 10) && hits_are(&nl, 6, 20), "and keep that over a commit");
	replace_rule(&nl, "udp dport 7-9 drop id 5");
	ok(hits_are(&nl, 5, 10), "a named rule too that was replaced");
	send_packets(5, 7);
	ok(hits_are(&nl, 5, 15), "and it goes on");
	replace_rule(&nl, "udp dport 7 pass id 6");
	ok(hits_are(&nl, 6, 0), "one that was unnamed and is another now begins at 0");
	test_rollback_counts(&nl);
	put_rules(&nl, "n1", "udp dport 7 drop id 5");
	ok(hits_are(&nl, 5, 18), "also when all rules are flushed, and some come back");
	put_rules(&nl, "n1", "udp dport 7 drop id 6");
	ok(hits_are(&nl, 6, 0), "a new id begins at 0");
	dev_del(&nl, "n1");
	nl_close(&nl);
}
