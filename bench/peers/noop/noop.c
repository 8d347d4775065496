// SPDX-License-Identifier: GPL-2.0
/*
 * An rx_handler that frees, the cheap way, whatever comes to dev=: no filter there can be
 * cheaper. It counts without care for other CPUs: it is for machines with one.
 */
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>

static char *dev;
module_param(dev, charp, 0444);
MODULE_PARM_DESC(dev, "the device");

static ulong dropped;
module_param(dropped, ulong, 0444);
MODULE_PARM_DESC(dropped, "packets that came, all of them dropped");

static struct net_device *netdev;

static rx_handler_result_t drop(struct sk_buff **pskb)
{
	dropped++;
	napi_consume_skb(*pskb, 1);
	return RX_HANDLER_CONSUMED;
}

static int __init noop_init(void)
{
	int err;

	netdev = dev_get_by_name(&init_net, dev ?: "");
	if (!netdev)
		return -ENODEV;
	rtnl_lock();
	err = netdev_rx_handler_register(netdev, drop, NULL);
	rtnl_unlock();
	if (err)
		dev_put(netdev);
	return err;
}

static void __exit noop_exit(void)
{
	rtnl_lock();
	netdev_rx_handler_unregister(netdev);
	rtnl_unlock();
	dev_put(netdev);
}

module_init(noop_init);
module_exit(noop_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("fastdrop's floor: an rx_handler that drops all");
