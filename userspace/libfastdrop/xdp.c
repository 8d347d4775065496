// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "xdp.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libfastdrop/bpf_object.h"
#include "libfastdrop/btf.h"
#include "libfastdrop/dispatcher.h"
#include "libfastdrop/said.h"

#define NAME	"fastdrop"	/* of the module, and of the program */
#define JIT	"/proc/sys/net/core/bpf_jit_enable"

bool xdp_jit_is_off(void)
{
	FILE *file = fopen(JIT, "r");
	int value = file ? fgetc(file) : EOF;

	if (file)
		fclose(file);
	return value == '0';
}

static bool is_our_btf(u32 id, int fd, void *arg)
{
	char name[64] = "";
	struct bpf_btf_info info = { .name = (uintptr_t)name, .name_len = sizeof(name) };
	u32 size = sizeof(info);

	return !bpf_obj_get_info_by_fd(fd, &info, &size) && info.kernel_btf && !strcmp(name, NAME);
}

/* The BTF of the module, as a descriptor; -1 and why not. */
static int open_btf(struct reason *reason)
{
	u32 id = bpf_each(BPF_BTFS, is_our_btf, NULL);
	int fd = id ? bpf_btf_get_fd_by_id(id) : -1;

	if (fd < 0)
		because(reason, "the module's BTF cannot be opened (%s): that takes root",
			strerror(errno));
	return fd;
}

/* The last line that the verifier says something in. */
static const char *last_line(char *log)
{
	char *line, *last = "";

	for (line = strtok(log, "\n"); line; line = strtok(NULL, "\n"))
		if (strncmp(line, "processed ", 10))
			last = line;
	return last;
}

static int load(const struct xdp *xdp, struct reason *reason)
{
	const struct bpf_insn program[] = {
		{
			.code = BPF_JMP | BPF_CALL,
			.src_reg = BPF_PSEUDO_KFUNC_CALL,
			.off = 1,	/* in fd_array */
			.imm = btf_loaded(reason),
		},
		{ .code = BPF_JMP | BPF_EXIT },
	};
	int btf = program[0].imm ? open_btf(reason) : -1, fd, err;
	const int fd_array[] = { 0, btf };
	static char log[4096];
	struct bpf_prog_load_opts options = {
		.sz = sizeof(options),
		.expected_attach_type = BPF_XDP,
		.prog_flags = xdp->frags ? BPF_F_XDP_HAS_FRAGS : 0,
		.fd_array = fd_array,
		.log_buf = log,
		.log_size = sizeof(log),
		.log_level = 1,
	};

	if (btf < 0)
		return -1;
	fd = bpf_prog_load(BPF_PROG_TYPE_XDP, NAME, "GPL", program, ARRAY_SIZE(program), &options);
	err = errno;
	close(btf);
	if (fd >= 0)
		return fd;
	if (xdp_jit_is_off())
		because(reason, "the BPF JIT is off, without which no program can call the module: sysctl net.core.bpf_jit_enable=1");
	else
		because(reason, "the kernel refuses the XDP program (%s%s%s)", strerror(err),
			*log ? ": " : "", last_line(log));
	return -1;
}

/* What the kernel says by netlink, which a link does not tell. */
static int note(enum libbpf_print_level level, const char *format, va_list args)
{
	said_note("Kernel error message: ", format, args);
	return 0;
}

static u32 mode_of(const struct xdp *xdp)
{
	return xdp->generic ? XDP_FLAGS_SKB_MODE : XDP_FLAGS_DRV_MODE;
}

/* Asks once more, the old way. Returns 0 if it is not refused that way. */
static int ask(int ifindex, int program, u32 flags)
{
	LIBBPF_OPTS(bpf_xdp_attach_opts, trial, .old_prog_fd = program);
	libbpf_print_fn_t before = libbpf_set_print(note);
	int err;

	said_forget();
	err = bpf_xdp_attach(ifindex, program, flags | XDP_FLAGS_UPDATE_IF_NOEXIST, NULL);
	if (!err)
		bpf_xdp_detach(ifindex, flags, &trial);
	libbpf_set_print(before);
	return err;
}

/* A program that is attached to a device. */
struct attached {
	u32 id;			/* 0 if there is none */
	u32 mode;		/* XDP_FLAGS_*_MODE */
	char name[BPF_OBJ_NAME_LEN];
};

static u32 mode_by(const struct bpf_xdp_query_opts *query, u32 id)
{
	return id == query->hw_prog_id ? XDP_FLAGS_HW_MODE :
	       id == query->skb_prog_id ? XDP_FLAGS_SKB_MODE : XDP_FLAGS_DRV_MODE;
}

