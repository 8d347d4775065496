// SPDX-License-Identifier: GPL-2.0
/* What changes and what happens, a line each. */
#include <signal.h>
#include <time.h>

#include "cmd.h"
#include "libfastdrop/state.h"
#include "out.h"

static const char * const names[] = {
	[FASTDROP_CMD_DEV_NEW_NTF] = "dev-new",
	[FASTDROP_CMD_DEV_DEL_NTF] = "dev-del",
	[FASTDROP_CMD_DEV_SET_NTF] = "dev-set",
	[FASTDROP_CMD_GENERATION_NTF] = "generation",
	[FASTDROP_CMD_EXPIRE_NTF] = "expire",
	[FASTDROP_CMD_ROLLBACK_NTF] = "rollback",
};

static volatile sig_atomic_t interrupted;

static void interrupt(int signal)
{
	interrupted = signal;
}

/* Without SA_RESTART, so that the wait ends. */
static void catch_signals(void)
{
	struct sigaction action = { .sa_handler = interrupt };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

static void show_time(struct out *out)
{
	struct timespec now;
	char text[32] = "";
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &now);
	if (localtime_r(&now.tv_sec, &tm))
		strftime(text, sizeof(text), "%F %T", &tm);
	out_number(out, "time_ns", NULL, (u64)now.tv_sec * 1000000000 + now.tv_nsec);
	out_text(out, "%s.%03lu ", text, now.tv_nsec / 1000000);
}

static void show_number(struct out *out, const struct nl_answer *answer, enum fastdrop_attr attr,
			const char *key, const char *format)
{
	if (answer->attr[attr])
		out_number(out, key, format, nl_u32(answer->attr[attr]));
}

static void show_switch(struct out *out, const struct nl_answer *answer, enum fastdrop_attr attr,
			const char *key)
{
	if (!answer->attr[attr])
		return;
	out_bool(out, key, nl_u8(answer->attr[attr]));
	out_text(out, " %s %s", key, nl_u8(answer->attr[attr]) ? "on" : "off");
}

static int show(const struct nl_answer *answer, void *arg)
{
	const char *name = answer->cmd < ARRAY_SIZE(names) ? names[answer->cmd] : NULL;
	const struct options *options = arg;
	struct out *out;

	if (!name)
		return 0;
	out = out_begin(options->json, options->pretty);
	show_time(out);
	out_string(out, "event", "%-10s", name);
	out_string(out, "dev", " %s:", nl_string(answer->attr[FASTDROP_A_IFNAME]));
	show_number(out, answer, FASTDROP_A_IFINDEX, "ifindex", NULL);
	show_number(out, answer, FASTDROP_A_GENERATION, "generation", " generation %llu");
	show_number(out, answer, FASTDROP_A_RULES, "rules", " rules %llu");
	show_number(out, answer, FASTDROP_A_SETS, "sets", " sets %llu");
	show_number(out, answer, FASTDROP_A_PREFIXES, "prefixes", " prefixes %llu");
	show_switch(out, answer, FASTDROP_A_ENABLED, "enabled");
	show_switch(out, answer, FASTDROP_A_DRYRUN, "dryrun");
	show_switch(out, answer, FASTDROP_A_PROTECT, "protect");
	show_number(out, answer, FASTDROP_A_SAMPLE, "sample", " sample %llu");
	show_number(out, answer, FASTDROP_A_CONFIRM, "confirm", " to be confirmed in %llus");
	if (*nl_string(answer->attr[FASTDROP_A_REASON]))
		out_string(out, "reason", " (%s)", nl_string(answer->attr[FASTDROP_A_REASON]));
	out_text(out, "\n");
	return finish(out) == STATUS_OK ? 0 : -EPIPE;
}

static void join(struct nl *nl, const char *group)
{
	if (nl_join(nl, group))
		fail("the group %s: %s", group, nl_error(nl));
}

static enum status follow(struct nl *nl, struct options *options)
{
	int err;

	for (;;) {
		err = nl_listen(nl, show, options);
		if (interrupted)
			return STATUS_OK;
		if (err == -EPIPE)
			return STATUS_FAILED;
		if (err == -ENOBUFS)
			complain("the kernel was faster than this program: events were lost");
		else if (err)
			return refused(nl, NULL);
	}
}

enum status cmd_monitor(int argc, char **argv, struct options *options)
{
	const char *group = argc > 1 ? argv[1] : NULL;
	enum status status;
	struct nl *nl;

	if (group && strcmp(group, FASTDROP_GROUP_CONFIG) && strcmp(group, FASTDROP_GROUP_EVENTS)) {
		complain("expected config or events, not \"%s\"", group);
		return STATUS_USAGE;
	}
	status = argc > 2 ? want_end(argc - 2, argv + 2) : STATUS_OK;
	if (status != STATUS_OK)
		return status;
	nl = need_module();
	if (!group || !strcmp(group, FASTDROP_GROUP_CONFIG))
		join(nl, FASTDROP_GROUP_CONFIG);
	if (!group || !strcmp(group, FASTDROP_GROUP_EVENTS))
		join(nl, FASTDROP_GROUP_EVENTS);
	catch_signals();
	status = follow(nl, options);
	nl_close(nl);
	return status;
}
