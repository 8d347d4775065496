/* SPDX-License-Identifier: GPL-2.0 */
/* BPF programs, links and BTF in the kernel, which root alone can see. */
#ifndef FASTDROP_BPF_OBJECT_H
#define FASTDROP_BPF_OBJECT_H

#include "engine/platform.h"

enum bpf_kind {
	BPF_PROGRAMS,
	BPF_LINKS,
	BPF_BTFS,
};

/* @fd is closed when it returns. */
typedef bool (*bpf_see_fn)(u32 id, int fd, void *arg);

/**
 * bpf_each() - look at all objects of a kind
 * @kind: which
 * @see: returns whether to end with this one
 * @arg: for @see
 *
 * Return: the number of the one that it ended with, else 0.
 */
u32 bpf_each(enum bpf_kind kind, bpf_see_fn see, void *arg);

/**
 * bpf_link_of() - the XDP link by which a program is attached
 * @program: its number
 * @ifindex: the device, as its network namespace numbers it; 0 for any
 *
 * Return: the number of the link, or 0.
 */
u32 bpf_link_of(u32 program, u32 ifindex);

/*
 * Whether a program may call a function of a module, or one that the kernel offers the same
 * way. Which one, nobody tells; nor what a program does that is hardened against sprayed
 * constants (net.core.bpf_jit_harden), to whom may not see kernel addresses.
 */
bool bpf_may_call_kfunc(int fd);

#endif /* FASTDROP_BPF_OBJECT_H */
