// SPDX-License-Identifier: GPL-2.0
/* What the groups are told, and who hears it. */
#define _GNU_SOURCE
#include "netlink.h"

#include <err.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What came last; text that is not there is empty. */
struct event {
	__u8 cmd;
	__u32 ifindex, generation, rules, sample;
	__u8 dryrun, protect;
	char ifname[IFNAMSIZ];
	char reason[80];
};

static void keep(__u8 cmd, const struct nl_attrs *attrs, void *arg)
{
	struct event *event = arg;

	event->cmd = cmd;
	event->ifindex = nl_u32(attrs, FASTDROP_A_IFINDEX);
	event->generation = nl_u32(attrs, FASTDROP_A_GENERATION);
	event->rules = nl_u32(attrs, FASTDROP_A_RULES);
	event->sample = nl_u32(attrs, FASTDROP_A_SAMPLE);
	event->dryrun = nl_u32(attrs, FASTDROP_A_DRYRUN);
	event->protect = nl_u32(attrs, FASTDROP_A_PROTECT);
	snprintf(event->ifname, sizeof(event->ifname), "%s", nl_text(attrs, FASTDROP_A_IFNAME));
	snprintf(event->reason, sizeof(event->reason), "%s", nl_text(attrs, FASTDROP_A_REASON));
}

/* Whether the next event, within @ms, is that of n1. */
static bool hear(struct nl *group, int ms, __u8 cmd, struct event *event)
{
	memset(event, 0, sizeof(*event));
	if (nl_listen(group, ms, keep, event) && event->cmd == cmd &&
	    !strcmp(event->ifname, "n1") && event->ifindex == if_nametoindex("n1"))
		return true;
	note("expected command %u, got %u of \"%s\" (%u)", cmd, event->cmd, event->ifname,
	     event->ifindex);
	return false;
}

static bool is_silent(struct nl *group)
{
	struct event event;

	if (!nl_listen(group, 100, keep, &event))
		return true;
	note("heard command %u of \"%s\"", event.cmd, event.ifname);
	return false;
}

/* A socket in the namespace "away", in both groups. */
static void open_away(struct nl *nl)
{
	int here = open("/proc/self/ns/net", O_RDONLY), there = open("/run/netns/away", O_RDONLY);

	if (here < 0 || there < 0 || setns(there, CLONE_NEWNET))
		err(1, "the namespace away");
	nl_open(nl);
	if (!nl_join(nl, FASTDROP_GROUP_CONFIG) || !nl_join(nl, FASTDROP_GROUP_EVENTS))
		err(1, "the groups");
	if (setns(here, CLONE_NEWNET))
		err(1, "setns");
	close(here);
	close(there);
}

static void test_settings(struct nl *nl, struct nl *config)
{
	static struct nl_msg msg;
	struct event event;

	dev_new(nl, "n1");
	ok(hear(config, 1000, FASTDROP_CMD_DEV_NEW_NTF, &event) && event.generation == 1 &&
	   event.rules == 0 && event.protect == 1 && !event.dryrun, "DEV_NEW_NTF");
	nl_begin(&msg, FASTDROP_CMD_DEV_SET);
	nl_put_text(&msg, FASTDROP_A_IFNAME, "n1");
	nl_put_u8(&msg, FASTDROP_A_DRYRUN, 1);
	nl_talk(nl, &msg);
	ok(hear(config, 1000, FASTDROP_CMD_DEV_SET_NTF, &event) && event.dryrun,
	   "DEV_SET_NTF by DEV_SET");
	run("echo 0 > /sys/class/net/n1/fastdrop/dryrun");
	ok(hear(config, 1000, FASTDROP_CMD_DEV_SET_NTF, &event) && !event.dryrun,
	   "and by a file");
}

/* Whether DEV_GET says that of SAMPLE. */
static bool sample_is(struct nl *nl, __u32 sample)
{
	static struct nl_msg msg;
	struct event port = { 0 };

	nl_begin(&msg, FASTDROP_CMD_DEV_GET);
	nl_put_text(&msg, FASTDROP_A_IFNAME, "n1");
	nl_send(nl, &msg);
	nl_finish(nl, keep, &port);
	if (port.cmd == FASTDROP_CMD_DEV_GET && port.sample == sample)
		return true;
	note("command %u, sample %u", port.cmd, port.sample);
	return false;
}

static void test_sample(struct nl *nl, struct nl *config)
{
	static struct nl_msg msg;
	struct event event;

	ok(sample_is(nl, 0), "SAMPLE is 0 from the start");
	nl_begin(&msg, FASTDROP_CMD_DEV_SET);
	nl_put_text(&msg, FASTDROP_A_IFNAME, "n1");
	nl_put_u32(&msg, FASTDROP_A_SAMPLE, 4294967295U);
	nl_talk(nl, &msg);
	ok(hear(config, 1000, FASTDROP_CMD_DEV_SET_NTF, &event) && event.sample == 4294967295U,
	   "DEV_SET_NTF tells it");
	ok(sample_is(nl, 4294967295U), "so does DEV_GET");
	nl_begin(&msg, FASTDROP_CMD_DEV_SET);
	nl_put_text(&msg, FASTDROP_A_IFNAME, "n1");
	nl_put_u8(&msg, FASTDROP_A_SAMPLE, 1);
	nl_talk(nl, &msg);
	ok(is_silent(config) && sample_is(nl, 4294967295U), "a wrong length changes nothing");
	run("echo 0 > /sys/class/net/n1/fastdrop/sample");
	ok(hear(config, 1000, FASTDROP_CMD_DEV_SET_NTF, &event) && !event.sample && sample_is(nl, 0),
	   "and by a file");
}

