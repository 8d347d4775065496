// SPDX-License-Identifier: GPL-2.0
#include "netlink_msg.h"

#include "port.h"

/* A message for all who listen to a group. What nobody hears is not made. */
static struct sk_buff *new_message(const struct fdrop_port *port, enum fdrop_group group)
{
	if (!genl_has_listeners(&fdrop_genl_family, dev_net(port->dev), group))
		return NULL;
	return genlmsg_new(FDROP_MSG_PORT, GFP_KERNEL);
}

static void send(struct sk_buff *skb, const struct fdrop_port *port, enum fdrop_group group)
{
	genlmsg_multicast_netns(&fdrop_genl_family, dev_net(port->dev), skb, 0, group, GFP_KERNEL);
}

/* Called with the lock of the port's ruleset held. */
static void tell_port(const struct fdrop_port *port, u8 cmd)
{
	struct sk_buff *skb = new_message(port, FDROP_GROUP_CONFIG);

	if (!skb)
		return;
	if (fdrop_msg_port(skb, port, cmd, 0, 0, 0))
		nlmsg_free(skb);
	else
		send(skb, port, FDROP_GROUP_CONFIG);
}

/* Something that happened to a port: what, with which number or reason. */
struct event {
	enum fdrop_group group;
	u8 cmd;
	bool has_generation;
	u32 rules;
	const char *reason;
};

static int put_event(struct sk_buff *skb, const struct fdrop_port *port, const struct event *event)
{
	if (nla_put_u32(skb, FASTDROP_A_IFINDEX, port->ifindex) ||
	    nla_put_string(skb, FASTDROP_A_IFNAME, port->dev->name) ||
	    (event->has_generation &&
	     nla_put_u32(skb, FASTDROP_A_GENERATION, port->rules.number)) ||
	    (event->rules && nla_put_u32(skb, FASTDROP_A_RULES, event->rules)) ||
	    (event->reason && nla_put_string(skb, FASTDROP_A_REASON, event->reason)))
		return -EMSGSIZE;
	return 0;
}

static void tell(const struct fdrop_port *port, const struct event *event)
{
	struct sk_buff *skb = new_message(port, event->group);
	void *header;

	if (!skb)
		return;
	header = genlmsg_put(skb, 0, 0, &fdrop_genl_family, 0, event->cmd);
	if (!header || put_event(skb, port, event)) {
		nlmsg_free(skb);
		return;
	}
	genlmsg_end(skb, header);
	send(skb, port, event->group);
}

static int port_event(struct notifier_block *nb, unsigned long event, void *data)
{
	const struct fdrop_port_news *news = data;
	struct fdrop_port *port = news->port;

	if (event == FDROP_PORT_ADDED) {
		mutex_lock(&port->rules.lock);
		tell_port(port, FASTDROP_CMD_DEV_NEW_NTF);
		mutex_unlock(&port->rules.lock);
	} else {
		struct event gone = {
			.group = FDROP_GROUP_CONFIG,
			.cmd = FASTDROP_CMD_DEV_DEL_NTF,
			.reason = news->reason,
		};

		tell(port, &gone);
	}
	return NOTIFY_DONE;
}

static int ruleset_event(struct notifier_block *nb, unsigned long event, void *data)
{
	const struct fdrop_ruleset_news *news = data;
	struct fdrop_port *port = container_of(news->rules, struct fdrop_port, rules);
	struct event told = {
		.group = FDROP_GROUP_EVENTS,
		.has_generation = true,
		.rules = news->count,
		.reason = news->reason,
	};

	tell_port(port, event == FDROP_RULESET_SETTINGS ? FASTDROP_CMD_DEV_SET_NTF :
							  FASTDROP_CMD_GENERATION_NTF);
	if (event == FDROP_RULESET_EXPIRED)
		told.cmd = FASTDROP_CMD_EXPIRE_NTF;
	else if (event == FDROP_RULESET_ROLLED_BACK)
		told.cmd = FASTDROP_CMD_ROLLBACK_NTF;
	if (told.cmd)
		tell(port, &told);
	return NOTIFY_DONE;
}

static struct notifier_block port_nb = {
	.notifier_call = port_event,
};

static struct notifier_block ruleset_nb = {
	.notifier_call = ruleset_event,
};

int fdrop_netlink_events_init(void)
{
	int err = fdrop_port_watch(&port_nb);

	if (err)
		return err;
	err = fdrop_ruleset_watch(&ruleset_nb);
	if (err)
		fdrop_port_unwatch(&port_nb);
	return err;
}

void fdrop_netlink_events_exit(void)
{
	fdrop_ruleset_unwatch(&ruleset_nb);
	fdrop_port_unwatch(&port_nb);
}
