// SPDX-License-Identifier: GPL-2.0
/* How a file differs from what is in force: in numbers (check), and line by line (diff). */
#include "cmd.h"
#include "libfastdrop/compare.h"
#include "libfastdrop/file.h"
#include "libfastdrop/prefix.h"
#include "out.h"

#define RED	"\033[31m"
#define GREEN	"\033[32m"

/**
 * struct comparing - a file and the module
 * @file: the file
 * @nl: the module, or NULL if it is not there
 * @ports: its ports
 */
struct comparing {
	struct file file;
	struct nl *nl;
	struct ports ports;
};

/* FILE [dev DEV] of the arguments. Without the module, only if it may be missing. */
static enum status begin(struct comparing *c, int argc, char **argv, bool needs_module)
{
	const char *dev = NULL;
	enum status status;
	int err;

	*c = (struct comparing){ };
	if (argc < 2) {
		complain("expected a file of rules");
		return STATUS_USAGE;
	}
	argc -= 2;
	argv += 2;
	status = take_dev(&argc, &argv, &dev) ?: want_end(argc, argv);
	if (status != STATUS_OK)
		return status;
	if (!file_read(&c->file, argv[-1 - 2 * !!dev]) || !file_set_dev(&c->file, dev))
		return STATUS_FAILED;
	err = nl_open(&c->nl);
	if (!err && state_ports(c->nl, &c->ports)) {
		err = -EPERM;
		nl_close(c->nl);
		c->nl = NULL;
	}
	if (err && needs_module)
		fail("%s", nl_open_error(err));
	if (err)
		notice("what it would change cannot be told: %s", nl_open_error(err));
	return STATUS_OK;
}

static void end(struct comparing *c)
{
	file_free(&c->file);
	free(c->ports.port);
	nl_close(c->nl);
}

/* The port of a part; NULL if there is none yet. */
static const struct port *find_port(const struct comparing *c, const struct part *part)
{
	u32 i;

	if (!part->dev[0])
		return c->ports.count == 1 ? c->ports.port : NULL;
	for (i = 0; i < c->ports.count; i++)
		if (!strcmp(c->ports.port[i].name, part->dev))
			return &c->ports.port[i];
	return NULL;
}

/* Whether it is known what the part would change: a device with a name may be a new one. */
static bool is_known(const struct comparing *c, const struct part *part)
{
	return c->nl && (part->dev[0] || c->ports.count == 1);
}

/* Returns false if the module did not tell. */
static bool compare_part(const struct comparing *c, const struct part *part,
			 struct snapshot *snapshot, struct comparison *comparison)
{
	const struct port *port = find_port(c, part);

	*snapshot = (struct snapshot){ };
	if (port && snapshot_read(c->nl, port, snapshot))
		return false;
	compare(snapshot, &part->list, comparison);
	return true;
}

static u32 prefixes_of(const struct fdrop_set *set)
{
	return set->count4 + set->count6;
}

static u32 count_sets(const struct fdrop_sets *sets, u32 *prefixes)
{
	u32 i, n = 0;

	*prefixes = 0;
	for (i = 0; sets && i < sets->count; i++) {
		n += sets->set[i].name[0] != 0;
		*prefixes += prefixes_of(&sets->set[i]);
	}
	return n;
}

/* What the file holds. */
static void show_contents(struct out *out, const struct part *part, bool in_text)
{
	u32 prefixes, sets = count_sets(part->list.sets, &prefixes);

	out_number(out, "rules", in_text ? "%llu rule" : NULL, part->list.count);
	if (in_text)
		out_text(out, "%s", plural(part->list.count));
	out_number(out, "sets", in_text ? ", %llu set" : NULL, sets);
	if (in_text)
		out_text(out, "%s", plural(sets));
	out_number(out, "prefixes", in_text && sets ? " (%llu prefix" : NULL, prefixes);
	if (in_text && sets)
		out_text(out, "%s)", prefixes == 1 ? "" : "es");
}

/* "2 rules added, 1 removed": @word is empty behind the first. */
static void show_change(struct out *out, const char *key, u32 n, const char *word,
			const char *what, const char **between)
{
	out_number(out, key, NULL, n);
	if (!n)
		return;
	out_text(out, "%s%u%s%s%s %s", *between, n, *word ? " " : "", word,
		 *word ? n == 1 ? "" : word[strlen(word) - 1] == 'x' ? "es" : "s" : "", what);
	*between = ", ";
}

static void show_set_change(struct out *out, const struct set_change *set, const char **between)
{
	const char *inner = ": ";

	out_open(out, NULL);
	out_string(out, "name", NULL, set->name);
	out_string(out, "change", NULL, set->is_new ? "new" : set->is_gone ? "gone" : "changed");
	out_text(out, "%s%sset %s", *between, set->is_new ? "new " : set->is_gone ? "no more " : "",
		 set->name);
	show_change(out, "added", prefixes_of(&set->added), "prefix", "added", &inner);
	show_change(out, "removed", prefixes_of(&set->removed), *inner == ':' ? "prefix" : "",
		    "removed", &inner);
	out_close(out);
	*between = ", ";
}

static void show_changes(struct out *out, const struct comparison *c)
{
	const char *between = "";
	u32 i;

	out_open(out, "changes");
	show_change(out, "rules_added", c->added_count, "rule", "added", &between);
	show_change(out, "rules_removed", c->removed_count, *between ? "" : "rule", "removed",
		    &between);
	show_change(out, "rules_moved", c->moved, "rule", "in another order", &between);
	out_open_list(out, "sets");
	for (i = 0; i < c->set_count; i++)
		show_set_change(out, &c->sets[i], &between);
	out_close(out);
	out_close(out);
	out_text(out, "%s", comparison_is_empty(c) ? "nothing would change" : "");
}

