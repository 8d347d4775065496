// SPDX-License-Identifier: GPL-2.0
#include "datapath.h"

static_assert(FDROP_UNREAD + FDROP_READINGS - 1 <= FDROP_COUNTERS);

void fdrop_datapath_unread(const struct fdrop_datapath *dp, const struct fdrop_packet *packet,
			   enum fdrop_reading reading)
{
	struct fdrop_count *count = fdrop_datapath_counts(dp, packet);

	fdrop_count_add(&count[FDROP_UNREAD + reading - 1], packet);
}

enum fdrop_action fdrop_datapath_count(const struct fdrop_generation *gen, struct fdrop_key *key,
				       const struct fdrop_packet *packet,
				       const struct fdrop_entry *found)
{
	while (found->action == FDROP_ACTION_COUNT) {
		fdrop_count_add(&fdrop_counts_here(gen->hits)[found->rank], packet);
		found = fdrop_table_lookup(gen->table, key, packet, found->rank + 1);
	}
	if (found->action != FDROP_ACTION_NONE)
		fdrop_count_add(&fdrop_counts_here(gen->hits)[found->rank], packet);
	return found->action;
}
