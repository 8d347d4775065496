// SPDX-License-Identifier: GPL-2.0
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "port.h"

#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/printk.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "engine/rule_list.h"
#include "error.h"
#include "hook.h"
#include "ruleset.h"
#include "stats.h"

/* Both under RTNL. */
static LIST_HEAD(ports);
static RAW_NOTIFIER_HEAD(watchers);

static struct fdrop_port *find(const struct net_device *dev)
{
	struct fdrop_port *port;

	ASSERT_RTNL();
	list_for_each_entry(port, &ports, list)
		if (port->dev == dev)
			return port;
	return NULL;
}

/* Nobody may use @port any more. */
static void destroy(struct fdrop_port *port)
{
	fdrop_generation_destroy(rcu_dereference_protected(port->dp.generation, true));
	fdrop_counts_free(port->dp.counts);
	netdev_put(port->dev, &port->tracker);
	kfree(port);
}

/* What tells how long the link-layer header of a device's frames is. */
static u32 link_header(const struct net_device *dev)
{
	return dev->type == ARPHRD_ETHER || dev->type == ARPHRD_LOOPBACK ? ETH_HLEN : 0;
}

static struct fdrop_port *create(struct net_device *dev, struct fdrop_rule_list *list, bool dryrun,
				 struct fdrop_error *error)
{
	struct fdrop_generation *gen;
	struct fdrop_port *port;

	port = kzalloc(sizeof(*port), GFP_KERNEL);
	if (!port)
		goto no_memory;
	port->dev = dev;
	netdev_hold(dev, &port->tracker, GFP_KERNEL);
	port->hook = &fdrop_hook_rx;
	port->dp.enabled = true;
	port->dp.dryrun = dryrun;
	port->dp.queues = dev->num_rx_queues;
	port->dp.counts = fdrop_counts_alloc(port->dp.queues * FDROP_COUNTERS);
	if (!port->dp.counts)
		goto destroy_port;
	gen = fdrop_generation_create(list, link_header(dev), error);
	if (IS_ERR(gen)) {
		destroy(port);
		return ERR_CAST(gen);
	}
	RCU_INIT_POINTER(port->dp.generation, gen);
	return port;

destroy_port:
	destroy(port);
no_memory:
	fdrop_error_set(error, "no memory to protect %s", dev->name);
	return ERR_PTR(-ENOMEM);
}

/* Also of a switch that puts no tags on its frames: they are the ports' own. */
static bool is_dsa_conduit(const struct net_device *dev)
{
#if IS_ENABLED(CONFIG_NET_DSA)
	return dev->dsa_ptr;
#else
	return false;
#endif
}

static int check_device(const struct net_device *dev, struct fdrop_error *error)
{
	if (find(dev)) {
		fdrop_error_set(error, "%s is protected already", dev->name);
		return -EEXIST;
	}
	if (is_dsa_conduit(dev)) {
		fdrop_error_set(error, "%s is the conduit of a DSA switch: protect the ports of the switch instead",
				dev->name);
		return -EOPNOTSUPP;
	}
	return 0;
}

int fdrop_port_add(struct net_device *dev, struct fdrop_rule_list *list, bool dryrun,
		   struct fdrop_error *error)
{
	u32 count = list->count;
	struct fdrop_port *port;
	int err;

	err = check_device(dev, error);
	if (err)
		return err;

	port = create(dev, list, dryrun, error);
	if (IS_ERR(port))
		return PTR_ERR(port);
	err = port->hook->attach(dev, &port->dp, error);
	if (err)
		goto destroy_port;
	err = notifier_to_errno(raw_notifier_call_chain_robust(&watchers, FDROP_PORT_ADDED,
							       FDROP_PORT_REMOVED, port));
	if (err) {
		fdrop_error_set(error, "no memory to protect %s", dev->name);
		goto detach_hook;
	}

	list_add_tail(&port->list, &ports);
	dev_disable_lro(dev);
	pr_info("%s: protected by hook %s, %u rule%s%s\n", dev->name, port->hook->name, count,
		count == 1 ? "" : "s", dryrun ? ", a dry run" : "");
	return 0;

detach_hook:
	port->hook->detach(dev);
destroy_port:
	destroy(port);
	return err;
}

static void del(struct fdrop_port *port, const char *why)
{
	pr_info("%s: no longer protected%s\n", port->dev->name, why);
	list_del(&port->list);
	port->hook->detach(port->dev);
	raw_notifier_call_chain(&watchers, FDROP_PORT_REMOVED, port);
	destroy(port);
}

void fdrop_port_del_all(void)
{
	struct fdrop_port *port, *next;

	ASSERT_RTNL();
	list_for_each_entry_safe(port, next, &ports, list)
		del(port, "");
}

int fdrop_port_watch(struct notifier_block *nb)
{
	int err;

	rtnl_lock();
	err = raw_notifier_chain_register(&watchers, nb);
	rtnl_unlock();
	return err;
}

void fdrop_port_unwatch(struct notifier_block *nb)
{
	rtnl_lock();
	raw_notifier_chain_unregister(&watchers, nb);
	rtnl_unlock();
}

static int netdev_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct fdrop_port *port = find(dev);

	if (!port)
		return NOTIFY_DONE;
	switch (event) {
	case NETDEV_UNREGISTER:
		/* Also of a move to another namespace, where we have no say. */
		del(port, ": the device goes away");
		break;
	case NETDEV_JOIN:
		/* A bridge is about to ask for the rx_handler. */
		del(port, ": a bridge takes the device");
		break;
	}
	return NOTIFY_DONE;
}

static struct notifier_block netdev_nb = {
	.notifier_call = netdev_event,
};

int fdrop_port_init(void)
{
	return register_netdevice_notifier(&netdev_nb);
}

void fdrop_port_exit(void)
{
	rtnl_lock();
	fdrop_port_del_all();
	rtnl_unlock();
	unregister_netdevice_notifier(&netdev_nb);
}