static void check_part(struct out *out, const struct comparing *c, const struct part *part)
{
	const struct port *port = find_port(c, part);
	const char *dev = part->dev[0] ? part->dev : port ? port->name : NULL;
	struct comparison comparison;
	struct snapshot snapshot;
	bool known = is_known(c, part) && compare_part(c, part, &snapshot, &comparison);

	if (c->nl && !known)
		notice("what it would change cannot be told: %s", is_known(c, part) ?
		       nl_error(c->nl) : "say for which device, by dev DEV");
	out_open(out, NULL);
	if (dev)
		out_string(out, "dev", "%s: ", dev);
	out_bool(out, "protected", port);
	show_contents(out, part, !known);
	if (known) {
		out_text(out, "%s", port ? "" : "not protected yet: ");
		show_changes(out, &comparison);
		comparison_free(&comparison);
		snapshot_free(&snapshot);
	}
	out_text(out, "\n");
	out_close(out);
}

enum status cmd_check(int argc, char **argv, struct options *options)
{
	struct comparing c;
	enum status status = begin(&c, argc, argv, false);
	struct out *out;
	u32 i;

	if (status == STATUS_OK) {
		out = out_begin(options->json, options->pretty);
		out_string(out, "file", NULL, c.file.name);
		out_open_list(out, "devices");
		for (i = 0; i < c.file.count; i++)
			check_part(out, &c, &c.file.part[i]);
		out_close(out);
		status = finish(out);
	}
	end(&c);
	return status;
}

static void show_rule(struct out *out, const char *sign, const char *text)
{
	out_colour(out, *sign == '+' ? GREEN : RED);
	out_text(out, "%s", sign);
	out_string(out, NULL, "%s", text);
	out_colour(out, NULL);
	out_text(out, "\n");
}

static void show_prefixes(struct out *out, const char *key, const char *sign, const char *name,
			  const struct fdrop_set *set)
{
	char text[PREFIX_TEXT];
	u32 i;

	out_open_list(out, key);
	for (i = 0; i < prefixes_of(set); i++) {
		prefix_print(set, i, text);
		out_colour(out, *sign == '+' ? GREEN : RED);
		out_text(out, "%sset %s { ", sign, name);
		out_string(out, NULL, "%s }", text);
		out_colour(out, NULL);
		out_text(out, "\n");
	}
	out_close(out);
}

static void show_set_lines(struct out *out, const struct set_change *set)
{
	const char *sign = set->is_new ? "+" : "-";

	out_open(out, NULL);
	out_string(out, "name", NULL, set->name);
	out_string(out, "change", NULL, set->is_new ? "new" : set->is_gone ? "gone" : "changed");
	if (!prefixes_of(&set->added) && !prefixes_of(&set->removed))
		out_text(out, "%sset %s { }\n", sign, set->name);
	show_prefixes(out, "removed", "-", set->name, &set->removed);
	show_prefixes(out, "added", "+", set->name, &set->added);
	out_close(out);
}

static void show_lines(struct out *out, const struct comparison *c)
{
	u32 i;

	out_open_list(out, "sets");
	for (i = 0; i < c->set_count; i++)
		show_set_lines(out, &c->sets[i]);
	out_close(out);
	out_open_list(out, "removed");
	for (i = 0; i < c->removed_count; i++)
		show_rule(out, "-", c->removed[i]);
	out_close(out);
	out_open_list(out, "added");
	for (i = 0; i < c->added_count; i++)
		show_rule(out, "+", c->added[i]);
	out_close(out);
	out_number(out, "moved", c->moved ? "# in another order: %llu of the other rules\n" : NULL,
		   c->moved);
}

static void show_names(struct out *out, const char *dev, const char *file)
{
	char *copy = need(strdup(file));

	out_clean(copy);
	out_text(out, "--- %s\n+++ %s\n", dev, copy);
	free(copy);
}

static void diff_part(struct out *out, const struct comparing *c, const struct part *part)
{
	const struct port *port = find_port(c, part);
	struct comparison comparison;
	struct snapshot snapshot;
	struct port only;

	if (!is_known(c, part))
		need_port(c->nl, NULL, &only);
	if (!compare_part(c, part, &snapshot, &comparison))
		fail("%s: %s", port->name, nl_error(c->nl));
	out_open(out, NULL);
	out_string(out, "dev", NULL, port ? port->name : part->dev);
	if (!comparison_is_empty(&comparison))
		show_names(out, port ? port->name : part->dev, c->file.name);
	show_lines(out, &comparison);
	out_close(out);
	comparison_free(&comparison);
	snapshot_free(&snapshot);
}

enum status cmd_diff(int argc, char **argv, struct options *options)
{
	struct comparing c;
	enum status status = begin(&c, argc, argv, true);
	struct out *out;
	u32 i;

	if (status == STATUS_OK) {
		out = out_begin(options->json, options->pretty);
		out_string(out, "file", NULL, c.file.name);
		out_open_list(out, "devices");
		for (i = 0; i < c.file.count; i++)
			diff_part(out, &c, &c.file.part[i]);
		out_close(out);
		status = finish(out);
	}
	end(&c);
	return status;
}
