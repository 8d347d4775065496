// SPDX-License-Identifier: GPL-2.0
/*
 * An rx_handler that frees, the cheap way, whatever comes to dev=: no filter there can be
 * cheaper. Each CPU counts for itself, so that none waits for another.
 */
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>

static char *dev;
module_param(dev, charp, 0444);
MODULE_PARM_DESC(dev, "the device");

static DEFINE_PER_CPU(unsigned long, dropped);

static int show_dropped(char *buffer, const struct kernel_param *param)
{
	unsigned long sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += per_cpu(dropped, cpu);
	return sysfs_emit(buffer, "%lu\n", sum);
}

static const struct kernel_param_ops dropped_ops = { .get = show_dropped };
module_param_cb(dropped, &dropped_ops, NULL, 0444);
MODULE_PARM_DESC(dropped, "packets that came, all of them dropped");

static struct net_device *netdev;

static rx_handler_result_t drop(struct sk_buff **pskb)
{
	__this_cpu_inc(dropped);
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
