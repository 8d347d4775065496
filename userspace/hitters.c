// SPDX-License-Identifier: GPL-2.0
#include "hitters.h"

#define PACKET	65536ULL	/* in counts: what is halved again and again keeps its digits */
#define WORDS	3		/* of a key, the rest of the last one 0 */

static_assert(HITTERS_KEY <= WORDS * sizeof(u64));

/**
 * struct slot - a counter
 * @key: whose it is, unless @count is 0
 * @count: never less than the key has
 * @sure: never more than the key has
 * @place: in the heap
 * @next: in the chain of its hash, from 1
 */
struct slot {
	u64 key[WORDS];
	u64 count;
	u64 sure;
	u32 place;
	u32 next;
};

/**
 * struct hitters - counters of the most frequent keys
 * @seed: of the hash: who sends the packets cannot choose the chain
 * @total: of all counts, those taken over included only once
 * @key_bytes: of a key
 * @counters: how many slots
 * @shift: how far a hash is shifted to be the number of a chain
 * @chain: the first slot of each, from 1
 * @heap: slots, the least count on top
 * @slot: the counters
 */
struct hitters {
	u64 seed[2 * WORDS];
	u64 total;
	u32 key_bytes;
	u32 counters;
	u32 shift;
	u32 *chain;
	u32 *heap;
	struct slot slot[];
};

static struct slot *at(struct hitters *h, u32 place)
{
	return &h->slot[h->heap[place]];
}

static void put(struct hitters *h, u32 place, struct slot *slot)
{
	h->heap[place] = slot - h->slot;
	slot->place = place;
}

struct hitters *hitters_new(u32 key_bytes, u32 counters)
{
	struct hitters *h = calloc(1, sizeof(*h) + counters * sizeof(h->slot[0]));
	u32 bits = 1, i;

	assert(counters && key_bytes <= HITTERS_KEY);
	if (!h)
		return NULL;
	while (1U << bits < 2 * counters)
		bits++;
	h->key_bytes = key_bytes;
	h->counters = counters;
	h->shift = 64 - bits;
	h->chain = calloc(1U << bits, sizeof(*h->chain));
	h->heap = calloc(counters, sizeof(*h->heap));
	if (!h->chain || !h->heap) {
		hitters_free(h);
		return NULL;
	}
	for (i = 0; i < counters; i++)
		put(h, i, &h->slot[i]);
	fdrop_random(h->seed, sizeof(h->seed));
	return h;
}

void hitters_free(struct hitters *h)
{
	if (!h)
		return;
	free(h->chain);
	free(h->heap);
	free(h);
}

/* The hash of engine/table.h. */
static u32 *chain_of(const struct hitters *h, const u64 key[WORDS])
{
	u64 hash = 0;
	u32 i;

	for (i = 0; i < WORDS; i++)
		hash += (h->seed[2 * i] + (u32)key[i]) * (h->seed[2 * i + 1] + (key[i] >> 32));
	return &h->chain[hash >> h->shift];
}

static struct slot *find(struct hitters *h, const u64 key[WORDS])
{
	u32 n;

	for (n = *chain_of(h, key); n; n = h->slot[n - 1].next)
		if (!memcmp(h->slot[n - 1].key, key, sizeof(h->slot->key)))
			return &h->slot[n - 1];
	return NULL;
}

static void unlink_slot(struct hitters *h, struct slot *slot)
{
	u32 *from = chain_of(h, slot->key);

	while (&h->slot[*from - 1] != slot)
		from = &h->slot[*from - 1].next;
	*from = slot->next;
}

static void link_slot(struct hitters *h, struct slot *slot)
{
	u32 *chain = chain_of(h, slot->key);

	slot->next = *chain;
	*chain = slot - h->slot + 1;
}

/* The least counter, for a key that has none. Its count stays, as the error. */
static struct slot *take_over(struct hitters *h, const u64 key[WORDS])
{
	struct slot *slot = &h->slot[h->heap[0]];

	if (slot->count)
		unlink_slot(h, slot);
	memcpy(slot->key, key, sizeof(slot->key));
	slot->sure = 0;
	link_slot(h, slot);
	return slot;
}

/* To its place in the heap, after its count has grown. */
static void sink(struct hitters *h, struct slot *slot)
{
	u32 place = slot->place, child;

	while ((child = 2 * place + 1) < h->counters) {
		if (child + 1 < h->counters && at(h, child + 1)->count < at(h, child)->count)
			child++;
		if (at(h, child)->count >= slot->count)
			break;
		put(h, place, at(h, child));
		place = child;
	}
	put(h, place, slot);
}

void hitters_add(struct hitters *h, const void *key, u32 packets)
{
	u64 words[WORDS] = { };
	struct slot *slot;

	if (!packets)
		return;
	memcpy(words, key, h->key_bytes);
	slot = find(h, words) ?: take_over(h, words);
	slot->count += packets * PACKET;
	slot->sure += packets * PACKET;
	h->total += packets * PACKET;
	sink(h, slot);
}

/* Rounded so that the bounds hold; the order, and so the heap, stays as it is. */
void hitters_decay(struct hitters *h)
{
	struct slot *slot;

	for (slot = h->slot; slot < h->slot + h->counters; slot++) {
		slot->count -= slot->count / 2;
		slot->sure /= 2;
	}
	h->total -= h->total / 2;
}

static u64 round_up(u64 count)
{
	return (count + PACKET - 1) / PACKET;
}

u64 hitters_total(const struct hitters *h)
{
	return h->total < PACKET ? 0 : round_up(h->total);
}

static struct hitter hitter_of(const struct slot *slot)
{
	struct hitter hitter = { .packets = round_up(slot->count) };

	hitter.error = hitter.packets - slot->sure / PACKET;
	memcpy(hitter.key, slot->key, sizeof(hitter.key));
	return hitter;
}

/* Equals have an order too, so that they stay where they are on a screen. */
static bool is_before(const struct hitter *a, const struct hitter *b)
{
	if (a->packets != b->packets)
		return a->packets > b->packets;
	return memcmp(a->key, b->key, sizeof(a->key)) < 0;
}

u32 hitters_top(const struct hitters *h, struct hitter *top, u32 room)
{
	const struct slot *slot;
	struct hitter hitter;
	u32 n = 0, i;

	for (slot = h->slot; slot < h->slot + h->counters; slot++) {
		hitter = hitter_of(slot);
		if (slot->count < PACKET || (n == room && (!n || is_before(&top[n - 1], &hitter))))
			continue;
		n += n < room;
		for (i = n - 1; i && is_before(&hitter, &top[i - 1]); i--)
			top[i] = top[i - 1];
		top[i] = hitter;
	}
	return n;
}
