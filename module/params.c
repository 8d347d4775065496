// SPDX-License-Identifier: GPL-2.0
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "params.h"

#include <linux/moduleparam.h>
#include <linux/netdevice.h>
#include <linux/nsproxy.h>
#include <linux/printk.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "engine/rule_text.h"
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

static bool dryrun;
module_param(dryrun, bool, 0);
MODULE_PARM_DESC(dryrun, "count what would be dropped, and drop nothing (default 0)");

/* insmod hands its arguments on unquoted, and the kernel splits them at spaces. */
static void report(const struct fdrop_text_error *error)
{
	if (error->line > 1)
		pr_err("filter, line %u, column %u: %s\n", error->line, error->column,
		       error->message);
	else
		pr_err("filter, column %u: %s\n", error->column, error->message);
	if (!strpbrk(filter, " \t\n"))
		pr_err("filter ends at its first space unless it is quoted for the kernel too: filter='\"%s ...\"'\n",
		       filter);
}

static u32 __init rules_at_most(const char *text)
{
	u32 n = 1;

	for (; *text; text++)
		n += *text == ';' || *text == '\n';
	return n;
}

/* The rules of filter=, to be freed with kvfree(). */
static struct fdrop_rule * __init parse_filter(u32 *count)
{
	const char *start = filter ?: "";
	struct fdrop_text text = { start, start, start + strlen(start) };
	struct fdrop_text_error error;
	struct fdrop_rule *rules;
	int more;

	rules = kvcalloc(rules_at_most(start), sizeof(*rules), GFP_KERNEL);
	if (!rules)
		return ERR_PTR(-ENOMEM);
	*count = 0;
	while ((more = fdrop_rule_parse(&text, &rules[*count], &error)) > 0)
		++*count;
	if (more < 0) {
		report(&error);
		kvfree(rules);
		return ERR_PTR(more);
	}
	return rules;
}

static int __init protect(const char *name, const struct fdrop_rule *rules, u32 count)
{
	struct fdrop_error error = { "" };
	struct net_device *netdev;
	int err;

	netdev = __dev_get_by_name(current->nsproxy->net_ns, name);
	if (!netdev) {
		pr_err("dev: there is no device \"%s\" in this network namespace\n", name);
		return -ENODEV;
	}
	err = fdrop_port_add(netdev, rules, count, dryrun, &error);
	if (err)
		pr_err("dev: %s\n", error.text);
	return err;
}

static int __init protect_all(char *names, const struct fdrop_rule *rules, u32 count)
{
	char *name;
	int err = 0;

	rtnl_lock();
	while (!err && (name = strsep(&names, ",")))
		err = protect(name, rules, count);
	if (err)
		fdrop_port_del_all();
	rtnl_unlock();
	return err;
}

int __init fdrop_params_apply(void)
{
	struct fdrop_rule *rules;
	u32 count;
	int err = 0;

	rules = parse_filter(&count);
	if (IS_ERR(rules))
		return PTR_ERR(rules);
	if (dev) {
		err = protect_all(dev, rules, count);
	} else if (count) {
		pr_err("filter without dev: say which devices, as dev=eth0,eth1\n");
		err = -EINVAL;
	}
	kvfree(rules);
	return err;
}
