/* SPDX-License-Identifier: GPL-2.0 */
/*
 * libxdp's dispatcher: the one XDP program of a device, that calls several others one
 * behind the other. The program of hook xdp can be one of them.
 */
#ifndef FASTDROP_DISPATCHER_H
#define FASTDROP_DISPATCHER_H

#include "libfastdrop/xdp.h"

/* Whether an XDP program of that name is a dispatcher. */
bool dispatcher_is(const char *name);

/**
 * dispatcher_join() - have the dispatcher of a device call the module
 * @xdp: the device, and how; the dispatcher is there
 * @reason: why not, and what helps
 *
 * The components before ours are those of a lower run priority than 50, which is also
 * libxdp's own; those behind see what we pass. It stays until dispatcher_leave(), and
 * the module with it.
 */
bool dispatcher_join(const struct xdp *xdp, struct reason *reason);

/**
 * dispatcher_leave() - take the program out again, and leave the others
 * @dev: the device
 * @keep: how many to leave of those that joined
 * @reason: why not, and what helps
 *
 * Return: whether no more than @keep of it are there. Not if that cannot be seen, as from
 * a mount namespace without the pins of libxdp.
 */
bool dispatcher_leave(const char *dev, u32 keep, struct reason *reason);

/*
 * The number of our program in the dispatcher of a device; 0 if there is none. Returns
 * whether that can be seen.
 */
bool dispatcher_component(int ifindex, u32 *id);

#endif /* FASTDROP_DISPATCHER_H */
