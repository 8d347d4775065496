// SPDX-License-Identifier: GPL-2.0
/* Loads files of rules, and keeps or takes back what was changed. */
#include "change.h"
#include "libfastdrop/file.h"
#include "libfastdrop/ssh.h"
#include "progress.h"

/* For how long parts that are in force wait for the others. */
#define WAIT_FOR_ALL	60

/**
 * struct loading - a part of a file, on its way into its device
 * @part: the part
 * @nl: the socket that has its draft
 * @port: the device
 * @is_new: it was not protected before
 * @is_dry: it was put into a dry run for this
 * @is_in_force: its rules are, and wait to be confirmed
 */
struct loading {
	const struct part *part;
	struct nl *nl;
	struct port port;
	bool is_new;
	bool is_dry;
	bool is_in_force;
};

/* All parts of a file. */
struct load {
	struct file file;
	const struct options *options;
	struct loading *loading;
	struct progress progress;
};

static u64 count_part(const struct part *part)
{
	u64 n = part->list.count;
	u32 i;

	for (i = 0; part->list.sets && i < part->list.sets->count; i++)
		n += part->list.sets->set[i].count4 + part->list.sets->set[i].count6;
	return n;
}

static int set_switch(struct nl *nl, const char *dev, enum fastdrop_attr attr, bool on)
{
	nl_begin(nl, FASTDROP_CMD_DEV_SET);
	nl_put_string(nl, FASTDROP_A_IFNAME, dev);
	nl_put_u8(nl, attr, on);
	return nl_send(nl, NULL, NULL);
}

static int set_sample(struct nl *nl, const char *dev, u32 sample)
{
	nl_begin(nl, FASTDROP_CMD_DEV_SET);
	nl_put_string(nl, FASTDROP_A_IFNAME, dev);
	nl_put_u32(nl, FASTDROP_A_SAMPLE, sample);
	return nl_send(nl, NULL, NULL);
}

/* Whether a setting of the file is another than the one that is in force. */
static bool changes(enum setting setting, bool is_on)
{
	return setting == (is_on ? SETTING_OFF : SETTING_ON);
}

/* Returns whether it is there; if not, the user has been told why. */
static bool add_dev(struct nl *nl, const struct part *part)
{
	struct reason reason;
	int program, err;

	if (!hook_program(nl, part->dev, &part->hook, &program, &reason)) {
		complain("%s", reason.text);
		return false;
	}
	nl_begin(nl, FASTDROP_CMD_DEV_NEW);
	nl_put_string(nl, FASTDROP_A_IFNAME, part->dev);
	hook_put(nl, &part->hook, program);
	if (part->dryrun)
		nl_put_u8(nl, FASTDROP_A_DRYRUN, part->dryrun == SETTING_ON);
	if (part->protect)
		nl_put_u8(nl, FASTDROP_A_PROTECT, part->protect == SETTING_ON);
	err = nl_send(nl, NULL, NULL);
	if (err)
		refused(nl, NULL);
	hook_end(nl, part->dev, &part->hook, program, err);
	return !err;
}

/* Whether the port of the part is there, and noted. */
static bool find_port(struct loading *l)
{
	struct ports ports;
	bool found = false;
	u32 i;

	if (state_ports(l->nl, &ports))
		fail("%s", nl_error(l->nl));
	for (i = 0; i < ports.count; i++) {
		if (strcmp(ports.port[i].name, l->part->dev))
			continue;
		l->port = ports.port[i];
		found = true;
	}
	free(ports.port);
	return found;
}

/* Whether a port that is there takes packets where the part says. */
static bool check_hook(const struct part *part, const struct port *port)
{
	char has[HOOK_TEXT], wanted[HOOK_TEXT];
	const struct hook hook = hook_of(port);

	if (hook_is_blind(port)) {
		complain("the XDP program of %s is not there any more, and no packet is seen: fastdrop dev del %s first",
			 part->dev, part->dev);
		return false;
	}
	if (hook_is(&part->hook, port))
		return true;
	hook_print(&hook, has, sizeof(has));
	hook_print(&part->hook, wanted, sizeof(wanted));
	complain("%s has the hook %s, not \"%s\": fastdrop dev del %s first", part->dev, has,
		 wanted, part->dev);
	return false;
}

