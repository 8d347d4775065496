// SPDX-License-Identifier: GPL-2.0
#include "datapath.h"

#include <linux/rcupdate.h>

#include "engine/table.h"
#include "stats.h"

static_assert(FDROP_UNREAD + FDROP_READINGS - 1 <= FDROP_COUNTERS);

/* The first rule that drops or passes decides; one that counts does not. */
static inline enum fdrop_action decide(const struct fdrop_generation *gen,
				       const struct fdrop_key *key,
				       const struct fdrop_packet *packet)
{
	struct fdrop_count *hits = fdrop_counts_here(gen->hits);
	const struct fdrop_rule *rule;
	u32 from = 0;

	do {
		rule = fdrop_table_lookup(gen->table, key, from);
		fdrop_count_add(&hits[rule->rank], packet);
		from = rule->rank + 1;
	} while (unlikely(rule->action == FDROP_ACTION_COUNT));
	return rule->action;
}

enum fdrop_verdict fdrop_datapath_run(const struct fdrop_datapath *dp,
				      const struct fdrop_packet *packet)
{
	struct fdrop_count *count = fdrop_counts_here(dp->counts) + packet->queue * FDROP_COUNTERS;
	enum fdrop_reading reading;
	enum fdrop_action action;
	struct fdrop_key key fdrop_uninitialized;

	fdrop_count_add(&count[FDROP_SEEN], packet);
	reading = fdrop_parse(packet, &key);
	if (unlikely(reading != FDROP_READ))
		fdrop_count_add(&count[FDROP_UNREAD + reading - 1], packet);

	action = decide(rcu_dereference(dp->generation), &key, packet);
	if (action == FDROP_ACTION_DROP && likely(!READ_ONCE(dp->dryrun))) {
		fdrop_count_add(&count[FDROP_DROPPED], packet);
		return FDROP_VERDICT_DROP;
	}
	if (action == FDROP_ACTION_DROP)
		fdrop_count_add(&count[FDROP_WOULD_DROP], packet);
	fdrop_count_add(&count[FDROP_PASSED], packet);
	return FDROP_VERDICT_PASS;
}
