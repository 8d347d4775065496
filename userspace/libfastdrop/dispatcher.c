// SPDX-License-Identifier: GPL-2.0
#include "dispatcher.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <net/if.h>
#include <stdalign.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xdp/libxdp.h>

#include "libfastdrop/said.h"

#define NAME		"fastdrop"	/* of the program */
#define PRIORITY	50

static const alignas(8) u8 object[] = {
#include "component.inc"
};

/* What comes behind the first that libxdp and libbpf say is of its making. */
static int note_libxdp(enum libxdp_print_level level, const char *format, va_list args)
{
	if (level == LIBXDP_WARN)
		said_note(": ", format, args);
	return 0;
}

/* At this level libbpf also says what harms nothing, but not by these words. */
static int note_libbpf(enum libbpf_print_level level, const char *format, va_list args)
{
	if (level == LIBBPF_WARN && strstr(format, "failed"))
		said_note(": ", format, args);
	return 0;
}

static void hush(void)
{
	said_forget();
	libxdp_set_print(note_libxdp);
	libbpf_set_print(note_libbpf);
}

bool dispatcher_is(const char *name)
{
	return !strcmp(name, "xdp_dispatcher");
}

/* libxdp takes a dispatcher whose pins it does not find for any other program. */
static bool is_readable(const struct xdp_multiprog *programs)
{
	struct xdp_program *program = xdp_multiprog__main_prog(programs);

	return !xdp_multiprog__is_legacy(programs) || !program ||
	       !dispatcher_is(xdp_program__name(program));
}

/* Returns 0, and what there is: NULL if the device has no program; else a negative errno. */
static int get(int ifindex, struct xdp_multiprog **programs)
{
	int err;

	*programs = xdp_multiprog__get_from_ifindex(ifindex);
	err = libxdp_get_error(*programs);
	if (!err && is_readable(*programs))
		return 0;
	if (!err)
		xdp_multiprog__close(*programs);
	*programs = NULL;
	return !err ? -EACCES : err == -ENOENT ? 0 : err;
}

/* One of ours, behind so many others of ours. */
static struct xdp_program *find(const struct xdp_multiprog *programs, u32 skip)
{
	struct xdp_program *p = NULL;

	while ((p = xdp_multiprog__next_prog(p, programs)))
		if (!strcmp(xdp_program__name(p), NAME) && !skip--)
			return p;
	return NULL;
}

/* The names of the components, for a sentence. */
static void list(const struct xdp_multiprog *programs, char *to, size_t room)
{
	struct xdp_program *p = NULL;
	size_t n = 0;

	snprintf(to, room, "nothing that can be read");
	while (n < room && (p = xdp_multiprog__next_prog(p, programs)))
		n += snprintf(to + n, room - n, "%s%s", n ? ", " : "", xdp_program__name(p));
}

static int attach(const struct xdp *xdp, int ifindex, enum xdp_attach_mode mode)
{
	LIBBPF_OPTS(bpf_object_open_opts, options, .object_name = NAME);
	struct bpf_object *file = bpf_object__open_mem(object, sizeof(object), &options);
	struct xdp_program *program;
	int err = libbpf_get_error(file);

	if (err)
		return err;
	program = xdp_program__from_bpf_obj(file, "xdp");
	err = libxdp_get_error(program) ?: xdp_program__set_run_prio(program, PRIORITY) ?:
	      xdp_program__set_chain_call_enabled(program, XDP_PASS, true) ?:
	      xdp_program__set_xdp_frags_support(program, xdp->frags) ?:
	      xdp_program__attach(program, ifindex, mode, 0);
	if (!libxdp_get_error(program))
		xdp_program__close(program);
	bpf_object__close(file);
	return err;
}

/*
 * A dispatcher takes frames in pieces as long as all of its programs do: one that does is
 * joined by one that does not, and not the other way round.
 */
static bool frags_fit(bool wants, bool has, bool is_there)
{
	return wants == has || (has && !is_there);
}

static bool join(const struct xdp *xdp, int ifindex, const struct xdp_multiprog *programs,
		 struct reason *reason)
{
	enum xdp_attach_mode mode = xdp_multiprog__attach_mode(programs);
	bool is_generic = mode == XDP_MODE_SKB, is_there = find(programs, 0);
	bool has_frags = xdp_multiprog__xdp_frags_support(programs);
	const char *name = is_generic ? "generic" : "native";
	char names[200];
	int err;

