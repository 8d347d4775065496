/* SPDX-License-Identifier: GPL-2.0 */
/* Rules as text, made into a table. */
#ifndef FASTDROP_TESTS_RULES_H
#define FASTDROP_TESTS_RULES_H

#include "engine/rule_list.h"
#include "engine/table.h"

/* The table of a text that parses; the test ends if it does not. */
static inline struct fdrop_table *test_table(const char *text)
{
	struct fdrop_rule_list list = { 0 };
	struct fdrop_text_error error;
	struct fdrop_table *table;

	if (fdrop_rule_list_parse(&list, text, strlen(text), &error)) {
		fprintf(stderr, "%s: line %u, column %u: %s\n", text, error.line, error.column,
			error.message);
		abort();
	}
	if (fdrop_rule_list_build(&list, &table))
		abort();
	fdrop_rule_list_free(&list);
	return table;
}

#endif /* FASTDROP_TESTS_RULES_H */
