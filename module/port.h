/* SPDX-License-Identifier: GPL-2.0 */
/* A port: a netdev under protection. RTNL guards the list of them. */
#ifndef FDROP_PORT_H
#define FDROP_PORT_H

#include <linux/list.h>
#include <linux/netdevice.h>
#include <linux/notifier.h>

#include "datapath.h"

struct fdrop_error;
struct fdrop_hook;
struct fdrop_rule_list;

/**
 * struct fdrop_port - a netdev under protection
 * @dp: what the packet path needs of it
 * @dev: the device, held
 * @tracker: of that reference
 * @hook: where its packets are taken
 * @list: among all ports
 */
struct fdrop_port {
	struct fdrop_datapath dp;
	struct net_device *dev;
	netdevice_tracker tracker;
	const struct fdrop_hook *hook;
	struct list_head list;
};

/* What fdrop_port_watch() tells; the data is the port. Called under RTNL. */
enum fdrop_port_event {
	FDROP_PORT_ADDED,	/* may be refused, which takes the port back */
	FDROP_PORT_REMOVED,	/* no packet uses it any more; it goes when this returns */
};

/**
 * fdrop_port_add() - protect a device
 * @dev: the device
 * @list: its rules and sets; what is taken from the list is the port's
 * @dryrun: whether to count only
 * @error: why not, on failure
 *
 * LRO is switched off, and stays so, as with a bridge: its aggregates have
 * lost the headers that they were made of.
 *
 * Context: under RTNL.
 * Return: 0, or a negative error with nothing attached: -EEXIST (protected
 * already), -EBUSY (the hook is taken), -EOPNOTSUPP (no device for this),
 * those of fdrop_generation_create(). @list is to be freed in any case.
 */
int fdrop_port_add(struct net_device *dev, struct fdrop_rule_list *list, bool dryrun,
		   struct fdrop_error *error);

/**
 * fdrop_port_del_all() - protect nothing any more
 *
 * Context: under RTNL.
 */
void fdrop_port_del_all(void);

/**
 * fdrop_port_watch() - hear of ports that come and go
 * @nb: called with an &enum fdrop_port_event and the port
 */
int fdrop_port_watch(struct notifier_block *nb);
void fdrop_port_unwatch(struct notifier_block *nb);

int fdrop_port_init(void);
void fdrop_port_exit(void);

#endif /* FDROP_PORT_H */
