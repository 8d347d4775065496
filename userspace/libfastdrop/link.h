/* SPDX-License-Identifier: GPL-2.0 */
/* The network devices of the namespace, as rtnetlink and ethtool tell them. */
#ifndef FASTDROP_LINK_H
#define FASTDROP_LINK_H

#include <net/if.h>

#include "engine/platform.h"

/**
 * struct link - a network device
 * @index: its index
 * @name: its name
 * @type: ARPHRD_
 * @kind: of a virtual device, such as "vlan", else empty
 * @master: the index of the bridge, bond or other that owns it, or 0
 * @lower: the index of the device that it sits upon, or 0
 * @xdp: XDP_ATTACHED_: what kind of XDP program there is
 * @queues: for how many receive queues there is room
 */
struct link {
	u32 index;
	char name[IFNAMSIZ];
	u16 type;
	char kind[16];
	u32 master;
	u32 lower;
	u8 xdp;
	u32 queues;
};

struct links {
	struct link *link;
	u32 count;
	u32 room;
};

/* All devices, for links_free() also on failure. Returns 0 or a negative errno. */
int links_read(struct links *links);
void links_free(struct links *links);

/* NULL if there is none. */
const struct link *links_by_name(const struct links *links, const char *name);
const struct link *links_by_index(const struct links *links, u32 index);

/* An offload by the name that ethtool -k --json uses, such as "rx-lro". */
bool link_has_offload(const struct link *link, const char *offload);

/* How many receive queues are in use. */
u32 link_queues(const struct link *link);

#endif /* FASTDROP_LINK_H */
