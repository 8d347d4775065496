/* SPDX-License-Identifier: GPL-2.0 */
/* A rule, and what it means for it to match. */
#ifndef FDROP_ENGINE_RULE_H
#define FDROP_ENGINE_RULE_H

#include "parse.h"

#define FDROP_RULES_MAX		(1024 * 1024)
#define FDROP_PRIO_DEFAULT	100
#define FDROP_COMMENT		64	/* with its end */
#define FDROP_PAYLOAD_MAX	8
#define FDROP_BPF_MAX		512	/* instructions */

enum fdrop_action {
	FDROP_ACTION_DROP,
	FDROP_ACTION_PASS,	/* stop here: never dropped */
	FDROP_ACTION_COUNT,	/* count, and go on with the rules behind */
	FDROP_ACTION_NONE,	/* no rule, so no action: the packet passes */
};

/* From @lo to @hi, both included, in host byte order. */
struct fdrop_range {
	u16 lo;
	u16 hi;
};

/**
 * struct fdrop_payload - bytes behind the transport header
 * @offset: of the first one, from the first byte of the payload
 * @length: how many, 0 if the rule does not ask
 * @value: what they are under the mask; no other bit is set
 * @mask: the bits that count
 */
struct fdrop_payload {
	u16 offset;
	u8 length;
	u8 value[FDROP_PAYLOAD_MAX];
	u8 mask[FDROP_PAYLOAD_MAX];
};

/**
 * struct fdrop_bpf - a classic BPF program
 * @program: the same, as whoever runs it has made it; not the engine's
 * @count: how many instructions
 * @insn: as the user gave them
 */
struct fdrop_bpf {
	void *program;
	u32 count;
	struct sock_filter insn[];
};

/* What is left to look at when the bits of a rule's mask are right. */
enum fdrop_check {
	FDROP_CHECK_RANGES	= 1 << 0,	/* sport, dport, len, ttl */
	FDROP_CHECK_QUEUE	= 1 << 1,
	FDROP_CHECK_PAYLOAD	= 1 << 2,
	FDROP_CHECK_BPF		= 1 << 3,
	FDROP_CHECK_DEADLINE	= 1 << 4,
};

/**
 * struct fdrop_rule - one rule
 * @value: what the bits in @mask must be; no other bit is set
 * @mask: the bits that the rule looks at
 * @checks: which &enum fdrop_check there are besides
 * @sport: a range of source ports, 0 to 65535 if it does not matter
 * @dport: a range of destination ports, in the same way
 * @len: a range of IP lengths, in the same way
 * @ttl: a range of hop limits, 0 to 255 if it does not matter
 * @queue: the receive queue, where there is that check
 * @payload: bytes of the payload
 * @bpf: a program that must accept the packet, or NULL. The rule's own
 * @action: what to do with a packet that matches
 * @prio: rules with less are tried first, among equals those with a lower id
 * @id: the number of the rule, 0 until it is given one
 * @named: the user chose the id
 * @expire: seconds after which the rule ends, 0 if it does not
 * @deadline: when that is, by fdrop_seconds(), where there is that check
 * @line: where it stood in its text, from 1
 * @comment: the user's words
 *
 * A single port or length is exact and stands in @value and @mask.
 */
struct fdrop_rule {
	struct fdrop_key value;
	struct fdrop_key mask;
	u32 checks;
	struct fdrop_range sport;
	struct fdrop_range dport;
	struct fdrop_range len;
	struct fdrop_range ttl;
	u16 queue;
	struct fdrop_payload payload;
	struct fdrop_bpf *bpf;
	enum fdrop_action action;
	u32 prio;
	u32 id;
	bool named;
	u32 expire;
	u64 deadline;
	u32 line;
	char comment[FDROP_COMMENT];
};

/**
 * fdrop_rule_checks() - what is behind the bits of a rule's mask
 * @rule: the rule, whose mask fits the key
 * @key: the packet, parsed
 * @packet: the packet
 *
 * Context: any.
 * Return: whether all of @rule's checks hold.
 */
bool fdrop_rule_checks(const struct fdrop_rule *rule, const struct fdrop_key *key,
		       const struct fdrop_packet *packet);

/**
 * fdrop_rule_matches() - the definition of a match
 * @rule: the rule
 * @key: the packet, parsed, with its sets
 * @packet: the packet
 *
 * The lookup in a table comes to the same end faster; tests compare the two.
 */
static inline bool fdrop_rule_matches(const struct fdrop_rule *rule, const struct fdrop_key *key,
				      const struct fdrop_packet *packet)
{
	int i;

	for (i = 0; i < FDROP_KEY_WORDS; i++)
		if ((key->word[i] & rule->mask.word[i]) != rule->value.word[i])
			return false;
	return !rule->checks || fdrop_rule_checks(rule, key, packet);
}

/* The end of what a rule holds. */
static inline void fdrop_rule_release(struct fdrop_rule *rule)
{
	fdrop_free(rule->bpf);
	rule->bpf = NULL;
}

#endif /* FDROP_ENGINE_RULE_H */
