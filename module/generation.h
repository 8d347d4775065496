/* SPDX-License-Identifier: GPL-2.0 */
/* Generations: rules in the form in which the datapath has them. */
#ifndef FDROP_GENERATION_H
#define FDROP_GENERATION_H

#include "datapath.h"

struct fdrop_error;
struct fdrop_rule_list;

/* In the place of a rule's heir: there is none. */
#define FDROP_NO_HEIR	(~0U)

/**
 * fdrop_rule_compile() - make the BPF program of a rule ready to run
 * @rule: the rule, which need not have one
 * @link: bytes of the link-layer header on the device that it is for
 * @error: why not, on failure
 *
 * Context: may sleep.
 * Return: 0, -EINVAL (the kernel refuses it), -ENOMEM.
 */
int fdrop_rule_compile(struct fdrop_rule *rule, u32 link, struct fdrop_error *error);

/* Puts the protect rules of a port's own into a list. Returns 0, -E2BIG or -ENOMEM. */
int fdrop_own_rules_add(struct fdrop_rule_list *list, struct fdrop_error *error);

/**
 * fdrop_generation_prepare() - make a list of rules ready for a generation
 * @list: the rules, which are finished here
 * @link: bytes of the link-layer header on the device that they are for
 * @error: why not, on failure
 *
 * Rules that expire do so from now on.
 *
 * Context: may sleep.
 * Return: 0, -EINVAL (an id given twice, a BPF program that the kernel refuses),
 * -E2BIG (a limit), -ENOMEM.
 */
int fdrop_generation_prepare(struct fdrop_rule_list *list, u32 link, struct fdrop_error *error);

/**
 * fdrop_generation_create() - build the generation of a list of rules
 * @list: the rules, prepared. They are the generation's then, and it shares the sets
 * @error: why not, on failure
 *
 * Context: may sleep.
 * Return: the generation, for fdrop_generation_put(); or -ENOMEM, with @list as it was.
 */
struct fdrop_generation *fdrop_generation_create(struct fdrop_rule_list *list,
						 struct fdrop_error *error);

static inline struct fdrop_generation *fdrop_generation_get(struct fdrop_generation *gen)
{
	fdrop_users_get(&gen->users);
	return gen;
}

/* One less who has it; the last one frees it. No packet uses it then. NULL is none. */
void fdrop_generation_put(struct fdrop_generation *gen);

/* What a rule has matched, in this generation and before. Under the ruleset's lock exact. */
struct fdrop_total fdrop_generation_hits(const struct fdrop_generation *gen, u32 rank);

/**
 * fdrop_generation_heirs() - find which rule goes on for which
 * @list: the rules of a generation to be
 * @from: the one in force
 *
 * A rule goes on for the one of its id, if the user chose the id of both, or if they
 * are the same but for it.
 *
 * Context: may sleep.
 * Return: by rank in @list the rank in @from, or %FDROP_NO_HEIR, for fdrop_free();
 * NULL if there is no memory.
 */
u32 *fdrop_generation_heirs(const struct fdrop_rule_list *list,
			    const struct fdrop_generation *from);

/**
 * fdrop_generation_inherit_turns() - whose turn it is to be shown goes on
 * @gen: a generation that no packet has seen
 * @from: the one in force
 * @heirs: fdrop_generation_heirs() of both
 */
void fdrop_generation_inherit_turns(struct fdrop_generation *gen,
				    const struct fdrop_generation *from, const u32 *heirs);

/* A rule of the port's own, which no text names. */
static inline bool fdrop_rule_is_own(const struct fdrop_rule *rule)
{
	return rule->id > FDROP_ID_MAX;
}

#endif /* FDROP_GENERATION_H */
