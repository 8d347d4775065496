/* SPDX-License-Identifier: GPL-2.0 */
/* The hook of a device, as users write it: in commands, and in files. */
#ifndef FASTDROP_DEV_HOOK_H
#define FASTDROP_DEV_HOOK_H

#include "libfastdrop/image.h"
#include "libfastdrop/nl.h"

struct port;

/* Of hook ingress, where none is said: the module's own. */
#define HOOK_PRIORITY	(-300)

#define HOOK_USAGE	"[hook auto|rx|ingress [prio N]|xdp [native|generic] [frags]]"

/**
 * struct hook - a hook
 * @name: as the module has it; "" if nothing is said
 * @has_priority: of ingress, if one is said
 * @priority: see @has_priority
 * @generic: of xdp
 * @frags: of xdp
 * @words: of how many it was read
 */
struct hook {
	char name[16];
	bool has_priority;
	s32 priority;
	bool generic;
	bool frags;
	int words;
};

/**
 * hook_read() - read what stands behind the word "hook"
 * @hook: where to
 * @words: the words, up to NULL
 * @reason: what is wrong with them
 *
 * Return: whether they begin with a hook; what stands behind its words is not looked at.
 */
bool hook_read(struct hook *hook, char *const *words, struct reason *reason);

#define HOOK_TEXT	64	/* characters of a hook, with their end */

/* That of a port: the one it has, also if nobody asked for it by name. */
struct hook hook_of(const struct port *port);

/* What is to be read to have it again. */
void hook_print(const struct hook *hook, char *to, size_t room);

/* Whether the port has it. A port of "auto" has whatever was free. */
bool hook_is(const struct hook *hook, const struct port *port);

/* Whether it sees nothing: its XDP program has been taken off, or another is there. */
bool hook_is_blind(const struct port *port);

/**
 * hook_program() - attach the XDP program of the hook, if it needs one
 * @nl: to see whether the device is a port already
 * @dev: the device
 * @hook: the hook
 * @program: the program's BPF link, to be closed behind the request; -1 if none is
 *	needed, or if the program is in libxdp's dispatcher, see hook_leave()
 * @reason: why not
 *
 * If it is there, signals that would end us wait until hook_end().
 *
 * Return: whether it is there, or none is needed.
 */
bool hook_program(struct nl *nl, const char *dev, const struct hook *hook, int *program,
		  struct reason *reason);

/*
 * Takes the program of a port that has been removed out of libxdp's dispatcher, if it is
 * there. Returns whether it is out; if not, the user knows.
 */
bool hook_leave(const struct port *port);

/*
 * Behind the request for a new port: @program is closed, and if the port was refused its
 * program does not stay in a dispatcher either, unless another port of the device has come
 * to need it. Returns as hook_leave().
 */
bool hook_end(struct nl *nl, const char *dev, const struct hook *hook, int program,
	      bool is_refused);

/* Into a request for a new port. */
void hook_put(struct nl *nl, const struct hook *hook, int program);

#endif /* FASTDROP_DEV_HOOK_H */
