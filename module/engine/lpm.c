// SPDX-License-Identifier: GPL-2.0
#include "lpm.h"

#define SLOTS_MAX	(1024 * 1024)
#define NESTED_MAX	129		/* prefixes around an address: /0 to /128 */
#define RESCHED_EVERY	16384		/* prefixes */

/* The way through a set's prefixes of one family. */
struct cursor {
	__uint128_t first;
	__uint128_t last;
	const struct fdrop_set *set;
	u32 next;
	u32 bit;
};

/* A prefix around the place where a sweep is. */
struct around {
	__uint128_t last;
	u32 bits;	/* with those of the ones around it */
};

/**
 * struct sweep - the way through all sets' prefixes in order of their addresses
 * @cursors: one a set
 * @heap: those that have a prefix, the foremost on top
 * @live: how many
 * @around: the prefixes around the place, the innermost last
 * @depth: how many
 * @start: the interval that is not written yet, as it may still change
 * @bits: see @start
 * @written: the bits of the one before
 * @out: gets the intervals, or only their number if it has no room at all
 * @is_ip6: which family
 */
struct sweep {
	struct cursor cursors[FDROP_SETS];
	struct cursor *heap[FDROP_SETS];
	u32 live;
	struct around around[NESTED_MAX];
	u32 depth;
	__uint128_t start;
	u32 bits;
	u32 written;
	struct fdrop_ranges *out;
	bool is_ip6;
};

/* Go to the next prefix of a set. Returns whether there is one. */
static bool step(struct cursor *c, bool is_ip6)
{
	const struct fdrop_prefix4 *p4;
	const struct fdrop_prefix6 *p6;

	if (c->next == (is_ip6 ? c->set->count6 : c->set->count4))
		return false;
	if (is_ip6) {
		p6 = &c->set->v6[c->next];
		c->first = (__uint128_t)p6->hi << 64 | p6->lo;
		c->last = c->first | (p6->length < 128 ? ~(__uint128_t)0 >> p6->length : 0);
	} else {
		p4 = &c->set->v4[c->next];
		c->first = p4->addr;
		c->last = p4->addr | 0xffffffffULL >> p4->length;
	}
	c->next++;
	return true;
}

/* Outer prefixes come before those in them. */
static bool is_before(const struct cursor *a, const struct cursor *b)
{
	return a->first != b->first ? a->first < b->first : a->last > b->last;
}

/* Put the top of the heap where it belongs. */
static void sink(struct sweep *s)
{
	struct cursor *c = s->heap[0];
	u32 i = 0, child;

	while ((child = 2 * i + 1) < s->live) {
		if (child + 1 < s->live && is_before(s->heap[child + 1], s->heap[child]))
			child++;
		if (!is_before(s->heap[child], c))
			break;
		s->heap[i] = s->heap[child];
		i = child;
	}
	s->heap[i] = c;
}

static void begin(struct sweep *s, const struct fdrop_set *sets, u32 count)
{
	struct cursor *c;
	u32 i, at;

	s->live = 0;
	s->depth = 0;
	s->start = 0;
	s->bits = 0;
	s->out->count = 0;
	for (i = 0; i < count; i++) {
		c = &s->cursors[i];
		c->set = &sets[i];
		c->next = 0;
		c->bit = 1U << i;
		if (!step(c, s->is_ip6))
			continue;
		/* What is sorted is a heap. */
		for (at = s->live++; at && is_before(c, s->heap[at - 1]); at--)
			s->heap[at] = s->heap[at - 1];
		s->heap[at] = c;
	}
}

/* The interval is complete; it is left out if it goes on like the one before. */
static void write_interval(struct sweep *s)
{
	struct fdrop_ranges *out = s->out;

	if (out->count && s->written == s->bits)
		return;
	if (out->starts6)
		out->starts6[out->count] = (struct fdrop_start6){ s->start >> 64, s->start };
	else if (out->starts4)
		out->starts4[out->count] = s->start;
	if (out->bits)
		out->bits[out->count] = s->bits;
	s->written = s->bits;
	out->count++;
}

/* From @start on the answer is @bits. A second one at the same place replaces the first. */
static void change(struct sweep *s, __uint128_t start, u32 bits)
{
	if (start != s->start)
		write_interval(s);
	s->start = start;
	s->bits = bits;
}

