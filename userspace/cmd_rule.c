// SPDX-License-Identifier: GPL-2.0
/* Rules of a device: show them, add, delete, replace. */
#include "change.h"
#include "engine/rule_list.h"
#include "libfastdrop/ssh.h"
#include "out.h"

static void show_comment(struct out *out, const struct rule_state *r)
{
	out_number(out, "id", "\t# id %llu", r->id);
	out_bool(out, "own", r->own);
	out_open(out, "hits");
	out_number(out, "packets", " packets %llu", r->hits.packets);
	out_number(out, "bytes", " bytes %llu", r->hits.bytes);
	out_close(out);
	if (r->expires)
		out_number(out, "expires", " expires %llus", r->expires);
	out_text(out, "%s\n", r->own ? " own" : "");
}

static enum status show(int argc, char **argv, struct options *options)
{
	const char *dev = NULL;
	struct rule_states rules;
	enum status status;
	struct port port;
	struct out *out;
	struct nl *nl;
	u32 i;

	argc--, argv++;
	status = take_dev(&argc, &argv, &dev) ?: want_end(argc, argv);
	if (status != STATUS_OK)
		return status;
	nl = need_module();
	need_port(nl, dev, &port);
	if (state_rules(nl, port.ifindex, false, &rules))
		return refused(nl, port.name);
	out = out_begin(options->json, options->pretty);
	out_string(out, "dev", NULL, port.name);
	out_number(out, "generation", NULL, rules.generation ?: port.generation);
	out_open_list(out, "rules");
	for (i = 0; i < rules.count; i++) {
		if (rules.rule[i].own && !options->statistics)
			continue;
		out_open(out, NULL);
		out_string(out, "rule", "%s", rules.rule[i].text);
		show_comment(out, &rules.rule[i]);
		out_close(out);
	}
	out_close(out);
	state_rules_free(&rules);
	nl_close(nl);
	return finish(out);
}

/* Whether a shell took the quotes off a word that has to have them. */
static bool lacks_quotes(const char *before, const char *word)
{
	return before && (!strcmp(before, "comment") || !strcmp(before, "bpf")) &&
	       *word != '"' && *word != '\'';
}

/* The arguments as one text, to be freed. */
static char *join(int argc, char **argv)
{
	size_t room = 1;
	char *text, *p;
	const char *quote;
	int i;

	for (i = 0; i < argc; i++)
		room += strlen(argv[i]) + 3;
	text = need(malloc(room));
	p = text;
	for (i = 0; i < argc; i++) {
		quote = lacks_quotes(i ? argv[i - 1] : NULL, argv[i]) ?
			strchr(argv[i], '"') ? "'" : "\"" : "";
		p += sprintf(p, "%s%s%s%s", i ? " " : "", quote, argv[i], quote);
	}
	*p = 0;
	return text;
}

/* The names of the device's sets: rules may name them, what is in them does not matter. */
static void name_sets(struct change *change, struct fdrop_rule_list *list)
{
	struct set_states sets;
	u32 i;

	list->sets = need(fdrop_sets_create());
	if (state_sets(change->nl, change->port.ifindex, &sets))
		fail("%s: %s", change->port.name, nl_error(change->nl));
	for (i = 0; i < sets.count; i++)
		fdrop_sets_add(list->sets, sets.set[i].name, strlen(sets.set[i].name));
}

static enum status want_rule(void)
{
	complain("expected a rule, such as: udp dst 192.0.2.1 dport 53 drop");
	return STATUS_USAGE;
}

/* What is wrong, and the line of the text with a mark below the place. */
static void show_error(const struct fdrop_text_error *error, const char *words)
{
	const char *line = words, *p;
	int width = error->column;
	u32 i;

	for (i = 1; i < error->line; i++)
		line = strchr(line, '\n') + 1;
	if (strchr(words, '\n'))
		complain("line %u, column %u: %s", error->line, error->column, error->message);
	else
		complain("column %u: %s", error->column, error->message);
	notice("  %.*s", (int)strcspn(line, "\n"), line);
	/* Columns are bytes; a character of UTF-8 has some that take no room. */
	for (p = line; p < line + error->column - 1; p++)
		width -= (*p & 0xc0) == 0x80;
	notice("  %*s", width, "^");
}

