/* SPDX-License-Identifier: GPL-2.0 */
/* A rule, and what it means for it to match. */
#ifndef FDROP_ENGINE_RULE_H
#define FDROP_ENGINE_RULE_H

#include "key.h"

enum fdrop_action {
	FDROP_ACTION_DROP,
	FDROP_ACTION_PASS,	/* stop here: never dropped */
	FDROP_ACTION_COUNT,	/* count, and go on with the rules behind */
};

/* From @lo to @hi, both included, in host byte order. */
struct fdrop_range {
	u16 lo;
	u16 hi;
};

/**
 * struct fdrop_rule - one rule
 * @value: what the bits in @mask must be; no other bit is set
 * @mask: the bits that the rule looks at
 * @sport: a range of source ports, 0 to 65535 if it does not matter
 * @dport: a range of destination ports, in the same way
 * @ranged: @sport or @dport do matter
 * @action: what to do with a packet that matches
 * @rank: its place in the table it is in, from 0
 *
 * A single port is exact and stands in @value and @mask.
 */
struct fdrop_rule {
	struct fdrop_key value;
	struct fdrop_key mask;
	struct fdrop_range sport;
	struct fdrop_range dport;
	bool ranged;
	enum fdrop_action action;
	u32 rank;
};

static inline bool fdrop_range_holds(struct fdrop_range range, __be16 value)
{
	u16 v = be16_to_cpu(value);

	return v >= range.lo && v <= range.hi;
}

/* The bits of a word of @key that are not as @rule wants them. */
static inline u64 fdrop_rule_differs(const struct fdrop_rule *rule, const struct fdrop_key *key,
				     int i)
{
	return (key->word[i] & rule->mask.word[i]) ^ rule->value.word[i];
}

/**
 * fdrop_rule_matches() - the definition of a match
 * @rule: the rule
 * @key: the packet
 *
 * All words at once: that is cheaper than to stop at the first that differs.
 */
static inline bool fdrop_rule_matches(const struct fdrop_rule *rule, const struct fdrop_key *key)
{
	if (fdrop_rule_differs(rule, key, 0) | fdrop_rule_differs(rule, key, 1) |
	    fdrop_rule_differs(rule, key, 2) | fdrop_rule_differs(rule, key, 3) |
	    fdrop_rule_differs(rule, key, 4) | fdrop_rule_differs(rule, key, 5))
		return false;
	return !rule->ranged || (fdrop_range_holds(rule->sport, key->sport) &&
				 fdrop_range_holds(rule->dport, key->dport));
}

static_assert(FDROP_KEY_WORDS == 6, "each word is compared above");

#endif /* FDROP_ENGINE_RULE_H */
