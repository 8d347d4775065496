/* SPDX-License-Identifier: GPL-2.0 */
/* What the parts of the netlink family share: messages, dumps, and the family. */
#ifndef FDROP_NETLINK_MSG_H
#define FDROP_NETLINK_MSG_H

#include <net/genetlink.h>

#include "uapi/fastdrop.h"

struct fdrop_error;
struct fdrop_generation;
struct fdrop_port;

/* Places in the family's groups. */
enum fdrop_group {
	FDROP_GROUP_CONFIG,
	FDROP_GROUP_EVENTS,
};

extern struct genl_family fdrop_genl_family;

/**
 * fdrop_msg_port() - a message that describes a port
 * @skb: where to
 * @port: the port, with its ruleset's lock held
 * @cmd: which &enum fastdrop_cmd
 * @portid: for whom, 0 for all
 * @seq: of what it answers, or 0
 * @flags: NLM_F_MULTI or 0
 *
 * Return: 0, or -EMSGSIZE.
 */
int fdrop_msg_port(struct sk_buff *skb, const struct fdrop_port *port, u8 cmd, u32 portid, u32 seq,
		   int flags);

/* Room for such a message. */
#define FDROP_MSG_PORT	512

/* The attributes of a queue's counters, or of a rule. Return 0 or -EMSGSIZE. */
int fdrop_msg_queue(struct sk_buff *skb, const struct fdrop_port *port, u32 queue);
int fdrop_msg_rule(struct sk_buff *skb, const struct fdrop_generation *gen, u32 rank, char *text,
		   size_t size);

/**
 * fdrop_netlink_find_port() - the port that a request names
 * @net: the namespace of the socket
 * @attrs: of the request, by type
 * @extack: gets the attribute to blame, on failure
 * @error: why not, on failure
 *
 * Return: the port, for fdrop_port_put(); or -EINVAL, -ENODEV.
 */
struct fdrop_port *fdrop_netlink_find_port(const struct net *net, struct nlattr **attrs,
					   struct netlink_ext_ack *extack,
					   struct fdrop_error *error);

/* Refuses with the sentence in @error, which the socket's session keeps. Returns @err. */
int fdrop_netlink_refuse(struct sk_buff *request, struct netlink_ext_ack *extack,
			 const struct fdrop_error *error, int err);

/* A number of a request, 0 if it has none. */
static inline u32 fdrop_netlink_u32(const struct genl_info *info, int type)
{
	return info->attrs[type] ? nla_get_u32(info->attrs[type]) : 0;
}

/* If it was another generation than expected, that attribute is to blame. */
static inline void fdrop_netlink_blame_expected(const struct genl_info *info, int err)
{
	if (err == -ESTALE)
		NL_SET_BAD_ATTR(info->extack, info->attrs[FASTDROP_A_EXPECTED]);
}

/* Operations on ports. */
int fdrop_dev_new(struct sk_buff *skb, struct genl_info *info);
int fdrop_dev_del(struct sk_buff *skb, struct genl_info *info);
int fdrop_dev_get(struct sk_buff *skb, struct genl_info *info);
int fdrop_dev_set(struct sk_buff *skb, struct genl_info *info);
int fdrop_confirm(struct sk_buff *skb, struct genl_info *info);
int fdrop_roll_back(struct sk_buff *skb, struct genl_info *info);

/* Operations of transactions. */
int fdrop_rule_new(struct sk_buff *skb, struct genl_info *info);
int fdrop_rule_replace(struct sk_buff *skb, struct genl_info *info);
int fdrop_rule_del(struct sk_buff *skb, struct genl_info *info);
int fdrop_rule_flush(struct sk_buff *skb, struct genl_info *info);
int fdrop_set_new(struct sk_buff *skb, struct genl_info *info);
int fdrop_set_del(struct sk_buff *skb, struct genl_info *info);
int fdrop_set_flush(struct sk_buff *skb, struct genl_info *info);
int fdrop_element_new(struct sk_buff *skb, struct genl_info *info);
int fdrop_element_del(struct sk_buff *skb, struct genl_info *info);
int fdrop_begin(struct sk_buff *skb, struct genl_info *info);
int fdrop_commit(struct sk_buff *skb, struct genl_info *info);
int fdrop_abort(struct sk_buff *skb, struct genl_info *info);

/* Dumps, for the family's operations. */
int fdrop_dump_ports(struct sk_buff *skb, struct netlink_callback *cb);
int fdrop_dump_start(struct netlink_callback *cb);
int fdrop_dump_rules(struct sk_buff *skb, struct netlink_callback *cb);
int fdrop_dump_sets(struct sk_buff *skb, struct netlink_callback *cb);
int fdrop_dump_stats(struct sk_buff *skb, struct netlink_callback *cb);
int fdrop_dump_elements(struct sk_buff *skb, struct netlink_callback *cb);
int fdrop_dump_done(struct netlink_callback *cb);

/* Events. */
int fdrop_netlink_events_init(void);
void fdrop_netlink_events_exit(void);

#endif /* FDROP_NETLINK_MSG_H */