static void enter(struct sweep *s, const struct cursor *c)
{
	struct around *outer = s->depth ? &s->around[s->depth - 1] : NULL;
	u32 bits = c->bit | (outer ? outer->bits : 0);

	change(s, c->first, bits);
	/* Of a prefix that ends at the same place nothing else is left. */
	if (outer && outer->last == c->last)
		outer->bits = bits;
	else
		s->around[s->depth++] = (struct around){ c->last, bits };
}

static void leave(struct sweep *s)
{
	__uint128_t all = s->is_ip6 ? ~(__uint128_t)0 : 0xffffffff;
	__uint128_t last = s->around[--s->depth].last;

	/* Behind the last address there is nothing. */
	if (last != all)
		change(s, last + 1, s->depth ? s->around[s->depth - 1].bits : 0);
}

static void sweep(struct sweep *s, const struct fdrop_set *sets, u32 count)
{
	struct cursor *c;
	u32 done = 0;

	begin(s, sets, count);
	while (s->live) {
		c = s->heap[0];
		while (s->depth && s->around[s->depth - 1].last < c->first)
			leave(s);
		enter(s, c);
		if (!step(c, s->is_ip6))
			s->heap[0] = s->heap[--s->live];
		sink(s);
		if (++done % RESCHED_EVERY == 0)
			fdrop_resched();
	}
	while (s->depth)
		leave(s);
	write_interval(s);
}

/* Once to count the intervals, and once to have them. */
static int fill_ranges(struct sweep *s, const struct fdrop_set *sets, u32 count)
{
	struct fdrop_ranges *r = s->out;

	sweep(s, sets, count);
	r->bits = fdrop_alloc(r->count * sizeof(*r->bits));
	if (s->is_ip6)
		r->starts6 = fdrop_alloc(r->count * sizeof(*r->starts6));
	else
		r->starts4 = fdrop_alloc(r->count * sizeof(*r->starts4));
	if (!r->bits || !(s->is_ip6 ? (void *)r->starts6 : (void *)r->starts4))
		return -ENOMEM;
	sweep(s, sets, count);
	return 0;
}

static __uint128_t start_of(const struct fdrop_ranges *r, u32 i)
{
	if (r->starts6)
		return (__uint128_t)r->starts6[i].hi << 64 | r->starts6[i].lo;
	return r->starts4[i];
}

/*
 * How large slots must be for no more than @slots of them between the first
 * and the last start, @strays left out at either end.
 */
static u32 shift_without(const struct fdrop_ranges *r, u32 strays, u32 slots)
{
	__uint128_t span = start_of(r, r->count - 1 - strays) - start_of(r, 1 + strays);
	u32 shift = 0;

	while (span >> shift >= slots)
		shift++;
	return shift;
}

/*
 * Two to four intervals to a slot on average, more above 2 M intervals. A few
 * prefixes far away must not leave the others to a handful of slots: if without
 * the outermost starts, one in 64 at most, slots can be much smaller, these are
 * not counted, and addresses out there have the longer search.
 */
static void choose_slots(struct fdrop_ranges *r)
{
	u32 slots = r->count / 2 < SLOTS_MAX ? r->count / 2 : SLOTS_MAX;
	u32 strays = 0, most = r->count / 64, small;
	__uint128_t first, last;

	if (r->count == 1)
		return;
	if (slots < 2)
		slots = 2;
	small = shift_without(r, most, slots);
	while (strays < most && shift_without(r, strays, slots) > small + 3)
		strays = strays * 2 + 1 < most ? strays * 2 + 1 : most;
	r->shift = shift_without(r, strays, slots);
	first = start_of(r, 1 + strays);
	last = start_of(r, r->count - 1 - strays);
	/* The upper half of an address is enough to find such slots. */
	if (r->shift >= 64)
		first = first >> 64 << 64;
	r->base_hi = first >> 64;
	r->base_lo = first;
	r->last_slot = (last - first) >> r->shift;
}

