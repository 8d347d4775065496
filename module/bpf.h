/* SPDX-License-Identifier: GPL-2.0 */
/* Classic BPF programs of rules, run by the kernel's own interpreter or JIT. */
#ifndef FDROP_BPF_H
#define FDROP_BPF_H

#include <linux/types.h>

struct fdrop_bpf;
struct sk_buff;

/**
 * fdrop_bpf_compile() - make a program ready to run
 * @bpf: the program, which reads a frame from its link-layer header on, as
 *	tcpdump -ddd prints it
 * @link: bytes of that header on the device that the packets come from
 *
 * Context: may sleep.
 * Return: 0, with the program in @bpf, which goes with it; -EINVAL if it is not
 * valid, -ENOMEM.
 */
int fdrop_bpf_compile(struct fdrop_bpf *bpf, u32 link);

/**
 * fdrop_bpf_accepts() - run a program over a packet
 * @program: as compiled
 * @skb: the packet, whose data is at its network header; only read
 *
 * Context: BH off.
 */
bool fdrop_bpf_accepts(const void *program, const struct sk_buff *skb);

#endif /* FDROP_BPF_H */
