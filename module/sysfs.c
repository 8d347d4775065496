// SPDX-License-Identifier: GPL-2.0
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "sysfs.h"

#include <linux/capability.h>
#include <linux/err.h>
#include <linux/kobject.h>
#include <linux/kstrtox.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "draft.h"
#include "engine/rule_text.h"
#include "engine/table.h"
#include "error.h"
#include "generation.h"
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
	{ "diverted",		FDROP_DIVERTED },
	{ "sampled",		FDROP_SAMPLED },
	{ "ring_lost",		FDROP_RING_LOST },
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
	struct port_file sample;
	struct port_file protect;
	struct port_file hook;
	struct port_file generation;
	struct port_file rule_add;
	struct port_file rule_del;
	struct bin_attribute rules;
	struct mutex listing;		/* of the three behind it */
	u32 number;			/* of the generation that is listed */
	loff_t listed;			/* where in the listing the rule of */
	u32 next;			/* this rank begins, or one before */
	struct queue_file files[];	/* queue by queue */
};

static LIST_HEAD(directories);

static struct fdrop_port *port_of(struct kobj_attribute *attr)
{
	return container_of(attr, struct port_file, attr)->port;
}

/* As with netlink. The mode of a file is right for root of any user namespace. */
static int check_right(void)
{
	return capable(CAP_NET_ADMIN) ? 0 : -EPERM;
}

static ssize_t enabled_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", READ_ONCE(port_of(attr)->dp.enabled));
}

static ssize_t enabled_store(struct kobject *kobj, struct kobj_attribute *attr,
			     const char *buf, size_t count)
{
	bool enabled;
	int err;

	err = check_right() ?: kstrtobool(buf, &enabled);
	if (err)
		return err;
	fdrop_port_set_enabled(port_of(attr), enabled);
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
	int err;

	err = check_right() ?: kstrtobool(buf, &dryrun);
	if (err)
		return err;
	fdrop_port_set_dryrun(port_of(attr), dryrun);
	return count;
}

static ssize_t sample_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", READ_ONCE(port_of(attr)->dp.sample));
}

static ssize_t sample_store(struct kobject *kobj, struct kobj_attribute *attr,
			    const char *buf, size_t count)
{
	u32 sample;
	int err;

	err = check_right() ?: kstrtou32(buf, 10, &sample);
	if (err)
		return err;
	fdrop_port_set_sample(port_of(attr), sample);
	return count;
}

/* Files have no other way to say why: the log. */
static int refuse(const struct fdrop_port *port, const char *what, const struct fdrop_error *error,
		  int err)
{
	if (err)
		pr_notice("%s: %s: %s\n", port->dev->name, what, error->text);
	return err;
}

static ssize_t protect_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	struct fdrop_ruleset *rs = &port_of(attr)->rules;
	bool protects;

	mutex_lock(&rs->lock);
	protects = fdrop_ruleset_protects(rs);
	mutex_unlock(&rs->lock);
	return sysfs_emit(buf, "%d\n", protects);
}

static ssize_t protect_store(struct kobject *kobj, struct kobj_attribute *attr,
			     const char *buf, size_t count)
{
	struct fdrop_port *port = port_of(attr);
	struct fdrop_error error;
	bool protect;
	int err;

	err = check_right() ?: kstrtobool(buf, &protect);
	if (err)
		return err;
	err = fdrop_ruleset_set_protect(&port->rules, protect, &error);
	return refuse(port, "protect", &error, err) ?: count;
}

static ssize_t generation_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	struct fdrop_ruleset *rs = &port_of(attr)->rules;
	u32 number;

	mutex_lock(&rs->lock);
	number = rs->number;
	mutex_unlock(&rs->lock);
	return sysfs_emit(buf, "%u\n", number);
}

/* Ends a draft of one change: in force, or as if there had been none. */
static int end_draft(struct fdrop_draft *draft, int err, struct fdrop_error *error)
{
	u32 number;

	if (!err)
		err = fdrop_draft_commit(draft, 0, &number, error);
	if (err)
		fdrop_draft_abort(draft);
	return err;
}

static int add_rules(struct fdrop_port *port, const char *text, size_t length,
		     struct fdrop_error *error)
{
	struct fdrop_draft *draft;

	/* More comes in two pieces, each of which would be a change of its own. */
	if (length >= PAGE_SIZE) {
		fdrop_error_set(error, "at most %lu bytes are taken: use the command fastdrop",
				PAGE_SIZE - 1);
		return -E2BIG;
	}
	draft = fdrop_draft_begin(&port->rules, 0, error);
	if (IS_ERR(draft))
		return PTR_ERR(draft);
	return end_draft(draft, fdrop_draft_add(draft, text, length, error), error);
}

static int del_rule(struct fdrop_port *port, const char *text, size_t length,
		    struct fdrop_error *error)
{
	struct fdrop_draft *draft;
	u32 id;
	int err;

