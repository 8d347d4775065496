/* SPDX-License-Identifier: GPL-2.0 */
/* Generations: rules in the form in which the datapath has them. */
#ifndef FDROP_RULESET_H
#define FDROP_RULESET_H

#include <linux/types.h>

struct fdrop_error;
struct fdrop_generation;
struct fdrop_rule_list;

/**
 * fdrop_generation_create() - build the generation of a list of rules
 * @list: the rules and sets, which are the generation's from then on
 * @link: bytes of the link-layer header on the device that they are for
 * @error: why not, on failure
 *
 * Rules that expire do so from now on.
 *
 * Context: may sleep.
 * Return: the generation, for fdrop_generation_destroy(), or an error pointer
 * with @list still to be freed: -ENOMEM, -E2BIG (the sets hold too much), -EINVAL
 * (a BPF program that the kernel refuses).
 */
struct fdrop_generation *fdrop_generation_create(struct fdrop_rule_list *list, u32 link,
						 struct fdrop_error *error);

/**
 * fdrop_generation_destroy() - the end of a generation
 * @gen: one that no CPU uses any more, or NULL
 */
void fdrop_generation_destroy(struct fdrop_generation *gen);

#endif /* FDROP_RULESET_H */
