// SPDX-License-Identifier: GPL-2.0
#include "guard.h"

static bool is_exact_port(const struct fdrop_rule *rule)
{
	return rule->value.parts & FDROP_PART_PORTS && rule->mask.dport;
}

/* A packet that is not IP has protocol 0 in its key. */
static void mark(struct fdrop_guard *guard, const struct fdrop_rule *rule)
{
	u64 ports = ~0ULL;
	u32 i;

	if (is_exact_port(rule))
		ports = 1ULL << (be16_to_cpu(rule->value.dport) % 64);
	for (i = 0; i < FDROP_GUARD_SLOTS; i++)
		if ((!rule->mask.proto && !fdrop_rule_is_not_ip(rule)) ||
		    rule->value.proto % FDROP_GUARD_SLOTS == i)
			guard->ports[i] |= ports;
}

void fdrop_guard_init(struct fdrop_guard *guard, const struct fdrop_rule *rules, u32 count)
{
	u32 i;

	for (i = 0; i < count; i++) {
		if (rules[i].action != FDROP_ACTION_PROTECT)
			continue;
		guard->rank[guard->count++] = i;
		guard->has_sets |= rules[i].mask.src_sets || rules[i].mask.dst_sets;
		mark(guard, &rules[i]);
	}
}

bool fdrop_guard_overlaps(const struct fdrop_guard *guard, const struct fdrop_rule *rules,
			  const struct fdrop_rule *rule)
{
	u32 i;

	for (i = 0; i < guard->count; i++)
		if (fdrop_rule_overlap(&rules[guard->rank[i]], rule))
			return true;
	return false;
}
