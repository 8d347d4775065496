// SPDX-License-Identifier: GPL-2.0
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "hook.h"

#include <linux/printk.h>
#include <linux/netdevice.h>
#include <linux/string.h>

#include "error.h"

static const struct fdrop_hook *const hooks[] = {
	&fdrop_hook_rx,
	&fdrop_hook_ingress,
	&fdrop_hook_xdp,
};

int fdrop_hook_find(const char *name, const struct fdrop_hook **hook, struct fdrop_error *error)
{
	u32 i;

	*hook = NULL;
	if (!strcmp(name, "auto"))
		return 0;
	for (i = 0; i < ARRAY_SIZE(hooks); i++)
		if (!strcmp(name, hooks[i]->name))
			*hook = hooks[i];
	if (*hook)
		return 0;
	fdrop_error_set(error, "there is no hook \"%.40s\": it can be auto, rx, ingress or xdp",
			name);
	return -EINVAL;
}

int fdrop_hook_attach(struct fdrop_attachment *at, struct fdrop_error *error)
{
	if (at->hook)
		return at->hook->attach(at, error);
	at->is_auto = true;
	at->hook = &fdrop_hook_rx;
	if (!at->hook->attach(at, error))
		return 0;
	at->hook = &fdrop_hook_ingress;
	return at->hook->attach(at, error);
}

int fdrop_hook_yield(struct fdrop_attachment *at, struct fdrop_error *error)
{
	int err;

	at->hook->detach(at);
	WRITE_ONCE(at->hook, &fdrop_hook_ingress);
	err = at->hook->attach(at, error);
	if (err)
		return err;
	strscpy(at->why, "another device has asked for its rx_handler", sizeof(at->why));
	pr_notice("%s: now protected by hook ingress, as another device asks for its rx_handler\n",
		  at->dev->name);
	return 0;
}
