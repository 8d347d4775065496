/* SPDX-License-Identifier: GPL-2.0 */
/* Rules in order of priority, and the first of them that matches a key. */
#ifndef FDROP_ENGINE_TABLE_H
#define FDROP_ENGINE_TABLE_H

#include "rule.h"

struct fdrop_table;

/**
 * fdrop_table_build() - make a table, which nothing changes from then on
 * @rules: the rules, first the one to be tried first; they are copied
 * @count: how many
 *
 * Behind them stands one that matches every packet and passes it.
 *
 * Context: may sleep.
 * Return: the table, for fdrop_table_free(); NULL if there is no memory.
 */
struct fdrop_table *fdrop_table_build(const struct fdrop_rule *rules, u32 count);

/**
 * fdrop_table_free() - the end of a table that no reader has any more
 * @table: the table, or NULL
 */
void fdrop_table_free(struct fdrop_table *table);

/**
 * fdrop_table_lookup() - find the first rule that matches
 * @table: the table
 * @key: the packet
 * @from: the first rank to look at: 0, or behind the rule that was found before
 *
 * Context: any; readers need no lock as long as the table lives.
 * Return: the rule, if need be the one behind all others.
 */
const struct fdrop_rule *fdrop_table_lookup(const struct fdrop_table *table,
					    const struct fdrop_key *key, u32 from);

/* How many rules were given; their ranks are 0 to one less. */
u32 fdrop_table_count(const struct fdrop_table *table);

/* The rule of a rank up to fdrop_table_count(), which is that of the last. */
const struct fdrop_rule *fdrop_table_rule(const struct fdrop_table *table, u32 rank);

#endif /* FDROP_ENGINE_TABLE_H */
