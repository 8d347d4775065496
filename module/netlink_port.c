// SPDX-License-Identifier: GPL-2.0
/* Operations on ports: of their rules, those that need no transaction. */
#include "netlink_msg.h"

#include <linux/err.h>
#include <linux/file.h>
#include <linux/rtnetlink.h>

#include "draft.h"
#include "engine/rule_list.h"
#include "error.h"
#include "port.h"

static int get_ifindex(struct nlattr **attrs)
{
	return attrs[FASTDROP_A_IFINDEX] ? nla_get_u32(attrs[FASTDROP_A_IFINDEX]) : 0;
}

static const char *get_ifname(struct nlattr **attrs)
{
	return attrs[FASTDROP_A_IFNAME] ? nla_data(attrs[FASTDROP_A_IFNAME]) : NULL;
}

static int check_names_device(struct nlattr **attrs, struct fdrop_error *error)
{
	if (attrs[FASTDROP_A_IFINDEX] || attrs[FASTDROP_A_IFNAME])
		return 0;
	fdrop_error_set(error, "say which device, by its index or name");
	return -EINVAL;
}

static void blame_device(struct nlattr **attrs, struct netlink_ext_ack *extack)
{
	NL_SET_BAD_ATTR(extack, attrs[FASTDROP_A_IFINDEX] ?: attrs[FASTDROP_A_IFNAME]);
}

struct fdrop_port *fdrop_netlink_find_port(const struct net *net, struct nlattr **attrs,
					   struct netlink_ext_ack *extack,
					   struct fdrop_error *error)
{
	int ifindex = get_ifindex(attrs), err;
	const char *name = get_ifname(attrs);
	struct fdrop_port *port;

	err = check_names_device(attrs, error);
	if (err)
		return ERR_PTR(err);
	port = fdrop_port_get(net, ifindex, ifindex ? NULL : name);
	if (port)
		return port;
	blame_device(attrs, extack);
	if (ifindex)
		fdrop_error_set(error, "the device with index %u is not protected", ifindex);
	else
		fdrop_error_set(error, "%s is not protected", name);
	return ERR_PTR(-ENODEV);
}

/* Called under RTNL. */
static struct net_device *find_device(struct genl_info *info, struct fdrop_error *error)
{
	struct net *net = genl_info_net(info);
	const char *name = get_ifname(info->attrs);
	int ifindex = get_ifindex(info->attrs), err;
	struct net_device *dev;

	err = check_names_device(info->attrs, error);
	if (err)
		return ERR_PTR(err);
	dev = ifindex ? __dev_get_by_index(net, ifindex) : __dev_get_by_name(net, name);
	if (dev)
		return dev;
	blame_device(info->attrs, info->extack);
	if (ifindex)
		fdrop_error_set(error, "there is no device with index %u in this network namespace",
				ifindex);
	else
		fdrop_error_set(error, "there is no device \"%s\" in this network namespace",
				name);
	return ERR_PTR(-ENODEV);
}

static bool get_flag(struct genl_info *info, int type, bool otherwise)
{
	return info->attrs[type] ? nla_get_u8(info->attrs[type]) : otherwise;
}

static int refuse_attr(struct genl_info *info, int type)
{
	NL_SET_BAD_ATTR(info->extack, info->attrs[type]);
	return -EINVAL;
}

/* The BPF link of hook xdp, held open in @options. */
static int get_program(struct genl_info *info, struct fdrop_port_options *options,
		       struct fdrop_error *error)
{
	u32 fd = nla_get_u32(info->attrs[FASTDROP_A_XDP_LINK]);

	options->program = fget(fd);
	if (!options->program) {
		fdrop_error_set(error, "there is no open file %u, which was to be a BPF link", fd);
		refuse_attr(info, FASTDROP_A_XDP_LINK);
		return -EBADF;
	}
	if (options->hook == &fdrop_hook_xdp)
		return 0;
	fdrop_error_set(error, "a BPF link is for hook xdp only");
	return refuse_attr(info, FASTDROP_A_XDP_LINK);
}

/* The hook that is asked for, and what is there for one alone. */
static int get_hook(struct genl_info *info, struct fdrop_port_options *options,
		    struct fdrop_error *error)
{
	const struct nlattr *name = info->attrs[FASTDROP_A_HOOK];
	const struct nlattr *priority = info->attrs[FASTDROP_A_PRIORITY];

	if (fdrop_hook_find(name ? nla_data(name) : "auto", &options->hook, error))
		return refuse_attr(info, FASTDROP_A_HOOK);
	if (priority && options->hook && options->hook != &fdrop_hook_ingress) {
		fdrop_error_set(error, "hook %s has no priority: only hook ingress has",
				options->hook->name);
		return refuse_attr(info, FASTDROP_A_PRIORITY);
	}
	options->priority = priority ? nla_get_s32(priority) : FDROP_HOOK_PRIORITY;
	return info->attrs[FASTDROP_A_XDP_LINK] ? get_program(info, options, error) : 0;
}

/* Called under RTNL. */
static int add_port(struct genl_info *info, const struct fdrop_port_options *options,
		    struct fdrop_error *error)
{
	struct fdrop_rule_list list = { 0 };
	struct net_device *dev;
	int err;

	dev = find_device(info, error);
	if (IS_ERR(dev))
		return PTR_ERR(dev);
	err = fdrop_port_add(dev, &list, options, error);
	if (err)
		blame_device(info->attrs, info->extack);
	fdrop_rule_list_free(&list);
	return err;
}

