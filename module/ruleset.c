// SPDX-License-Identifier: GPL-2.0
#include "ruleset.h"

#include <linux/slab.h>

#include "datapath.h"
#include "engine/table.h"
#include "stats.h"

struct fdrop_generation *fdrop_generation_create(const struct fdrop_rule *rules, u32 count)
{
	struct fdrop_generation *gen;

	gen = kzalloc(sizeof(*gen), GFP_KERNEL);
	if (!gen)
		return NULL;
	gen->table = fdrop_table_build(rules, count);
	gen->hits = fdrop_counts_alloc(count + 1);
	if (!gen->table || !gen->hits) {
		fdrop_generation_destroy(gen);
		return NULL;
	}
	return gen;
}

void fdrop_generation_destroy(struct fdrop_generation *gen)
{
	if (!gen)
		return;
	fdrop_counts_free(gen->hits);
	fdrop_table_free(gen->table);
	kfree(gen);
}
