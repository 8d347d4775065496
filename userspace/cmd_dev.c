// SPDX-License-Identifier: GPL-2.0
/* Devices under protection: show them, add, delete, set. */
#include "cmd.h"
#include "dev_hook.h"
#include "libfastdrop/state.h"
#include "out.h"

#define GREEN	"\033[32m"
#define YELLOW	"\033[33m"
#define RED	"\033[31m"

static void show_marks(struct out *out, const struct port *port)
{
	out_text(out, ", ");
	out_colour(out, !port->enabled ? RED : port->dryrun ? YELLOW : GREEN);
	out_text(out, "%s", !port->enabled ? "DISABLED: everything passes" :
			    port->dryrun ? "DRY RUN: nothing is dropped" : "enabled");
	out_colour(out, NULL);
}

/* Which hook, and why this one. */
static void show_hook(struct out *out, const struct port *port)
{
	bool is_blind;

	out_string(out, "hook", " hook %s", port->hook);
	out_bool(out, "auto", port->is_auto);
	if (*port->hook_reason)
		out_string(out, "hook_reason", " (auto: %s)", port->hook_reason);
	if (!strcmp(port->hook, "ingress"))
		out_signed(out, "priority", port->priority == HOOK_PRIORITY ? NULL : " prio %lld",
			   port->priority);
	if (strcmp(port->hook, "xdp"))
		return;
	is_blind = hook_is_blind(port);
	if (is_blind)
		out_colour(out, RED);
	out_string(out, "xdp_mode", " %s", port->xdp_mode);
	if (is_blind)
		out_text(out, "%s: nothing is seen",
			 *port->xdp_mode ? " BY ANOTHER'S PROGRAM" : "WITHOUT A PROGRAM");
	out_colour(out, NULL);
	out_bool(out, "blind", is_blind);
	out_bool(out, "xdp_frags", port->xdp_frags);
	out_text(out, "%s", port->xdp_frags ? " frags" : "");
}

static void show_confirm(struct out *out, const struct port *port)
{
	if (!port->confirm)
		return;
	out_number(out, "confirm", NULL, port->confirm);
	out_text(out, "    ");
	out_colour(out, YELLOW);
	out_text(out, "the rules are taken back in %us: fastdrop confirm dev %s", port->confirm,
		 port->name);
	out_colour(out, NULL);
	out_text(out, "\n");
}

static void show_sum(struct out *out, const char *key, const char *word, const struct count *count,
		     bool always)
{
	out_open(out, key);
	out_number(out, "packets", NULL, count->packets);
	out_number(out, "bytes", NULL, count->bytes);
	out_close(out);
	if (always || count->packets)
		out_text(out, "    %-16s %15llu packets %18llu bytes\n", word, count->packets,
			 count->bytes);
}

static void show_counters(struct out *out, struct nl *nl, const struct port *port)
{
	struct rule_states states;
	struct queue_state sum;

	if (state_rules(nl, port->ifindex, true, &states))
		fail("%s: %s", port->name, nl_error(nl));
	sum = state_sum(&states);
	show_sum(out, "seen", "seen", &sum.seen, true);
	show_sum(out, "passed", "passed", &sum.passed, true);
	show_sum(out, "dropped", "dropped", &sum.dropped, true);
	show_sum(out, "diverted", "diverted", &sum.diverted, false);
	show_sum(out, "would_drop", "would drop", &sum.would_drop, port->dryrun);
	show_sum(out, "truncated", "truncated", &sum.truncated, false);
	show_sum(out, "malformed", "malformed", &sum.malformed, false);
	show_sum(out, "too_many_headers", "too many headers", &sum.too_many_headers, false);
	show_sum(out, "sampled", "sampled", &sum.sampled, false);
	show_sum(out, "ring_lost", "lost by a ring", &sum.ring_lost, false);
	state_rules_free(&states);
}