/* A port for the part, that does not drop more than it is to. */
static bool prepare_port(struct loading *l, const char *name, const struct options *options)
{
	const struct part *part = l->part;

	if (!find_port(l)) {
		if (!add_dev(l->nl, part))
			return false;
		l->is_new = true;
		return find_port(l);
	}
	if (!check_hook(part, &l->port))
		return false;
	if (options->confirm && changes(part->protect, l->port.protect)) {
		complain("%s, line %u: protect does not change with -c: say it before, by fastdrop dev set %s",
			 name, part->line, part->dev);
		return false;
	}
	if (part->dryrun != SETTING_ON || l->port.dryrun)
		return true;
	l->is_dry = !set_switch(l->nl, part->dev, FASTDROP_A_DRYRUN, true);
	if (!l->is_dry)
		refused(l->nl, part->dev);
	return l->is_dry;
}

static bool send_sets(struct load *load, struct loading *l)
{
	const struct fdrop_sets *sets = l->part->list.sets;
	const struct fdrop_set *set;
	u32 i;

	for (i = 0; sets && i < sets->count; i++) {
		set = &sets->set[i];
		if (draft_do(l->nl, FASTDROP_CMD_SET_NEW, set->name) ||
		    draft_elements(l->nl, FASTDROP_CMD_ELEMENT_NEW, set, &load->progress)) {
			complain("%s: set %s: %s", load->file.name, set->name, nl_error(l->nl));
			return false;
		}
	}
	return true;
}

static bool send_rules(struct load *load, struct loading *l)
{
	const struct fdrop_rule *blamed;

	if (!draft_rules(l->nl, FASTDROP_CMD_RULE_NEW, &l->part->list, &load->progress, &blamed))
		return true;
	if (blamed)
		complain("%s, line %u: %s", load->file.name, blamed->line, nl_error(l->nl));
	else
		complain("%s: %s", load->file.name, nl_error(l->nl));
	return false;
}

/* Everything but the commit. */
static bool prepare(struct load *load, struct loading *l)
{
	static const struct options any;

	l->nl = need_module();
	if (!prepare_port(l, load->file.name, load->options))
		return false;
	if (draft_begin(l->nl, l->port.ifindex, l->is_new ? &any : load->options) ||
	    draft_empty(l->nl, l->port.ifindex)) {
		refused(l->nl, l->part->dev);
		return false;
	}
	if (!send_sets(load, l) || !send_rules(load, l))
		return false;
	ssh_protect(l->nl, &l->port, true);
	return true;
}

/* After a commit that waits to be confirmed. */
static int decide(struct nl *nl, u32 ifindex, enum fastdrop_cmd cmd)
{
	nl_begin(nl, cmd);
	nl_put_u32(nl, FASTDROP_A_IFINDEX, ifindex);
	return nl_send(nl, NULL, NULL);
}

/* Of several parts, none is for good before all are in force. */
static bool commit(struct load *load)
{
	u32 confirm = load->options->confirm, generation, i;
	bool waits = confirm || load->file.count > 1;
	struct loading *l;

	if (!confirm && waits)
		confirm = WAIT_FOR_ALL;
	for (i = 0; i < load->file.count; i++) {
		l = &load->loading[i];
		if (draft_commit(l->nl, confirm, &generation)) {
			refused(l->nl, l->part->dev);
			return false;
		}
		l->is_in_force = waits;
	}
	if (load->options->confirm || !waits)
		return true;
	for (i = 0; i < load->file.count; i++) {
		l = &load->loading[i];
		if (decide(l->nl, l->port.ifindex, FASTDROP_CMD_CONFIRM))
			refused(l->nl, l->part->dev);
	}
	return true;
}

