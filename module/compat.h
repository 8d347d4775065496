/* SPDX-License-Identifier: GPL-2.0 */
/* What differs between the kernels that this builds for, and until when. */
#ifndef FDROP_COMPAT_H
#define FDROP_COMPAT_H

#include <linux/version.h>
#include <net/genetlink.h>

/* The attributes of a dump's request, by type. Before 6.7 there was no genl_info in it. */
static inline struct nlattr **fdrop_dump_attrs(struct netlink_callback *cb)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
	return genl_dumpit_info(cb)->attrs;
#else
	return genl_info_dump(cb)->attrs;
#endif
}

#endif /* FDROP_COMPAT_H */
