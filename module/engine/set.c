// SPDX-License-Identifier: GPL-2.0
#include "set.h"

#define FIRST_ROOM	16

/*
 * What sorts is written once for both families and inlined into each with its
 * @size and @before as constants: no call is left, direct or indirect.
 */
typedef bool (*before_fn)(const void *a, const void *b);

static __always_inline bool before4(const void *a, const void *b)
{
	const struct fdrop_prefix4 *x = a, *y = b;

	return ((u64)x->addr << 32 | x->length) < ((u64)y->addr << 32 | y->length);
}

static __always_inline bool before6(const void *a, const void *b)
{
	const struct fdrop_prefix6 *x = a, *y = b;
	__uint128_t ax = (__uint128_t)x->hi << 64 | x->lo;
	__uint128_t ay = (__uint128_t)y->hi << 64 | y->lo;

	return (ax < ay) | ((ax == ay) & (x->length < y->length));
}

/* Double the room of an array. Returns where it is now, or NULL and leaves it. */
static void *grow(void *old, u32 count, u32 *room, size_t size)
{
	u32 more = count ? 2 * count : FIRST_ROOM;
	void *v;

	if (more > FDROP_PREFIXES_MAX)
		more = FDROP_PREFIXES_MAX;
	v = fdrop_alloc(more * size);
	if (!v)
		return NULL;
	if (count)
		memcpy(v, old, count * size);
	fdrop_free(old);
	*room = more;
	return v;
}

/* Give spare room back. Without memory for the copy, it stays. */
static void *shrink(void *old, u32 count, u32 *room, size_t size)
{
	void *v;

	if (*room == count)
		return old;
	v = fdrop_alloc(count * size);
	if (!v)
		return old;
	memcpy(v, old, count * size);
	fdrop_free(old);
	*room = count;
	return v;
}

static int add4(struct fdrop_set *set, const struct fdrop_prefix *prefix)
{
	struct fdrop_prefix4 *v = set->v4;

	if (set->count4 == set->room4) {
		v = grow(v, set->count4, &set->room4, sizeof(*v));
		if (!v)
			return -ENOMEM;
		set->v4 = v;
	}
	v[set->count4].addr = prefix->hi >> 32;
	v[set->count4].length = prefix->length;
	set->count4++;
	return 0;
}

static int add6(struct fdrop_set *set, const struct fdrop_prefix *prefix)
{
	struct fdrop_prefix6 *v = set->v6;

	if (set->count6 == set->room6) {
		v = grow(v, set->count6, &set->room6, sizeof(*v));
		if (!v)
			return -ENOMEM;
		set->v6 = v;
	}
	v[set->count6].hi = prefix->hi;
	v[set->count6].lo = prefix->lo;
	v[set->count6].length = prefix->length;
	set->count6++;
	return 0;
}

int fdrop_set_add(struct fdrop_set *set, const struct fdrop_prefix *prefix)
{
	if (set->count4 + set->count6 >= FDROP_PREFIXES_MAX)
		return -E2BIG;
	return prefix->is_ip6 ? add6(set, prefix) : add4(set, prefix);
}

/* Sorted, and without doubles. */
static __always_inline bool is_finished(const u8 *v, u32 count, size_t size, before_fn before)
{
	for (; count > 1; count--, v += size)
		if (!before(v, v + size))
			return false;
	return true;
}

/* The runs @a to @b and @b to @end, each sorted, into one at @out. */
static __always_inline void merge(u8 *out, const u8 *a, const u8 *b, const u8 *end, size_t size,
				  before_fn before)
{
	const u8 *middle = b;

	if (b == end || !before(b, b - size)) {
		memcpy(out, a, end - a);
		return;
	}
	while (a < middle && b < end) {
		bool from_b = before(b, a);

		memcpy(out, from_b ? b : a, size);
		out += size;
		a += from_b ? 0 : size;
		b += from_b ? size : 0;
	}
	memcpy(out, a, middle - a);
	memcpy(out + (middle - a), b, end - b);
}

/* Merges ever longer runs, to and fro between @v and @spare of the same size. */
static __always_inline void merge_sort(u8 *v, u8 *spare, u32 count, size_t size, before_fn before)
{
	size_t all = count * size, run, i;
	u8 *from = v, *to = spare, *other;

	for (run = size; run < all; run *= 2) {
		for (i = 0; i < all; i += 2 * run) {
			size_t middle = i + run < all ? i + run : all;
			size_t end = middle + run < all ? middle + run : all;

			merge(to + i, from + i, from + middle, from + end, size, before);
		}
		other = from;
		from = to;
		to = other;
		fdrop_resched();
	}
	if (from != v)
		memcpy(v, from, all);
}

/* Keeps one of each in what is sorted. Returns how many these are. */
static __always_inline u32 drop_doubles(u8 *v, u32 count, size_t size, before_fn before)
{
	const u8 *end = v + count * size;
	u8 *last = v;
	const u8 *p;

	for (p = v + size; p < end; p += size) {
		if (!before(last, p))
			continue;
		last += size;
		memmove(last, p, size);
	}
	return (last - v) / size + 1;
}

static __always_inline int finish(u8 *v, u32 *count, size_t size, before_fn before)
{
	u8 *spare;

	if (is_finished(v, *count, size, before))
		return 0;
	spare = fdrop_alloc(*count * size);
	if (!spare)
		return -ENOMEM;
	merge_sort(v, spare, *count, size, before);
	fdrop_free(spare);
	*count = drop_doubles(v, *count, size, before);
	return 0;
}

int fdrop_set_finish(struct fdrop_set *set)
{
	int err;

	err = finish((u8 *)set->v4, &set->count4, sizeof(*set->v4), before4);
	if (err)
		return err;
	err = finish((u8 *)set->v6, &set->count6, sizeof(*set->v6), before6);
	if (err)
		return err;
	set->v4 = shrink(set->v4, set->count4, &set->room4, sizeof(*set->v4));
	set->v6 = shrink(set->v6, set->count6, &set->room6, sizeof(*set->v6));
	return 0;
}

void fdrop_set_free(struct fdrop_set *set)
{
	fdrop_free(set->v4);
	fdrop_free(set->v6);
	set->v4 = NULL;
	set->v6 = NULL;
	set->count4 = 0;
	set->room4 = 0;
	set->count6 = 0;
	set->room6 = 0;
}
