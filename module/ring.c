// SPDX-License-Identifier: GPL-2.0
#include "ring.h"

static_assert(sizeof(struct fastdrop_record) == 56);

bool fdrop_ring_make_room(struct fdrop_ring *ring, u64 length, u64 limit)
{
	/* Pairs with the release in ring_release(): what was there has been read. */
	u64 tail = smp_load_acquire(&ring->consumer->position);

	if (tail > ring->head || ring->head - tail > ring->mask + 1)
		return false;	/* no place where a reader could be */
	ring->full_at = tail + ring->limit;
	ring->wake_at = tail + ring->watermark;
	return ring->head + length - tail <= limit;
}

void fdrop_ring_wake(struct fdrop_ring *ring)
{
	if (fdrop_ring_make_room(ring, 0, ring->watermark - 1))
		return;
	WRITE_ONCE(*ring->sleeping, false);
	ring->wake(ring);
}

/* The first @n bytes, from the link-layer header on. */
static void copy(u8 *to, const struct fdrop_packet *packet, u32 n)
{
	u32 linear = packet->link + packet->linear;

	linear = n < linear ? n : linear;
	memcpy(to, packet->data - packet->link, linear);
	if (n > linear && packet->ops->read(packet, packet->linear, to + linear, n - linear))
		memset(to + linear, 0, n - linear);
}

static void tell(struct fastdrop_record *record, const struct fdrop_shown *shown)
{
	record->time = shown->time;
	record->ifindex = shown->ifindex;
	record->rule = shown->rule;
	record->cpu = shown->cpu;
	record->verdict = shown->verdict;
}

bool fdrop_ring_put(struct fdrop_ring *ring, const struct fdrop_packet *packet,
		    const struct fdrop_shown *shown)
{
	const u32 captured = fdrop_ring_captured(ring, packet);
	const u64 length = fdrop_record_length(captured);
	struct fastdrop_record *record;

	if (!fdrop_ring_reserve(ring, length, ring->limit))
		return false;
	record = fdrop_ring_record(ring);
	fdrop_ring_describe(ring, record, packet, captured);
	tell(record, shown);
	copy((u8 *)(record + 1), packet, captured);
	fdrop_ring_publish(ring, length);
	return true;
}

void fdrop_ring_end(struct fdrop_ring *ring, const struct fdrop_shown *shown)
{
	struct fastdrop_record *record = fdrop_ring_record(ring);

	if (!fdrop_ring_reserve(ring, sizeof(*record), ring->mask + 1))
		return;
	*record = (struct fastdrop_record){
		.length = sizeof(*record),
		.type = FASTDROP_RECORD_END,
		.lost = ring->lost,
	};
	tell(record, shown);
	fdrop_ring_publish(ring, sizeof(*record));
}
