// SPDX-License-Identifier: GPL-2.0
/* Sets of a device: show them, fill them, empty them. */
#include "change.h"
#include "engine/rule_list.h"
#include "import.h"
#include "libfastdrop/prefix.h"
#include "libfastdrop/ssh.h"
#include "out.h"
#include "progress.h"

/* What a command of a set has in front: dev DEV, then the name. */
struct words {
	const char *dev;
	const char *name;
	int argc;
	char **argv;
};

static enum status read_words(struct words *words, int argc, char **argv)
{
	enum status status;

	*words = (struct words){ .argc = argc - 1, .argv = argv + 1 };
	status = take_dev(&words->argc, &words->argv, &words->dev);
	if (status != STATUS_OK)
		return status;
	if (!words->argc) {
		complain("expected the name of a set");
		return STATUS_USAGE;
	}
	words->name = words->argv[0];
	words->argc--;
	words->argv++;
	if (fdrop_sets_is_name(words->name, strlen(words->name)))
		return STATUS_OK;
	complain("\"%s\" is no name of a set: a letter, then up to 30 letters, digits, \"_\", \"-\" or \".\"",
		 words->name);
	return STATUS_USAGE;
}

static void show_names(struct out *out, const struct set_states *sets)
{
	u32 i;

	out_open_list(out, "sets");
	for (i = 0; i < sets->count; i++) {
		out_open(out, NULL);
		out_string(out, "name", "%s: ", sets->set[i].name);
		out_number(out, "prefixes", "%llu prefix", sets->set[i].prefixes);
		out_text(out, "%s\n", sets->set[i].prefixes == 1 ? "" : "es");
		out_close(out);
	}
	out_close(out);
}

static void show_prefixes(struct out *out, const struct fdrop_set *set)
{
	char text[PREFIX_TEXT];
	u32 i;

	out_string(out, "name", NULL, set->name);
	out_open_list(out, "prefixes");
	for (i = 0; i < set->count4 + set->count6; i++) {
		prefix_print(set, i, text);
		out_string(out, NULL, "%s\n", text);
	}
	out_close(out);
}

static bool has_set(const struct set_states *sets, const char *name)
{
	u32 i;

	for (i = 0; i < sets->count; i++)
		if (!strcmp(sets->set[i].name, name))
			return true;
	return false;
}

/* Linux 6.1 does not pass on why a dump is refused: a set that is not there is found here. */
static enum status show_one(struct nl *nl, const struct port *port, const struct set_states *sets,
			    const char *name, struct out *out)
{
	struct fdrop_set set = { };

	if (!has_set(sets, name)) {
		complain("there is no set \"%s\"", name);
		return STATUS_FAILED;
	}
	snprintf(set.name, sizeof(set.name), "%s", name);
	if (state_elements(nl, port->ifindex, &set))
		return refused(nl, name);
	show_prefixes(out, &set);
	fdrop_set_free(&set);
	return STATUS_OK;
}

static enum status show(int argc, char **argv, struct options *options)
{
	const char *dev = NULL, *name = NULL;
	struct set_states sets;
	enum status status;
	struct port port;
	struct out *out;
	struct nl *nl;

	argc--, argv++;
	if (argc && strcmp(argv[0], "dev")) {
		name = argv[0];
		argc--, argv++;
	}
	status = take_dev(&argc, &argv, &dev);
	if (status == STATUS_OK && !name && argc) {
		name = argv[0];
		argc--, argv++;
	}
	status = status ?: want_end(argc, argv);
	if (status != STATUS_OK)
		return status;
	nl = need_module();
	need_port(nl, dev, &port);
	if (state_sets(nl, port.ifindex, &sets))
		return refused(nl, port.name);
	out = out_begin(options->json, options->pretty);
	out_string(out, "dev", NULL, port.name);
	out_number(out, "generation", NULL, port.generation);
	if (name)
		status = show_one(nl, &port, &sets, name, out);
	else
		show_names(out, &sets);
	nl_close(nl);
	return status ?: finish(out);
}

/* A command that needs the name alone. */
static enum status name_only(int argc, char **argv, struct options *options, enum fastdrop_cmd cmd)
{
	enum status status;
	struct words words;
	struct change change;

	status = read_words(&words, argc, argv) ?: want_end(words.argc, words.argv);
	if (status != STATUS_OK)
		return status;
	change = change_begin(words.dev, options);
	if (draft_do(change.nl, cmd, words.name))
		return change_refused(&change, NULL);
	return change_commit(&change);
}

static enum status new(int argc, char **argv, struct options *options)
{
	return name_only(argc, argv, options, FASTDROP_CMD_SET_NEW);
}

static enum status del(int argc, char **argv, struct options *options)
{
	return name_only(argc, argv, options, FASTDROP_CMD_SET_DEL);
}

static enum status flush(int argc, char **argv, struct options *options)
{
	return name_only(argc, argv, options, FASTDROP_CMD_SET_FLUSH);
}

static enum status want_prefixes(void)
{
	complain("expected prefixes behind the name of the set");
	return STATUS_USAGE;
}

/* What could end the set that they are to be read as is in none of them. */
static enum status check_prefixes(const struct words *words)
{
	int i;