	err = kstrtou32(text, 10, &id);
	if (err) {
		fdrop_error_set(error, "expected the id of a rule, a number");
		return err;
	}
	draft = fdrop_draft_begin(&port->rules, 0, error);
	if (IS_ERR(draft))
		return PTR_ERR(draft);
	return end_draft(draft, fdrop_draft_del(draft, id, error), error);
}

/* What is written to a file that changes rules is given to @change. */
static ssize_t change_rules(struct kobj_attribute *attr, const char *buf, size_t count,
			    int (*change)(struct fdrop_port *port, const char *text, size_t length,
					  struct fdrop_error *error))
{
	struct fdrop_port *port = port_of(attr);
	struct fdrop_error error;
	int err = check_right();

	if (err)
		return err;
	err = change(port, buf, count, &error);
	return refuse(port, attr->attr.name, &error, err) ?: count;
}

static ssize_t rule_add_store(struct kobject *kobj, struct kobj_attribute *attr,
			      const char *buf, size_t count)
{
	return change_rules(attr, buf, count, add_rules);
}

static ssize_t rule_del_store(struct kobject *kobj, struct kobj_attribute *attr,
			      const char *buf, size_t count)
{
	return change_rules(attr, buf, count, del_rule);
}

static ssize_t hook_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", READ_ONCE(port_of(attr)->at.hook)->name);
}

static ssize_t counter_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	const struct queue_file *file = container_of(attr, struct queue_file, attr);
	struct fdrop_total total = fdrop_counts_sum(file->port->dp.counts, file->index);

	return sysfs_emit(buf, "%llu\n", file->bytes ? total.bytes : total.packets);
}

/*
 * "RULE # packets N bytes N id N", as long for every N, so that a listing that is
 * read in several pieces fits together.
 */
static size_t print_rule(const struct fdrop_generation *gen, u32 rank, char *line, size_t size)
{
	const struct fdrop_rule *rule = &gen->table->rules[rank];
	struct fdrop_total hits = fdrop_generation_hits(gen, rank);
	char counts[80];
	size_t n;

	n = fdrop_rule_print(rule, gen->table->sets, line, size);
	snprintf(counts, sizeof(counts), "packets %llu bytes %llu id %u", hits.packets, hits.bytes,
		 rule->id);
	return n + scnprintf(line + n, size - n, " # %-68s\n", counts);
}

/*
 * Whoever reads a long listing asks for it in pieces, each behind the one before:
 * it goes on where that one ended, if the rules are the same yet.
 */
static size_t list_rules(struct directory *dir, const struct fdrop_generation *gen, char *buf,
			 loff_t offset, size_t count, char *line, size_t size)
{
	size_t done = 0, n, part;

	while (dir->next < gen->table->count && done < count) {
		if (fdrop_rule_is_own(&gen->table->rules[dir->next])) {
			dir->next++;
			continue;
		}
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
	const size_t size = FDROP_RULE_TEXT + 80;
	struct directory *dir = attr->private;
	struct fdrop_generation *gen;
	ssize_t done;
	char *line;
	u32 number;

	if (check_right())
		return -EPERM;
	line = kvmalloc(size, GFP_KERNEL);
	if (!line)
		return -ENOMEM;
	gen = fdrop_ruleset_generation(&dir->port->rules, &number);
	mutex_lock(&dir->listing);
	if (offset < dir->listed || number != dir->number) {
		dir->listed = 0;
		dir->next = 0;
		dir->number = number;
	}
	done = gen ? list_rules(dir, gen, buf, offset, count, line, size) : 0;
	mutex_unlock(&dir->listing);
	fdrop_generation_put(gen);
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

	err = add_port_file(dir, &dir->enabled, (struct kobj_attribute)__ATTR_RW(enabled)) ?:
	      add_port_file(dir, &dir->dryrun, (struct kobj_attribute)__ATTR_RW(dryrun)) ?:
	      add_port_file(dir, &dir->sample, (struct kobj_attribute)__ATTR_RW(sample)) ?:
	      add_port_file(dir, &dir->protect, (struct kobj_attribute)__ATTR_RW(protect)) ?:
	      add_port_file(dir, &dir->hook, (struct kobj_attribute)__ATTR_RO(hook)) ?:
	      add_port_file(dir, &dir->generation, (struct kobj_attribute)__ATTR_RO(generation)) ?:
	      add_port_file(dir, &dir->rule_add, (struct kobj_attribute)__ATTR_WO(rule_add)) ?:
	      add_port_file(dir, &dir->rule_del, (struct kobj_attribute)__ATTR_WO(rule_del));
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
	const struct fdrop_port_news *news = data;
	struct directory *dir;

	if (event == FDROP_PORT_ADDED)
		return notifier_from_errno(add(news->port));
	dir = find(news->port);
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
