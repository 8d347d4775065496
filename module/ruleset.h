/* SPDX-License-Identifier: GPL-2.0 */
/* Generations: rules in the form in which the datapath has them. */
#ifndef FDROP_RULESET_H
#define FDROP_RULESET_H

#include <linux/types.h>

struct fdrop_generation;
struct fdrop_rule;

/**
 * fdrop_generation_create() - build the generation of some rules
 * @rules: the rules, first the one to be tried first; they are copied
 * @count: how many, also none
 *
 * Context: may sleep.
 * Return: the generation, for fdrop_generation_destroy(); NULL if there is no
 * memory.
 */
struct fdrop_generation *fdrop_generation_create(const struct fdrop_rule *rules, u32 count);

/**
 * fdrop_generation_destroy() - the end of a generation
 * @gen: one that no CPU uses any more, or NULL
 */
void fdrop_generation_destroy(struct fdrop_generation *gen);

#endif /* FDROP_RULESET_H */
