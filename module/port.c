// SPDX-License-Identifier: GPL-2.0
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "port.h"

#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "engine/rule_list.h"
#include "error.h"
#include "generation.h"
#include "stats.h"

/* Of the list, which RTNL guards too. */
static DEFINE_MUTEX(ports_lock);
static LIST_HEAD(ports);
static unsigned int changes = 1;

/* Under RTNL. */
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

static void destroy(struct kref *users)
{
	struct fdrop_port *port = container_of(users, struct fdrop_port, users);

	fdrop_ruleset_destroy(&port->rules);
	fdrop_counts_free(port->dp.counts);
	kfree(port);
}

void fdrop_port_put(struct fdrop_port *port)
{
	kref_put(&port->users, destroy);
}

/* What tells how long the link-layer header of a device's frames is. */
static u32 link_header(const struct net_device *dev)
{
	return dev->type == ARPHRD_ETHER || dev->type == ARPHRD_LOOPBACK ? ETH_HLEN : 0;
}

static struct fdrop_generation *first_generation(struct fdrop_rule_list *list, u32 link,
						 bool protect, struct fdrop_error *error)
{
	int err = protect ? fdrop_own_rules_add(list, error) : 0;

	if (!err)
		err = fdrop_generation_prepare(list, link, error);
	return err ? ERR_PTR(err) : fdrop_generation_create(list, error);
}

static struct fdrop_port *create(struct net_device *dev, struct fdrop_rule_list *list,
				 const struct fdrop_port_options *options,
				 struct fdrop_error *error)
{
	const u32 link = link_header(dev);
	struct fdrop_generation *gen;
	struct fdrop_port *port;

	gen = first_generation(list, link, options->protect, error);
	if (IS_ERR(gen))
		return ERR_CAST(gen);
	port = kzalloc(sizeof(*port), GFP_KERNEL);
	if (port)
		port->dp.counts = fdrop_counts_alloc(dev->num_rx_queues * FDROP_COUNTERS, 1);
	if (!port || !port->dp.counts) {
		kfree(port);
		fdrop_generation_put(gen);
		fdrop_error_set(error, "no memory to protect %s", dev->name);
		return ERR_PTR(-ENOMEM);
	}
	kref_init(&port->users);
	port->dev = dev;
	port->ifindex = dev->ifindex;
	port->at.hook = options->hook;
	port->at.dev = dev;
	port->at.dp = &port->dp;
	port->at.priority = options->priority;
	port->at.program = options->program;
	port->dp.enabled = true;
	port->dp.dryrun = options->dryrun;
	port->dp.queues = dev->num_rx_queues;
	port->dp.ifindex = dev->ifindex;
	port->dp.link = link;
	fdrop_ruleset_open(&port->rules, &port->dp, gen);
	return port;
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

/* Nobody has heard of the port, or all have been told that it is gone. */
static void discard(struct fdrop_port *port)
{
	fdrop_ruleset_close(&port->rules);
	fdrop_port_put(port);
}

/* In order of ifindex, for whoever lists them piece by piece. */
static void put_on_list(struct fdrop_port *port)
{
	struct fdrop_port *other;

	mutex_lock(&ports_lock);
	list_for_each_entry(other, &ports, list)
		if (other->ifindex > port->ifindex)
			break;
	list_add_tail(&port->list, &other->list);
	WRITE_ONCE(changes, changes + 1);
	mutex_unlock(&ports_lock);
}

static void take_off_list(struct fdrop_port *port)
{
	mutex_lock(&ports_lock);
	list_del(&port->list);
	WRITE_ONCE(changes, changes + 1);
	mutex_unlock(&ports_lock);
}

static int tell_added(struct fdrop_port *port, struct fdrop_error *error)
{
	struct fdrop_port_news news = { .port = port };
	int err;

	err = notifier_to_errno(raw_notifier_call_chain(&watchers, FDROP_PORT_ADDED, &news));
	if (err)
		fdrop_error_set(error, "no memory to protect %s", port->dev->name);
	return err;
}

/* To all, whether they have heard of it or not. No packet uses the port any more. */
static void tell_removed(struct fdrop_port *port, const char *why)
{
	struct fdrop_port_news news = { .port = port, .reason = why };

	raw_notifier_call_chain(&watchers, FDROP_PORT_REMOVED, &news);
}

int fdrop_port_add(struct net_device *dev, struct fdrop_rule_list *list,
		   const struct fdrop_port_options *options, struct fdrop_error *error)
{
	struct fdrop_port *port;
	u32 count = list->count;
	int err;

	err = check_device(dev, error);
	if (err)
		return err;
	port = create(dev, list, options, error);
	if (IS_ERR(port))
		return PTR_ERR(port);
	err = fdrop_hook_attach(&port->at, error);
	if (err)
		goto discard_port;
	netdev_hold(dev, &port->tracker, GFP_KERNEL);
	put_on_list(port);
	err = tell_added(port, error);
	if (err)
		goto detach_hook;

	dev_disable_lro(dev);
	pr_info("%s: protected by hook %s, %u rule%s%s\n", dev->name, port->at.hook->name, count,
		count == 1 ? "" : "s", options->dryrun ? ", a dry run" : "");
	return 0;

detach_hook:
	take_off_list(port);
	port->at.hook->detach(&port->at);
	tell_removed(port, "it was not added");
	netdev_put(dev, &port->tracker);
discard_port:
	discard(port);
	return err;
}

/*
 * Whoever has the port yet may read it, but finds its rules gone. The device is
 * let go of here: to wait for them could be to wait for userspace.
 */
static void del_detached(struct fdrop_port *port, const char *why)
{
	pr_info("%s: no longer protected%s%s\n", port->dev->name, *why ? ": " : "", why);
	take_off_list(port);
	tell_removed(port, why);
	fdrop_ruleset_close(&port->rules);
	netdev_put(port->dev, &port->tracker);
	fdrop_port_put(port);
}

static void del(struct fdrop_port *port, const char *why)
{
	port->at.hook->detach(&port->at);
	del_detached(port, why);
}

int fdrop_port_del(struct net_device *dev, struct fdrop_error *error)
{
	struct fdrop_port *port = find(dev);

	if (!port) {
		fdrop_error_set(error, "%s is not protected", dev->name);
		return -ENODEV;
	}
	del(port, "");
	return 0;
}

void fdrop_port_del_all(void)
{
	struct fdrop_port *port, *next;

	ASSERT_RTNL();
	list_for_each_entry_safe(port, next, &ports, list)
		del(port, "");
}

struct fdrop_port *fdrop_port_get(const struct net *net, int ifindex, const char *name)
{
	struct fdrop_port *port, *found = NULL;

