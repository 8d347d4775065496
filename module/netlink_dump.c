// SPDX-License-Identifier: GPL-2.0
#include "netlink_msg.h"

#include <linux/slab.h>
#include <net/sock.h>

#include "compat.h"
#include "engine/rule_text.h"
#include "engine/table.h"
#include "error.h"
#include "generation.h"
#include "port.h"

/* A message for any rule, its BPF program included. */
#define DUMP_ALLOC	16384

static_assert(FDROP_RULE_TEXT + 1024 < DUMP_ALLOC);

/**
 * struct dump - what is being dumped, which does not change meanwhile
 * @port: the port
 * @gen: the generation that was in force when the dump began
 * @number: its number
 * @next: the next queue, rule, set or prefix
 * @set: the set whose prefixes are dumped
 * @text: room for a rule
 */
struct dump {
	struct fdrop_port *port;
	struct fdrop_generation *gen;
	u32 number;
	u32 next;
	const struct fdrop_set *set;
	char text[FDROP_RULE_TEXT];
};

static struct dump *dump_of(const struct netlink_callback *cb)
{
	return (struct dump *)cb->args[0];
}

/* Puts the next message, or a part of it that fits. Returns 1 if there is none, or -EMSGSIZE. */
typedef int (*put_fn)(struct sk_buff *skb, struct dump *dump);

static int put_next(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd, put_fn put)
{
	struct dump *dump = dump_of(cb);
	void *header;
	int err;

	header = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			     &fdrop_genl_family, NLM_F_MULTI, cmd);
	if (!header)
		return -EMSGSIZE;
	err = -EMSGSIZE;
	if (!nla_put_u32(skb, FASTDROP_A_IFINDEX, dump->port->ifindex) &&
	    !nla_put_u32(skb, FASTDROP_A_GENERATION, dump->number))
		err = put(skb, dump);
	if (err)
		genlmsg_cancel(skb, header);
	else
		genlmsg_end(skb, header);
	return err;
}

/* Looks up what is to be dumped. */
typedef int (*open_fn)(struct netlink_callback *cb, struct dump *dump, struct fdrop_error *error);

static int open_port(struct netlink_callback *cb, struct dump *dump, struct fdrop_error *error)
{
	struct fdrop_port *port;

	port = fdrop_netlink_find_port(sock_net(cb->skb->sk), fdrop_dump_attrs(cb), cb->extack,
				       error);
	if (IS_ERR(port))
		return PTR_ERR(port);
	dump->port = port;
	dump->gen = fdrop_ruleset_generation(&dump->port->rules, &dump->number);
	if (dump->gen)
		return 0;
	fdrop_error_set(error, "the device is no longer protected");
	return -ENODEV;
}

/*
 * As many messages as fit. What is to be dumped is looked up here, in the first
 * part, and not in fdrop_dump_start(), whose refusals 6.1 gives no sentence.
 */
static int dump_all(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd, open_fn open,
		    put_fn put)
{
	struct dump *dump = dump_of(cb);
	struct fdrop_error error;
	int err = 0;

	if (!dump->gen)
		err = open(cb, dump, &error);
	if (err)
		return fdrop_netlink_refuse(cb->skb, cb->extack, &error, err);
	do
		err = put_next(skb, cb, cmd, put);
	while (!err);
	return err < 0 && !skb->len ? err : skb->len;
}

int fdrop_dump_start(struct netlink_callback *cb)
{
	struct dump *dump = kvzalloc(sizeof(*dump), GFP_KERNEL);

	if (!dump)
		return -ENOMEM;
	cb->args[0] = (long)dump;
	cb->min_dump_alloc = DUMP_ALLOC;
	return 0;
}

int fdrop_dump_done(struct netlink_callback *cb)
{
	struct dump *dump = dump_of(cb);

	fdrop_generation_put(dump->gen);
	if (dump->port)
		fdrop_port_put(dump->port);
	kvfree(dump);
	return 0;
}

static int put_rule(struct sk_buff *skb, struct dump *dump)
{
	int err;

	if (dump->next == dump->gen->table->count)
		return 1;
	err = fdrop_msg_rule(skb, dump->gen, dump->next, dump->text, sizeof(dump->text));
	if (!err)
		dump->next++;
	return err;
}

int fdrop_dump_rules(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump_all(skb, cb, FASTDROP_CMD_RULE_GET, open_port, put_rule);
}

/* The queues, then the rules. */
static int put_stats(struct sk_buff *skb, struct dump *dump)
{
	const u32 queues = dump->port->dp.queues;
	int err;

	if (dump->next < queues) {
		err = fdrop_msg_queue(skb, dump->port, dump->next);
	} else {
		if (dump->next - queues == dump->gen->table->count)
			return 1;
		err = fdrop_msg_rule(skb, dump->gen, dump->next - queues, dump->text,
				     sizeof(dump->text));
	}
	if (!err)
		dump->next++;
	return err;
}

int fdrop_dump_stats(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump_all(skb, cb, FASTDROP_CMD_STATS_GET, open_port, put_stats);
}

static int put_set(struct sk_buff *skb, struct dump *dump)
{
	const struct fdrop_sets *sets = dump->gen->table->sets;
	const struct fdrop_set *set;

	while (dump->next < sets->count && !sets->set[dump->next].name[0])
		dump->next++;
	if (dump->next == sets->count)
		return 1;
	set = &sets->set[dump->next];
	if (nla_put_string(skb, FASTDROP_A_SET, set->name) ||
	    nla_put_u32(skb, FASTDROP_A_PREFIXES, set->count4 + set->count6))
		return -EMSGSIZE;
	dump->next++;
	return 0;
}