static struct attached find_program(int ifindex)
{
	struct bpf_xdp_query_opts query = { .sz = sizeof(query) };
	struct bpf_prog_info info = { };
	struct attached found = { };
	u32 size = sizeof(info);
	int fd;

	if (bpf_xdp_query(ifindex, 0, &query))
		return found;
	found.id = query.drv_prog_id ?: query.skb_prog_id ?: query.hw_prog_id ?: query.prog_id;
	if (!found.id)
		return found;
	found.mode = mode_by(&query, found.id);
	fd = bpf_prog_get_fd_by_id(found.id);
	if (fd < 0)
		return found;
	if (!bpf_obj_get_info_by_fd(fd, &info, &size))
		memcpy(found.name, info.name, sizeof(found.name));
	close(fd);
	return found;
}

void xdp_off(const char *dev, int ifindex, char command[static XDP_OFF])
{
	const struct attached found = find_program(ifindex);
	u32 link = bpf_link_of(found.id, ifindex);

	if (link)
		snprintf(command, XDP_OFF, "bpftool link detach id %u", link);
	else
		snprintf(command, XDP_OFF, "ip link set dev %s %s off", dev,
			 found.mode == XDP_FLAGS_SKB_MODE ? "xdpgeneric" :
			 found.mode == XDP_FLAGS_HW_MODE ? "xdpoffload" : "xdpdrv");
}

static bool may_ask(u32 program)
{
	int fd = bpf_prog_get_fd_by_id(program);
	bool calls = fd >= 0 && bpf_may_call_kfunc(fd);

	if (fd >= 0)
		close(fd);
	return calls;
}

enum xdp_presence xdp_presence(int ifindex)
{
	struct attached found = find_program(ifindex);
	bool is_dispatcher = dispatcher_is(found.name);

	if (!found.id)
		return XDP_GONE;
	if (!*found.name || (is_dispatcher && !dispatcher_component(ifindex, &found.id)))
		return XDP_UNKNOWN;
	if (is_dispatcher ? found.id : !strcmp(found.name, NAME))
		return XDP_OURS;
	return may_ask(found.id) ? XDP_UNKNOWN : is_dispatcher ? XDP_NOT_JOINED : XDP_FOREIGN;
}

/*
 * Why nothing was attached where nothing is: by what the kernel says, or by its number.
 * Drivers that have XDP answer EOPNOTSUPP too, where something else is in the way.
 */
static void explain(const struct xdp *xdp, int err, struct reason *reason)
{
	const char *dev = xdp->dev, *words = said();

	if (strcasestr(words, "mtu"))
		because(reason, "%s has too large an MTU for XDP (%s): %s, or lower the MTU", dev,
			words, xdp->frags ? "use hook rx or ingress" : "try hook xdp frags");
	else if (err == -EOPNOTSUPP && (!*words || strstr(words, "native mode")))
		because(reason, "the driver of %s has no native XDP: use hook rx or ingress, or hook xdp generic, which is slower",
			dev);
	else
		because(reason, "XDP cannot be had on %s (%s%s%s): use hook rx or ingress", dev,
			strerror(-err), *words ? ": " : "", words);
}

/* The kernel took no link: another way, or why there is none. */
static bool join(const struct xdp *xdp, int ifindex, int program, int err, struct reason *reason)
{
	const struct attached found = find_program(ifindex);
	char off[XDP_OFF];

	if (!found.id) {
		explain(xdp, ask(ifindex, program, mode_of(xdp)) ?: err, reason);
		return false;
	}
	if (dispatcher_is(found.name))
		return dispatcher_join(xdp, reason);
	xdp_off(xdp->dev, ifindex, off);
	return because(reason, "%s has an XDP program already, %u \"%s\": take it off (%s), or use hook rx or ingress, which go beside it",
		       xdp->dev, found.id, found.name, off);
}

bool xdp_attach(const struct xdp *xdp, int *link, struct reason *reason)
{
	const struct bpf_link_create_opts options = {
		.sz = sizeof(options),
		.flags = mode_of(xdp),
	};
	int ifindex = if_nametoindex(xdp->dev), program, err;
	bool done = true;

	*link = -1;
	if (!ifindex)
		return because(reason, "there is no device \"%s\"", xdp->dev);
	program = load(xdp, reason);
	if (program < 0)
		return false;
	err = bpf_link_create(program, ifindex, BPF_XDP, &options);
	if (err >= 0)
		*link = err;
	else
		done = join(xdp, ifindex, program, err, reason);
	close(program);
	return done;
}
