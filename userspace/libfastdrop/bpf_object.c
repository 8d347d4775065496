// SPDX-License-Identifier: GPL-2.0
#include "bpf_object.h"

#include <bpf/bpf.h>
#include <unistd.h>

#include "cmd.h"

static const struct {
	int (*next)(u32 id, u32 *next);
	int (*open)(u32 id);
} kinds[] = {
	[BPF_PROGRAMS] = { bpf_prog_get_next_id, bpf_prog_get_fd_by_id },
	[BPF_LINKS] = { bpf_link_get_next_id, bpf_link_get_fd_by_id },
	[BPF_BTFS] = { bpf_btf_get_next_id, bpf_btf_get_fd_by_id },
};

u32 bpf_each(enum bpf_kind kind, bpf_see_fn see, void *arg)
{
	bool found = false;
	u32 id = 0;
	int fd;

	while (!found && !kinds[kind].next(id, &id)) {
		fd = kinds[kind].open(id);
		if (fd < 0)
			continue;
		found = see(id, fd, arg);
		close(fd);
	}
	return found ? id : 0;
}

/* A program on a device of that index, or on any if that is 0. */
struct place {
	u32 program;
	u32 ifindex;
};

static bool is_link_there(u32 id, int fd, void *arg)
{
	const struct place *place = arg;
	struct bpf_link_info info = { };
	u32 size = sizeof(info);

	return !bpf_obj_get_info_by_fd(fd, &info, &size) && info.type == BPF_LINK_TYPE_XDP &&
	       info.prog_id == place->program &&
	       (!place->ifindex || info.xdp.ifindex == place->ifindex);
}

u32 bpf_link_of(u32 program, u32 ifindex)
{
	struct place place = { program, ifindex };

	return bpf_each(BPF_LINKS, is_link_there, &place);
}

static bool is_kfunc_call(const struct bpf_insn *insn)
{
	return insn->code == (BPF_JMP | BPF_CALL) && insn->src_reg == BPF_PSEUDO_KFUNC_CALL;
}

bool bpf_may_call_kfunc(int fd)
{
	struct bpf_prog_info info = { };
	u32 size = sizeof(info), length, i;
	struct bpf_insn *insns;
	bool found;

	if (bpf_obj_get_info_by_fd(fd, &info, &size) || !info.xlated_prog_len)
		return false;
	length = info.xlated_prog_len;
	insns = need(calloc(1, length));
	info = (struct bpf_prog_info){
		.xlated_prog_len = length,
		.xlated_prog_insns = (uintptr_t)insns,
	};
	size = sizeof(info);
	found = bpf_obj_get_info_by_fd(fd, &info, &size) || !info.xlated_prog_insns;
	for (i = 0; !found && i < length / sizeof(*insns); i++)
		found = is_kfunc_call(&insns[i]);
	free(insns);
	return found;
}