static void test_generations(struct nl *nl, struct nl *config)
{
	struct event event;

	put_rules(nl, "n1", "udp drop\ntcp drop");
	ok(hear(config, 1000, FASTDROP_CMD_GENERATION_NTF, &event) && event.generation == 2 &&
	   event.rules == 2, "GENERATION_NTF by a commit");
	begin(nl, "n1", 0);
	with_text(nl, FASTDROP_CMD_RULE_NEW, FASTDROP_A_RULE, "icmp drop");
	plain(nl, FASTDROP_CMD_ABORT);
	ok(is_silent(config), "none by one that is aborted");
	run("echo 'arp count' > /sys/class/net/n1/fastdrop/rule_add");
	ok(hear(config, 1000, FASTDROP_CMD_GENERATION_NTF, &event) && event.generation == 3 &&
	   event.rules == 3, "and by a file");
}

static void test_rollback(struct nl *nl, struct nl *config, struct nl *events)
{
	struct event event;

	begin(nl, "n1", 0);
	plain(nl, FASTDROP_CMD_RULE_FLUSH);
	commit(nl, 60);
	ok(hear(config, 1000, FASTDROP_CMD_GENERATION_NTF, &event) && event.generation == 4 &&
	   is_silent(events), "GENERATION_NTF by a commit to be confirmed");
	of_port(nl, FASTDROP_CMD_ROLLBACK, "n1");
	ok(hear(config, 1000, FASTDROP_CMD_GENERATION_NTF, &event) && event.generation == 5 &&
	   event.rules == 3, "and by its end");
	ok(hear(events, 1000, FASTDROP_CMD_ROLLBACK_NTF, &event) && event.generation == 5 &&
	   !strcmp(event.reason, "asked for"), "ROLLBACK_NTF: asked for");
	begin(nl, "n1", 0);
	plain(nl, FASTDROP_CMD_RULE_FLUSH);
	commit(nl, 1);
	hear(config, 1000, FASTDROP_CMD_GENERATION_NTF, &event);
	ok(hear(events, 5000, FASTDROP_CMD_ROLLBACK_NTF, &event) && event.generation == 7 &&
	   !strcmp(event.reason, "not confirmed in time"), "ROLLBACK_NTF: not confirmed in time");
	hear(config, 1000, FASTDROP_CMD_GENERATION_NTF, &event);
	begin(nl, "n1", 0);
	commit(nl, 60);
	hear(config, 1000, FASTDROP_CMD_GENERATION_NTF, &event);
	of_port(nl, FASTDROP_CMD_CONFIRM, "n1");
	ok(hear(config, 1000, FASTDROP_CMD_GENERATION_NTF, &event) && event.generation == 8 &&
	   is_silent(events), "GENERATION_NTF when it is confirmed");
}

static void test_expiry(struct nl *nl, struct nl *config, struct nl *events)
{
	struct event event;

	put_rules(nl, "n1", "udp dport 1 drop expire 1s\nudp dport 2 drop expire 1s\ntcp drop");
	hear(config, 1000, FASTDROP_CMD_GENERATION_NTF, &event);
	ok(hear(events, 20000, FASTDROP_CMD_EXPIRE_NTF, &event) && event.generation == 10 &&
	   event.rules == 2, "EXPIRE_NTF says how many rules");
	ok(hear(config, 1000, FASTDROP_CMD_GENERATION_NTF, &event) && event.generation == 10 &&
	   event.rules == 1, "and there is a new generation");
}

void test_events(void)
{
	struct nl nl, config, events, away;
	struct event event;

	nl_open(&nl);
	nl_open(&config);
	nl_open(&events);
	open_away(&away);
	ok(nl_join(&config, FASTDROP_GROUP_CONFIG) && nl_join(&events, FASTDROP_GROUP_EVENTS),
	   "the groups can be joined");
	test_settings(&nl, &config);
	test_sample(&nl, &config);
	test_generations(&nl, &config);
	test_rollback(&nl, &config, &events);
	test_expiry(&nl, &config, &events);
	dev_del(&nl, "n1");
	ok(hear(&config, 1000, FASTDROP_CMD_DEV_DEL_NTF, &event) && !event.generation,
	   "DEV_DEL_NTF");
	ok(is_silent(&config) && is_silent(&events), "nothing else was told");
	ok(is_silent(&away), "nothing at all in another namespace");
	nl_close(&away);
	nl_close(&events);
	nl_close(&config);
	nl_close(&nl);
}
