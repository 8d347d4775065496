/* SPDX-License-Identifier: GPL-2.0 */
/* All that a text says: its rules in their order, and its sets. */
#ifndef FDROP_ENGINE_RULE_LIST_H
#define FDROP_ENGINE_RULE_LIST_H

#include "rule_text.h"

struct fdrop_table;

/**
 * struct fdrop_rule_list - rules and sets; all 0 when empty
 * @rules: in the order in which they are tried
 * @count: how many
 * @room: for how many there is
 * @sets: the sets that they name
 */
struct fdrop_rule_list {
	struct fdrop_rule *rules;
	u32 count;
	u32 room;
	struct fdrop_sets sets;
};

/**
 * fdrop_rule_list_parse() - read a whole text
 * @list: what was empty before; for fdrop_rule_list_free(), also on failure
 * @text: the characters
 * @length: how many
 * @error: what was wrong and where, on failure
 *
 * Rules without an id get the next ones above the highest that the text gives;
 * then they are put in order of prio, and of id among equals. Sets are finished.
 *
 * Context: may sleep.
 * Return: 0, or -EINVAL, -E2BIG (more than %FDROP_RULES_MAX or
 * %FDROP_PREFIXES_MAX), -ENOMEM.
 */
int fdrop_rule_list_parse(struct fdrop_rule_list *list, const char *text, size_t length,
			  struct fdrop_text_error *error);

/**
 * fdrop_rule_list_build() - make a table of a list
 * @list: the list; on success its rules are the table's, the sets stay
 * @table: where to, for fdrop_table_free()
 *
 * Context: may sleep.
 * Return: 0, -E2BIG if the sets hold too much together, -ENOMEM; @list is then
 * what it was.
 */
int fdrop_rule_list_build(struct fdrop_rule_list *list, struct fdrop_table **table);

/**
 * fdrop_rule_list_free() - the end of what a list holds; it is empty then
 * @list: the list
 */
void fdrop_rule_list_free(struct fdrop_rule_list *list);

#endif /* FDROP_ENGINE_RULE_LIST_H */
