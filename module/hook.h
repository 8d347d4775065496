/* SPDX-License-Identifier: GPL-2.0 */
/* Where packets are taken from a device. */
#ifndef FDROP_HOOK_H
#define FDROP_HOOK_H

#include <linux/netfilter.h>

struct fdrop_datapath;
struct fdrop_error;
struct fdrop_hook;
struct file;
struct net_device;

/* Of hook ingress, if nothing else is asked for: that of iptables' table raw. */
#define FDROP_HOOK_PRIORITY	(-300)

/**
 * struct fdrop_attachment - a device's place at a hook
 * @hook: which; NULL before fdrop_hook_attach(): let it choose
 * @dev: the device
 * @dp: where its packets go
 * @priority: among others at hook ingress, lower ones first
 * @program: the BPF link of hook xdp, kept open as long as it is attached; NULL if
 *	the program is somebody else's
 * @has_frags: the program of hook xdp, whosever it is, took frames in pieces then
 * @is_auto: @hook was chosen
 * @why: and why it is not rx; else, and of a hook that was refused, of no use
 * @nf: of hook ingress
 * @next: of hook xdp, among its devices
 */
struct fdrop_attachment {
	const struct fdrop_hook *hook;
	struct net_device *dev;
	struct fdrop_datapath *dp;
	int priority;
	struct file *program;
	bool has_frags;
	bool is_auto;
	char why[64];
	union {
		struct nf_hook_ops nf;
		struct fdrop_attachment __rcu *next;
	};
};

/**
 * struct fdrop_hook - a place in a device's receive path
 * @name: what users call it
 * @attach: packets of the device go to the datapath from now on. Called under
 *	RTNL. 0, or a negative error with its sentence in @error and nothing attached
 * @detach: takes that back. Called under RTNL; when it returns, no CPU uses
 *	the datapath any more
 */
struct fdrop_hook {
	const char *name;
	int (*attach)(struct fdrop_attachment *at, struct fdrop_error *error);
	void (*detach)(struct fdrop_attachment *at);
};

extern const struct fdrop_hook fdrop_hook_rx;
extern const struct fdrop_hook fdrop_hook_ingress;
extern const struct fdrop_hook fdrop_hook_xdp;

/**
 * fdrop_hook_find() - the hook of a name
 * @name: "auto", or the name of one
 * @hook: is set to it, or to NULL for "auto"
 * @error: why not, on failure
 *
 * Return: 0 or -EINVAL.
 */
int fdrop_hook_find(const char *name, const struct fdrop_hook **hook, struct fdrop_error *error);

/**
 * fdrop_hook_attach() - take packets from a device
 * @at: the place
 * @error: why not, on failure
 *
 * If no hook is asked for it is rx where that is free, and ingress where not.
 *
 * Context: under RTNL.
 * Return: 0, or as &fdrop_hook.attach.
 */
int fdrop_hook_attach(struct fdrop_attachment *at, struct fdrop_error *error);

/**
 * fdrop_hook_yield() - let somebody else have the rx_handler of a device
 * @at: the place, at hook rx
 * @error: why it is now nowhere, on failure
 *
 * From rx to ingress: in between packets pass, uncounted.
 *
 * Context: under RTNL.
 * Return: 0, or as &fdrop_hook.attach.
 */
int fdrop_hook_yield(struct fdrop_attachment *at, struct fdrop_error *error);

/**
 * fdrop_hook_xdp_mode() - how the XDP program of a device runs
 * @dev: the device
 *
 * Context: under RTNL, or for a look that may be old.
 * Return: "native", "generic" or "offload"; NULL if there is none.
 */
const char *fdrop_hook_xdp_mode(const struct net_device *dev);

/*
 * Offers XDP programs what they call. Without it, for want of the right BTF, the other
 * hooks are what they are; 6.1 returns no error for that.
 */
void fdrop_hook_xdp_init(void);

#endif /* FDROP_HOOK_H */
