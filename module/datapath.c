// SPDX-License-Identifier: GPL-2.0
#include "datapath.h"

static_assert(FDROP_UNREAD + FDROP_READINGS - 1 <= FDROP_COUNTERS);

void fdrop_datapath_unread(const struct fdrop_datapath *dp, const struct fdrop_packet *packet,
			   enum fdrop_reading reading)
{
	struct fdrop_count *count = fdrop_datapath_counts(dp, packet);

	fdrop_count_add(&count[FDROP_UNREAD + reading - 1], packet);
}

static void count_hit(const struct fdrop_generation *gen, u32 rank,
		      const struct fdrop_packet *packet)
{
	fdrop_count_add(&fdrop_counts_here(gen->hits)[rank], packet);
}

/* What one rule comes to: counted with it, or with the one that protects from it. */
static enum fdrop_action settle(const struct fdrop_generation *gen, struct fdrop_key *key,
				const struct fdrop_packet *packet, const struct fdrop_entry *found)
{
	const struct fdrop_table *table = gen->table;
	u32 guard;

	if (found->action == FDROP_ACTION_NONE)
		return FDROP_ACTION_NONE;
	if (table->rules[found->rank].action == FDROP_ACTION_DROP) {
		guard = fdrop_table_guard(table, key, packet);
		if (guard < table->count) {
			count_hit(gen, guard, packet);
			return FDROP_ACTION_PROTECT;
		}
	}
	count_hit(gen, found->rank, packet);
	return found->action;
}

enum fdrop_action fdrop_datapath_count(const struct fdrop_generation *gen, struct fdrop_key *key,
				       const struct fdrop_packet *packet,
				       const struct fdrop_entry *found)
{
	enum fdrop_action action;
	bool would_drop = false;

	for (;;) {
		action = settle(gen, key, packet, found);
		if (action != FDROP_ACTION_COUNT)
			break;
		would_drop |= gen->table->rules[found->rank].dryrun;
		found = fdrop_table_lookup(gen->table, key, packet, found->rank + 1);
	}
	return would_drop && action != FDROP_ACTION_DROP ? FDROP_ACTION_WOULD_DROP : action;
}
