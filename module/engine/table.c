// SPDX-License-Identifier: GPL-2.0
#include "table.h"

struct fdrop_table {
	u32 count;
	struct fdrop_rule rules[];
};

struct fdrop_table *fdrop_table_build(const struct fdrop_rule *rules, u32 count)
{
	struct fdrop_table *table;

	table = fdrop_zalloc(sizeof(*table) + (size_t)count * sizeof(*rules));
	if (!table)
		return NULL;
	table->count = count;
	if (count)
		memcpy(table->rules, rules, (size_t)count * sizeof(*rules));
	return table;
}

void fdrop_table_free(struct fdrop_table *table)
{
	fdrop_free(table);
}

u32 fdrop_table_lookup(const struct fdrop_table *table, const struct fdrop_key *key, u32 from)
{
	u32 rank;

	for (rank = from; rank < table->count; rank++)
		if (fdrop_rule_matches(&table->rules[rank], key))
			return rank;
	return FDROP_NO_RULE;
}

u32 fdrop_table_count(const struct fdrop_table *table)
{
	return table->count;
}

const struct fdrop_rule *fdrop_table_rule(const struct fdrop_table *table, u32 rank)
{
	return &table->rules[rank];
}
