/* SPDX-License-Identifier: GPL-2.0 */
/* One transaction of one command: begun, made, put in force. */
#ifndef FASTDROP_CHANGE_H
#define FASTDROP_CHANGE_H

#include "cmd.h"
#include "libfastdrop/draft.h"
#include "libfastdrop/state.h"

/**
 * struct change - a transaction
 * @nl: its socket
 * @port: whose rules it changes
 * @options: of the command
 */
struct change {
	struct nl *nl;
	struct port port;
	const struct options *options;
};

/* Begins one for a device, or for the only one. Where that is not possible, the end. */
struct change change_begin(const char *dev, const struct options *options);

/* Puts it in force; the user learns by when he has to confirm. */
enum status change_commit(struct change *change);

/* Says why the last request was refused, and gives the change up. */
enum status change_refused(struct change *change, const char *what);

/* Gives it up without a word. Returns @status. */
enum status change_drop(struct change *change, enum status status);

/* What the user has to do, once rules are in force that have to be confirmed. */
void change_remind(const char *dev, u32 seconds);

#endif /* FASTDROP_CHANGE_H */