int fdrop_dev_new(struct sk_buff *skb, struct genl_info *info)
{
	struct fdrop_port_options options = {
		.dryrun = get_flag(info, FASTDROP_A_DRYRUN, false),
		.protect = get_flag(info, FASTDROP_A_PROTECT, true),
	};
	struct fdrop_error error;
	int err;

	err = get_hook(info, &options, &error);
	if (!err) {
		rtnl_lock();
		err = add_port(info, &options, &error);
		rtnl_unlock();
	}
	if (options.program)
		fput(options.program);
	return err ? fdrop_netlink_refuse(skb, info->extack, &error, err) : 0;
}

int fdrop_dev_del(struct sk_buff *skb, struct genl_info *info)
{
	struct fdrop_error error;
	struct net_device *dev;
	int err;

	rtnl_lock();
	dev = find_device(info, &error);
	err = IS_ERR(dev) ? PTR_ERR(dev) : fdrop_port_del(dev, &error);
	if (err)
		blame_device(info->attrs, info->extack);
	rtnl_unlock();
	return err ? fdrop_netlink_refuse(skb, info->extack, &error, err) : 0;
}

static int answer_port(struct fdrop_port *port, struct genl_info *info)
{
	struct sk_buff *skb = genlmsg_new(FDROP_MSG_PORT, GFP_KERNEL);
	int err = -ENODEV;

	if (!skb)
		return -ENOMEM;
	mutex_lock(&port->rules.lock);
	if (!port->rules.gone)
		err = fdrop_msg_port(skb, port, FASTDROP_CMD_DEV_GET, info->snd_portid,
				     info->snd_seq, 0);
	mutex_unlock(&port->rules.lock);
	if (err) {
		nlmsg_free(skb);
		return err;
	}
	return genlmsg_reply(skb, info);
}

/* For everyone: nothing is kept of a socket that may be anybody's. */
int fdrop_dev_get(struct sk_buff *skb, struct genl_info *info)
{
	struct fdrop_error error;
	struct fdrop_port *port;
	int err;

	port = fdrop_netlink_find_port(genl_info_net(info), info->attrs, info->extack, &error);
	if (IS_ERR(port)) {
		NL_SET_ERR_MSG(info->extack, "this is no device that is protected");
		return PTR_ERR(port);
	}
	err = answer_port(port, info);
	fdrop_port_put(port);
	return err;
}

/* What may be refused comes first. */
static int set_port(struct fdrop_port *port, struct genl_info *info, struct fdrop_error *error)
{
	bool protects;
	int err;

	mutex_lock(&port->rules.lock);
	protects = fdrop_ruleset_protects(&port->rules);
	mutex_unlock(&port->rules.lock);
	if (get_flag(info, FASTDROP_A_PROTECT, protects) != protects) {
		err = fdrop_ruleset_set_protect(&port->rules, !protects, error);
		if (err) {
			NL_SET_BAD_ATTR(info->extack, info->attrs[FASTDROP_A_PROTECT]);
			return err;
		}
	}
	if (info->attrs[FASTDROP_A_ENABLED])
		fdrop_port_set_enabled(port, get_flag(info, FASTDROP_A_ENABLED, true));
	if (info->attrs[FASTDROP_A_DRYRUN])
		fdrop_port_set_dryrun(port, get_flag(info, FASTDROP_A_DRYRUN, false));
	if (info->attrs[FASTDROP_A_SAMPLE])
		fdrop_port_set_sample(port, nla_get_u32(info->attrs[FASTDROP_A_SAMPLE]));
	return 0;
}

/* The port that a request names is given to @act. */
static int with_port(struct sk_buff *skb, struct genl_info *info,
		     int (*act)(struct fdrop_port *port, struct genl_info *info,
				struct fdrop_error *error))
{
	struct fdrop_error error;
	struct fdrop_port *port;
	int err;

	port = fdrop_netlink_find_port(genl_info_net(info), info->attrs, info->extack, &error);
	if (IS_ERR(port))
		return fdrop_netlink_refuse(skb, info->extack, &error, PTR_ERR(port));
	err = act(port, info, &error);
	fdrop_port_put(port);
	return err ? fdrop_netlink_refuse(skb, info->extack, &error, err) : 0;
}

int fdrop_dev_set(struct sk_buff *skb, struct genl_info *info)
{
	return with_port(skb, info, set_port);
}

static int confirm_port(struct fdrop_port *port, struct genl_info *info, struct fdrop_error *error)
{
	u32 expected = fdrop_netlink_u32(info, FASTDROP_A_EXPECTED);
	int err = fdrop_ruleset_confirm(&port->rules, expected, error);

	fdrop_netlink_blame_expected(info, err);
	return err;
}

int fdrop_confirm(struct sk_buff *skb, struct genl_info *info)
{
	return with_port(skb, info, confirm_port);
}

static int roll_back_port(struct fdrop_port *port, struct genl_info *info,
			  struct fdrop_error *error)
{
	u32 expected = fdrop_netlink_u32(info, FASTDROP_A_EXPECTED);
	int err = fdrop_ruleset_rollback(&port->rules, expected, error);

	fdrop_netlink_blame_expected(info, err);
	return err;
}

int fdrop_roll_back(struct sk_buff *skb, struct genl_info *info)
{
	return with_port(skb, info, roll_back_port);
}
