/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rules that protect: whatever matches one of them is not dropped.
 *
 * They are asked only when another rule is about to drop a packet, and only if
 * that rule and one of these may match the same one, which is known when a table is
 * built. So they cost next to nothing, and their counters tell what they saved.
 */
#ifndef FDROP_ENGINE_GUARD_H
#define FDROP_ENGINE_GUARD_H

#include "rule.h"

/* So many rules may protect: they are tried one by one. */
#define FDROP_PROTECTS_MAX	64

#define FDROP_GUARD_SLOTS	64

/**
 * struct fdrop_guard - the rules of a table that protect
 * @ports: by protocol, modulo the slots: a bit for each destination port, modulo
 *	64, that one of them may match
 * @rank: of these rules
 * @count: how many
 * @has_sets: one of them asks for sets
 */
struct fdrop_guard {
	u64 ports[FDROP_GUARD_SLOTS];
	u32 rank[FDROP_PROTECTS_MAX];
	u32 count;
	bool has_sets;
};

/**
 * fdrop_guard_init() - find the rules that protect
 * @guard: where to
 * @rules: the rules of a table, at most %FDROP_PROTECTS_MAX of which protect
 * @count: how many rules
 */
void fdrop_guard_init(struct fdrop_guard *guard, const struct fdrop_rule *rules, u32 count);

/* Whether a rule may match what one that protects matches. @rules as with fdrop_guard_init(). */
bool fdrop_guard_overlaps(const struct fdrop_guard *guard, const struct fdrop_rule *rules,
			  const struct fdrop_rule *rule);

/* False if no rule protects a packet whose key has these; true if one may. */
static __always_inline bool fdrop_guard_may_hold(const struct fdrop_guard *guard, u8 proto,
						 __be16 dport)
{
	return guard->ports[proto % FDROP_GUARD_SLOTS] >> (be16_to_cpu(dport) % 64) & 1;
}

#endif /* FDROP_ENGINE_GUARD_H */
