/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One CPU's ring of one reader. The CPU writes, with BH off, and nobody else does;
 * the reader reads, in userspace. There is no lock, and nothing that two CPUs write,
 * but for the word that somebody sleeps, when he is woken:
 *
 *	this CPU, fdrop_ring_put()		the reader, libfastdrop/ring.c
 *
 *	A tail = acquire(consumer->position)	B end = acquire(producer->position)
 *	  is there room from tail on?		  read the records up to end
 *	  write the record
 *	B release(producer->position)		A release(consumer->position)
 *
 * A pairs with A, and B with B: a record is seen whole or not at all, and is not
 * written over before it was read. What the reader writes may be anything: it is read
 * once, and compared, and never an index.
 */
#ifndef FDROP_RING_H
#define FDROP_RING_H

#include "engine/parse.h"
#include "uapi/fastdrop.h"

/**
 * struct fdrop_ring - a ring
 * @data: mapped twice in a row, so that no record is in two pieces
 * @mask: its size, a power of two, less 1
 * @limit: how much of it packets may use; the rest is for what must not be lost
 * @head: the producer's position, our own
 * @full_at: where there is no more room for packets, by what was last known of the
 *	consumer's position
 * @wake_at: where a sleeping reader is to be woken, in the same way
 * @lost: records lost since the last one
 * @producer: what the reader may read
 * @consumer: what the reader may write
 * @snap: bytes of a packet that are kept
 * @watermark: bytes from which on a sleeping reader is woken
 * @sleeping: whether the reader sleeps
 * @wake: called with BH off when it is to be woken, once until it sleeps again
 */
struct fdrop_ring {
	u8 *data;
	u64 mask;
	u64 limit;
	u64 head;
	u64 full_at;
	u64 wake_at;
	u64 lost;
	struct fastdrop_producer *producer;
	const struct fastdrop_consumer *consumer;
	u32 snap;
	u32 watermark;
	bool *sleeping;
	void (*wake)(struct fdrop_ring *ring);
};

/**
 * struct fdrop_shown - what a record says besides the packet
 * @time: in nanoseconds since 1970
 * @ifindex: of the device
 * @rule: the rule's id
 * @cpu: this CPU
 * @verdict: &enum fastdrop_verdict
 */
struct fdrop_shown {
	u64 time;
	u32 ifindex;
	u32 rule;
	u16 cpu;
	u8 verdict;
};

/* Whether @length bytes more stay within @limit, when one looks how far the reader is. */
bool fdrop_ring_make_room(struct fdrop_ring *ring, u64 length, u64 limit);

/* Wakes the reader, if there is as much to read as it seems. */
void fdrop_ring_wake(struct fdrop_ring *ring);

/* Whether there is room for a record of @length bytes; if not, it is lost. */
static __always_inline bool fdrop_ring_reserve(struct fdrop_ring *ring, u64 length, u64 limit)
{
	if (likely(ring->head + length <= ring->full_at) ||
	    fdrop_ring_make_room(ring, length, limit))
		return true;
	ring->lost++;
	ring->producer->lost++;
	return false;
}

/* Where the next record goes. */
static __always_inline struct fastdrop_record *fdrop_ring_record(const struct fdrop_ring *ring)
{
	return (struct fastdrop_record *)(ring->data + (ring->head & ring->mask));
}

static __always_inline void fdrop_ring_publish(struct fdrop_ring *ring, u64 length)
{
	struct fastdrop_producer *producer = ring->producer;
	u64 head = ring->head + length;

	ring->head = head;
	ring->lost = 0;
	producer->records++;
	/* Pairs with the acquire in ring_take(): the record is there. */
	smp_store_release(&producer->position, head);
	if (unlikely(head >= ring->wake_at && READ_ONCE(*ring->sleeping)))
		fdrop_ring_wake(ring);
}

/* How many bytes of a packet the ring keeps. */
static __always_inline u32 fdrop_ring_captured(const struct fdrop_ring *ring,
					       const struct fdrop_packet *packet)
{
	const u32 wire = packet->link + packet->len;

	return wire < ring->snap ? wire : ring->snap;
}

static __always_inline u64 fdrop_record_length(u64 captured)
{
	return (sizeof(struct fastdrop_record) + captured + 7) & ~7ULL;
}

/* Writes what a record says of its packet, field by field: they are too many for registers. */
static __always_inline void fdrop_ring_describe(const struct fdrop_ring *ring,
						struct fastdrop_record *record,
						const struct fdrop_packet *packet, u32 captured)
{
	record->length = fdrop_record_length(captured);
	record->type = FASTDROP_RECORD_PACKET;
	record->lost = ring->lost;
	record->queue = packet->queue;
	record->wire_length = packet->link + packet->len;
	record->captured = captured;
	record->network = packet->link;
	record->protocol = packet->ethertype;
	record->packets = packet->packets < 0xffff ? packet->packets : 0xffff;
	record->flags = packet->vlan ? FASTDROP_RECORD_VLAN : 0;
	record->vlan = packet->vlan ? packet->vlan_tci : 0;
	record->vlan_protocol = packet->vlan ? packet->vlan_proto : 0;
}

/**
 * fdrop_ring_put() - show a packet
 * @ring: this CPU's
 * @packet: the packet, which is only read
 * @shown: what else there is to say
 *
 * Context: BH off, on the CPU whose ring it is.
 * Return: false if there is no room: it is counted as lost.
 */
bool fdrop_ring_put(struct fdrop_ring *ring, const struct fdrop_packet *packet,
		    const struct fdrop_shown *shown);

/**
 * fdrop_ring_end() - tell that a device is no port any more
 * @ring: this CPU's, with room beyond its limit for each of the reader's ports
 * @shown: which
 *
 * Context: as with fdrop_ring_put().
 */
void fdrop_ring_end(struct fdrop_ring *ring, const struct fdrop_shown *shown);

#endif /* FDROP_RING_H */
