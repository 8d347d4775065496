// SPDX-License-Identifier: GPL-2.0
/* The rx_handler of a netdev: behind the driver and GRO, before IP. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "hook.h"

#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include <linux/printk.h>
#include <linux/rtnetlink.h>
#include <net/rtnetlink.h>

#include "error.h"
#include "skb.h"

/* A verdict is what an rx_handler returns: then to ask for it is the handler's last act. */
static_assert((int)FDROP_VERDICT_DROP == (int)RX_HANDLER_CONSUMED);
static_assert((int)FDROP_VERDICT_PASS == (int)RX_HANDLER_PASS);

/* Called with rcu_read_lock and BH off; skb->data is at the network header. */
static rx_handler_result_t handle_frame(struct sk_buff **pskb)
{
	struct sk_buff *skb = *pskb;

	return (rx_handler_result_t)fdrop_skb_run(skb, rcu_dereference(skb->dev->rx_handler_data));
}

static const char *kind(const struct net_device *dev)
{
	return dev->rtnl_link_ops ? dev->rtnl_link_ops->kind : "device";
}

/* Whoever has the rx_handler is linked above the device; a VLAN device needs none. */
static struct net_device *find_owner(struct net_device *dev)
{
	struct net_device *upper;
	struct list_head *iter;

	netdev_for_each_upper_dev_rcu(dev, upper, iter)
		if (!is_vlan_dev(upper))
			return upper;
	return NULL;
}

static void name_owner(struct fdrop_attachment *at, struct fdrop_error *error)
{
	const struct net_device *owner = find_owner(at->dev);
	const char *name = at->dev->name;

	if (!owner) {
		strscpy(at->why, "the rx_handler is taken", sizeof(at->why));
		fdrop_error_set(error, "the rx_handler of %s is taken, and not by a device above it: use hook ingress, or is there another filter module?",
				name);
		return;
	}
	snprintf(at->why, sizeof(at->why), "the %s %s has the rx_handler", kind(owner),
		 owner->name);
	fdrop_error_set(error, "%s belongs to the %s %s, which has its rx_handler: use hook ingress, protect %s instead, or take %s out of it",
			name, kind(owner), owner->name, owner->name, name);
}

static void warn_of_vlans(struct net_device *dev)
{
	struct net_device *upper;
	struct list_head *iter;

	netdev_for_each_upper_dev_rcu(dev, upper, iter)
		if (is_vlan_dev(upper))
			pr_notice("%s: frames of VLAN %u go to %s and are not filtered here: protect %s too, or use hook ingress\n",
				  dev->name, vlan_dev_vlan_id(upper), upper->name, upper->name);
}

static int attach(struct fdrop_attachment *at, struct fdrop_error *error)
{
	int err;

	err = netdev_rx_handler_register(at->dev, handle_frame, at->dp);
	if (err == -EBUSY) {
		name_owner(at, error);
	} else if (err) {
		strscpy(at->why, "it takes no rx_handler", sizeof(at->why));
		fdrop_error_set(error, "%s is a device that takes no rx_handler: use hook ingress",
				at->dev->name);
	} else {
		warn_of_vlans(at->dev);
	}
	return err;
}

static void detach(struct fdrop_attachment *at)
{
	netdev_rx_handler_unregister(at->dev);
}

const struct fdrop_hook fdrop_hook_rx = {
	.name = "rx",
	.attach = attach,
	.detach = detach,
};
