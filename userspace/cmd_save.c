// SPDX-License-Identifier: GPL-2.0
/* What is in force, as load takes it. */
#include "cmd.h"
#include "dev_hook.h"
#include "libfastdrop/prefix.h"
#include "libfastdrop/snapshot.h"
#include "out.h"

/* Text has this line only where the file is to name its devices. */
static void save_dev(struct out *out, const struct port *port, bool is_named, bool is_first)
{
	const char *format = !is_named ? NULL : is_first ? "dev %s" : "\ndev %s";
	struct hook hook = hook_of(port);
	char text[HOOK_TEXT];

	/* At boot, before a bond or a team has it, auto would take rx and keep it out. */
	if (port->is_auto && !strcmp(port->hook, "rx"))
		strcpy(hook.name, "auto");
	hook_print(&hook, text, sizeof(text));
	out_string(out, "dev", format, port->name);
	out_string(out, "hook", is_named ? " hook %s" : NULL, text);
	out_bool(out, "dryrun", port->dryrun);
	out_bool(out, "protect", port->protect);
	if (is_named)
		out_text(out, " dryrun %s protect %s", port->dryrun ? "on" : "off",
			 port->protect ? "on" : "off");
	out_number(out, "sample", is_named ? " sample %llu\n" : NULL, port->sample);
}

static void save_set(struct out *out, const struct fdrop_set *set)
{
	u32 i, count = set->count4 + set->count6;
	char text[PREFIX_TEXT];

	out_open(out, NULL);
	out_string(out, "name", "set %s {", set->name);
	out_text(out, count ? "\n" : " ");
	out_open_list(out, "prefixes");
	for (i = 0; i < count; i++) {
		prefix_print(set, i, text);
		out_string(out, NULL, "\t%s\n", text);
	}
	out_close(out);
	out_text(out, "}\n");
	out_close(out);
}

static void save_port(struct out *out, struct nl *nl, const struct port *port, bool is_named,
		      bool is_first)
{
	struct snapshot snapshot;
	u32 i;

	if (snapshot_read(nl, port, &snapshot))
		fail("%s: %s", port->name, nl_error(nl));
	out_open(out, NULL);
	save_dev(out, port, is_named, is_first);
	out_open_list(out, "sets");
	for (i = 0; i < snapshot.count; i++)
		save_set(out, &snapshot.sets[i]);
	out_close(out);
	out_open_list(out, "rules");
	for (i = 0; i < snapshot.rules.count; i++)
		out_string(out, NULL, "%s\n", snapshot.rules.rule[i].text);
	out_close(out);
	out_close(out);
	if (!is_named && !snapshot.count && !snapshot.rules.count)
		out_text(out, "# no rules\n");
	snapshot_free(&snapshot);
}

enum status cmd_save(int argc, char **argv, struct options *options)
{
	struct ports ports = { };
	const char *dev = NULL;
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
	if (dev)
		need_port(nl, dev, &port);
	else if (state_ports(nl, &ports))
		return refused(nl, NULL);
	out = out_begin(options->json, options->pretty);
	out_open_list(out, "devices");
	if (dev)
		save_port(out, nl, &port, false, true);
	for (i = 0; i < ports.count; i++)
		save_port(out, nl, &ports.port[i], true, !i);
	out_close(out);
	free(ports.port);
	nl_close(nl);
	return finish(out);
}
