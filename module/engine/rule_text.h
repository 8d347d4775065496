/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The rule language, text to rule and back.
 *
 *	rules:	rule { (";" | newline) rule }
 *	rule:	match { match } action
 *	match:	"ip" | "ip6" | "arp" | "ether" 0xNNNN
 *		| "udp" | "tcp" | "icmp" | "icmp6" | "sctp" | "gre" | "esp" | "ah"
 *		| "proto" 0-255
 *		| ("src" | "dst") address ["/" prefix length]
 *		| ("sport" | "dport") port ["-" port]
 *	action:	"drop" | "pass" | "count"
 *
 * All matches of a rule must hold. A rule may be empty; "#" begins a comment,
 * to the end of the line.
 */
#ifndef FDROP_ENGINE_RULE_TEXT_H
#define FDROP_ENGINE_RULE_TEXT_H

#include "rule.h"

/* Room for any rule as text, with its end. */
#define FDROP_RULE_TEXT	256

/**
 * struct fdrop_text - rules as text, and how far they have been read
 * @start: the first character
 * @pos: the next one to read
 * @end: behind the last one; there need be no 0
 */
struct fdrop_text {
	const char *start;
	const char *pos;
	const char *end;
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

/**
 * fdrop_rule_parse() - read the next rule of a text
 * @text: the text; on success it stands behind the rule
 * @rule: the rule; not touched when there are no more
 * @error: what was wrong, on failure
 *
 * Context: any.
 * Return: 1 if there was a rule, 0 if there are no more, -EINVAL if it is not one.
 */
int fdrop_rule_parse(struct fdrop_text *text, struct fdrop_rule *rule,
		     struct fdrop_text_error *error);

/**
 * fdrop_rule_print() - the text of a rule, which parses to the same rule
 * @rule: the rule
 * @buffer: where to
 * @size: room there; %FDROP_RULE_TEXT is always enough
 *
 * Return: the length of the text, without its end.
 */
int fdrop_rule_print(const struct fdrop_rule *rule, char *buffer, size_t size);

#endif /* FDROP_ENGINE_RULE_TEXT_H */