static void show_port(struct out *out, struct nl *nl, const struct port *port, bool with_counters)
{
	out_open(out, NULL);
	out_string(out, "dev", "%s:", port->name);
	out_number(out, "ifindex", NULL, port->ifindex);
	show_hook(out, port);
	show_marks(out, port);
	out_bool(out, "enabled", port->enabled);
	out_bool(out, "dryrun", port->dryrun);
	out_bool(out, "protect", port->protect);
	out_number(out, "sample", NULL, port->sample);
	out_number(out, "rules", ", %llu rule", port->rules);
	out_text(out, "%s", plural(port->rules));
	out_number(out, "sets", ", %llu set", port->sets);
	out_text(out, "%s", plural(port->sets));
	out_number(out, "prefixes", port->sets ? " (%llu prefix" : NULL, port->prefixes);
	if (port->sets)
		out_text(out, "%s)", port->prefixes == 1 ? "" : "es");
	out_number(out, "generation", ", generation %llu", port->generation);
	out_number(out, "queues", NULL, port->queues);
	out_text(out, "%s", port->protect ? "" : ", protect off");
	if (port->sample)
		out_text(out, ", sample 1 of %u", port->sample);
	out_text(out, "\n");
	show_confirm(out, port);
	if (with_counters)
		show_counters(out, nl, port);
	out_close(out);
}

static enum status show(int argc, char **argv, struct options *options)
{
	struct ports ports = { };
	struct port one;
	struct out *out;
	struct nl *nl;
	u32 i;

	if (argc > 1 && (want_dev_name(argv[1]) || want_end(argc - 2, argv + 2)))
		return STATUS_USAGE;
	nl = need_module();
	if (argc > 1) {
		need_port(nl, argv[1], &one);
		ports = (struct ports){ &one, 1 };
	} else if (state_ports(nl, &ports)) {
		return refused(nl, NULL);
	}
	out = out_begin(options->json, options->pretty);
	out_open_list(out, "devices");
	for (i = 0; i < ports.count; i++)
		show_port(out, nl, &ports.port[i], options->statistics);
	if (!ports.count)
		out_text(out, "no device is protected: fastdrop dev add DEV\n");
	out_close(out);
	if (argc < 2)
		free(ports.port);
	nl_close(nl);
	return finish(out);
}

/* A setting of a device, and its attribute. */
struct key {
	const char *name;
	enum fastdrop_attr attr;
};

static const struct key add_keys[] = {
	{ "hook", FASTDROP_A_HOOK },
	{ "dryrun", FASTDROP_A_DRYRUN },
	{ "protect", FASTDROP_A_PROTECT },
	{ }
};

static const struct key set_keys[] = {
	{ "enabled", FASTDROP_A_ENABLED },
	{ "dryrun", FASTDROP_A_DRYRUN },
	{ "protect", FASTDROP_A_PROTECT },
	{ "sample", FASTDROP_A_SAMPLE },
	{ }
};

/* "hook, dryrun or protect", valid up to the next call. */
static const char *name_keys(const struct key *keys)
{
	static char names[80];
	const struct key *k;
	size_t n = 0;

	for (k = keys; k->name; k++)
		n += snprintf(names + n, sizeof(names) - n, "%s%s",
			      k == keys ? "" : k[1].name ? ", " : " or ", k->name);
	return names;
}

static const struct key *find_key(const struct key *keys, const char *name)
{
	for (; keys->name; keys++)
		if (!strcmp(keys->name, name))
			return keys;
	return NULL;
}

static enum status check_sample(const char *value)
{
	u32 sample;

	if (value && read_number(value, &sample))
		return STATUS_OK;
	complain("expected a number from 0 to 4294967295 behind \"sample\", not %s%s%s",
		 value ? "\"" : "", value ? value : "the end of the command", value ? "\"" : "");
	return STATUS_USAGE;
}

static enum status check_setting(const struct key *key, const char *value)
{
	bool on;

	if (key->attr == FASTDROP_A_SAMPLE)
		return check_sample(value);
	return read_switch(key->name, value, &on);
}

/* How many words a setting has that begins at @argv, with its name; 0 if it is wrong. */
static int check_words(const struct key *key, char **argv, struct hook *hook)
{
	struct reason reason;

	if (key->attr != FASTDROP_A_HOOK)
		return check_setting(key, argv[1]) == STATUS_OK ? 2 : 0;
	if (hook_read(hook, argv + 1, &reason))
		return 1 + hook->words;
	complain("%s", reason.text);
	return 0;
}

/* Whether the arguments are settings out of @keys, each with its value. */
static enum status check_settings(const struct key *keys, char **argv, struct hook *hook)
{
	const struct key *k;
	u32 seen = 0;
	int words;

