// SPDX-License-Identifier: GPL-2.0
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "params.h"

#include <linux/kernel_read_file.h>
#include <linux/moduleparam.h>
#include <linux/netdevice.h>
#include <linux/nsproxy.h>
#include <linux/printk.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "engine/rule_list.h"
#include "error.h"
#include "port.h"

#define TEXT_MAX	65535

/* Text of any length up to TEXT_MAX: the kernel's charp ends at 1024. */
static int set_text(const char *value, const struct kernel_param *kp)
{
	char **text = kp->arg;
	char *copy;

	if (strlen(value) > TEXT_MAX) {
		pr_err("%s: %zu characters, and at most %u are taken\n", kp->name, strlen(value),
		       TEXT_MAX);
		return -E2BIG;
	}
	copy = kstrdup(value, GFP_KERNEL);
	if (!copy)
		return -ENOMEM;
	kfree(*text);
	*text = copy;
	return 0;
}

static void free_text(void *arg)
{
	char **text = arg;

	kfree(*text);
}

static const struct kernel_param_ops text_ops = {
	.set = set_text,
	.free = free_text,
};

static char *dev;
module_param_cb(dev, &text_ops, &dev, 0);
MODULE_PARM_DESC(dev, "devices to protect: dev=eth0,eth1");

static char *filter;
module_param_cb(filter, &text_ops, &filter, 0);
MODULE_PARM_DESC(filter, "rules for them, in their order: filter='\"udp dst 192.0.2.1 dport 53 drop; icmp drop\"'");

static char *rules;
module_param_cb(rules, &text_ops, &rules, 0);
MODULE_PARM_DESC(rules, "or a file that they are in, by its whole path: rules=/etc/fastdrop.rules");

static char *hook;
module_param_cb(hook, &text_ops, &hook, 0);
MODULE_PARM_DESC(hook, "where packets are taken: rx, ingress, or auto: rx where it is free (default auto)");

static bool dryrun;
module_param(dryrun, bool, 0);
MODULE_PARM_DESC(dryrun, "count what would be dropped, and drop nothing (default 0)");

static bool protect = true;
module_param(protect, bool, 0);
MODULE_PARM_DESC(protect, "never drop ARP, IPv6 neighbour discovery and DHCP replies (default 1)");

/* The rules that insmod was given, by filter= or out of the file of rules=. */
struct source {
	const char *name;
	const char *text;
	size_t length;
	void *file;	/* to be freed, or NULL */
};

/* insmod hands its arguments on unquoted, and the kernel splits them at spaces. */
static void __init report(const struct source *source, const struct fdrop_text_error *error)
{
	if (error->line > 1 || source->file)
		pr_err("%s, line %u, column %u: %s\n", source->name, error->line, error->column,
		       error->message);
	else
		pr_err("%s, column %u: %s\n", source->name, error->column, error->message);
	if (!source->file && !strpbrk(source->text, " \t\n"))
		pr_err("filter ends at its first space unless it is quoted for the kernel too: filter='\"%s ...\"'\n",
		       source->text);
}

static int __init read_rules(struct source *source)
{
	ssize_t length;

	length = kernel_read_file_from_path(rules, 0, &source->file, INT_MAX, NULL,
					    READING_POLICY);
	if (length < 0) {
		pr_err("rules: the file \"%s\" cannot be read (error %zd)%s\n", rules, -length,
		       length == -ENOENT ? ": give its whole path" :
		       length == -EINVAL ? ": is it empty, or no regular file?" : "");
		source->file = NULL;
		return length;
	}
	source->name = rules;
	source->text = source->file;
	source->length = length;
	return 0;
}

static int __init open_source(struct source *source)
{
	*source = (struct source){ .name = "filter", .text = filter ?: "" };
	source->length = strlen(source->text);
	if (filter && rules) {
		pr_err("filter and rules: give one of them\n");
		return -EINVAL;
	}
	return rules ? read_rules(source) : 0;
}

/* The rules of @source; to be freed in any case. */
static int __init parse_source(const struct source *source, struct fdrop_rule_list *list)
{
	struct fdrop_text_error error;
	int err;

	err = fdrop_rule_list_parse(list, source->text, source->length, &error);
	if (err)
		report(source, &error);
	return err;
}

/* What holds for all devices. */
static int __init choose(struct fdrop_port_options *options)
{
	struct fdrop_error error;
	int err;

	*options = (struct fdrop_port_options){
		.dryrun = dryrun,
		.protect = protect,
		.priority = FDROP_HOOK_PRIORITY,
	};
	err = fdrop_hook_find(hook ?: "auto", &options->hook, &error);
	if (!err && options->hook == &fdrop_hook_xdp) {
		fdrop_error_set(&error, "xdp needs a program, which insmod does not bring: load the module without dev, then fastdrop dev add DEV hook xdp");
		err = -EINVAL;
	}
	if (err)
		pr_err("hook: %s\n", error.text);
	return err;
}

static int __init protect_one(const char *name, const struct source *source,
			      const struct fdrop_port_options *options,
			      struct fdrop_rule_list *list)
{
	struct fdrop_error error = { "" };
	struct net_device *netdev;
	int err;

	err = parse_source(source, list);
	if (err)
		return err;
	rtnl_lock();
	netdev = __dev_get_by_name(current->nsproxy->net_ns, name);
	if (netdev) {
		err = fdrop_port_add(netdev, list, options, &error);
	} else {
		fdrop_error_set(&error, "there is no device \"%s\" in this network namespace",
				name);
		err = -ENODEV;
	}
	rtnl_unlock();
	if (err)
		pr_err("dev: %s\n", error.text);
	return err;
}

/* Each device has rules of its own, which it may change later: one list for each. */
static int __init protect_all(char *names, const struct source *source,
			      const struct fdrop_port_options *options,
			      struct fdrop_rule_list *list)
{
	char *name;
	int err = 0;

	while (!err && (name = strsep(&names, ","))) {
		err = protect_one(name, source, options, list);
		fdrop_rule_list_free(list);
	}
	if (err) {
		rtnl_lock();
		fdrop_port_del_all();
		rtnl_unlock();
	}
	return err;
}

static int __init apply(const struct source *source, struct fdrop_rule_list *list)
{
	struct fdrop_port_options options;
	int err;

	err = choose(&options);
	if (err)
		return err;
	if (dev)
		return protect_all(dev, source, &options, list);
	err = parse_source(source, list);
	if (!err && list->count) {
		pr_err("%s without dev: say which devices, as dev=eth0,eth1\n", source->name);
		err = -EINVAL;
	}
	fdrop_rule_list_free(list);
	return err;
}

int __init fdrop_params_apply(void)
{
	struct fdrop_rule_list *list;
	struct source source;
	int err;

	list = kvzalloc(sizeof(*list), GFP_KERNEL);
	if (!list)
		return -ENOMEM;
	err = open_source(&source) ?: apply(&source, list);
	vfree(source.file);
	kvfree(list);
	return err;
}
