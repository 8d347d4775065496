// SPDX-License-Identifier: GPL-2.0
#include "sysfs.h"

#include <linux/kobject.h>
#include <linux/kstrtox.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "engine/rule_text.h"
#include "engine/table.h"
#include "hook.h"
#include "port.h"
#include "stats.h"

/* A file of a port. */
struct port_file {
	struct kobj_attribute attr;
	struct fdrop_port *port;
};

/* A counter of a receive queue. */
struct queue_file {
	struct kobj_attribute attr;
	struct fdrop_port *port;
	u32 index;	/* into the port's counts */
	bool bytes;
};

static const struct queue_file_type {
	const char *name;
	u32 counter;
	bool bytes;
} queue_file_types[] = {
	{ "seen",		FDROP_SEEN },
	{ "passed",		FDROP_PASSED },
	{ "dropped",		FDROP_DROPPED },
	{ "bytes_dropped",	FDROP_DROPPED,		true },
	{ "would_drop",		FDROP_WOULD_DROP },
	{ "truncated",		FDROP_UNREAD + FDROP_TRUNCATED - 1 },
	{ "malformed",		FDROP_UNREAD + FDROP_MALFORMED - 1 },
	{ "too_many_headers",	FDROP_UNREAD + FDROP_TOO_MANY_HEADERS - 1 },
};

#define QUEUE_FILES	ARRAY_SIZE(queue_file_types)

/*
 * The directory of a port. It goes under RTNL, and waits for whoever is inside
 * a show or store: those may use the port, and must not ask for RTNL.
 */
struct directory {
	struct kobject *kobj;
	struct kobject *queues;
	struct list_head list;		/* among all, under RTNL */
	struct fdrop_port *port;
	struct port_file enabled;
	struct port_file dryrun;
	struct port_file hook;
	struct bin_attribute rules;
	struct mutex listing;		/* of the two behind it */
	loff_t listed;			/* where in the listing the rule of */
	u32 next;			/* this rank begins, or one before */
	struct queue_file files[];	/* queue by queue */
};

static LIST_HEAD(directories);

static struct fdrop_port *port_of(struct kobj_attribute *attr)
{
	return container_of(attr, struct port_file, attr)->port;
}

static ssize_t enabled_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", READ_ONCE(port_of(attr)->dp.enabled));
}

static ssize_t enabled_store(struct kobject *kobj, struct kobj_attribute *attr,
			     const char *buf, size_t count)
{
	bool enabled;
	int err = kstrtobool(buf, &enabled);

	if (err)
		return err;
	WRITE_ONCE(port_of(attr)->dp.enabled, enabled);
	return count;
}

static ssize_t dryrun_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", READ_ONCE(port_of(attr)->dp.dryrun));
}

static ssize_t dryrun_store(struct kobject *kobj, struct kobj_attribute *attr,
			    const char *buf, size_t count)
{
	bool dryrun;
	int err = kstrtobool(buf, &dryrun);

	if (err)
		return err;
	WRITE_ONCE(port_of(attr)->dp.dryrun, dryrun);
	return count;
}

static ssize_t hook_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", port_of(attr)->hook->name);
}

static ssize_t counter_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	const struct queue_file *file = container_of(attr, struct queue_file, attr);
	struct fdrop_total total = fdrop_counts_sum(file->port->dp.counts, file->index);

	return sysfs_emit(buf, "%llu\n", file->bytes ? total.bytes : total.packets);
}

/*
 * "RULE # packets N bytes N", as long for every N, so that a listing that is
 * read in several pieces fits together.
 */
static size_t print_rule(const struct fdrop_generation *gen, u32 rank, char *line, size_t size)
{
	struct fdrop_total hits = fdrop_counts_sum(gen->hits, rank);
	char counts[64];
	size_t n;

	n = fdrop_rule_print(&gen->table->rules[rank], &gen->sets, line, size);
	snprintf(counts, sizeof(counts), "packets %llu bytes %llu", hits.packets, hits.bytes);
	return n + scnprintf(line + n, size - n, " # %-54s\n", counts);
}

/*
 * Whoever reads a long listing asks for it in pieces, each behind the one before:
 * it goes on where that one ended. The port has one generation as long as it lives,
 * which is longer than this file.
 */
static size_t list_rules(struct directory *dir, char *buf, loff_t offset, size_t count,
			 char *line, size_t size)
{
	const struct fdrop_generation *gen = rcu_dereference_protected(dir->port->dp.generation,
								       true);
	size_t done = 0, n, part;

	while (dir->next < gen->table->count && done < count) {
		n = print_rule(gen, dir->next, line, size);
		if (offset + done < dir->listed + n) {
			part = min_t(size_t, dir->listed + n - (offset + done), count - done);
			memcpy(buf + done, line + (offset + done - dir->listed), part);
			done += part;
		}
		if (offset + done < dir->listed + n)
			break;
		dir->listed += n;
		dir->next++;
		cond_resched();
	}
	return done;
}

