/* SPDX-License-Identifier: GPL-2.0 */
/* The road of a packet, the same for every hook. */
#ifndef FDROP_DATAPATH_H
#define FDROP_DATAPATH_H

#include <linux/types.h>

#include "engine/parse.h"

struct fdrop_counts;
struct fdrop_table;

enum fdrop_verdict {
	FDROP_VERDICT_PASS,
	FDROP_VERDICT_DROP,
};

/**
 * struct fdrop_generation - a published rule set, which does not change
 * @table: the rules
 * @hits: what each has matched, by rank, the one behind all others included
 */
struct fdrop_generation {
	struct fdrop_table *table;
	struct fdrop_counts __percpu *hits;
};

/**
 * struct fdrop_datapath - what the road needs of a port
 * @enabled: whether the hook calls us at all; the kill switch clears it
 * @dryrun: count what would be dropped, and drop nothing
 * @queues: how many receive queues are counted
 * @counts: queue by &enum fdrop_counter
 * @generation: the rules in force
 */
struct fdrop_datapath {
	bool enabled;
	bool dryrun;
	u32 queues;
	struct fdrop_counts __percpu *counts;
	struct fdrop_generation __rcu *generation;
};

/**
 * fdrop_datapath_run() - what becomes of a packet, counted
 * @dp: the port's
 * @packet: the packet, which is only read
 *
 * Context: BH off, under rcu_read_lock(). Takes no lock, allocates nothing.
 * Return: the verdict, which the hook carries out.
 */
enum fdrop_verdict fdrop_datapath_run(const struct fdrop_datapath *dp,
				      const struct fdrop_packet *packet);

#endif /* FDROP_DATAPATH_H */
