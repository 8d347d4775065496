// SPDX-License-Identifier: GPL-2.0
#include "datapath.h"

static_assert(FDROP_UNREAD + FDROP_READINGS - 1 <= FDROP_COUNTERS);

/* The first rule that drops or passes decides; one that counts does not. */
static enum fdrop_action decide(const struct fdrop_generation *gen, struct fdrop_key *key,
				const struct fdrop_packet *packet)
{
	const struct fdrop_entry *found;
	u32 from = 0;

	do {
		found = fdrop_table_lookup(gen->table, key, packet, from);
		if (found->action == FDROP_ACTION_NONE)
			break;
		fdrop_count_add(&fdrop_counts_here(gen->hits)[found->rank], packet);
		from = found->rank + 1;
	} while (found->action == FDROP_ACTION_COUNT);
	return found->action;
}

enum fdrop_verdict fdrop_datapath_run(const struct fdrop_datapath *dp,
				      const struct fdrop_packet *packet)
{
	struct fdrop_count *count = fdrop_counts_here(dp->counts) +
				    (size_t)packet->queue * FDROP_COUNTERS;
	struct fdrop_key key fdrop_uninitialized;
	enum fdrop_reading reading;

	reading = fdrop_parse(packet, &key);
	if (unlikely(reading != FDROP_READ))
		fdrop_count_add(&count[FDROP_UNREAD + reading - 1], packet);
	return fdrop_datapath_finish(dp, packet,
				     decide(rcu_dereference(dp->generation), &key, packet));
}