	list(programs, names, sizeof(names));
	if (xdp->generic != is_generic || !frags_fit(xdp->frags, has_frags, is_there))
		return because(reason, "%s has libxdp's dispatcher (with %s) in %s mode, %s frags: hook xdp %s%s joins it",
			       xdp->dev, names, name, has_frags ? "with" : "without", name,
			       has_frags ? " frags" : "");
	if (is_there)
		return true;
	err = attach(xdp, ifindex, mode);
	return !err || because(reason, "libxdp's dispatcher on %s (with %s) cannot be joined (%s%s%s): use hook rx or ingress, which go beside it",
			       xdp->dev, names, err == -E2BIG ? "it is full" : strerror(-err),
			       *said() ? ": " : "", said());
}

bool dispatcher_join(const struct xdp *xdp, struct reason *reason)
{
	int ifindex = if_nametoindex(xdp->dev);
	struct xdp_multiprog *programs;
	bool joined;

	hush();
	if (get(ifindex, &programs) || !programs)
		return because(reason, "the dispatcher on %s cannot be read%s%s%s: use hook rx or ingress, which go beside it",
			       xdp->dev, *said() ? " (" : "", said(), *said() ? ")" : "");
	joined = join(xdp, ifindex, programs, reason);
	xdp_multiprog__close(programs);
	return joined;
}

/* One more than @keep. Returns 1, 0 if there was none, or a negative errno and why not. */
static int take_out(const char *dev, int ifindex, u32 keep, struct reason *reason)
{
	struct xdp_multiprog *programs;
	struct xdp_program *program;
	int err = get(ifindex, &programs);

	if (err)
		because(reason, "whether the program \"" NAME "\" is in libxdp's dispatcher on %s cannot be seen from here (%s): if so, xdp-loader unload %s --all, in the mount namespace that has its pins, takes off all of it",
			dev, *said() ? said() : strerror(-err), dev);
	if (!programs)
		return err;
	program = find(programs, keep);
	if (program)
		err = xdp_program__detach(program, ifindex, xdp_multiprog__attach_mode(programs), 0);
	if (err)
		because(reason, "the program \"" NAME "\" stays in libxdp's dispatcher on %s (%s%s%s): xdp-loader unload %s --all takes off all of it",
			dev, strerror(-err), *said() ? ": " : "", said(), dev);
	xdp_multiprog__close(programs);
	return err ?: !!program;
}

static bool leave(const char *dev, u32 keep, struct reason *reason)
{
	int ifindex = if_nametoindex(dev), err = 0;

	hush();
	while (ifindex && (err = take_out(dev, ifindex, keep, reason)) > 0)
		;
	return !err;
}

static void leave_and_tell(const char *dev, u32 keep, int to)
{
	struct reason reason;

	if (!leave(dev, keep, &reason))
		dprintf(to, "%s", reason.text);
	_exit(0);
}

/*
 * libxdp 1.3 does not close all that it opens, and a program that is open keeps the
 * module: so this is done in a process of its own, which says why not, or nothing.
 */
bool dispatcher_leave(const char *dev, u32 keep, struct reason *reason)
{
	char text[sizeof(reason->text)];
	int ends[2], status = -1;
	ssize_t n = 0;
	pid_t child;

	if (pipe(ends))
		return because(reason, "%s: no pipe (%s)", dev, strerror(errno));
	child = fork();
	if (!child)
		leave_and_tell(dev, keep, ends[1]);
	close(ends[1]);
	if (child > 0) {
		n = read(ends[0], text, sizeof(text) - 1);
		waitpid(child, &status, 0);
	}
	close(ends[0]);
	if (n > 0)
		return because(reason, "%.*s", (int)n, text);
	return !status || because(reason, "%s: whether the program is out of libxdp's dispatcher is not known: xdp-loader status %s shows it",
				  dev, dev);
}

bool dispatcher_component(int ifindex, u32 *id)
{
	struct bpf_prog_info info = { };
	struct xdp_multiprog *programs;
	struct xdp_program *program;
	u32 size = sizeof(info);

	*id = 0;
	hush();
	if (get(ifindex, &programs))
		return false;
	if (!programs)
		return true;
	program = find(programs, 0);
	if (program)
		bpf_obj_get_info_by_fd(xdp_program__fd(program), &info, &size);
	xdp_multiprog__close(programs);
	*id = info.id;
	return true;
}
