/* SPDX-License-Identifier: GPL-2.0 */
/* The prefixes of a set as text. */
#ifndef FASTDROP_PREFIX_H
#define FASTDROP_PREFIX_H

#include "engine/addr.h"
#include "engine/set.h"

#define PREFIX_TEXT	(FDROP_ADDR_TEXT + 4)	/* with its length */

/* The prefix at @place of a set, those of IPv4 first. Single addresses have no length. */
void prefix_print(const struct fdrop_set *set, u32 place, char text[PREFIX_TEXT]);

#endif /* FASTDROP_PREFIX_H */
