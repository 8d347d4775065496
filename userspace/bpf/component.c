// SPDX-License-Identifier: GPL-2.0
/* What libxdp's dispatcher gets of us: the program of libfastdrop/xdp.c, with BTF. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

extern int fdrop_xdp(struct xdp_md *ctx) __ksym;

SEC("xdp")
int fastdrop(struct xdp_md *ctx)
{
	return fdrop_xdp(ctx);
}

const char _license[] SEC("license") = "GPL";