int fdrop_dump_sets(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump_all(skb, cb, FASTDROP_CMD_SET_GET, open_port, put_set);
}

static int open_set(struct netlink_callback *cb, struct dump *dump, struct fdrop_error *error)
{
	const struct nlattr *attr = fdrop_dump_attrs(cb)[FASTDROP_A_SET];
	int err = open_port(cb, dump, error), place;
	const struct fdrop_sets *sets;

	if (err)
		return err;
	if (!attr) {
		fdrop_error_set(error, "say which set");
		return -EINVAL;
	}
	sets = dump->gen->table->sets;
	place = fdrop_sets_find(sets, nla_data(attr), strlen(nla_data(attr)));
	if (place < 0) {
		NL_SET_BAD_ATTR(cb->extack, attr);
		fdrop_error_set(error, "there is no set \"%.40s\"", (char *)nla_data(attr));
		return -ENOENT;
	}
	dump->set = &sets->set[place];
	return 0;
}

/* How many of @left elements of @size bytes an attribute of @skb can hold. */
static u32 fitting(const struct sk_buff *skb, u32 left, size_t size)
{
	size_t room = min_t(size_t, skb_tailroom(skb), U16_MAX);

	return room < NLA_HDRLEN ? 0 : min_t(size_t, left, (room - NLA_HDRLEN) / size);
}

static u32 put_prefixes4(struct sk_buff *skb, const struct fdrop_prefix4 *from, u32 left)
{
	u32 n = fitting(skb, left, sizeof(struct fastdrop_prefix4)), i;
	struct fastdrop_prefix4 *to;
	struct nlattr *attr;

	attr = n ? nla_reserve(skb, FASTDROP_A_PREFIXES4, n * sizeof(*to)) : NULL;
	if (!attr)
		return 0;
	to = nla_data(attr);
	for (i = 0; i < n; i++)
		to[i] = (struct fastdrop_prefix4){
			.addr = cpu_to_be32(from[i].addr), .length = from[i].length };
	return n;
}

static u32 put_prefixes6(struct sk_buff *skb, const struct fdrop_prefix6 *from, u32 left)
{
	u32 n = fitting(skb, left, sizeof(struct fastdrop_prefix6)), i;
	struct fastdrop_prefix6 *to;
	struct nlattr *attr;
	__be64 half;

	attr = n ? nla_reserve(skb, FASTDROP_A_PREFIXES6, n * sizeof(*to)) : NULL;
	if (!attr)
		return 0;
	to = nla_data(attr);
	memset(to, 0, n * sizeof(*to));
	for (i = 0; i < n; i++) {
		half = cpu_to_be64(from[i].hi);
		memcpy(to[i].addr, &half, sizeof(half));
		half = cpu_to_be64(from[i].lo);
		memcpy(to[i].addr + sizeof(half), &half, sizeof(half));
		to[i].length = from[i].length;
	}
	return n;
}

/* All of IPv4, then all of IPv6; one message has one family. */
static int put_elements(struct sk_buff *skb, struct dump *dump)
{
	const struct fdrop_set *set = dump->set;
	u32 next = dump->next, n;

	if (next == set->count4 + set->count6)
		return 1;
	if (nla_put_string(skb, FASTDROP_A_SET, set->name))
		return -EMSGSIZE;
	if (next < set->count4)
		n = put_prefixes4(skb, &set->v4[next], set->count4 - next);
	else
		n = put_prefixes6(skb, &set->v6[next - set->count4],
				  set->count6 - (next - set->count4));
	dump->next += n;
	return n ? 0 : -EMSGSIZE;
}

int fdrop_dump_elements(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump_all(skb, cb, FASTDROP_CMD_ELEMENT_GET, open_set, put_elements);
}

static int put_port(struct sk_buff *skb, struct netlink_callback *cb, struct fdrop_port *port)
{
	int err = 0;

	mutex_lock(&port->rules.lock);
	if (!port->rules.gone)
		err = fdrop_msg_port(skb, port, FASTDROP_CMD_DEV_GET, NETLINK_CB(cb->skb).portid,
				     cb->nlh->nlmsg_seq, NLM_F_MULTI);
	mutex_unlock(&port->rules.lock);
	return err;
}

/* Ports may come and go between two parts of it: the reader is told. */
int fdrop_dump_ports(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct net *net = sock_net(cb->skb->sk);
	struct fdrop_port *port;
	int err = 0;

	if (fdrop_dump_attrs(cb)[FASTDROP_A_IFINDEX] || fdrop_dump_attrs(cb)[FASTDROP_A_IFNAME]) {
		NL_SET_ERR_MSG(cb->extack, "a dump is of all devices: ask for one without NLM_F_DUMP");
		return -EINVAL;
	}
	cb->seq = fdrop_port_changes();
	while (!err && (port = fdrop_port_next(net, cb->args[0]))) {
		err = put_port(skb, cb, port);
		if (!err)
			cb->args[0] = port->ifindex;
		fdrop_port_put(port);
	}
	if (skb->len)
		nl_dump_check_consistent(cb, (struct nlmsghdr *)skb->data);
	return err && !skb->len ? err : skb->len;
}
