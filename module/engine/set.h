/* SPDX-License-Identifier: GPL-2.0 */
/* A named set of prefixes, and the text of one prefix. */
#ifndef FDROP_ENGINE_SET_H
#define FDROP_ENGINE_SET_H

#include "platform.h"

#define FDROP_SETS		32		/* one bit each in the key */
#define FDROP_SET_NAME		32		/* with its end */
#define FDROP_PREFIXES_MAX	(16U << 20)	/* of all sets together */

/**
 * struct fdrop_prefix - the addresses that share their first bits
 * @hi: the first 64 bits of the address, host byte order; of IPv4, the address
 *	in the upper 32 of them
 * @lo: the last 64 bits; of IPv4, 0
 * @length: how many bits count, 0 to 32 or 128; those behind are 0
 * @is_ip6: which family
 */
struct fdrop_prefix {
	u64 hi;
	u64 lo;
	u8 length;
	bool is_ip6;
};

/* No bit is set behind the prefix. Its length is one of its family. */
static inline bool fdrop_prefix_is_clean(const struct fdrop_prefix *prefix)
{
	const u64 hi = prefix->length >= 64 ? 0 : ~0ULL >> prefix->length;
	const u64 lo = prefix->length >= 128 ? 0 : prefix->length <= 64 ? ~0ULL :
		       ~0ULL >> (prefix->length - 64);

	return !(prefix->hi & hi) && !(prefix->lo & lo);
}

/* How a set keeps its prefixes: 8 bytes, or 24. */
struct fdrop_prefix4 {
	u32 addr;
	u32 length;
};

struct fdrop_prefix6 {
	u64 hi;
	u64 lo;
	u64 length;
};

/**
 * struct fdrop_set - prefixes under a name; all 0 but the name when empty
 * @name: what rules call it
 * @v4: its IPv4 prefixes
 * @v6: its IPv6 prefixes
 * @count4: how many, and for how many there is room
 * @room4: see @count4
 * @count6: see @count4
 * @room6: see @count4
 *
 * Sorted by address, then length, and without doubles, from
 * fdrop_set_finish() on until something is added.
 */
struct fdrop_set {
	char name[FDROP_SET_NAME];
	struct fdrop_prefix4 *v4;
	struct fdrop_prefix6 *v6;
	u32 count4;
	u32 room4;
	u32 count6;
	u32 room6;
};

/**
 * fdrop_set_add() - put a prefix into a set that is being filled
 * @set: the set
 * @prefix: the prefix; it may be there already
 *
 * Context: may sleep.
 * Return: 0, -E2BIG if the set has %FDROP_PREFIXES_MAX, -ENOMEM; the set is
 * then what it was.
 */
int fdrop_set_add(struct fdrop_set *set, const struct fdrop_prefix *prefix);

/**
 * fdrop_set_append() - put all prefixes of one set into another
 * @set: the set that is being filled
 * @more: the other one
 *
 * Context: may sleep.
 * Return: as fdrop_set_add(); @set is what it was if not all fit.
 */
int fdrop_set_append(struct fdrop_set *set, const struct fdrop_set *more);

/**
 * fdrop_set_finish() - sort a set that has been filled, drop doubles and spare room
 * @set: the set
 *
 * Context: may sleep.
 * Return: 0, or -ENOMEM; the set then has what it had, but is not finished.
 */
int fdrop_set_finish(struct fdrop_set *set);

/**
 * fdrop_set_copy() - a set of the same name with the same prefixes
 * @to: where to, empty before
 * @from: the set
 *
 * Context: may sleep.
 * Return: 0, or -ENOMEM with @to empty but for its name.
 */
int fdrop_set_copy(struct fdrop_set *to, const struct fdrop_set *from);

/**
 * fdrop_set_remove() - take prefixes out of a set
 * @set: the set, finished
 * @out: those to be taken out, finished; its name does not matter
 * @missing: the first one that is not there
 *
 * A prefix is taken out if it was put in as such: not a part of a shorter one.
 *
 * Return: true; or false if one is not there, and then none is taken out.
 */
bool fdrop_set_remove(struct fdrop_set *set, const struct fdrop_set *out,
		      struct fdrop_prefix *missing);

/**
 * fdrop_set_free() - the end of what a set holds; the set is empty then
 * @set: the set
 */
void fdrop_set_free(struct fdrop_set *set);

#endif /* FDROP_ENGINE_SET_H */
