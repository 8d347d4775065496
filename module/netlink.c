// SPDX-License-Identifier: GPL-2.0
#include "netlink.h"

#include <linux/if.h>

#include "netlink_msg.h"
#include "session.h"

/*
 * Every operation takes these attributes and no other: what a policy does not
 * name is refused.
 */
#define PORT_POLICY \
	[FASTDROP_A_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1), \
	[FASTDROP_A_IFNAME] = { .type = NLA_NUL_STRING, .len = IFNAMSIZ - 1 }

static const struct nla_policy port_policy[] = {
	PORT_POLICY,
};

static const struct nla_policy dev_new_policy[] = {
	PORT_POLICY,
	[FASTDROP_A_HOOK] = { .type = NLA_NUL_STRING },
	[FASTDROP_A_PRIORITY] = { .type = NLA_S32 },
	[FASTDROP_A_XDP_LINK] = { .type = NLA_U32 },
	[FASTDROP_A_DRYRUN] = NLA_POLICY_MAX(NLA_U8, 1),
	[FASTDROP_A_PROTECT] = NLA_POLICY_MAX(NLA_U8, 1),
};

static const struct nla_policy dev_set_policy[] = {
	PORT_POLICY,
	[FASTDROP_A_ENABLED] = NLA_POLICY_MAX(NLA_U8, 1),
	[FASTDROP_A_DRYRUN] = NLA_POLICY_MAX(NLA_U8, 1),
	[FASTDROP_A_PROTECT] = NLA_POLICY_MAX(NLA_U8, 1),
	[FASTDROP_A_SAMPLE] = { .type = NLA_U32 },
};

static const struct nla_policy element_get_policy[] = {
	PORT_POLICY,
	[FASTDROP_A_SET] = { .type = NLA_NUL_STRING },
};

static const struct nla_policy expected_policy[] = {
	PORT_POLICY,
	[FASTDROP_A_EXPECTED] = { .type = NLA_U32 },
};

static const struct nla_policy rule_policy[] = {
	[FASTDROP_A_RULE] = { .type = NLA_NUL_STRING },
};

static const struct nla_policy rule_del_policy[] = {
	[FASTDROP_A_RULE_ID] = { .type = NLA_U32 },
};

static const struct nla_policy set_policy[] = {
	[FASTDROP_A_SET] = { .type = NLA_NUL_STRING },
};

static const struct nla_policy element_policy[] = {
	[FASTDROP_A_SET] = { .type = NLA_NUL_STRING },
	[FASTDROP_A_PREFIXES4] = { .type = NLA_BINARY },
	[FASTDROP_A_PREFIXES6] = { .type = NLA_BINARY },
};

static const struct nla_policy commit_policy[] = {
	[FASTDROP_A_CONFIRM] = { .type = NLA_U32 },
};

/* Operations without attributes have this one, and so take none. */
static const struct nla_policy no_policy[] = {
	[FASTDROP_A_PAD] = { .type = NLA_REJECT },
};

#define OPERATION(_cmd, _policy, ...) { \
	.cmd = FASTDROP_CMD_##_cmd, \
	.policy = _policy, \
	.maxattr = ARRAY_SIZE(_policy) - 1, \
	__VA_ARGS__ \
}

#define CHANGE(_cmd, _policy, _doit) \
	OPERATION(_cmd, _policy, .doit = _doit, .flags = GENL_ADMIN_PERM)

#define DUMP(_cmd, _policy, _dumpit) \
	OPERATION(_cmd, _policy, .start = fdrop_dump_start, .dumpit = _dumpit, \
		  .done = fdrop_dump_done, .flags = GENL_ADMIN_PERM)

static const struct genl_ops operations[] = {
	CHANGE(DEV_NEW, dev_new_policy, fdrop_dev_new),
	CHANGE(DEV_DEL, port_policy, fdrop_dev_del),
	OPERATION(DEV_GET, port_policy, .doit = fdrop_dev_get, .dumpit = fdrop_dump_ports),
	CHANGE(DEV_SET, dev_set_policy, fdrop_dev_set),
	DUMP(RULE_GET, port_policy, fdrop_dump_rules),
	DUMP(SET_GET, port_policy, fdrop_dump_sets),
	DUMP(ELEMENT_GET, element_get_policy, fdrop_dump_elements),
	DUMP(STATS_GET, port_policy, fdrop_dump_stats),
	CHANGE(BEGIN, expected_policy, fdrop_begin),
	CHANGE(RULE_NEW, rule_policy, fdrop_rule_new),
	CHANGE(RULE_REPLACE, rule_policy, fdrop_rule_replace),
	CHANGE(RULE_DEL, rule_del_policy, fdrop_rule_del),
	CHANGE(RULE_FLUSH, no_policy, fdrop_rule_flush),
	CHANGE(SET_NEW, set_policy, fdrop_set_new),
	CHANGE(SET_DEL, set_policy, fdrop_set_del),
	CHANGE(SET_FLUSH, set_policy, fdrop_set_flush),
	CHANGE(ELEMENT_NEW, element_policy, fdrop_element_new),
	CHANGE(ELEMENT_DEL, element_policy, fdrop_element_del),
	CHANGE(COMMIT, commit_policy, fdrop_commit),
	CHANGE(ABORT, no_policy, fdrop_abort),
	CHANGE(CONFIRM, expected_policy, fdrop_confirm),
	CHANGE(ROLLBACK, expected_policy, fdrop_roll_back),
};

static const struct genl_multicast_group groups[] = {
	[FDROP_GROUP_CONFIG] = { .name = FASTDROP_GROUP_CONFIG },
	[FDROP_GROUP_EVENTS] = { .name = FASTDROP_GROUP_EVENTS },
};

struct genl_family fdrop_genl_family = {
	.name = FASTDROP_GENL_NAME,
	.version = FASTDROP_GENL_VERSION,
	.module = THIS_MODULE,
	.netnsok = true,
	.parallel_ops = true,
	.ops = operations,
	.n_ops = ARRAY_SIZE(operations),
	.resv_start_op = FASTDROP_CMD_UNSPEC + 1,
	.mcgrps = groups,
	.n_mcgrps = ARRAY_SIZE(groups),
};

int fdrop_netlink_init(void)
{
	int err;

	err = fdrop_session_init();
	if (err)
		return err;
	err = genl_register_family(&fdrop_genl_family);
	if (err)
		goto exit_session;
	err = fdrop_netlink_events_init();
	if (err)
		goto unregister_family;
	return 0;

unregister_family:
	genl_unregister_family(&fdrop_genl_family);
exit_session:
	fdrop_session_exit();
	return err;
}

void fdrop_netlink_exit(void)
{
	fdrop_netlink_events_exit();
	genl_unregister_family(&fdrop_genl_family);
	fdrop_session_exit();
}
