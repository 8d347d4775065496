// SPDX-License-Identifier: GPL-2.0
/*
 * The netlink family, as its header specifies it. Run by netlink.sh, which makes
 * the devices: n0 and n1 are a veth pair, n2 is a dummy, b0 a bridge with the
 * dummy n3 as its port; the namespace "away" has nothing.
 *
 * usage: netlink fastdrop.ko
 */
#include "netlink.h"

#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int number;

void note(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	printf("# ");
	vprintf(format, args);
	printf("\n");
	va_end(args);
}

bool ok(bool good, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	printf("%sok %d ", good ? "" : "not ", ++number);
	vprintf(format, args);
	printf("\n");
	fflush(stdout);
	va_end(args);
	return good;
}

bool is(const struct nl_answer *answer, int err, const char *part)
{
	if (answer->err == err && strstr(answer->sentence, part))
		return true;
	note("expected %s \"%s\", got %s \"%s\"", strerror(err), part, strerror(answer->err),
	     answer->sentence);
	return false;
}

void run(const char *format, ...)
{
	char command[256];
	va_list args;

	va_start(args, format);
	vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	note("%s", command);
	fflush(stdout);
	if (system(command))
		errx(1, "failed: %s", command);
}

struct nl_answer of_port(struct nl *nl, __u8 cmd, const char *dev)
{
	static struct nl_msg msg;

	nl_begin(&msg, cmd);
	nl_put_text(&msg, FASTDROP_A_IFNAME, dev);
	return nl_talk(nl, &msg);
}

struct nl_answer dev_new(struct nl *nl, const char *dev)
{
	return of_port(nl, FASTDROP_CMD_DEV_NEW, dev);
}

struct nl_answer dev_del(struct nl *nl, const char *dev)
{
	return of_port(nl, FASTDROP_CMD_DEV_DEL, dev);
}

struct nl_answer begin(struct nl *nl, const char *dev, __u32 expected)
{
	static struct nl_msg msg;

	nl_begin(&msg, FASTDROP_CMD_BEGIN);
	nl_put_text(&msg, FASTDROP_A_IFNAME, dev);
	nl_put_u32(&msg, FASTDROP_A_EXPECTED, expected);
	return nl_talk(nl, &msg);
}

struct nl_answer commit(struct nl *nl, __u32 confirm)
{
	static struct nl_msg msg;

	nl_begin(&msg, FASTDROP_CMD_COMMIT);
	if (confirm)
		nl_put_u32(&msg, FASTDROP_A_CONFIRM, confirm);
	return nl_talk(nl, &msg);
}

struct nl_answer plain(struct nl *nl, __u8 cmd)
{
	static struct nl_msg msg;

	nl_begin(&msg, cmd);
	return nl_talk(nl, &msg);
}

struct nl_answer with_text(struct nl *nl, __u8 cmd, int type, const char *text)
{
	static struct nl_msg msg;

	nl_begin(&msg, cmd);
	nl_put_text(&msg, type, text);
	return nl_talk(nl, &msg);
}

struct nl_answer add_prefixes4(struct nl *nl, const char *set, __u32 first, unsigned int count)
{
	static struct fastdrop_prefix4 prefixes[8000];
	static struct nl_msg msg;
	unsigned int i;

	if (count > ARRAY_SIZE(prefixes))
		errx(1, "%u prefixes are too many for a request", count);
	for (i = 0; i < count; i++)
		prefixes[i] = (struct fastdrop_prefix4){
			.addr = __builtin_bswap32(first + i), .length = 32 };
	nl_begin(&msg, FASTDROP_CMD_ELEMENT_NEW);
	nl_put_text(&msg, FASTDROP_A_SET, set);
	nl_put(&msg, FASTDROP_A_PREFIXES4, prefixes, count * sizeof(prefixes[0]));
	return nl_talk(nl, &msg);
}

__u32 put_rules(struct nl *nl, const char *dev, const char *rules)
{
	struct nl_answer answer = begin(nl, dev, 0);

	if (!answer.err)
		answer = plain(nl, FASTDROP_CMD_RULE_FLUSH);
	if (!answer.err)
		answer = with_text(nl, FASTDROP_CMD_RULE_NEW, FASTDROP_A_RULE, rules);
	if (!answer.err)
		answer = commit(nl, 0);
	if (answer.err)
		errx(1, "rules of %s: %s: %s", dev, strerror(answer.err), answer.sentence);
	return answer.generation;
}

void send_rule_dump(struct nl *nl, const char *dev)
{
	static struct nl_msg msg;

	nl_begin(&msg, FASTDROP_CMD_RULE_GET);
	nl_put_text(&msg, FASTDROP_A_IFNAME, dev);
	msg.header.nlmsg_flags |= NLM_F_DUMP;
	nl_send(nl, &msg);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		errx(2, "usage: netlink fastdrop.ko");
	test_requests();
	test_drafts();
	test_limits();
	test_counts();
	test_dumps();
	test_events();
	test_ports(argv[1]);
	printf("# done\n");
	return 0;
}