	for (i = 0; i < words->argc; i++) {
		if (!strpbrk(words->argv[i], "{}#;\n"))
			continue;
		complain("expected an IPv4 or IPv6 address or prefix, not \"%s\"", words->argv[i]);
		return STATUS_USAGE;
	}
	return words->argc ? STATUS_OK : want_prefixes();
}

/* The prefixes of the arguments, read as the language of rules does. */
static enum status read_prefixes(struct fdrop_rule_list *list, const struct words *words)
{
	struct fdrop_text_error error;
	struct fdrop_text text;
	size_t length;
	char *string;
	FILE *to = need(open_memstream(&string, &length));
	int i, err;

	fprintf(to, "set %s {", words->name);
	for (i = 0; i < words->argc; i++)
		fprintf(to, " %s", words->argv[i]);
	fputs(" }", to);
	if (fclose(to))
		fail("no memory");
	text = fdrop_text_of(string, length);
	err = fdrop_rule_list_add(list, &text, &error);
	free(string);
	if (err) {
		complain("%s", error.message);
		return STATUS_USAGE;
	}
	if (!list->sets->set[0].count4 && !list->sets->set[0].count6)
		return want_prefixes();
	if (fdrop_set_finish(&list->sets->set[0]))
		fail("no memory");
	return STATUS_OK;
}

static enum status send_elements(const struct words *words, const struct options *options,
				 enum fastdrop_cmd cmd, const struct fdrop_set *set)
{
	struct change change = change_begin(words->dev, options);

	if (draft_elements(change.nl, cmd, set, NULL))
		return change_refused(&change, NULL);
	if (cmd == FASTDROP_CMD_ELEMENT_NEW)
		ssh_protect(change.nl, &change.port, false);
	return change_commit(&change);
}

static enum status elements(int argc, char **argv, struct options *options, enum fastdrop_cmd cmd)
{
	struct fdrop_rule_list list = { };
	struct words words;
	enum status status;

	status = read_words(&words, argc, argv) ?: check_prefixes(&words);
	if (status != STATUS_OK)
		return status;
	status = read_prefixes(&list, &words);
	if (status == STATUS_OK)
		status = send_elements(&words, options, cmd, &list.sets->set[0]);
	fdrop_rule_list_free(&list);
	return status;
}

static enum status add(int argc, char **argv, struct options *options)
{
	return elements(argc, argv, options, FASTDROP_CMD_ELEMENT_NEW);
}

static enum status take_out(int argc, char **argv, struct options *options)
{
	return elements(argc, argv, options, FASTDROP_CMD_ELEMENT_DEL);
}

/* What the file has takes the place of what was in the set, which is made if need be. */
static enum status send_file(const struct words *words, const struct options *options,
			     const struct fdrop_set *set)
{
	struct change change = change_begin(words->dev, options);
	struct progress progress;
	struct set_states sets;
	int err;

	if (state_sets(change.nl, change.port.ifindex, &sets))
		fail("%s: %s", change.port.name, nl_error(change.nl));
	err = draft_do(change.nl, has_set(&sets, words->name) ? FASTDROP_CMD_SET_FLUSH :
								FASTDROP_CMD_SET_NEW, words->name);
	progress_begin(&progress, words->name, (u64)set->count4 + set->count6);
	if (!err)
		err = draft_elements(change.nl, FASTDROP_CMD_ELEMENT_NEW, set, &progress);
	progress_end(&progress);
	if (err)
		return change_refused(&change, NULL);
	ssh_protect(change.nl, &change.port, false);
	return change_commit(&change);
}

static enum status load(int argc, char **argv, struct options *options)
{
	struct fdrop_set set = { };
	struct import_error error;
	struct words words;
	enum status status;

	status = read_words(&words, argc, argv);
	if (status == STATUS_OK && !words.argc) {
		complain("expected a file behind the name of the set");
		return STATUS_USAGE;
	}
	status = status ?: want_end(words.argc - 1, words.argv + 1);
	if (status != STATUS_OK)
		return status;
	snprintf(set.name, sizeof(set.name), "%s", words.name);
	if (import_set(words.argv[0], &set, &error)) {
		complain("%s", error.message);
		status = STATUS_FAILED;
	} else if (fdrop_set_finish(&set)) {
		fail("no memory");
	} else {
		status = send_file(&words, options, &set);
	}
	fdrop_set_free(&set);
	return status;
}

const struct command set_commands[] = {
	{ "show", show, "[NAME] [dev DEV]",
	  "the sets, or what is in one" },
	{ "new", new, "[dev DEV] NAME",
	  "make an empty set", .effect = EFFECT_CHANGE },
	{ "del", del, "[dev DEV] NAME",
	  "delete a set that no rule names", .effect = EFFECT_CHANGE },
	{ "add", add, "[dev DEV] NAME PREFIX...",
	  "put prefixes into a set", .effect = EFFECT_CHANGE },
	{ "remove", take_out, "[dev DEV] NAME PREFIX...",
	  "take prefixes out of a set", .effect = EFFECT_CHANGE },
	{ "flush", flush, "[dev DEV] NAME",
	  "take all prefixes out of a set", .effect = EFFECT_CHANGE },
	{ "load", load, "[dev DEV] NAME FILE",
	  "fill a set with the prefixes of FILE, in place of those in it",
	  .effect = EFFECT_CHANGE },
	{ }
};