/* As if nothing had been asked for. */
static void undo(struct load *load)
{
	struct loading *l;
	u32 i;

	for (i = 0; i < load->file.count; i++) {
		l = &load->loading[i];
		if (l->is_in_force && !l->is_new &&
		    decide(l->nl, l->port.ifindex, FASTDROP_CMD_ROLLBACK))
			refused(l->nl, l->part->dev);
		if (l->is_dry && set_switch(l->nl, l->part->dev, FASTDROP_A_DRYRUN, false))
			refused(l->nl, l->part->dev);
		if (!l->is_new)
			continue;
		nl_begin(l->nl, FASTDROP_CMD_DEV_DEL);
		nl_put_u32(l->nl, FASTDROP_A_IFINDEX, l->port.ifindex);
		if (nl_send(l->nl, NULL, NULL))
			refused(l->nl, l->part->dev);
		else
			hook_leave(&l->port);
	}
}

static bool switch_one(struct loading *l)
{
	const struct part *part = l->part;

	if (changes(part->protect, l->port.protect) &&
	    set_switch(l->nl, part->dev, FASTDROP_A_PROTECT, !l->port.protect))
		return false;
	if (part->has_sample && part->sample != l->port.sample &&
	    set_sample(l->nl, part->dev, part->sample))
		return false;
	return part->dryrun != SETTING_OFF || !l->port.dryrun ||
	       !set_switch(l->nl, part->dev, FASTDROP_A_DRYRUN, false);
}

/*
 * What of the devices' settings was not to be changed before the rules were in force; of
 * those that are new, only sample is left.
 */
static bool switch_over(struct load *load)
{
	struct loading *l;
	bool good = true;
	u32 i;

	for (i = 0; i < load->file.count; i++) {
		l = &load->loading[i];
		if (!switch_one(l)) {
			refused(l->nl, l->part->dev);
			good = false;
		}
		if (load->options->confirm)
			change_remind(l->part->dev, load->options->confirm);
	}
	return good;
}

static bool load_parts(struct load *load)
{
	bool good = true;
	u64 total = 0;
	u32 i;

	for (i = 0; i < load->file.count; i++)
		total += count_part(&load->file.part[i]);
	progress_begin(&load->progress, load->file.name, total);
	for (i = 0; good && i < load->file.count; i++)
		good = prepare(load, &load->loading[i]);
	progress_end(&load->progress);
	good = good && commit(load);
	if (!good)
		undo(load);
	return good && switch_over(load);
}

/* A file without a device is for the only one. */
static void name_part(struct part *part)
{
	struct nl *nl = need_module();
	struct port port;

	need_port(nl, NULL, &port);
	memcpy(part->dev, port.name, sizeof(part->dev));
	nl_close(nl);
}

static enum status load_file(const char *name, const char *dev, const struct options *options)
{
	struct load load = { .options = options };
	bool good = file_read(&load.file, name) && file_set_dev(&load.file, dev);
	u32 i;

	if (good) {
		if (!load.file.part[0].dev[0])
			name_part(&load.file.part[0]);
		load.loading = need(calloc(load.file.count, sizeof(*load.loading)));
		for (i = 0; i < load.file.count; i++)
			load.loading[i].part = &load.file.part[i];
		good = load_parts(&load);
		for (i = 0; i < load.file.count; i++)
			nl_close(load.loading[i].nl);
		free(load.loading);
	}
	file_free(&load.file);
	return good ? STATUS_OK : STATUS_FAILED;
}

enum status cmd_load(int argc, char **argv, struct options *options)
{
	const char *name = argc > 1 ? argv[1] : NULL, *dev = NULL;
	enum status status;

	if (!name) {
		complain("expected a file of rules");
		return STATUS_USAGE;
	}
	argc -= 2;
	argv += 2;
	status = take_dev(&argc, &argv, &dev) ?: want_end(argc, argv);
	return status ?: load_file(name, dev, options);
}
