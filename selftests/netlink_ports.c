// SPDX-License-Identifier: GPL-2.0
/* Ports, and the module, that go away while somebody is at them. */
#define _GNU_SOURCE
#include "netlink.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static void load(const char *module)
{
	int fd = open(module, O_RDONLY);

	if (fd < 0 || syscall(SYS_finit_module, fd, "", 0))
		err(1, "%s", module);
	close(fd);
}

static bool unload(void)
{
	return !syscall(SYS_delete_module, "fastdrop", O_NONBLOCK);
}

static void count(__u8 cmd, const struct nl_attrs *attrs, void *arg)
{
	if (!attrs->at[FASTDROP_A_OWN])
		++*(int *)arg;
}

/* So many rules that a dump of them has more than one part. */
static void put_many_rules(struct nl *nl, const char *dev)
{
	static char text[60000];
	size_t n = 0;
	int i;

	for (i = 1; i <= 3000; i++)
		n += snprintf(text + n, sizeof(text) - n, "udp dport %d drop\n", i);
	put_rules(nl, dev, text);
}

/* What is left of a transaction whose port is gone. */
static void test_orphan(struct nl *nl, const char *what)
{
	struct nl_answer answer;
	bool good;

	answer = with_text(nl, FASTDROP_CMD_RULE_NEW, FASTDROP_A_RULE, "udp drop");
	good = is(&answer, 0, "");
	answer = commit(nl, 0);
	good &= is(&answer, ENODEV, "no longer protected");
	answer = plain(nl, FASTDROP_CMD_ABORT);
	ok(good && is(&answer, 0, ""), "%s amid a transaction: COMMIT is refused", what);
}

static void test_port_deleted(struct nl *nl, struct nl *other)
{
	struct nl_answer answer;
	int rules = 0;

	dev_new(nl, "n1");
	begin(nl, "n1", 0);
	answer = dev_del(other, "n1");
	ok(is(&answer, 0, ""), "a port can be deleted amid a transaction");
	dev_new(other, "n1");
	test_orphan(nl, "DEV_DEL");
	answer = begin(nl, "n1", 1);
	ok(is(&answer, 0, ""), "the port that came instead has its own");
	plain(nl, FASTDROP_CMD_ABORT);

	put_many_rules(nl, "n1");
	send_rule_dump(nl, "n1");
	answer = dev_del(other, "n1");
	ok(is(&answer, 0, ""), "and amid a dump");
	answer = nl_finish(nl, count, &rules);
	ok(is(&answer, 0, "") && rules == 3000, "which is whole all the same");
	answer = of_port(nl, FASTDROP_CMD_DEV_GET, "n1");
	ok(is(&answer, ENODEV, "protected"), "then it is gone");
}

static void test_moved(struct nl *nl)
{
	struct nl_answer answer;
	int rules = 0;

	dev_new(nl, "n2");
	put_many_rules(nl, "n2");
	send_rule_dump(nl, "n2");
	run("ip link set n2 netns away");
	answer = nl_finish(nl, count, &rules);
	ok(is(&answer, 0, "") && rules == 3000, "a dump of a device that moves away is whole");
	answer = of_port(nl, FASTDROP_CMD_DEV_GET, "n2");
	ok(is(&answer, ENODEV, "protected"), "it is not protected any more");
	run("ip -n away link set n2 netns 1");
	dev_new(nl, "n2");
	begin(nl, "n2", 0);
	run("ip link set n2 netns away");
	test_orphan(nl, "a move to another namespace");
	run("ip -n away link set n2 netns 1");
	dev_new(nl, "n2");
	begin(nl, "n2", 0);
	run("ip link del n2");
	test_orphan(nl, "the end of the device");
	run("ip link add n2 type dummy");
}

/* A name may change while there is a transaction: it is of the device. */
static void test_renamed(struct nl *nl)
{
	struct nl_answer answer;

	dev_new(nl, "n2");
	begin(nl, "n2", 0);
	run("ip link set n2 name n4");
	answer = commit(nl, 0);
	ok(is(&answer, 0, ""), "another name amid a transaction does not matter");
	answer = of_port(nl, FASTDROP_CMD_DEV_GET, "n4");
	ok(is(&answer, 0, ""), "the port has that name");
	run("ip link set n4 name n2");
	dev_del(nl, "n2");
}

static void test_unload(const char *module)
{
	struct nl nl, other;
	struct nl_answer answer;
	int rules = 0;

	nl_open(&nl);
	nl_open(&other);
	dev_new(&nl, "n1");
	put_many_rules(&nl, "n1");
	send_rule_dump(&nl, "n1");
	ok(!unload(), "the module stays while a dump is half read");
	answer = nl_finish(&nl, count, &rules);
	ok(is(&answer, 0, "") && rules == 3000, "which is whole");
	send_rule_dump(&other, "n1");
	nl_close(&other);
	begin(&nl, "n1", 0);
	with_text(&nl, FASTDROP_CMD_RULE_NEW, FASTDROP_A_RULE, "tcp drop");
	ok(unload(), "with a transaction, and a dump that was closed, it goes");
	load(module);
	nl_close(&nl);
	nl_open(&nl);
	answer = of_port(&nl, FASTDROP_CMD_DEV_GET, "n1");
	ok(is(&answer, ENODEV, "protected"), "the next one begins with nothing");
	answer = dev_new(&nl, "n1");
	answer = begin(&nl, "n1", 1);
	ok(is(&answer, 0, ""), "and with no transaction");
	nl_close(&nl);
}

void test_ports(const char *module)
{
	struct nl nl, other;

	nl_open(&nl);
	nl_open(&other);
	test_port_deleted(&nl, &other);
	test_moved(&nl);
	test_renamed(&nl);
	nl_close(&other);
	nl_close(&nl);
	test_unload(module);
}
