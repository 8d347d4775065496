/* SPDX-License-Identifier: GPL-2.0 */
/* All of the rules and sets of a port, of one generation. */
#ifndef FASTDROP_SNAPSHOT_H
#define FASTDROP_SNAPSHOT_H

#include "libfastdrop/state.h"

/**
 * struct snapshot - rules and sets
 * @rules: the rules that files have; no one's own
 * @sets: the sets, finished
 * @count: how many of these
 */
struct snapshot {
	struct rule_states rules;
	struct fdrop_set sets[FDROP_SETS];
	u32 count;
};

/*
 * Reads what is in force, for snapshot_free(), also on failure. Returns 0 or a negative
 * errno, and nl_error() says why; -EAGAIN if it kept changing meanwhile.
 */
int snapshot_read(struct nl *nl, const struct port *port, struct snapshot *snapshot);
void snapshot_free(struct snapshot *snapshot);

#endif /* FASTDROP_SNAPSHOT_H */
