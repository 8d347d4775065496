/* SPDX-License-Identifier: GPL-2.0 */
/* All that a text says: its rules in their order, and its sets. */
#ifndef FDROP_ENGINE_RULE_LIST_H
#define FDROP_ENGINE_RULE_LIST_H

#include "rule_text.h"

struct fdrop_table;

/**
 * struct fdrop_rule_list - rules and sets; all 0 when empty
 * @rules: in the order in which they are tried, once finished
 * @count: how many
 * @room: for how many there is
 * @sets: the sets that they name; NULL if no text was read yet. Not to be changed
 *	once finished: others may share them
 */
struct fdrop_rule_list {
	struct fdrop_rule *rules;
	u32 count;
	u32 room;
	struct fdrop_sets *sets;
};

/**
 * fdrop_rule_list_add() - read a text, and put its rules behind those there are
 * @list: the list
 * @text: what to read, and whether it may define sets
 * @error: what was wrong and where, on failure
 *
 * Context: may sleep.
 * Return: 0, or -EINVAL, -E2BIG (more than %FDROP_RULES_MAX or
 * %FDROP_PREFIXES_MAX), -ENOMEM; the rules are then what they were.
 */
int fdrop_rule_list_add(struct fdrop_rule_list *list, struct fdrop_text *text,
			struct fdrop_text_error *error);

/**
 * fdrop_rule_list_finish() - give ids, put rules in order, and finish the sets
 * @list: the list
 * @error: what was wrong, on failure
 *
 * Rules without an id get the next ones above the highest of the others; then
 * they are put in order of prio, and of id among equals.
 *
 * Context: may sleep.
 * Return: 0, or -EINVAL, -E2BIG (the sets, or the rules that protect), -ENOMEM.
 */
int fdrop_rule_list_finish(struct fdrop_rule_list *list, struct fdrop_text_error *error);

/**
 * fdrop_rule_list_parse() - read a whole text: add and finish
 * @list: what was empty before; for fdrop_rule_list_free(), also on failure
 * @text: the characters
 * @length: how many
 * @error: what was wrong and where, on failure
 *
 * Context: may sleep.
 * Return: as the two.
 */
int fdrop_rule_list_parse(struct fdrop_rule_list *list, const char *text, size_t length,
			  struct fdrop_text_error *error);

/**
 * fdrop_rule_list_copy() - a list of the rules and sets of a table
 * @list: where to; empty before. For fdrop_rule_list_free(), also on failure
 * @table: the table
 *
 * Return: 0, or -ENOMEM.
 */
int fdrop_rule_list_copy(struct fdrop_rule_list *list, const struct fdrop_table *table);

/**
 * fdrop_rule_list_build() - make a table of a list that is finished
 * @list: the list; on success its rules are the table's, and it has the sets too
 * @table: where to, for fdrop_table_free()
 *
 * Context: may sleep.
 * Return: 0, or -ENOMEM; @list is then what it was.
 */
int fdrop_rule_list_build(struct fdrop_rule_list *list, struct fdrop_table **table);

/**
 * fdrop_rule_list_free() - the end of what a list holds; it is empty then
 * @list: the list
 */
void fdrop_rule_list_free(struct fdrop_rule_list *list);

#endif /* FDROP_ENGINE_RULE_LIST_H */
