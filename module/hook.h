/* SPDX-License-Identifier: GPL-2.0 */
/* Where packets are taken from a device. */
#ifndef FDROP_HOOK_H
#define FDROP_HOOK_H

struct fdrop_datapath;
struct fdrop_error;
struct net_device;

/**
 * struct fdrop_hook - a place in a device's receive path
 * @name: what users call it
 * @attach: packets of @dev go to @dp from now on. Called under RTNL. 0, or a
 *	negative error with its sentence in @error and nothing attached
 * @detach: takes that back. Called under RTNL; when it returns, no CPU uses
 *	the datapath any more
 */
struct fdrop_hook {
	const char *name;
	int (*attach)(struct net_device *dev, struct fdrop_datapath *dp,
		      struct fdrop_error *error);
	void (*detach)(struct net_device *dev);
};

extern const struct fdrop_hook fdrop_hook_rx;

#endif /* FDROP_HOOK_H */
