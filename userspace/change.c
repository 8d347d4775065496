// SPDX-License-Identifier: GPL-2.0
#include "change.h"

struct change change_begin(const char *dev, const struct options *options)
{
	struct change change = { .nl = need_module(), .options = options };

	need_port(change.nl, dev, &change.port);
	if (draft_begin(change.nl, change.port.ifindex, options))
		fail("%s: %s", change.port.name, nl_error(change.nl));
	return change;
}

void change_remind(const char *dev, u32 seconds)
{
	notice("%s: the old rules come back in %u s, unless you say: fastdrop confirm dev %s", dev,
	       seconds, dev);
}

enum status change_commit(struct change *change)
{
	u32 generation;

	if (draft_commit(change->nl, change->options->confirm, &generation))
		return change_refused(change, change->port.name);
	if (change->options->confirm)
		change_remind(change->port.name, change->options->confirm);
	return change_drop(change, STATUS_OK);
}

enum status change_refused(struct change *change, const char *what)
{
	return change_drop(change, refused(change->nl, what));
}

enum status change_drop(struct change *change, enum status status)
{
	nl_close(change->nl);
	change->nl = NULL;
	return status;
}
