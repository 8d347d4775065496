/* SPDX-License-Identifier: GPL-2.0 */
/* The XDP program of hook xdp: two instructions, which ask the module. */
#ifndef FASTDROP_XDP_H
#define FASTDROP_XDP_H

#include "libfastdrop/image.h"

/**
 * struct xdp - a program to be had
 * @dev: the name of its device
 * @generic: behind the driver, where any device has it, else in the driver
 * @frags: for frames of several pieces too, which those above a page are
 */
struct xdp {
	const char *dev;
	bool generic;
	bool frags;
};

/**
 * xdp_attach() - load and attach the program
 * @xdp: how
 * @link: its BPF link, which keeps it attached as long as anybody has it open; -1 where
 *	it is a component of libxdp's dispatcher, until dispatcher_leave()
 * @reason: why not, and what helps
 */
bool xdp_attach(const struct xdp *xdp, int *link, struct reason *reason);

/* What the XDP program of a device is to a port there, which needs one that asks the module. */
enum xdp_presence {
	XDP_GONE,		/* there is none */
	XDP_UNKNOWN,		/* that cannot be seen, as without root; or it may ask */
	XDP_OURS,		/* also in libxdp's dispatcher */
	XDP_FOREIGN,		/* somebody else's, which does not ask itself */
	XDP_NOT_JOINED,		/* such ones alone, in libxdp's dispatcher */
};

enum xdp_presence xdp_presence(int ifindex);

#define XDP_OFF		64	/* room for the command */

/**
 * xdp_off() - the command that takes the XDP program of a device off
 * @dev: the device, in the network namespace that we are in
 * @ifindex: the same
 * @command: is set to it
 */
void xdp_off(const char *dev, int ifindex, char command[static XDP_OFF]);

/* Whether the JIT is off, without which no program can call a module. */
bool xdp_jit_is_off(void);

#endif /* FASTDROP_XDP_H */
