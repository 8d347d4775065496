// SPDX-License-Identifier: GPL-2.0
/* Everything in order, and back in reverse. */
#include <linux/module.h>

#include "hook.h"
#include "netlink.h"
#include "params.h"
#include "port.h"
#include "reader.h"
#include "sysfs.h"

static int __init fdrop_init(void)
{
	int err;

	fdrop_hook_xdp_init();
	err = fdrop_sysfs_init();
	if (err)
		return err;
	err = fdrop_port_init();
	if (err)
		goto exit_sysfs;
	err = fdrop_params_apply();
	if (err)
		goto exit_port;
	err = fdrop_netlink_init();
	if (err)
		goto exit_port;
	err = fdrop_reader_init();
	if (err)
		goto exit_netlink;
	return 0;

exit_netlink:
	fdrop_netlink_exit();
exit_port:
	fdrop_port_exit();
exit_sysfs:
	fdrop_sysfs_exit();
	return err;
}

static void __exit fdrop_exit(void)
{
	fdrop_reader_exit();
	fdrop_netlink_exit();
	fdrop_port_exit();
	fdrop_sysfs_exit();
}

module_init(fdrop_init);
module_exit(fdrop_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Drops matching floods before the network stack, and counts them by receive queue");
MODULE_VERSION("0.1.0");
