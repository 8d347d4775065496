// SPDX-License-Identifier: GPL-2.0
/* Unloading the module: all ports off, then it, once nobody uses it any more. */
#include <fcntl.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "dev_hook.h"
#include "doctor.h"
#include "libfastdrop/state.h"
#include "module.h"

#define PATIENCE	5		/* seconds */
#define PAUSE		50000000	/* nanoseconds */

static bool has_right(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { };

	return syscall(SYS_capget, &header, data) ||
	       data[CAP_TO_INDEX(CAP_SYS_MODULE)].effective & CAP_TO_MASK(CAP_SYS_MODULE);
}

/* What would be refused is so before any device loses its protection. */
static void want_rights(void)
{
	char disabled[4];

	if (doctor_read("/proc/sys/kernel/modules_disabled", disabled, sizeof(disabled)) &&
	    *disabled == '1')
		fail("not unloaded: this kernel unloads no modules until it is booted again (kernel.modules_disabled): fastdrop dev del ends the protection of a device");
	if (!has_right())
		fail("not unloaded: that takes root (CAP_SYS_MODULE)");
}

static bool let_go(struct nl *nl, const struct port *port)
{
	nl_begin(nl, FASTDROP_CMD_DEV_DEL);
	nl_put_string(nl, FASTDROP_A_IFNAME, port->name);
	if (!nl_send(nl, NULL, NULL))
		return hook_leave(port);
	complain("%s: %s", port->name, nl_error(nl));
	return false;
}

/* All ports of this network namespace; the module takes off the others itself. */
static enum status let_go_of_all(void)
{
	struct ports ports = { };
	struct nl *nl = need_module();
	bool done = true;
	u32 i;

	if (state_ports(nl, &ports))
		fail("%s", nl_error(nl));
	for (i = 0; done && i < ports.count; i++)
		done = let_go(nl, &ports.port[i]);
	free(ports.port);
	nl_close(nl);
	return done ? STATUS_OK : STATUS_FAILED;
}

/* A BPF program goes a while after its device lets go of it, and readers do so in their time. */
static int remove_module(void)
{
	struct timespec pause = { .tv_nsec = PAUSE };
	time_t end = time(NULL) + PATIENCE;

	while (syscall(SYS_delete_module, "fastdrop", O_NONBLOCK)) {
		if (errno != EAGAIN || time(NULL) >= end)
			return errno;
		nanosleep(&pause, NULL);
	}
	return 0;
}

enum status module_unload(int argc, char **argv, struct options *options)
{
	int err;

	if (argc > 1)
		return want_end(argc - 1, argv + 1);
	if (access("/sys/module/fastdrop", F_OK))
		fail("the module fastdrop is not loaded");
	want_rights();
	if (let_go_of_all() != STATUS_OK)
		return STATUS_FAILED;
	err = remove_module();
	if (!err)
		return STATUS_OK;
	if (err != EAGAIN)
		fail("not unloaded: %s; no device of this network namespace is protected any more",
		     strerror(err));
	complain("the module is in use, and stays; no device of this network namespace is protected any more");
	module_show_users();
	return STATUS_FAILED;
}
