/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From an address to the sets that hold it, one bit each.
 *
 * Prefixes cut the line of all addresses into intervals in which the answer
 * is the same. The starts of these intervals are a sorted array, and the
 * answers another; an index of equal slots between the first start and the last
 * leaves few of them to a binary search (after DXR: Zec, Rizzo, Mikuc, "DXR:
 * Towards a Billion Routing Lookups per Second in Software", 2012). At worst,
 * all prefixes in one slot, a lookup takes as many steps as the binary
 * logarithm of the intervals. These are at most twice the prefixes, and one.
 */
#ifndef FDROP_ENGINE_LPM_H
#define FDROP_ENGINE_LPM_H

#include "set.h"

struct fdrop_start6 {
	u64 hi;
	u64 lo;
};

/**
 * struct fdrop_ranges - the intervals of one family
 * @starts4: where each begins; the first at 0. NULL with IPv6
 * @starts6: see @starts4. NULL with IPv4
 * @bits: the sets that hold the addresses of each
 * @index: for each slot the interval that its first address is in, and the
 *	last interval behind them
 * @base_hi: where slot 0 begins; it has all addresses below, too
 * @base_lo: see @base_hi
 * @shift: a slot has 2^@shift addresses
 * @last_slot: it has all addresses above, too
 * @count: how many intervals, at least one
 */
struct fdrop_ranges {
	u32 *starts4;
	struct fdrop_start6 *starts6;
	u32 *bits;
	u32 *index;
	u64 base_hi;
	u64 base_lo;
	u32 shift;
	u32 last_slot;
	u32 count;
};

struct fdrop_lpm {
	struct fdrop_ranges v4;
	struct fdrop_ranges v6;
};

/**
 * fdrop_lpm_build() - make the search of some sets, which nothing changes then
 * @sets: the sets, each finished; set i has bit i. Not kept
 * @count: how many, at most %FDROP_SETS
 *
 * Context: may sleep.
 * Return: 0, with *@lpm for fdrop_lpm_free(); -E2BIG if they hold more than
 * %FDROP_PREFIXES_MAX together, -ENOMEM.
 */
int fdrop_lpm_build(const struct fdrop_set *sets, u32 count, struct fdrop_lpm **lpm);

/**
 * fdrop_lpm_free() - the end of a search that no reader has any more
 * @lpm: the search, or NULL
 */
void fdrop_lpm_free(struct fdrop_lpm *lpm);

/* Bytes of memory that the search takes. */
size_t fdrop_lpm_bytes(const struct fdrop_lpm *lpm);

/**
 * fdrop_lpm_find4() - the sets that hold an IPv4 address
 * @lpm: the search
 * @addr: the address, host byte order
 *
 * The slot tells the first interval in question and how many more there are;
 * the search halves these without a branch on what it finds. It may look again
 * at one that it had found to lie behind the address, but never beyond.
 *
 * Context: any; readers need no lock as long as the search lives.
 * Return: a bit for each set.
 */
static __always_inline u32 fdrop_lpm_find4(const struct fdrop_lpm *lpm, u32 addr)
{
	const struct fdrop_ranges *r = &lpm->v4;
	u32 base = r->base_lo;
	u32 slot = (addr > base ? addr - base : 0) >> r->shift;
	const u32 *at, *middle;
	u32 more;

	slot = slot < r->last_slot ? slot : r->last_slot;
	at = r->starts4 + r->index[slot];
	for (more = r->index[slot + 1] - r->index[slot]; more; more >>= 1) {
		middle = at + ((more + 1) >> 1);
		at = *middle <= addr ? middle : at;
	}
	return r->bits[at - r->starts4];
}

/**
 * fdrop_lpm_find6() - the sets that hold an IPv6 address
 * @lpm: the search
 * @hi: the first 64 bits of the address, host byte order
 * @lo: the last 64 bits
 *
 * Context: as with fdrop_lpm_find4().
 * Return: a bit for each set.
 */
u32 fdrop_lpm_find6(const struct fdrop_lpm *lpm, u64 hi, u64 lo);

#endif /* FDROP_ENGINE_LPM_H */
