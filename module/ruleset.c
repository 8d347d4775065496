// SPDX-License-Identifier: GPL-2.0
#include "ruleset.h"

#include <linux/err.h>
#include <linux/slab.h>

#include "bpf.h"
#include "datapath.h"
#include "engine/rule_list.h"
#include "engine/table.h"
#include "error.h"
#include "stats.h"

static void release_programs(struct fdrop_rule *rules, u32 count)
{
	u32 i;

	for (i = 0; i < count; i++)
		if (rules[i].bpf)
			fdrop_bpf_release(rules[i].bpf);
}

/* What a rule needs besides its text: its program, and when it ends. */
static int prepare(struct fdrop_rule_list *list, u32 link, struct fdrop_error *error)
{
	struct fdrop_rule *rule;
	int err;

	for (rule = list->rules; rule < list->rules + list->count; rule++) {
		if (rule->expire) {
			rule->deadline = fdrop_seconds() + rule->expire;
			rule->checks |= FDROP_CHECK_DEADLINE;
		}
		err = rule->bpf ? fdrop_bpf_compile(rule->bpf, link) : 0;
		if (err) {
			fdrop_error_set(error, "line %u: the kernel refuses the BPF program of the rule (error %d)",
					rule->line, -err);
			return err;
		}
	}
	return 0;
}

static int build(struct fdrop_generation *gen, struct fdrop_rule_list *list,
		 struct fdrop_error *error)
{
	int err = -ENOMEM;

	gen->hits = fdrop_counts_alloc(list->count);
	if (gen->hits)
		err = fdrop_rule_list_build(list, &gen->table);
	if (err == -E2BIG)
		fdrop_error_set(error, "the sets hold more than %u prefixes together, and that is the limit",
				FDROP_PREFIXES_MAX);
	else if (err)
		fdrop_error_set(error, "no memory for the rules");
	return err;
}

struct fdrop_generation *fdrop_generation_create(struct fdrop_rule_list *list, u32 link,
						 struct fdrop_error *error)
{
	struct fdrop_generation *gen;
	int err;

	gen = kvzalloc(sizeof(*gen), GFP_KERNEL);
	if (!gen) {
		fdrop_error_set(error, "no memory for the rules");
		return ERR_PTR(-ENOMEM);
	}
	err = prepare(list, link, error);
	if (!err)
		err = build(gen, list, error);
	if (err) {
		release_programs(list->rules, list->count);
		fdrop_generation_destroy(gen);
		return ERR_PTR(err);
	}
	gen->sets = list->sets;
	list->sets.count = 0;
	return gen;
}

void fdrop_generation_destroy(struct fdrop_generation *gen)
{
	u32 i;

	if (!gen)
		return;
	if (gen->table)
		release_programs(gen->table->rules, gen->table->count);
	fdrop_counts_free(gen->hits);
	fdrop_table_free(gen->table);
	for (i = 0; i < gen->sets.count; i++)
		fdrop_set_free(&gen->sets.set[i]);
	kvfree(gen);
}
