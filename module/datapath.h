/* SPDX-License-Identifier: GPL-2.0 */
/* The road of a packet, the same for every hook. */
#ifndef FDROP_DATAPATH_H
#define FDROP_DATAPATH_H

#include <linux/rculist.h>
#include <linux/rcupdate.h>
#include <linux/smp.h>

#include "engine/rule_text.h"
#include "engine/table.h"
#include "ring.h"
#include "stats.h"

enum fdrop_verdict {
	FDROP_VERDICT_DROP,
	FDROP_VERDICT_NONE,	/* not decided */
	FDROP_VERDICT_DUE,	/* nor that, but to be shown */
	FDROP_VERDICT_PASS = 3,	/* as an rx_handler says it */
};

/* Packets come with BH off, which is enough to keep what they use, and not always more. */
#define fdrop_dereference(p)	rcu_dereference_check(p, rcu_read_lock_bh_held())

/**
 * struct fdrop_generation - a published rule set, which does not change
 * @table: the rules, and the sets that they name
 * @hits: what each has matched while this was in force, by rank; and if any is
 *	sampled, whose turn it is
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
 * @plain: the generation in force if the short road will do: it is usual, and the
 *	port is enabled, without dry run and sample. Else NULL
 * @enabled: whether packets are looked at; the kill switch clears it
 * @dryrun: count what would be dropped, and drop nothing
 * @sample: show one of so many passed packets to readers; 0: none
 * @queues: how many receive queues are counted
 * @counts: queue by &enum fdrop_counter; and one turn, of @sample
 * @generation: the rules in force
 * @ifindex: of the device
 * @link: bytes of the link-layer header of its frames
 * @taps: who reads, a list of &struct fdrop_tap
 */
struct fdrop_datapath {
	struct fdrop_generation __rcu *plain;
	bool enabled;
	bool dryrun;
	u32 sample;
	u32 queues;
	struct fdrop_counts __percpu *counts;
	struct fdrop_generation __rcu *generation;
	u32 ifindex;
	u32 link;
	struct hlist_head taps;
};

/* Puts a generation in force, or the switches. Under the ruleset's lock. */
static inline void fdrop_datapath_publish(struct fdrop_datapath *dp, struct fdrop_generation *gen)
{
	bool is_plain = READ_ONCE(dp->enabled) && !READ_ONCE(dp->dryrun) &&
			!READ_ONCE(dp->sample) && gen->table->usual;

	rcu_assign_pointer(dp->plain, is_plain ? gen : NULL);
	rcu_assign_pointer(dp->generation, gen);
}

/**
 * struct fdrop_tap - one reader of a port
 * @node: among those of the port
 * @rings: its rings, by CPU
 */
struct fdrop_tap {
	struct hlist_node node;
	struct fdrop_ring **rings;
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
 * What is special about @found: rules that count or run dry, from there on, and what
 * comes of the one behind them that decides, unless a rule protects the packet. Shows
 * it to readers, if it is due to be shown or diverted.
 */
enum fdrop_action fdrop_datapath_special(const struct fdrop_datapath *dp,
					 const struct fdrop_generation *gen, struct fdrop_key *key,
					 const struct fdrop_packet *packet,
					 const struct fdrop_entry *found);

/* Shows a packet that is passed, if it is its turn. */
void fdrop_datapath_sample(const struct fdrop_datapath *dp, const struct fdrop_packet *packet,
			   enum fdrop_action action);

/*
 * Whether a rule may protect the packet from the one that was found. The key is
 * read from memory: there are no registers to keep it in until then.
 */
static __always_inline bool fdrop_datapath_guards(const struct fdrop_generation *gen,
						  const struct fdrop_entry *found,
						  const struct fdrop_key *key)
{
	return found->special & FDROP_SPECIAL_GUARDED &&
	       fdrop_guard_may_hold(&gen->table->guard, READ_ONCE(key->proto),
				    READ_ONCE(key->dport));
}

/* The first rule that drops, diverts or passes decides; one that counts does not. */
static __always_inline enum fdrop_action
fdrop_datapath_decide(const struct fdrop_datapath *dp, const struct fdrop_generation *gen,
		      struct fdrop_key *key, const struct fdrop_packet *packet)
{
	const struct fdrop_entry *found = fdrop_table_lookup(gen->table, key, packet, 0);