	mutex_lock(&ports_lock);
	list_for_each_entry(port, &ports, list) {
		if (!net_eq(dev_net(port->dev), net) || (ifindex && port->ifindex != ifindex) ||
		    (name && strcmp(port->dev->name, name)))
			continue;
		kref_get(&port->users);
		found = port;
		break;
	}
	mutex_unlock(&ports_lock);
	return found;
}

struct fdrop_port *fdrop_port_next(const struct net *net, int ifindex)
{
	struct fdrop_port *port, *found = NULL;

	mutex_lock(&ports_lock);
	list_for_each_entry(port, &ports, list) {
		if (!net_eq(dev_net(port->dev), net) || port->ifindex <= ifindex)
			continue;
		kref_get(&port->users);
		found = port;
		break;
	}
	mutex_unlock(&ports_lock);
	return found;
}

unsigned int fdrop_port_changes(void)
{
	return READ_ONCE(changes);
}

/* Behind each change of a switch. */
static void settings_changed(struct fdrop_port *port)
{
	mutex_lock(&port->rules.lock);
	fdrop_datapath_publish(&port->dp, fdrop_ruleset_current(&port->rules));
	mutex_unlock(&port->rules.lock);
	fdrop_ruleset_tell_settings(&port->rules);
}

void fdrop_port_set_enabled(struct fdrop_port *port, bool enabled)
{
	WRITE_ONCE(port->dp.enabled, enabled);
	settings_changed(port);
}

void fdrop_port_set_dryrun(struct fdrop_port *port, bool dryrun)
{
	WRITE_ONCE(port->dp.dryrun, dryrun);
	settings_changed(port);
}

void fdrop_port_set_sample(struct fdrop_port *port, u32 sample)
{
	WRITE_ONCE(port->dp.sample, sample);
	settings_changed(port);
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

/*
 * Another device is about to ask for the rx_handler: a bridge does, before it looks
 * whether it is free.
 */
static void make_way(struct fdrop_port *port)
{
	struct fdrop_error error;
	int err;

	if (port->at.hook != &fdrop_hook_rx)
		return;
	if (!port->at.is_auto) {
		del(port, "a bridge takes the device");
		return;
	}
	mutex_lock(&port->rules.lock);
	err = fdrop_hook_yield(&port->at, &error);
	mutex_unlock(&port->rules.lock);
	if (err)
		del_detached(port, error.text);
	else
		fdrop_ruleset_tell_settings(&port->rules);
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
		del(port, "the device goes away");
		break;
	case NETDEV_CHANGENAME:
		fdrop_ruleset_tell_settings(&port->rules);
		break;
	case NETDEV_JOIN:
		make_way(port);
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
