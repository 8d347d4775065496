// SPDX-License-Identifier: GPL-2.0
#include "dev_hook.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <unistd.h>

#include "cmd.h"
#include "libfastdrop/dispatcher.h"
#include "libfastdrop/state.h"
#include "libfastdrop/xdp.h"

static bool read_priority(const char *word, s32 *priority)
{
	char *end;
	long value;

	errno = 0;
	value = word ? strtol(word, &end, 10) : 0;
	if (!word || end == word || *end || errno || value < INT32_MIN || value > INT32_MAX)
		return false;
	*priority = value;
	return true;
}

static int read_xdp(struct hook *hook, char *const *words)
{
	int n = 0;

	if (words[n] && (!strcmp(words[n], "native") || !strcmp(words[n], "generic")))
		hook->generic = *words[n++] == 'g';
	if (words[n] && !strcmp(words[n], "frags")) {
		hook->frags = true;
		n++;
	}
	return n;
}

/* Always false: something else was expected than the word, which may be missing. */
static bool wrong(struct reason *reason, const char *what, const char *word)
{
	return because(reason, "expected %s%s%s%s", what, word ? ", not \"" : "", word ? word : "",
		       word ? "\"" : "");
}

/* "prio N", which only some hooks have. */
static int read_prio(struct hook *hook, char *const *words, struct reason *reason)
{
	if (strcmp(hook->name, "auto") && strcmp(hook->name, "ingress"))
		return because(reason, "hook %s has no priority: only hook ingress has", hook->name);
	hook->has_priority = read_priority(words[1], &hook->priority);
	if (!hook->has_priority)
		return wrong(reason, "a number from -2147483648 to 2147483647 behind \"prio\"",
			     words[1]);
	return 2;
}

static bool is_name(const char *word)
{
	return !strcmp(word, "auto") || !strcmp(word, "rx") || !strcmp(word, "ingress") ||
	       !strcmp(word, "xdp");
}

bool hook_read(struct hook *hook, char *const *words, struct reason *reason)
{
	int n;

	if (!words[0] || !is_name(words[0]))
		return wrong(reason, "auto, rx, ingress or xdp behind \"hook\"", words[0]);
	*hook = (struct hook){ .words = 1 };
	strcpy(hook->name, words[0]);
	if (!strcmp(hook->name, "xdp"))
		hook->words += read_xdp(hook, words + 1);
	if (!words[hook->words] || strcmp(words[hook->words], "prio"))
		return true;
	n = read_prio(hook, words + hook->words, reason);
	hook->words += n;
	return n;
}

struct hook hook_of(const struct port *port)
{
	struct hook hook = {
		.has_priority = port->has_priority && port->priority != HOOK_PRIORITY,
		.priority = port->priority,
		.generic = !strcmp(port->xdp_mode, "generic"),
		.frags = port->xdp_frags,
	};

	strcpy(hook.name, port->hook);
	return hook;
}

void hook_print(const struct hook *hook, char *to, size_t room)
{
	if (!strcmp(hook->name, "xdp"))
		snprintf(to, room, "xdp %s%s", hook->generic ? "generic" : "native",
			 hook->frags ? " frags" : "");
	else if (hook->has_priority)
		snprintf(to, room, "%s prio %d", hook->name, hook->priority);
	else
		snprintf(to, room, "%s", hook->name);
}

bool hook_is(const struct hook *hook, const struct port *port)
{
	const struct hook has = hook_of(port);

	if (!hook->name[0])
		return true;
	if (strcmp(hook->name, "auto") ? strcmp(hook->name, has.name) : !port->is_auto)
		return false;
	if (!strcmp(hook->name, "xdp"))
		return hook->frags == has.frags && hook->generic == has.generic;
	return !hook->has_priority || hook->priority == port->priority;
}

bool hook_is_blind(const struct port *port)
{
	return !strcmp(port->hook, "xdp") &&
	       (!*port->xdp_mode || xdp_presence(port->ifindex) >= XDP_FOREIGN);
}

/* A program that has joined a dispatcher is not to be left there without its port. */
static void hold_signals(int how)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	sigprocmask(how, &signals, NULL);
}

bool hook_program(struct nl *nl, const char *dev, const struct hook *hook, int *program,
		  struct reason *reason)
{
	const struct xdp xdp = { .dev = dev, .generic = hook->generic, .frags = hook->frags };
	struct port port;

	*program = -1;
	if (strcmp(hook->name, "xdp"))
		return true;
	if (!state_port(nl, dev, &port))
		return because(reason, "%s is protected already", dev);
	hold_signals(SIG_BLOCK);
	if (xdp_attach(&xdp, program, reason))
		return true;
	hold_signals(SIG_UNBLOCK);
	return false;
}

static bool leave(const char *dev, u32 keep)
{
	struct reason reason;

	if (dispatcher_leave(dev, keep, &reason))
		return true;
	complain("%s", reason.text);
	return false;
}

bool hook_leave(const struct port *port)
{
	return strcmp(port->hook, "xdp") || leave(port->name, 0);
}

bool hook_end(struct nl *nl, const char *dev, const struct hook *hook, int program,
	      bool is_refused)
{
	struct port port;
	bool done = true;

	if (program >= 0)
		close(program);
	/* Of two that came at once, one has the port, and needs one program. */
	else if (is_refused && !strcmp(hook->name, "xdp"))
		done = leave(dev, !state_port(nl, dev, &port) && !strcmp(port.hook, "xdp"));
	hold_signals(SIG_UNBLOCK);
	return done;
}

void hook_put(struct nl *nl, const struct hook *hook, int program)
{
	if (hook->name[0])
		nl_put_string(nl, FASTDROP_A_HOOK, hook->name);
	if (hook->has_priority)
		nl_put_u32(nl, FASTDROP_A_PRIORITY, hook->priority);
	if (program >= 0)
		nl_put_u32(nl, FASTDROP_A_XDP_LINK, program);
}
