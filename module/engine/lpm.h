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

struct fdrop_lpm;

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
 * Context: any; readers need no lock as long as the search lives.
 * Return: a bit for each set.
 */
u32 fdrop_lpm_find4(const struct fdrop_lpm *lpm, u32 addr);

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