	if (unlikely(found->special) &&
	    (found->special != FDROP_SPECIAL_GUARDED || fdrop_datapath_guards(gen, found, key)))
		return fdrop_datapath_special(dp, gen, key, packet, found);
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
	if (action == FDROP_ACTION_DIVERT) {
		fdrop_count_add(&count[FDROP_DIVERTED], packet);
		return FDROP_VERDICT_DROP;
	}
	if (action <= FDROP_ACTION_WOULD_DROP)
		fdrop_count_add(&count[FDROP_WOULD_DROP], packet);
	fdrop_count_add(&count[FDROP_PASSED], packet);
	if (unlikely(READ_ONCE(dp->sample)))
		fdrop_datapath_sample(dp, packet, action);
	return FDROP_VERDICT_PASS;
}

/**
 * fdrop_datapath_run() - what becomes of a packet, counted
 * @dp: the port's
 * @packet: the packet, which is only read
 *
 * Part of each hook: a call of its own would cost a twentieth of the whole.
 *
 * Context: BH off. Takes no lock, allocates nothing.
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
	action = fdrop_datapath_decide(dp, fdrop_dereference(dp->generation), &key, packet);
	return fdrop_datapath_finish(dp, packet, action);
}

/* The end of what most packets of a flood come to. */
static __always_inline enum fdrop_verdict
fdrop_datapath_drop(const struct fdrop_datapath *dp, const struct fdrop_generation *gen,
		    const struct fdrop_packet *packet, const struct fdrop_entry *found)
{
	struct fdrop_count *count = fdrop_datapath_counts(dp, packet);

	fdrop_count_add(&fdrop_counts_here(gen->hits)[found->rank], packet);
	fdrop_count_add(&count[FDROP_SEEN], packet);
	fdrop_count_add(&count[FDROP_DROPPED], packet);
	return FDROP_VERDICT_DROP;
}

/* What an entry of a usual table comes to that is not just a drop. */
static __always_inline enum fdrop_verdict
fdrop_datapath_no_drop(const struct fdrop_datapath *dp, const struct fdrop_generation *gen,
		       const struct fdrop_packet *packet, const struct fdrop_entry *found,
		       const struct fdrop_key *key)
{
	struct fdrop_count *count;

	if (unlikely(found->special) &&
	    (found->special & FDROP_SPECIAL_SAMPLED || fdrop_datapath_guards(gen, found, key)))
		return FDROP_VERDICT_NONE;
	if (unlikely(found->action == FDROP_ACTION_DROP))
		return fdrop_datapath_drop(dp, gen, packet, found);
	if (found->action != FDROP_ACTION_NONE)
		fdrop_count_add(&fdrop_counts_here(gen->hits)[found->rank], packet);
	count = fdrop_datapath_counts(dp, packet);
	fdrop_count_add(&count[FDROP_SEEN], packet);
	fdrop_count_add(&count[FDROP_PASSED], packet);
	return FDROP_VERDICT_PASS;
}

/**
 * fdrop_datapath_short() - the same for a plain packet and usual rules
 * @dp: the port's
 * @gen: its plain one
 * @packet: the packet, of which ops, frame and link need not be set
 * @due: set to the entry of a rule that drops and has packets shown, if it is the
 *	turn of this one: then it is for fdrop_datapath_due(). Else not touched
 *
 * Part of each hook, and calls nothing: then neither registers nor @packet go
 * to the stack, which is a fifth of the module's cost. What it cannot do it
 * leaves alone, uncounted, to fdrop_datapath_run().
 *
 * Context: as with fdrop_datapath_run().
 * Return: the verdict, or %FDROP_VERDICT_NONE, or %FDROP_VERDICT_DUE.
 */
static __always_inline enum fdrop_verdict
fdrop_datapath_short(const struct fdrop_datapath *dp, const struct fdrop_generation *gen,
		     const struct fdrop_packet *packet, const struct fdrop_entry **due)
{
	struct fdrop_key key fdrop_uninitialized;
	const struct fdrop_entry *found;

	if (!fdrop_parse_plain(packet, &key))
		return FDROP_VERDICT_NONE;
	found = fdrop_table_find(gen->table, &key);
	if (found->no_drop) {
		if (unlikely(found->no_drop != FDROP_DROP_SAMPLED))
			return fdrop_datapath_no_drop(dp, gen, packet, found, &key);
		if (unlikely(!--fdrop_turns_here(gen->hits)[found->rank])) {
			*due = found;
			return FDROP_VERDICT_DUE;
		}
	}
	return fdrop_datapath_drop(dp, gen, packet, found);
}

/* fdrop_ring_put() for a packet that is all linear, with nothing to call. */
static __always_inline bool
fdrop_datapath_put(const struct fdrop_datapath *dp, const struct fdrop_tap *tap,
		   const struct fdrop_packet *packet, const struct fdrop_rule *rule,
		   u64 now)
{
	const u32 cpu = smp_processor_id();
	struct fdrop_ring *ring = tap->rings[cpu];
	const u32 captured = fdrop_ring_captured(ring, packet);
	const u64 length = fdrop_record_length(captured);
	struct fastdrop_record *record;

	if (unlikely(!fdrop_ring_reserve(ring, length, ring->limit)))
		return false;
	record = fdrop_ring_record(ring);
	record->verdict = FASTDROP_VERDICT_DROP;
	record->cpu = cpu;
	record->time = now;
	record->ifindex = dp->ifindex;
	record->rule = rule->id;
	fdrop_ring_describe(ring, record, packet, captured);
	memcpy(record + 1, packet->data - packet->link, captured);
	fdrop_ring_publish(ring, length);
	return true;
}

/**
 * fdrop_datapath_due() - count and show a packet that fdrop_datapath_short() found due
 * @dp: the port's
 * @gen: its generation
 * @packet: the packet, of which ops and frame need not be set
 * @due: the entry of the rule
 * @now: the time; to ask for it here would be to save all registers for that
 *
 * One that is not all linear, or has not just one reader, is left to
 * fdrop_datapath_run(), uncounted and still due.
 *
 * Context: as with fdrop_datapath_run().
 * Return: the verdict, or %FDROP_VERDICT_NONE.
 */
static __always_inline enum fdrop_verdict
fdrop_datapath_due(const struct fdrop_datapath *dp, const struct fdrop_generation *gen,
		   const struct fdrop_packet *packet, const struct fdrop_entry *due, u64 now)
{
	const struct hlist_node *first = fdrop_dereference(hlist_first_rcu(&dp->taps));
	const struct fdrop_rule *rule = &gen->table->rules[due->rank];
	u32 *turn = &fdrop_turns_here(gen->hits)[due->rank];
	struct fdrop_count *count = fdrop_datapath_counts(dp, packet);

	if (unlikely(packet->linear != packet->len || !first ||
		     rcu_access_pointer(hlist_next_rcu(first)))) {
		*turn = 1;
		return FDROP_VERDICT_NONE;
	}
	*turn = rule->sample;
	fdrop_datapath_drop(dp, gen, packet, due);
	fdrop_count_add(&count[FDROP_SAMPLED], packet);
	if (unlikely(!fdrop_datapath_put(dp, hlist_entry(first, struct fdrop_tap, node), packet,
					 rule, now)))
		fdrop_count_add(&count[FDROP_RING_LOST], packet);
	return FDROP_VERDICT_DROP;
}

#endif /* FDROP_DATAPATH_H */
