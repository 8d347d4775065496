// SPDX-License-Identifier: GPL-2.0
/* The input is a text of rules: what is taken is written back and means the same. */
#include "fuzz.h"

#include "engine/rule_list.h"
#include "engine/table.h"

static void check_error(const struct fdrop_text_error *error, const char *text, size_t size)
{
	const char *at = text, *end = text + size;
	const char *newline, *m;
	u32 line;

	fuzz_check(error->line, "the error has no line");
	for (line = 1; line < error->line; line++) {
		newline = at < end ? memchr(at, '\n', end - at) : NULL;
		fuzz_check(newline, "line %u is behind the text", error->line);
		at = newline + 1;
	}
	newline = at < end ? memchr(at, '\n', end - at) : NULL;
	fuzz_check(error->column && error->column <= (newline ?: end) - at + 1,
		   "column %u is not in line %u", error->column, error->line);
	fuzz_check(error->message[0], "the error says nothing");
	fuzz_check(memchr(error->message, 0, sizeof(error->message)), "the error has no end");
	for (m = error->message; *m; m++)
		fuzz_check(*m >= ' ' && *m <= '~', "the error is not printable");
}

static bool same_bpf(const struct fdrop_bpf *a, const struct fdrop_bpf *b)
{
	if (!a || !b)
		return a == b;
	return a->count == b->count && !memcmp(a->insn, b->insn, a->count * sizeof(*a->insn));
}

static bool same_range(struct fdrop_range a, struct fdrop_range b)
{
	return a.lo == b.lo && a.hi == b.hi;
}

static void check_same(const struct fdrop_rule *a, const struct fdrop_rule *b, const char *text)
{
	fuzz_check(!memcmp(&a->value, &b->value, sizeof(a->value)), "another value: %s", text);
	fuzz_check(!memcmp(&a->mask, &b->mask, sizeof(a->mask)), "another mask: %s", text);
	fuzz_check(a->checks == b->checks, "other checks: %s", text);
	fuzz_check(same_range(a->sport, b->sport) && same_range(a->dport, b->dport) &&
		   same_range(a->len, b->len) && same_range(a->ttl, b->ttl),
		   "another range: %s", text);
	fuzz_check(!memcmp(&a->payload, &b->payload, sizeof(a->payload)),
		   "another payload: %s", text);
	fuzz_check(same_bpf(a->bpf, b->bpf), "another BPF program: %s", text);
	fuzz_check(a->queue == b->queue && a->action == b->action, "another rule: %s", text);
	fuzz_check(a->prio == b->prio && a->named == b->named && a->expire == b->expire &&
		   (!a->named || a->id == b->id), "other modifiers: %s", text);
	fuzz_check(!strcmp(a->comment, b->comment), "another comment: %s", text);
}

static void check_rule(const struct fdrop_rule *rule, struct fdrop_sets *sets)
{
	static char text[FDROP_RULE_TEXT], again[FDROP_RULE_TEXT];
	int length = fdrop_rule_print(rule, sets, text, sizeof(text));
	struct fdrop_text_error error;
	struct fdrop_rule parsed;
	struct fdrop_text t;
	char *exact;
	int err;

	fuzz_check(length > 0 && length < sizeof(text), "%d bytes of text", length);
	fuzz_check(strlen(text) == length, "%d bytes of text, but %zu", length, strlen(text));
	exact = malloc(length);
	memcpy(exact, text, length);
	t = fdrop_text_of(exact, length);
	err = fdrop_rule_parse(&t, sets, &parsed, &error);
	fuzz_check(err == 1, "not taken back (%d, column %u: %s): %s", err, error.column,
		   error.message, text);
	fuzz_check(t.pos == t.end, "taken back in part: %s", text);
	check_same(rule, &parsed, text);
	fuzz_check(fdrop_rule_print(&parsed, sets, again, sizeof(again)) == length &&
		   !strcmp(text, again), "\"%s\" became \"%s\"", text, again);
	fdrop_rule_release(&parsed);
	free(exact);
}

static void check_order(const struct fdrop_rule_list *list)
{
	const struct fdrop_rule *r;
	u32 i;

	for (i = 1; i < list->count; i++) {
		r = &list->rules[i];
		fuzz_check(r[-1].prio < r->prio || (r[-1].prio == r->prio && r[-1].id < r->id),
			   "rules %u and %u are in the wrong order", r[-1].id, r->id);
	}
}

int fuzz_one_input(const u8 *data, size_t size)
{
	static struct fdrop_text_error error;
	static struct fdrop_rule_list list;
	struct fdrop_table *table;
	u32 i;
	int err;

	memset(&error, 0, sizeof(error));
	err = fdrop_rule_list_parse(&list, (const char *)data, size, &error);
	if (err) {
		fuzz_check(err == -EINVAL, "refused with %d: %s", err, error.message);
		check_error(&error, (const char *)data, size);
	} else {
		for (i = 0; i < list.count; i++)
			check_rule(&list.rules[i], list.sets);
		check_order(&list);
		fuzz_check(!fdrop_rule_list_build(&list, &table), "no table");
		fdrop_table_free(table);
	}
	fdrop_rule_list_free(&list);
	return 0;
}