static enum status read_rules(struct change *change, struct fdrop_rule_list *list, int argc,
			      char **argv)
{
	char *words = join(argc, argv);
	struct fdrop_text text = fdrop_text_of(words, strlen(words));
	struct fdrop_text_error error;
	int err;

	name_sets(change, list);
	text.rules_only = true;
	err = fdrop_rule_list_add(list, &text, &error);
	if (err)
		show_error(&error, words);
	free(words);
	if (err)
		return STATUS_FAILED;
	return list->count ? STATUS_OK : want_rule();
}

static enum status send_rules(struct change *change, enum fastdrop_cmd cmd,
			      const struct fdrop_rule_list *list)
{
	const struct fdrop_rule *blamed;
	char text[FDROP_RULE_TEXT];

	if (draft_rules(change->nl, cmd, list, NULL, &blamed)) {
		if (!blamed)
			return change_refused(change, change->port.name);
		fdrop_rule_print(blamed, list->sets, text, sizeof(text));
		return change_refused(change, text);
	}
	ssh_protect(change->nl, &change->port, false);
	return change_commit(change);
}

static enum status put(int argc, char **argv, struct options *options, enum fastdrop_cmd cmd)
{
	struct fdrop_rule_list list = { };
	const char *dev = NULL;
	struct change change;
	enum status status;

	argc--, argv++;
	status = take_dev(&argc, &argv, &dev);
	if (status != STATUS_OK)
		return status;
	if (!argc)
		return want_rule();
	change = change_begin(dev, options);
	status = read_rules(&change, &list, argc, argv);
	if (status == STATUS_OK)
		status = send_rules(&change, cmd, &list);
	else
		change_drop(&change, status);
	fdrop_rule_list_free(&list);
	return status;
}

static enum status add(int argc, char **argv, struct options *options)
{
	return put(argc, argv, options, FASTDROP_CMD_RULE_NEW);
}

static enum status replace(int argc, char **argv, struct options *options)
{
	return put(argc, argv, options, FASTDROP_CMD_RULE_REPLACE);
}

/* Behind "id". NULL, and the user knows why, if there is anything but numbers. */
static u32 *read_ids(int argc, char **argv)
{
	u32 *ids;
	int i;

	if (argc < 2 || strcmp(argv[0], "id")) {
		complain("expected id and the numbers of rules, as rule show has them");
		return NULL;
	}
	ids = need(calloc(argc, sizeof(*ids)));
	for (i = 1; i < argc; i++) {
		if (read_number(argv[i], &ids[i - 1]))
			continue;
		complain("expected the number of a rule, not \"%s\"", argv[i]);
		free(ids);
		return NULL;
	}
	return ids;
}

static enum status del(int argc, char **argv, struct options *options)
{
	const char *dev = NULL;
	struct change change;
	enum status status;
	int blamed;
	u32 *ids;

	argc--, argv++;
	status = take_dev(&argc, &argv, &dev);
	if (status != STATUS_OK)
		return status;
	ids = read_ids(argc, argv);
	if (!ids)
		return STATUS_USAGE;
	change = change_begin(dev, options);
	if (draft_rule_ids(change.nl, ids, argc - 1, &blamed))
		status = change_refused(&change, blamed < 0 ? change.port.name : NULL);
	else
		status = change_commit(&change);
	free(ids);
	return status;
}

static enum status flush(int argc, char **argv, struct options *options)
{
	const char *dev = NULL;
	struct change change;
	enum status status;

	argc--, argv++;
	status = take_dev(&argc, &argv, &dev) ?: want_end(argc, argv);
	if (status != STATUS_OK)
		return status;
	change = change_begin(dev, options);
	if (draft_do(change.nl, FASTDROP_CMD_RULE_FLUSH, NULL))
		return change_refused(&change, change.port.name);
	return change_commit(&change);
}

const struct command rule_commands[] = {
	{ "show", show, "[dev DEV]",
	  "the rules in their order; with -s the device's own too" },
	{ "add", add, "[dev DEV] RULE...",
	  "add rules", .effect = EFFECT_CHANGE },
	{ "del", del, "[dev DEV] id ID...",
	  "delete rules by their numbers", .effect = EFFECT_CHANGE },
	{ "replace", replace, "[dev DEV] RULE...",
	  "put a rule with id N in the place of the one that has the number N",
	  .effect = EFFECT_CHANGE },
	{ "flush", flush, "[dev DEV]",
	  "delete all rules", .effect = EFFECT_CHANGE },
	{ }
};
