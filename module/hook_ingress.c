// SPDX-License-Identifier: GPL-2.0
/*
 * Netfilter's hook of a netdev: before the rx_handler and the VLAN devices, behind tc
 * ingress, and beside whoever else is there. What an ifb device gives back does not
 * pass it.
 */
#include "hook.h"

#include <linux/netdevice.h>
#include <linux/netfilter.h>

#include "error.h"
#include "skb.h"

/* Called with rcu_read_lock and BH off; skb->data is at the network header. */
static unsigned int handle_frame(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	return fdrop_skb_run(skb, priv) == FDROP_VERDICT_PASS ? NF_ACCEPT : NF_STOLEN;
}

static int attach(struct fdrop_attachment *at, struct fdrop_error *error)
{
	int err;

	at->nf = (struct nf_hook_ops){
		.hook = handle_frame,
		.priv = at->dp,
		.dev = at->dev,
		.pf = NFPROTO_NETDEV,
		.hooknum = NF_NETDEV_INGRESS,
		.priority = at->priority,
	};
	err = nf_register_net_hook(dev_net(at->dev), &at->nf);
	if (err == -EOPNOTSUPP)
		fdrop_error_set(error, "this kernel has no netdev ingress hook (CONFIG_NETFILTER_INGRESS): hooks rx and xdp are left, where nobody else has them");
	else if (err)
		fdrop_error_set(error, "%s has no room at its ingress hook (error %d)",
				at->dev->name, -err);
	return err;
}

static void detach(struct fdrop_attachment *at)
{
	nf_unregister_net_hook(dev_net(at->dev), &at->nf);
	synchronize_net();
}

const struct fdrop_hook fdrop_hook_ingress = {
	.name = "ingress",
	.attach = attach,
	.detach = detach,
};
