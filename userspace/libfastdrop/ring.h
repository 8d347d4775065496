/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reading the rings of /dev/fastdrop. Needs nothing but libc and uapi/fastdrop.h:
 * take ring.[ch] and that header into a program of your own, if you like.
 *
 * Two ways. All rings in one loop, merged by time:
 *
 *	while (!ring_wait(&reader, -1)) {
 *		ring_take_all(&reader);
 *		while ((record = ring_next_of_all(&reader)))
 *			...
 *		ring_release_all(&reader);
 *	}
 *
 * Or each ring by a thread of its own, with ring_take(), ring_next() and
 * ring_release(), which touch nothing but that ring.
 */
#ifndef FASTDROP_RING_H
#define FASTDROP_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "uapi/fastdrop.h"

/* All the ordering that there is between a reader and the module. Each names its partner. */
#define ring_load_acquire(p)		__atomic_load_n(p, __ATOMIC_ACQUIRE)
#define ring_store_release(p, v)	__atomic_store_n(p, v, __ATOMIC_RELEASE)

/**
 * struct ring - one CPU's ring, as its reader sees it
 * @consumer: the page that is ours
 * @producer: the page that is the module's
 * @data: the data, twice in a row
 * @mask: ring_bytes - 1
 * @position: the next record to be returned
 * @end: of the batch that was taken: there is no more to be returned
 *
 * Threads that have a ring each are not to share a cache line.
 */
struct ring {
	struct fastdrop_consumer *consumer;
	const struct fastdrop_producer *producer;
	const uint8_t *data;
	uint64_t mask;
	uint64_t position;
	uint64_t end;
} __attribute__((aligned(64)));

/**
 * struct ring_reader - an open /dev/fastdrop
 * @fd: for poll() and epoll
 * @setup: what is in force
 * @horizon: records of this batch that are younger wait for the next one
 * @ring: as many as setup.rings
 * @first: of this batch, the ring whose next record is the oldest; NULL: not known
 * @others: and the least time of the next records of all others
 */
struct ring_reader {
	int fd;
	struct fastdrop_setup setup;
	uint64_t horizon;
	struct ring *ring;
	struct ring *first;
	uint64_t others;
};

/**
 * ring_open() - become a reader
 * @reader: all of it is written
 * @wanted: see there; its size is set here
 *
 * Return: 0, with the reader for ring_close(); or a negative errno.
 */
int ring_open(struct ring_reader *reader, const struct fastdrop_setup *wanted);
void ring_close(struct ring_reader *reader);

/**
 * ring_wait() - sleep until there is something to be read
 * @reader: the reader
 * @timeout_ms: at most so long; -1: as long as it takes
 *
 * Return: 0 also when the time is up; -EINTR after a signal, -ENODEV if no port
 * is left and everything was read, another negative errno.
 */
int ring_wait(struct ring_reader *reader, int timeout_ms);

/* Takes what there is now as a batch. Whether there is anything. */
bool ring_take(struct ring *ring);

/* Gives back, for new records, what was returned so far. */
void ring_release(struct ring *ring);

/* What ring_next() will return. */
static inline const struct fastdrop_record *ring_peek(const struct ring *ring)
{
	if (ring->position == ring->end)
		return NULL;
	return (const struct fastdrop_record *)(ring->data + (ring->position & ring->mask));
}

/* The next record of the batch; NULL behind the last one. It is good until the release. */
static inline const struct fastdrop_record *ring_next(struct ring *ring)
{
	const struct fastdrop_record *record = ring_peek(ring);

	if (record)
		ring->position += record->length;
	return record;
}

/* The same of all rings: the next record is the one of the least time. */
void ring_take_all(struct ring_reader *reader);
const struct fastdrop_record *ring_next_of_all(struct ring_reader *reader);
void ring_release_all(struct ring_reader *reader);

/* The first bytes of a packet; record->captured of them. */
static inline const uint8_t *ring_bytes(const struct fastdrop_record *record)
{
	return (const uint8_t *)(record + 1);
}

/* How many records the module wrote, and how many it could not, of all rings together. */
uint64_t ring_written(const struct ring_reader *reader);
uint64_t ring_lost(const struct ring_reader *reader);

#endif /* FASTDROP_RING_H */