	for (; *argv; argv += words) {
		k = find_key(keys, *argv);
		if (!k) {
			complain("expected %s, not \"%s\"", name_keys(keys), *argv);
			return STATUS_USAGE;
		}
		if (seen & 1U << (k - keys)) {
			complain("\"%s\" is there twice", *argv);
			return STATUS_USAGE;
		}
		seen |= 1U << (k - keys);
		words = check_words(k, argv, hook);
		if (!words)
			return STATUS_USAGE;
	}
	return STATUS_OK;
}

/* Of what has been checked; @hook is for hook_put(), and only its words are passed over. */
static void put_settings(struct nl *nl, const struct key *keys, char **argv,
			 const struct hook *hook)
{
	const struct key *k;
	u32 sample;

	for (; *argv; argv += 2) {
		k = find_key(keys, *argv);
		switch (k->attr) {
		case FASTDROP_A_HOOK:
			argv += hook->words - 1;
			break;
		case FASTDROP_A_SAMPLE:
			read_number(argv[1], &sample);
			nl_put_u32(nl, k->attr, sample);
			break;
		default:
			nl_put_u8(nl, k->attr, !strcmp(argv[1], "on"));
		}
	}
}

/* The request; @program is a BPF link, or -1. */
static enum status send_change(struct nl *nl, char **argv, enum fastdrop_cmd cmd,
			       const struct key *keys, const struct hook *hook, int program)
{
	nl_begin(nl, cmd);
	nl_put_string(nl, FASTDROP_A_IFNAME, argv[1]);
	hook_put(nl, hook, program);
	put_settings(nl, keys, argv + 2, hook);
	return nl_send(nl, NULL, NULL) ? refused(nl, NULL) : STATUS_OK;
}

static enum status want_dev(int argc, char **argv)
{
	if (argc > 1)
		return want_dev_name(argv[1]);
	complain("expected the name of a device");
	return STATUS_USAGE;
}

static enum status change(int argc, char **argv, enum fastdrop_cmd cmd, const struct key *keys)
{
	struct hook hook = { };
	struct reason reason;
	enum status status;
	struct nl *nl;
	int program;

	status = want_dev(argc, argv) ?: check_settings(keys, argv + 2, &hook);
	if (status != STATUS_OK)
		return status;
	nl = need_module();
	if (!hook_program(nl, argv[1], &hook, &program, &reason)) {
		complain("%s", reason.text);
		status = STATUS_FAILED;
	} else {
		status = send_change(nl, argv, cmd, keys, &hook, program);
		if (!hook_end(nl, argv[1], &hook, program, status != STATUS_OK))
			status = STATUS_FAILED;
	}
	nl_close(nl);
	return status;
}

static enum status add(int argc, char **argv, struct options *options)
{
	return change(argc, argv, FASTDROP_CMD_DEV_NEW, add_keys);
}

static enum status del(int argc, char **argv, struct options *options)
{
	enum status status = want_dev(argc, argv) ?: want_end(argc - 2, argv + 2);
	struct port port;
	struct nl *nl;

	if (status != STATUS_OK)
		return status;
	nl = need_module();
	state_port(nl, argv[1], &port);
	nl_begin(nl, FASTDROP_CMD_DEV_DEL);
	nl_put_string(nl, FASTDROP_A_IFNAME, argv[1]);
	if (nl_send(nl, NULL, NULL))
		status = refused(nl, NULL);
	else if (!hook_leave(&port))
		status = STATUS_FAILED;
	nl_close(nl);
	return status;
}

static enum status set(int argc, char **argv, struct options *options)
{
	if (argc == 2) {
		complain("expected %s behind \"%s\"", name_keys(set_keys), argv[1]);
		return STATUS_USAGE;
	}
	return change(argc, argv, FASTDROP_CMD_DEV_SET, set_keys);
}

const struct command dev_commands[] = {
	{ "show", show, "[DEV]",
	  "the devices under protection; with -s their counters" },
	{ "add", add, "DEV " HOOK_USAGE " [dryrun on|off] [protect on|off]",
	  "put a device under protection" },
	{ "del", del, "DEV",
	  "let go of a device: all its packets pass" },
	{ "set", set, "DEV [enabled on|off] [dryrun on|off] [protect on|off] [sample N]",
	  "switch; enabled off lets everything pass, uncounted; sample shows one of N passed" },
	{ }
};
