// SPDX-License-Identifier: GPL-2.0
#include "table.h"

struct fdrop_table {
	u32 count;
	struct fdrop_rule rules[];
};

struct fdrop_table *fdrop_table_build(const struct fdrop_rule *rules, u32 count)
{
	struct fdrop_table *table;
	u32 rank;

	table = fdrop_zalloc(sizeof(*table) + ((size_t)count + 1) * sizeof(*rules));
	if (!table)
		return NULL;
	table->count = count;
	for (rank = 0; rank < count; rank++) {
		table->rules[rank] = rules[rank];
		table->rules[rank].rank = rank;
	}
	table->rules[count] = (struct fdrop_rule){
		.action = FDROP_ACTION_PASS,
		.rank = count,
	};
	return table;
}

void fdrop_table_free(struct fdrop_table *table)
{
	fdrop_free(table);
}

const struct fdrop_rule *fdrop_table_lookup(const struct fdrop_table *table,
					    const struct fdrop_key *key, u32 from)
{
	const struct fdrop_rule *rule;

	for (rule = &table->rules[from]; !fdrop_rule_matches(rule, key); rule++)
		;
	return rule;
}

u32 fdrop_table_count(const struct fdrop_table *table)
{
	return table->count;
}

const struct fdrop_rule *fdrop_table_rule(const struct fdrop_table *table, u32 rank)
{
	return &table->rules[rank];
}
