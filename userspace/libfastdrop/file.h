/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A file of rules and sets, with a part for each device that it names. All
 * functions end the program where there is no memory.
 */
#ifndef FASTDROP_FILE_H
#define FASTDROP_FILE_H

#include <net/if.h>

#include "engine/rule_list.h"
#include "dev_hook.h"

/* What a file says of a switch. */
enum setting {
	SETTING_NONE,
	SETTING_ON,
	SETTING_OFF,
};

/**
 * struct part - what a file has for one device
 * @dev: its name; "" if there is no such line
 * @line: where that one is
 * @hook: where packets are to be taken
 * @dryrun: what it says of that
 * @protect: and of that
 * @has_sample: it says one of how many passed packets is to be shown
 * @sample: see @has_sample
 * @list: rules in their order, with ids, and sets, each of them finished; the
 *	search over the sets is not made
 */
struct part {
	char dev[IFNAMSIZ];
	u32 line;
	struct hook hook;
	enum setting dryrun;
	enum setting protect;
	bool has_sample;
	u32 sample;
	struct fdrop_rule_list list;
};

struct file {
	const char *name;
	struct part *part;
	u32 count;
};

/**
 * file_read() - read a file
 * @file: where to, for file_free(), also on failure
 * @name: of the file, "-" for standard input
 *
 * Return: whether it is right. If it is not, the user has been told where.
 */
bool file_read(struct file *file, const char *name);
void file_free(struct file *file);

/**
 * file_set_dev() - give a part without a device its device
 * @file: the file
 * @dev: what the user said, or NULL
 *
 * Return: whether that fits. Not if the file names other devices; the user has
 * been told then.
 */
bool file_set_dev(struct file *file, const char *dev);

#endif /* FASTDROP_FILE_H */
