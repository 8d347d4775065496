// SPDX-License-Identifier: GPL-2.0
#include "datapath.h"

#include <linux/ktime.h>

static_assert(FDROP_UNREAD + FDROP_READINGS - 1 <= FDROP_COUNTERS);

void fdrop_datapath_unread(const struct fdrop_datapath *dp, const struct fdrop_packet *packet,
			   enum fdrop_reading reading)
{
	struct fdrop_count *count = fdrop_datapath_counts(dp, packet);

	fdrop_count_add(&count[FDROP_UNREAD + reading - 1], packet);
}

/* Puts the packet into this CPU's ring of each reader. Whether there are any. */
static bool show(const struct fdrop_datapath *dp, const struct fdrop_packet *packet, u32 rule,
		 enum fastdrop_verdict verdict)
{
	struct fdrop_shown shown fdrop_uninitialized;
	bool is_shown = false, lost = false;
	const struct fdrop_tap *tap;

	if (hlist_empty(&dp->taps))
		return false;
	shown.time = ktime_get_real_fast_ns();
	shown.ifindex = dp->ifindex;
	shown.rule = rule;
	shown.cpu = smp_processor_id();
	shown.verdict = verdict;
	hlist_for_each_entry_rcu(tap, &dp->taps, node, rcu_read_lock_bh_held()) {
		lost |= !fdrop_ring_put(tap->rings[shown.cpu], packet, &shown);
		is_shown = true;
	}
	if (lost)
		fdrop_count_add(&fdrop_datapath_counts(dp, packet)[FDROP_RING_LOST], packet);
	return is_shown;
}

static void show_sample(const struct fdrop_datapath *dp, const struct fdrop_packet *packet,
			u32 rule, enum fastdrop_verdict verdict)
{
	if (show(dp, packet, rule, verdict))
		fdrop_count_add(&fdrop_datapath_counts(dp, packet)[FDROP_SAMPLED], packet);
}

/* One of @sample packets: the others are not shown. */
static bool is_turn(u32 *turn, u32 sample)
{
	if (--*turn)
		return false;
	*turn = sample;
	return true;
}

void fdrop_datapath_sample(const struct fdrop_datapath *dp, const struct fdrop_packet *packet,
			   enum fdrop_action action)
{
	u32 *turn = fdrop_turns_here(dp->counts), sample = READ_ONCE(dp->sample);

	/* It may have changed, and may be switched off just now. */
	if (!sample)
		return;
	if (!*turn || *turn > sample)
		*turn = sample;
	if (is_turn(turn, sample))
		show_sample(dp, packet, 0, action <= FDROP_ACTION_WOULD_DROP ?
			    FASTDROP_VERDICT_WOULD_DROP : FASTDROP_VERDICT_PASS);
}

/* Counts a packet as matched by a rule, and shows it if it is its turn. */
static void hit(const struct fdrop_datapath *dp, const struct fdrop_generation *gen, u32 rank,
		const struct fdrop_packet *packet, enum fastdrop_verdict verdict)
{
	const struct fdrop_rule *rule = &gen->table->rules[rank];

	fdrop_count_add(&fdrop_counts_here(gen->hits)[rank], packet);
	if (rule->sample && is_turn(&fdrop_turns_here(gen->hits)[rank], rule->sample))
		show_sample(dp, packet, rule->id, verdict);
}

/* What a rule does to a packet that it matches. */
static enum fastdrop_verdict verdict_of(const struct fdrop_rule *rule, bool dryrun)
{
	switch (rule->action) {
	case FDROP_ACTION_DROP:
		return dryrun ? FASTDROP_VERDICT_WOULD_DROP : FASTDROP_VERDICT_DROP;
	case FDROP_ACTION_DIVERT:
		return dryrun ? FASTDROP_VERDICT_WOULD_DROP : FASTDROP_VERDICT_DIVERT;
	case FDROP_ACTION_COUNT:
		return FASTDROP_VERDICT_COUNT;
	default:
		return FASTDROP_VERDICT_PASS;
	}
}

/* What one rule comes to: counted with it, or with the one that protects from it. */
static enum fdrop_action settle(const struct fdrop_datapath *dp,
				const struct fdrop_generation *gen, struct fdrop_key *key,
				const struct fdrop_packet *packet, const struct fdrop_entry *found)
{
	const struct fdrop_rule *rule = &gen->table->rules[found->rank];
	bool dryrun;
	u32 guard;

	if (found->action == FDROP_ACTION_NONE)
		return FDROP_ACTION_NONE;
	if (fdrop_rule_takes(rule)) {
		guard = fdrop_table_guard(gen->table, key, packet);
		if (guard < gen->table->count) {
			hit(dp, gen, guard, packet, FASTDROP_VERDICT_PROTECT);
			return FDROP_ACTION_PROTECT;
		}
	}
	dryrun = rule->dryrun || READ_ONCE(dp->dryrun);
	hit(dp, gen, found->rank, packet, verdict_of(rule, dryrun));
	if (found->action != FDROP_ACTION_DIVERT)
		return found->action;
	if (dryrun)
		return FDROP_ACTION_WOULD_DROP;
	return show(dp, packet, rule->id, FASTDROP_VERDICT_DIVERT) ? FDROP_ACTION_DIVERT :
								     FDROP_ACTION_DROP;
}

enum fdrop_action fdrop_datapath_special(const struct fdrop_datapath *dp,
					 const struct fdrop_generation *gen, struct fdrop_key *key,
					 const struct fdrop_packet *packet,
					 const struct fdrop_entry *found)
{
	enum fdrop_action action;
	bool would_drop = false;

	for (;;) {
		action = settle(dp, gen, key, packet, found);
		if (action != FDROP_ACTION_COUNT)
			break;
		would_drop |= gen->table->rules[found->rank].dryrun;
		found = fdrop_table_lookup(gen->table, key, packet, found->rank + 1);
	}
	if (would_drop && action != FDROP_ACTION_DROP && action != FDROP_ACTION_DIVERT)
		return FDROP_ACTION_WOULD_DROP;
	return action;
}
