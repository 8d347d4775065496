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

/* Room in an array for @needed, or twice as much. Returns where it is now; NULL leaves it. */
static void *grow(void *old, u32 count, u32 *room, size_t size, u32 needed)
{
	u32 more = count ? 2 * count : FIRST_ROOM;
	void *v;

	if (more < needed)
		more = needed;
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

static bool make_room4(struct fdrop_set *set, u32 needed)
{
	void *v = set->v4;

	if (needed > set->room4)
		v = grow(set->v4, set->count4, &set->room4, sizeof(*set->v4), needed);
	if (v)
		set->v4 = v;
	return v || !needed;
}

static bool make_room6(struct fdrop_set *set, u32 needed)
{
	void *v = set->v6;

	if (needed > set->room6)
		v = grow(set->v6, set->count6, &set->room6, sizeof(*set->v6), needed);
	if (v)
		set->v6 = v;
	return v || !needed;
}

static int add4(struct fdrop_set *set, const struct fdrop_prefix *prefix)
{
	if (!make_room4(set, set->count4 + 1))
		return -ENOMEM;
	set->v4[set->count4].addr = prefix->hi >> 32;
	set->v4[set->count4].length = prefix->length;
	set->count4++;
	return 0;
}

static int add6(struct fdrop_set *set, const struct fdrop_prefix *prefix)
{
	if (!make_room6(set, set->count6 + 1))
		return -ENOMEM;
	set->v6[set->count6].hi = prefix->hi;
	set->v6[set->count6].lo = prefix->lo;
	set->v6[set->count6].length = prefix->length;
	set->count6++;
	return 0;
}

int fdrop_set_add(struct fdrop_set *set, const struct fdrop_prefix *prefix)
{
	if (set->count4 + set->count6 >= FDROP_PREFIXES_MAX)
		return -E2BIG;
	return prefix->is_ip6 ? add6(set, prefix) : add4(set, prefix);
}

/* Puts @n of @more behind what there is, where room has been made. */
static void append(void *v, u32 *count, const void *more, u32 n, size_t size)
{
	if (n)
		memcpy((u8 *)v + *count * size, more, n * size);
	*count += n;
}

int fdrop_set_append(struct fdrop_set *set, const struct fdrop_set *more)
{
	u64 all = (u64)set->count4 + set->count6 + more->count4 + more->count6;

	if (all > FDROP_PREFIXES_MAX)
		return -E2BIG;
	if (!make_room4(set, set->count4 + more->count4) ||
	    !make_room6(set, set->count6 + more->count6))
		return -ENOMEM;
	append(set->v4, &set->count4, more->v4, more->count4, sizeof(*set->v4));
	append(set->v6, &set->count6, more->v6, more->count6, sizeof(*set->v6));
	return 0;
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

static void *copy_array(const void *from, u32 count, size_t size)
{
	void *to = fdrop_alloc(count * size);

	if (to)
		memcpy(to, from, count * size);
	return to;
}

int fdrop_set_copy(struct fdrop_set *to, const struct fdrop_set *from)
{
	memset(to, 0, sizeof(*to));
	memcpy(to->name, from->name, sizeof(to->name));
	if (from->count4) {
		to->v4 = copy_array(from->v4, from->count4, sizeof(*to->v4));
		if (!to->v4)
			return -ENOMEM;
		to->count4 = from->count4;
		to->room4 = from->count4;
	}
	if (from->count6) {
		to->v6 = copy_array(from->v6, from->count6, sizeof(*to->v6));
		if (!to->v6) {
			fdrop_set_free(to);
			return -ENOMEM;
		}
		to->count6 = from->count6;
		to->room6 = from->count6;
	}
	return 0;
}

/* The first of @out that is not in @v, both sorted; @n if all are there. */
static __always_inline u32 find_missing(const u8 *v, u32 count, const u8 *out, u32 n, size_t size,
					before_fn before)
{
	u32 i = 0, j;

	for (j = 0; j < n; j++) {
		while (i < count && before(v + i * size, out + j * size))
			i++;
		if (i == count || before(out + j * size, v + i * size))
			return j;
	}
	return n;
}

/* Keeps what of @v is not in @out, both sorted. Returns how many these are. */
static __always_inline u32 subtract(u8 *v, u32 count, const u8 *out, u32 n, size_t size,
				    before_fn before)
{
	u32 i, j = 0, kept = 0;

	for (i = 0; i < count; i++) {
		while (j < n && before(out + j * size, v + i * size))
			j++;
		if (j < n && !before(v + i * size, out + j * size))
			continue;
		memmove(v + kept++ * size, v + i * size, size);
	}
	return kept;
}

bool fdrop_set_remove(struct fdrop_set *set, const struct fdrop_set *out,
		      struct fdrop_prefix *missing)
{
	const struct fdrop_prefix4 *p4;
	const struct fdrop_prefix6 *p6;
	u32 i;

	i = find_missing((u8 *)set->v4, set->count4, (u8 *)out->v4, out->count4, sizeof(*p4),
			 before4);
	if (i < out->count4) {
		p4 = &out->v4[i];
		*missing = (struct fdrop_prefix){ (u64)p4->addr << 32, 0, p4->length, false };
		return false;
	}
	i = find_missing((u8 *)set->v6, set->count6, (u8 *)out->v6, out->count6, sizeof(*p6),
			 before6);
	if (i < out->count6) {
		p6 = &out->v6[i];
		*missing = (struct fdrop_prefix){ p6->hi, p6->lo, p6->length, true };
		return false;
	}
	set->count4 = subtract((u8 *)set->v4, set->count4, (u8 *)out->v4, out->count4,
			       sizeof(*p4), before4);
	set->count6 = subtract((u8 *)set->v6, set->count6, (u8 *)out->v6, out->count6,
			       sizeof(*p6), before6);
	return true;
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
