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
 * @table: the rules, and the sets that they name
 * @hits: what each has matched while this was in force, by rank
 * @before: what they had in generations before, by rank. Under the ruleset's lock
 * @first_end: when the first of its rules ends, by fdrop_seconds(); ~0 if none does
 * @users: who has it, besides the packets that are under way
 */
struct fdrop_generation {
	struct fdrop_table *table;
	struct fdrop_counts __percpu *hits;
	struct fdrop_total *before;
	u64 first_end;
	fdrop_users users;
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

/* The counters of the packet's receive queue on this CPU. */
static __always_inline struct fdrop_count *
fdrop_datapath_counts(const struct fdrop_datapath *dp, const struct fdrop_packet *packet)
{
	return fdrop_counts_here(dp->counts) + (size_t)packet->queue * FDROP_COUNTERS;
}

/* Counts why not all of a packet was read. */
void fdrop_datapath_unread(const struct fdrop_datapath *dp, const struct fdrop_packet *packet,
			   enum fdrop_reading reading);

/*
 * Rules that count or run dry, from @found on, and what comes of the one behind them
 * that decides, unless a rule protects the packet.
 */
enum fdrop_action fdrop_datapath_count(const struct fdrop_generation *gen, struct fdrop_key *key,
				       const struct fdrop_packet *packet,
				       const struct fdrop_entry *found);

/*
 * Whether a rule may protect the packet from the one that was found. The key is
 * read from memory: there are no registers to keep it in until then.
 */
static __always_inline bool fdrop_datapath_guards(const struct fdrop_generation *gen,
						  const struct fdrop_entry *found,
						  const struct fdrop_key *key)
{
	return unlikely(found->guarded) &&
	       fdrop_guard_may_hold(&gen->table->guard, READ_ONCE(key->proto),
				    READ_ONCE(key->dport));
}

/* The first rule that drops or passes decides; one that counts does not. */
static __always_inline enum fdrop_action
fdrop_datapath_decide(const struct fdrop_generation *gen, struct fdrop_key *key,
		      const struct fdrop_packet *packet)
{
	const struct fdrop_entry *found = fdrop_table_lookup(gen->table, key, packet, 0);

	if (unlikely(found->action == FDROP_ACTION_COUNT || fdrop_datapath_guards(gen, found, key)))
		return fdrop_datapath_count(gen, key, packet, found);
	if (found->action != FDROP_ACTION_NONE)
		fdrop_count_add(&fdrop_counts_here(gen->hits)[found->rank], packet);
	return found->action;
}

/* Counts what becomes of a packet, and says it. */
static __always_inline enum fdrop_verdict
fdrop_datapath_finish(const struct fdrop_datapath *dp, const struct fdrop_packet *packet,
		      enum fdrop_action action)
{
	struct fdrop_count *count = fdrop_datapath_counts(dp, packet);

	fdrop_count_add(&count[FDROP_SEEN], packet);
	if (action == FDROP_ACTION_DROP && likely(!READ_ONCE(dp->dryrun))) {
		fdrop_count_add(&count[FDROP_DROPPED], packet);
		return FDROP_VERDICT_DROP;
	}
	if (action <= FDROP_ACTION_WOULD_DROP)
		fdrop_count_add(&count[FDROP_WOULD_DROP], packet);
	fdrop_count_add(&count[FDROP_PASSED], packet);
	return FDROP_VERDICT_PASS;
}

/**
 * fdrop_datapath_run() - what becomes of a packet, counted
 * @dp: the port's
 * @packet: the packet, which is only read
 *
 * Part of each hook: a call of its own would cost a twentieth of the whole.
 *
 * Context: BH off, under rcu_read_lock(). Takes no lock, allocates nothing.
 * Return: the verdict, which the hook carries out.
 */
static __always_inline enum fdrop_verdict
fdrop_datapath_run(const struct fdrop_datapath *dp, const struct fdrop_packet *packet)
{
	struct fdrop_key key fdrop_uninitialized;
	enum fdrop_reading reading;
	enum fdrop_action action;

	reading = fdrop_parse(packet, &key);
	if (unlikely(reading != FDROP_READ))
		fdrop_datapath_unread(dp, packet, reading);
	action = fdrop_datapath_decide(rcu_dereference(dp->generation), &key, packet);
	return fdrop_datapath_finish(dp, packet, action);
}

/**
 * fdrop_datapath_short() - the same for a plain packet and usual rules
 * @dp: the port's
 * @gen: its generation, whose table is usual
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
fdrop_datapath_short(const struct fdrop_datapath *dp, const struct fdrop_generation *gen,
		     const struct fdrop_packet *packet)
{
	struct fdrop_key key fdrop_uninitialized;
	const struct fdrop_entry *found;

	if (!fdrop_parse_plain(packet, &key))
		return FDROP_VERDICT_NONE;
	found = fdrop_table_find(gen->table, &key);
	if (fdrop_datapath_guards(gen, found, &key))
		return FDROP_VERDICT_NONE;
	if (found->action != FDROP_ACTION_NONE)
		fdrop_count_add(&fdrop_counts_here(gen->hits)[found->rank], packet);
	return fdrop_datapath_finish(dp, packet, found->action);
}

#endif /* FDROP_DATAPATH_H */
