// SPDX-License-Identifier: GPL-2.0
/*
 * The examples of the documents: what they say is a rule must be taken, and
 * what they say is refused must be refused in the same words.
 *
 * In docs/rules.md these are the blocks fenced by ```rules and ```refused; a
 * block of the latter has a text, then "column N: MESSAGE". In a man page they
 * are what is between .EX and .EE behind the comment .\" rules.
 */
#include "kselftest.h"

#include "engine/rule_list.h"

#define TEXT_MAX	(64 * 1024)

enum block {
	BLOCK_NONE,
	BLOCK_OTHER,	/* an example of something else */
	BLOCK_RULES,
	BLOCK_REFUSED,
};

struct document {
	const char *name;
	char line[1024];
	u32 number;		/* of the line */
	u32 start;		/* where the block begins */
	u32 examples;
	enum block block;
	bool is_man;
	bool is_marked;		/* the next .EX has rules */
	char text[TEXT_MAX];
	size_t length;
};

/* What groff makes of the escapes that examples need. */
static void unescape(char *line)
{
	static const char * const escapes[][2] = {
		{ "\\-", "-" }, { "\\(aq", "'" }, { "\\(dq", "\"" }, { "\\e", "\\" },
		{ "\\&", "" },
	};
	char *to = line;
	size_t i;

	while (*line) {
		for (i = 0; i < ARRAY_SIZE(escapes); i++)
			if (!strncmp(line, escapes[i][0], strlen(escapes[i][0])))
				break;
		if (i == ARRAY_SIZE(escapes)) {
			*to++ = *line++;
			continue;
		}
		line += strlen(escapes[i][0]);
		if (escapes[i][1][0])
			*to++ = escapes[i][1][0];
	}
	*to = 0;
}

static int parse(const struct document *d, struct fdrop_text_error *error)
{
	static struct fdrop_rule_list list;
	int err;

	err = fdrop_rule_list_parse(&list, d->text, d->length, error);
	fdrop_rule_list_free(&list);
	return err;
}

static void check_rules(struct document *d)
{
	struct fdrop_text_error error = { 0 };
	int err = parse(d, &error);

	d->examples++;
	if (err)
		ksft_print_msg("%s:%u: column %u: %s\n", d->name, d->start + error.line,
			       error.column, error.message);
	ksft_test_result(!err, "%s:%u: the rules are taken\n", d->name, d->start);
	d->length = 0;
}

/* The line just read says what is wrong with the text before. */
static void check_refused(struct document *d)
{
	struct fdrop_text_error error = { 0 };
	char said[256] = "taken";

	d->examples++;
	if (parse(d, &error))
		snprintf(said, sizeof(said), "column %u: %s", error.column, error.message);
	if (strcmp(said, d->line))
		ksft_print_msg("it is: %s\n", said);
	ksft_test_result(!strcmp(said, d->line), "%s:%u: the rule is refused\n", d->name,
			 d->number);
	d->length = 0;
}

static enum block opened(struct document *d)
{
	if (d->is_man) {
		if (!strcmp(d->line, ".\\\" rules"))
			d->is_marked = true;
		if (strcmp(d->line, ".EX"))
			return BLOCK_NONE;
		return d->is_marked ? BLOCK_RULES : BLOCK_OTHER;
	}
	if (strncmp(d->line, "```", 3))
		return BLOCK_NONE;
	return !strcmp(d->line, "```rules") ? BLOCK_RULES :
	       !strcmp(d->line, "```refused") ? BLOCK_REFUSED : BLOCK_OTHER;
}

static void take_line(struct document *d)
{
	if (d->block == BLOCK_NONE) {
		d->block = opened(d);
		d->start = d->number;
		return;
	}
	if (!strcmp(d->line, d->is_man ? ".EE" : "```")) {
		if (d->block == BLOCK_RULES)
			check_rules(d);
		d->block = BLOCK_NONE;
		d->is_marked = false;
		return;
	}
	if (d->block == BLOCK_REFUSED && !strncmp(d->line, "column ", 7)) {
		check_refused(d);
		return;
	}
	if (d->block == BLOCK_OTHER)
		return;
	if (d->is_man)
		unescape(d->line);
	d->length += snprintf(d->text + d->length, TEXT_MAX - d->length, "%s\n", d->line);
	if (d->length >= TEXT_MAX)
		ksft_exit_fail_msg("%s:%u: the example is too long\n", d->name, d->start);
}

static u32 check_document(const char *name)
{
	static struct document d;
	FILE *file = fopen(name, "r");

	if (!file)
		ksft_exit_fail_msg("%s: %m\n", name);
	d = (struct document){ .name = name };
	d.is_man = name[strlen(name) - 1] == '5';
	while (fgets(d.line, sizeof(d.line), file)) {
		d.line[strcspn(d.line, "\n")] = 0;
		d.number++;
		take_line(&d);
	}
	fclose(file);
	ksft_test_result(d.examples && d.block == BLOCK_NONE, "%s: %u examples\n", name,
			 d.examples);
	return d.examples + 1;
}

/* usage: test_rules_doc [FILE]..., where names of man pages end with 5 */
int main(int argc, char **argv)
{
	static const char * const documents[] = { "../docs/rules.md", "man/fastdrop.rules.5" };
	u32 n = 0;
	int i;

	ksft_print_header();
	for (i = 1; i < argc; i++)
		n += check_document(argv[i]);
	for (i = 0; argc < 2 && i < ARRAY_SIZE(documents); i++)
		n += check_document(documents[i]);
	ksft_set_plan(n);
	ksft_finished();
}
