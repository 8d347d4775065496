/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The most frequent keys of a stream, in memory that does not grow: Space-Saving
 * (Metwally, Agrawal, El Abbadi, "Efficient Computation of Frequent and Top-k
 * Elements in Data Streams", 2005). A key that has no counter takes the least one
 * over, count and all; how much that was is its error.
 *
 * Whatever the order: no key counts less than it is, nor more than its error above
 * that, and each key with more than total / counters has a counter. An update takes
 * a lookup by a keyed hash, and at most log2(counters) steps in a heap.
 */
#ifndef FASTDROP_HITTERS_H
#define FASTDROP_HITTERS_H

#include "engine/platform.h"

#define HITTERS_KEY	20	/* bytes, at most */

struct hitters;

/**
 * struct hitter - a key and what is known of it
 * @key: bytes behind its own are 0
 * @packets: it has at most so many
 * @error: and at least so many less
 */
struct hitter {
	u8 key[HITTERS_KEY];
	u64 packets;
	u64 error;
};

/* For keys of that size, with that many counters. NULL: no memory. */
struct hitters *hitters_new(u32 key_bytes, u32 counters);
void hitters_free(struct hitters *hitters);

void hitters_add(struct hitters *hitters, const void *key, u32 packets);

/* Halves everything, so that what is old fades. */
void hitters_decay(struct hitters *hitters);

/* All that was added, with and without a counter; 0 once less than one is left. */
u64 hitters_total(const struct hitters *hitters);

/*
 * The keys with the most packets, most first; what faded below one is left out.
 * Returns how many there are, at most @room.
 */
u32 hitters_top(const struct hitters *hitters, struct hitter *top, u32 room);

#endif /* FASTDROP_HITTERS_H */
