// SPDX-License-Identifier: GPL-2.0
/*
 * Operations of the netlink family, with attributes that are fine, as a user of
 * few rights has them. Run by permissions.sh, and by hook.sh.
 *
 * usage: netlink_op DEVICE OPERATION...
 *
 * Each has a line "OPERATION: " and "fine", "not permitted" or "refused", behind
 * the names of the devices that the answer tells of.
 */
#include "nl.h"

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define ARRAY_SIZE(x)	(sizeof(x) / sizeof((x)[0]))

static const char *device;

static void put_port(struct nl_msg *msg) { nl_put_text(msg, FASTDROP_A_IFNAME, device); }
static void put_nothing(struct nl_msg *msg) {}
static void put_id(struct nl_msg *msg) { nl_put_u32(msg, FASTDROP_A_RULE_ID, 1); }
static void put_set(struct nl_msg *msg) { nl_put_text(msg, FASTDROP_A_SET, "s"); }

static void put_rule(struct nl_msg *msg)
{
	nl_put_text(msg, FASTDROP_A_RULE, "udp drop id 1");
}

/* Whose program is somebody else's. */
static void put_port_at_xdp(struct nl_msg *msg)
{
	put_port(msg);
	nl_put_text(msg, FASTDROP_A_HOOK, "xdp");
}

static void put_port_and_set(struct nl_msg *msg)
{
	put_port(msg);
	put_set(msg);
}

static void put_elements(struct nl_msg *msg)
{
	static const struct fastdrop_prefix4 prefix = { 0 };

	put_set(msg);
	nl_put(msg, FASTDROP_A_PREFIXES4, &prefix, sizeof(prefix));
}

static const struct operation {
	const char *name;
	__u8 cmd;
	bool is_dump;
	void (*put)(struct nl_msg *msg);
} operations[] = {
	{ "dev-new",		FASTDROP_CMD_DEV_NEW,		false,	put_port },
	{ "dev-new-xdp",	FASTDROP_CMD_DEV_NEW,		false,	put_port_at_xdp },
	{ "dev-del",		FASTDROP_CMD_DEV_DEL,		false,	put_port },
	{ "dev-get",		FASTDROP_CMD_DEV_GET,		false,	put_port },
	{ "dev-dump",		FASTDROP_CMD_DEV_GET,		true,	put_nothing },
	{ "dev-set",		FASTDROP_CMD_DEV_SET,		false,	put_port },
	{ "rule-get",		FASTDROP_CMD_RULE_GET,		true,	put_port },
	{ "set-get",		FASTDROP_CMD_SET_GET,		true,	put_port },
	{ "element-get",	FASTDROP_CMD_ELEMENT_GET,	true,	put_port_and_set },
	{ "stats-get",		FASTDROP_CMD_STATS_GET,		true,	put_port },
	{ "begin",		FASTDROP_CMD_BEGIN,		false,	put_port },
	{ "rule-new",		FASTDROP_CMD_RULE_NEW,		false,	put_rule },
	{ "rule-replace",	FASTDROP_CMD_RULE_REPLACE,	false,	put_rule },
	{ "rule-del",		FASTDROP_CMD_RULE_DEL,		false,	put_id },
	{ "rule-flush",		FASTDROP_CMD_RULE_FLUSH,	false,	put_nothing },
	{ "set-new",		FASTDROP_CMD_SET_NEW,		false,	put_set },
	{ "set-del",		FASTDROP_CMD_SET_DEL,		false,	put_set },
	{ "set-flush",		FASTDROP_CMD_SET_FLUSH,		false,	put_set },
	{ "element-new",	FASTDROP_CMD_ELEMENT_NEW,	false,	put_elements },
	{ "element-del",	FASTDROP_CMD_ELEMENT_DEL,	false,	put_elements },
	{ "commit",		FASTDROP_CMD_COMMIT,		false,	put_nothing },
	{ "abort",		FASTDROP_CMD_ABORT,		false,	put_nothing },
	{ "confirm",		FASTDROP_CMD_CONFIRM,		false,	put_port },
	{ "rollback",		FASTDROP_CMD_ROLLBACK,		false,	put_port },
};

static void print_name(__u8 cmd, const struct nl_attrs *attrs, void *arg)
{
	if (cmd == FASTDROP_CMD_DEV_GET)
		printf(" %s", nl_text(attrs, FASTDROP_A_IFNAME));
}

static const struct operation *find(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(operations); i++)
		if (!strcmp(operations[i].name, name))
			return &operations[i];
	errx(2, "there is no operation \"%s\"", name);
}

/* What is not root's has no effect: one socket does for all. */
static void try(struct nl *nl, const char *name)
{
	const struct operation *op = find(name);
	static struct nl_msg msg;
	struct nl_answer answer;

	nl_begin(&msg, op->cmd);
	op->put(&msg);
	if (op->is_dump)
		msg.header.nlmsg_flags |= NLM_F_DUMP;
	nl_send(nl, &msg);
	printf("%s:", name);
	answer = nl_finish(nl, print_name, NULL);
	printf(" %s\n", answer.err == EPERM ? "not permitted" : answer.err ? "refused" : "fine");
}

static bool join(struct nl *nl)
{
	return nl_join(nl, FASTDROP_GROUP_CONFIG) && nl_join(nl, FASTDROP_GROUP_EVENTS);
}

int main(int argc, char **argv)
{
	struct nl nl;

	if (argc < 3)
		errx(2, "usage: netlink_op DEVICE OPERATION...");
	device = argv[1];
	nl_open(&nl);
	for (argv += 2; *argv; argv++)
		if (!strcmp(*argv, "join"))
			printf("join: %s\n", join(&nl) ? "fine" : "refused");
		else
			try(&nl, *argv);
	return 0;
}