static int fill_index(struct fdrop_ranges *r)
{
	__uint128_t at;
	u32 slot, i = 0;

	choose_slots(r);
	r->index = fdrop_alloc((r->last_slot + 2) * sizeof(*r->index));
	if (!r->index)
		return -ENOMEM;
	at = (__uint128_t)r->base_hi << 64 | r->base_lo;
	r->index[0] = 0;
	for (slot = 1; slot <= r->last_slot; slot++) {
		at += (__uint128_t)1 << r->shift;
		while (i + 1 < r->count && start_of(r, i + 1) <= at)
			i++;
		r->index[slot] = i;
	}
	r->index[slot] = r->count - 1;
	return 0;
}

static int build(struct sweep *s, const struct fdrop_set *sets, u32 count, struct fdrop_ranges *r,
		 bool is_ip6)
{
	int err;

	s->out = r;
	s->is_ip6 = is_ip6;
	err = fill_ranges(s, sets, count);
	return err ? err : fill_index(r);
}

int fdrop_lpm_build(const struct fdrop_set *sets, u32 count, struct fdrop_lpm **lpm)
{
	struct fdrop_lpm *new;
	struct sweep *s;
	u64 prefixes = 0;
	int err = -ENOMEM;
	u32 i;

	if (count > FDROP_SETS)
		return -E2BIG;
	for (i = 0; i < count; i++)
		prefixes += (u64)sets[i].count4 + sets[i].count6;
	if (prefixes > FDROP_PREFIXES_MAX)
		return -E2BIG;
	new = fdrop_zalloc(sizeof(*new));
	s = fdrop_zalloc(sizeof(*s));
	if (new && s)
		err = build(s, sets, count, &new->v4, false);
	if (!err)
		err = build(s, sets, count, &new->v6, true);
	fdrop_free(s);
	if (err)
		fdrop_lpm_free(new);
	else
		*lpm = new;
	return err;
}

static void free_ranges(const struct fdrop_ranges *r)
{
	fdrop_free(r->starts4);
	fdrop_free(r->starts6);
	fdrop_free(r->bits);
	fdrop_free(r->index);
}

void fdrop_lpm_free(struct fdrop_lpm *lpm)
{
	if (!lpm)
		return;
	free_ranges(&lpm->v4);
	free_ranges(&lpm->v6);
	fdrop_free(lpm);
}

static size_t ranges_bytes(const struct fdrop_ranges *r, size_t start)
{
	return r->count * (start + sizeof(*r->bits)) + (r->last_slot + 2) * sizeof(*r->index);
}

size_t fdrop_lpm_bytes(const struct fdrop_lpm *lpm)
{
	return sizeof(*lpm) + ranges_bytes(&lpm->v4, sizeof(*lpm->v4.starts4)) +
	       ranges_bytes(&lpm->v6, sizeof(*lpm->v6.starts6));
}

/* As fdrop_lpm_find4() does. */
static __always_inline u32 search6(const struct fdrop_ranges *r, u32 slot, u64 hi, u64 lo)
{
	const struct fdrop_start6 *at = r->starts6 + r->index[slot];
	__uint128_t addr = (__uint128_t)hi << 64 | lo;
	const struct fdrop_start6 *middle;
	u32 more;

	for (more = r->index[slot + 1] - r->index[slot]; more; more >>= 1) {
		middle = at + ((more + 1) >> 1);
		at = ((__uint128_t)middle->hi << 64 | middle->lo) <= addr ? middle : at;
	}
	return r->bits[at - r->starts6];
}

/* Slots so small that the lower half of an address counts, too. */
static noinline u32 find_narrow(const struct fdrop_ranges *r, u64 hi, u64 lo)
{
	__uint128_t base = (__uint128_t)r->base_hi << 64 | r->base_lo;
	__uint128_t addr = (__uint128_t)hi << 64 | lo;
	__uint128_t slot = (addr > base ? addr - base : 0) >> r->shift;

	return search6(r, slot < r->last_slot ? slot : r->last_slot, hi, lo);
}

u32 fdrop_lpm_find6(const struct fdrop_lpm *lpm, u64 hi, u64 lo)
{
	const struct fdrop_ranges *r = &lpm->v6;
	u64 slot;

	if (unlikely(r->shift < 64))
		return find_narrow(r, hi, lo);
	slot = (hi > r->base_hi ? hi - r->base_hi : 0) >> (r->shift - 64);
	return search6(r, slot < r->last_slot ? slot : r->last_slot, hi, lo);
}
