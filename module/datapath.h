/* SPDX-License-Identifier: GPL-2.0 */
/* The road of a packet, the same for every hook. */
#ifndef FDROP_DATAPATH_H
#define FDROP_DATAPATH_H

#include <linux/rcupdate.h>

#include "engine/rule_text.h"
#include "engine/table.h"
#include "stats.h"

enum fdrop_verdict {
	FDROP_VERDICT_PASS,
	FDROP_VERDICT_DROP,
	FDROP_VERDICT_NONE,	/* not decided */
};

/**
 * struct fdrop_generation - a published rule set, which does not change
 * @table: the rules
 * @hits: what each has matched, by rank
 * @sets: the sets that they name
 */
struct fdrop_generation {
	struct fdrop_table *table;
	struct fdrop_counts __percpu *hits;
	struct fdrop_sets sets;
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

/* Counts what becomes of a packet, and says it. */
static __always_inline enum fdrop_verdict
fdrop_datapath_finish(const struct fdrop_datapath *dp, const struct fdrop_packet *packet,
		      enum fdrop_action action)
{
	struct fdrop_count *count = fdrop_counts_here(dp->counts) +
				    (size_t)packet->queue * FDROP_COUNTERS;

	fdrop_count_add(&count[FDROP_SEEN], packet);
	if (action == FDROP_ACTION_DROP && likely(!READ_ONCE(dp->dryrun))) {
		fdrop_count_add(&count[FDROP_DROPPED], packet);
		return FDROP_VERDICT_DROP;
	}
	if (action == FDROP_ACTION_DROP)
		fdrop_count_add(&count[FDROP_WOULD_DROP], packet);
	fdrop_count_add(&count[FDROP_PASSED], packet);
	return FDROP_VERDICT_PASS;
}

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

/**
 * fdrop_datapath_short() - the same for a plain packet and usual rules
 * @dp: the port's
 * @packet: the packet, of which ops and frame need not be set
 *
 * Part of each hook, and calls nothing: then neither registers nor @packet go
 * to the stack, which is a fifth of the module's cost. What it cannot do it
 * leaves alone, uncounted, to fdrop_datapath_run().
 *
 * Context: as with fdrop_datapath_run().
 * Return: the verdict, or %FDROP_VERDICT_NONE.
 */
static __always_inline enum fdrop_verdict
fdrop_datapath_short(const struct fdrop_datapath *dp, const struct fdrop_packet *packet)
{
	const struct fdrop_generation *gen = rcu_dereference(dp->generation);
	struct fdrop_key key fdrop_uninitialized;
	const struct fdrop_entry *found;

	if (!gen->table->usual || !fdrop_parse_plain(packet, &key))
		return FDROP_VERDICT_NONE;
	found = fdrop_table_find(gen->table, &key);
	if (found->action != FDROP_ACTION_NONE)
		fdrop_count_add(&fdrop_counts_here(gen->hits)[found->rank], packet);
	return fdrop_datapath_finish(dp, packet, found->action);
}

#endif /* FDROP_DATAPATH_H */
