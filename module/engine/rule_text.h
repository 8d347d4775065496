/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The rule language, text to rule and back. docs/rules.md is its
 * specification, grammar included.
 */
#ifndef FDROP_ENGINE_RULE_TEXT_H
#define FDROP_ENGINE_RULE_TEXT_H

#include "rule.h"
#include "sets.h"

/* Room for any rule as text, with its end: the words, and each BPF instruction. */
#define FDROP_RULE_TEXT	(1024 + 25 * FDROP_BPF_MAX)

/**
 * struct fdrop_text - rules as text, and how far they have been read
 * @pos: the next character to read
 * @end: behind the last one; there need be no 0
 * @line_start: the first character of the line that is being read
 * @line: its number, from 1
 * @rules_only: sets may be named, and not defined: they belong to others too
 */
struct fdrop_text {
	const char *pos;
	const char *end;
	const char *line_start;
	u32 line;
	bool rules_only;
};

/**
 * struct fdrop_text_error - what is wrong with a rule
 * @line: in which line of the text, from 1
 * @column: at which byte of that line, from 1
 * @message: what is wrong, or was expected; printable ASCII
 */
struct fdrop_text_error {
	u32 line;
	u32 column;
	char message[160];
};

/* @length characters at @start, of which none has been read. */
static inline struct fdrop_text fdrop_text_of(const char *start, size_t length)
{
	return (struct fdrop_text){
		.pos = start,
		.end = start + length,
		.line_start = start,
		.line = 1,
	};
}

/**
 * fdrop_rule_parse() - read the next rule of a text
 * @text: the text; on success it stands behind the rule
 * @sets: the sets there are; those that the text defines on the way are added,
 *	and what it puts into them, for fdrop_set_finish()
 * @rule: the rule, for fdrop_rule_release(); not touched when there are no more
 * @error: what was wrong, on failure
 *
 * Context: may sleep.
 * Return: 1 if there was a rule, 0 if there are no more, -EINVAL if it is not
 * one, -E2BIG if a set has too many prefixes, -ENOMEM. After an error
 * the sets hold what came before it.
 */
int fdrop_rule_parse(struct fdrop_text *text, struct fdrop_sets *sets, struct fdrop_rule *rule,
		     struct fdrop_text_error *error);

/**
 * fdrop_rule_print() - the text of a rule, which parses to the same rule
 * @rule: the rule
 * @sets: the sets that it may name
 * @buffer: where to
 * @size: room there; %FDROP_RULE_TEXT is always enough
 *
 * Return: the length of the text, without its end.
 */
int fdrop_rule_print(const struct fdrop_rule *rule, const struct fdrop_sets *sets, char *buffer,
		     size_t size);

#endif /* FDROP_ENGINE_RULE_TEXT_H */
