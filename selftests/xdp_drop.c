// SPDX-License-Identifier: GPL-2.0
/* xdp_drop DEV: the least that a native XDP program can do, on DEV until a signal ends it. */
#include <bpf/bpf.h>
#include <err.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <stdio.h>
#include <unistd.h>

static const struct bpf_insn program[] = {
	{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = XDP_DROP },
	{ .code = BPF_JMP | BPF_EXIT },
};

int main(int argc, char **argv)
{
	LIBBPF_OPTS(bpf_link_create_opts, options, .flags = XDP_FLAGS_DRV_MODE);
	int fd, ifindex;

	if (argc != 2)
		errx(2, "usage: xdp_drop DEV");
	ifindex = if_nametoindex(argv[1]);
	if (!ifindex)
		err(1, "%s", argv[1]);
	fd = bpf_prog_load(BPF_PROG_TYPE_XDP, "xdp_drop", "GPL", program,
			   sizeof(program) / sizeof(*program), NULL);
	if (fd < 0)
		err(1, "the kernel refuses the program");
	if (bpf_link_create(fd, ifindex, BPF_XDP, &options) < 0)
		err(1, "%s takes no native XDP program", argv[1]);
	puts("ready");
	fflush(stdout);
	pause();
	return 0;
}
