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
#define FDROP_ID_MAX		0xfffffeffU	/* above are those that are not the user's */

enum fdrop_action {
	FDROP_ACTION_DROP,
	FDROP_ACTION_WOULD_DROP,	/* no rule's: a dry one would have dropped it */
	FDROP_ACTION_DIVERT,		/* to the readers only; a drop where there are none */
	FDROP_ACTION_PASS,		/* stop here: no rule behind drops it */
	FDROP_ACTION_COUNT,		/* count, and go on with the rules behind */
	FDROP_ACTION_PROTECT,		/* no rule drops it at all */
	FDROP_ACTION_NONE,		/* no rule, so no action: the packet passes */
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
 * @users: the rules that have it: copies of one
 * @program: the same, as whoever runs it has made it
 * @release: the end of that one, or NULL
 * @count: how many instructions
 * @insn: as the user gave them
 */
struct fdrop_bpf {
	fdrop_users users;
	void *program;
	void (*release)(void *program);
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
 * @bpf: a program that must accept the packet, or NULL. Copies of a rule share it
 * @action: what to do with a packet that matches
 * @prio: rules with less are tried first, among equals those with a lower id
 * @id: the number of the rule, 0 until it is given one
 * @named: the user chose the id
 * @dryrun: the rule drops and diverts nothing: what it would is counted, and the
 *	rules behind it are tried
 * @sample: one of so many packets that it matches is shown to readers; 0: none
 * @expire: seconds after which the rule ends, 0 if it does not
 * @deadline: when that is, by fdrop_seconds(), where there is that check
 * @line: where it stood in its text, from 1; 0 if that is not known
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
	bool dryrun;
	u32 sample;
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

/* The rule is about what is not IP. */
static inline bool fdrop_rule_is_not_ip(const struct fdrop_rule *rule)
{
	return rule->mask.ethertype && rule->value.ethertype != cpu_to_be16(FDROP_ETHER_IP4) &&
	       rule->value.ethertype != cpu_to_be16(FDROP_ETHER_IP6);
}

/**
 * fdrop_rule_overlap() - whether there may be a packet that matches two rules
 * @a: a rule
 * @b: another
 *
 * Context: any.
 * Return: false if there is none; true may be wrong.
 */
bool fdrop_rule_overlap(const struct fdrop_rule *a, const struct fdrop_rule *b);

/**
 * fdrop_rule_same() - whether two rules match the same packets and do the same with them
 * @a: a rule
 * @b: another
 * @places: where the sets of @a are among those of @b, by their places; as many
 *	as there are bits, and no place is one of which there is none
 */
bool fdrop_rule_same(const struct fdrop_rule *a, const struct fdrop_rule *b, const u8 *places);

/* A copy of a rule, for fdrop_rule_release(). */
static inline struct fdrop_rule fdrop_rule_copy(const struct fdrop_rule *rule)
{
	if (rule->bpf)
		fdrop_users_get(&rule->bpf->users);
	return *rule;
}

/* What may be done to a packet that is protected is not done. */
static inline bool fdrop_rule_takes(const struct fdrop_rule *rule)
{
	return rule->action == FDROP_ACTION_DROP || rule->action == FDROP_ACTION_DIVERT;
}

/* The end of what a rule holds. */
void fdrop_rule_release(struct fdrop_rule *rule);

#endif /* FDROP_ENGINE_RULE_H */