static ssize_t rules_read(struct file *file, struct kobject *kobj, struct bin_attribute *attr,
			  char *buf, loff_t offset, size_t count)
{
	const size_t size = FDROP_RULE_TEXT + 64;
	struct directory *dir = attr->private;
	ssize_t done;
	char *line;

	line = kvmalloc(size, GFP_KERNEL);
	if (!line)
		return -ENOMEM;
	mutex_lock(&dir->listing);
	if (offset < dir->listed) {
		dir->listed = 0;
		dir->next = 0;
	}
	done = list_rules(dir, buf, offset, count, line, size);
	mutex_unlock(&dir->listing);
	kvfree(line);
	return done;
}

static int add_port_file(struct directory *dir, struct port_file *file,
			 struct kobj_attribute attr)
{
	file->attr = attr;
	file->port = dir->port;
	sysfs_attr_init(&file->attr.attr);
	return sysfs_create_file(dir->kobj, &file->attr.attr);
}

static int add_port_files(struct directory *dir)
{
	int err;

	err = add_port_file(dir, &dir->enabled, (struct kobj_attribute)__ATTR_RW(enabled));
	if (err)
		return err;
	err = add_port_file(dir, &dir->dryrun, (struct kobj_attribute)__ATTR_RW(dryrun));
	if (err)
		return err;
	err = add_port_file(dir, &dir->hook, (struct kobj_attribute)__ATTR_RO(hook));
	if (err)
		return err;

	dir->rules = (struct bin_attribute)__BIN_ATTR(rules, 0400, rules_read, NULL, 0);
	dir->rules.private = dir;
	mutex_init(&dir->listing);
	sysfs_bin_attr_init(&dir->rules);
	return sysfs_create_bin_file(dir->kobj, &dir->rules);
}

static int add_queue(struct directory *dir, u32 queue)
{
	struct queue_file *files = &dir->files[queue * QUEUE_FILES];
	struct attribute *attrs[QUEUE_FILES + 1] = { NULL };
	char name[16];
	struct attribute_group group = { .name = name, .attrs = attrs };
	u32 i;

	snprintf(name, sizeof(name), "rx-%u", queue);
	for (i = 0; i < QUEUE_FILES; i++) {
		files[i].attr.attr.name = queue_file_types[i].name;
		files[i].attr.attr.mode = 0444;
		files[i].attr.show = counter_show;
		files[i].port = dir->port;
		files[i].index = queue * FDROP_COUNTERS + queue_file_types[i].counter;
		files[i].bytes = queue_file_types[i].bytes;
		sysfs_attr_init(&files[i].attr.attr);
		attrs[i] = &files[i].attr.attr;
	}
	return sysfs_create_group(dir->queues, &group);
}

static void remove(struct directory *dir)
{
	if (dir->queues) {
		kobject_del(dir->queues);
		kobject_put(dir->queues);
	}
	kobject_del(dir->kobj);
	kobject_put(dir->kobj);
	kvfree(dir);
}

static int add_files(struct directory *dir)
{
	int err;
	u32 i;

	err = add_port_files(dir);
	if (err)
		return err;
	dir->queues = kobject_create_and_add("queues", dir->kobj);
	if (!dir->queues)
		return -ENOMEM;
	for (i = 0; i < dir->port->dp.queues; i++) {
		err = add_queue(dir, i);
		if (err)
			return err;
	}
	return 0;
}

static int add(struct fdrop_port *port)
{
	struct directory *dir;
	int err;

	dir = kvzalloc(struct_size(dir, files, port->dp.queues * QUEUE_FILES), GFP_KERNEL);
	if (!dir)
		return -ENOMEM;
	dir->port = port;
	dir->kobj = kobject_create_and_add("fastdrop", &port->dev->dev.kobj);
	if (!dir->kobj) {
		kvfree(dir);
		return -ENOMEM;
	}
	err = add_files(dir);
	if (err) {
		remove(dir);
		return err;
	}
	list_add(&dir->list, &directories);
	return 0;
}

static struct directory *find(const struct fdrop_port *port)
{
	struct directory *dir;

	list_for_each_entry(dir, &directories, list)
		if (dir->port == port)
			return dir;
	return NULL;
}

static int port_event(struct notifier_block *nb, unsigned long event, void *data)
{
	struct directory *dir;

	if (event == FDROP_PORT_ADDED)
		return notifier_from_errno(add(data));
	dir = find(data);
	if (dir) {
		list_del(&dir->list);
		remove(dir);
	}
	return NOTIFY_DONE;
}

static struct notifier_block port_nb = {
	.notifier_call = port_event,
};

int fdrop_sysfs_init(void)
{
	return fdrop_port_watch(&port_nb);
}

void fdrop_sysfs_exit(void)
{
	fdrop_port_unwatch(&port_nb);
}
