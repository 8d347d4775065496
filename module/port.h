/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A port: a netdev under protection. The list of them is changed under RTNL and
 * the ports' own mutex, and read under either. That mutex comes behind RTNL, and
 * before a ruleset's.
 */
#ifndef FDROP_PORT_H
#define FDROP_PORT_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/netdevice.h>
#include <linux/notifier.h>

#include "datapath.h"
#include "hook.h"
#include "ruleset.h"

struct fdrop_error;
struct fdrop_rule_list;
struct file;

/**
 * struct fdrop_port - a netdev under protection
 * @dp: what the packet path needs of it
 * @rules: its rules, and how they change
 * @users: who has it, besides the list. It may outlive the protection
 * @dev: the device; held, and valid, as long as the port is on the list, or its
 *	rules are not gone
 * @ifindex: of the device
 * @tracker: of that reference
 * @at: where its packets are taken; changed under RTNL and the ruleset's lock
 * @list: among all ports
 */
struct fdrop_port {
	struct fdrop_datapath dp;
	struct fdrop_ruleset rules;
	struct kref users;
	struct net_device *dev;
	int ifindex;
	netdevice_tracker tracker;
	struct fdrop_attachment at;
	struct list_head list;
};

/* What fdrop_port_watch() tells. Called under RTNL. */
enum fdrop_port_event {
	FDROP_PORT_ADDED,	/* may be refused, which takes the port back */
	FDROP_PORT_REMOVED,	/* no packet uses it any more */
};

/**
 * struct fdrop_port_news - what the watchers get
 * @port: which
 * @reason: why it was removed
 */
struct fdrop_port_news {
	struct fdrop_port *port;
	const char *reason;
};

/**
 * struct fdrop_port_options - how to protect a device
 * @dryrun: count only
 * @protect: with the protect rules of the port's own
 * @hook: where; NULL: rx where that is free, else ingress
 * @priority: at hook ingress
 * @program: the BPF link of its XDP program, for hook xdp, or NULL
 */
struct fdrop_port_options {
	bool dryrun;
	bool protect;
	const struct fdrop_hook *hook;
	int priority;
	struct file *program;
};

/**
 * fdrop_port_add() - protect a device
 * @dev: the device
 * @list: its rules and sets; what is taken from the list is the port's
 * @options: how
 * @error: why not, on failure
 *
 * LRO is switched off, and stays so, as with a bridge: its aggregates have
 * lost the headers that they were made of.
 *
 * Context: under RTNL.
 * Return: 0, or a negative error with nothing attached: -EEXIST (protected
 * already), -EBUSY (the hook is taken), -EOPNOTSUPP (no device for this),
 * those of fdrop_generation_prepare(). @list is to be freed in any case.
 */
int fdrop_port_add(struct net_device *dev, struct fdrop_rule_list *list,
		   const struct fdrop_port_options *options, struct fdrop_error *error);

/**
 * fdrop_port_del() - end the protection of a device
 * @dev: the device
 * @error: why not, on failure
 *
 * Context: under RTNL.
 * Return: 0, or -ENODEV if it is not protected.
 */
int fdrop_port_del(struct net_device *dev, struct fdrop_error *error);

/**
 * fdrop_port_del_all() - protect nothing any more
 *
 * Context: under RTNL.
 */
void fdrop_port_del_all(void);

/**
 * fdrop_port_get() - find a port
 * @net: the namespace of its device
 * @ifindex: of the device, or 0 for any
 * @name: its name, or NULL for any
 *
 * Context: may sleep.
 * Return: the port, for fdrop_port_put(); NULL if there is none.
 */
struct fdrop_port *fdrop_port_get(const struct net *net, int ifindex, const char *name);

/**
 * fdrop_port_next() - the next port of a namespace, in order of ifindex
 * @net: the namespace
 * @ifindex: of the one before, or 0
 *
 * Return: as fdrop_port_get().
 */
struct fdrop_port *fdrop_port_next(const struct net *net, int ifindex);

/* One less who has the port. */
void fdrop_port_put(struct fdrop_port *port);

/* A number that changes whenever a port comes or goes. */
unsigned int fdrop_port_changes(void);

/* The kill switch, the dry run, the sample. The packets that come next see it. */
void fdrop_port_set_enabled(struct fdrop_port *port, bool enabled);
void fdrop_port_set_dryrun(struct fdrop_port *port, bool dryrun);
void fdrop_port_set_sample(struct fdrop_port *port, u32 sample);

/**
 * fdrop_port_watch() - hear of ports that come and go
 * @nb: called with an &enum fdrop_port_event and the news
 */
int fdrop_port_watch(struct notifier_block *nb);
void fdrop_port_unwatch(struct notifier_block *nb);

int fdrop_port_init(void);
void fdrop_port_exit(void);

#endif /* FDROP_PORT_H */
