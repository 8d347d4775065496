// SPDX-License-Identifier: GPL-2.0
#include "ring.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define SECOND	1000000000ULL

static uint64_t page_size(void)
{
	return sysconf(_SC_PAGESIZE);
}

static uint64_t mapped_bytes(const struct fastdrop_setup *setup)
{
	return page_size() + 2ULL * setup->ring_bytes;
}

static int map_ring(const struct ring_reader *reader, uint32_t i, struct ring *ring)
{
	const struct fastdrop_setup *setup = &reader->setup;
	off_t offset = i * setup->span;
	void *p;

	p = mmap(NULL, page_size(), PROT_READ | PROT_WRITE, MAP_SHARED, reader->fd, offset);
	if (p == MAP_FAILED)
		return -errno;
	ring->consumer = p;
	p = mmap(NULL, mapped_bytes(setup), PROT_READ, MAP_SHARED, reader->fd,
		 offset + page_size());
	if (p == MAP_FAILED)
		return -errno;
	ring->producer = p;
	ring->data = (const uint8_t *)p + page_size();
	ring->mask = setup->ring_bytes - 1;
	return 0;
}

static int map_rings(struct ring_reader *reader)
{
	uint32_t i;
	int err = 0;

	reader->ring = aligned_alloc(__alignof__(*reader->ring),
				     reader->setup.rings * sizeof(*reader->ring));
	if (!reader->ring)
		return -ENOMEM;
	memset(reader->ring, 0, reader->setup.rings * sizeof(*reader->ring));
	for (i = 0; !err && i < reader->setup.rings; i++)
		err = map_ring(reader, i, &reader->ring[i]);
	return err;
}

int ring_open(struct ring_reader *reader, const struct fastdrop_setup *wanted)
{
	int err;

	*reader = (struct ring_reader){ .setup = *wanted };
	reader->setup.size = sizeof(reader->setup);
	reader->fd = open(FASTDROP_DEVICE, O_RDWR | O_CLOEXEC);
	if (reader->fd < 0)
		return -errno;
	err = ioctl(reader->fd, FASTDROP_SETUP, &reader->setup) ? -errno : map_rings(reader);
	if (err)
		ring_close(reader);
	return err;
}

void ring_close(struct ring_reader *reader)
{
	struct ring *ring;

	for (ring = reader->ring; ring && ring < reader->ring + reader->setup.rings; ring++) {
		if (ring->consumer)
			munmap(ring->consumer, page_size());
		if (ring->producer)
			munmap((void *)ring->producer, mapped_bytes(&reader->setup));
	}
	free(reader->ring);
	reader->ring = NULL;
	close(reader->fd);
}

/* The module says hang-up when no port is left: an error only when all has been read. */
int ring_wait(struct ring_reader *reader, int timeout_ms)
{
	struct pollfd poll_fd = { .fd = reader->fd, .events = POLLIN };

	if (poll(&poll_fd, 1, timeout_ms) < 0)
		return -errno;
	if (poll_fd.revents & POLLIN)
		return 0;
	if (poll_fd.revents & POLLHUP)
		return -ENODEV;
	return poll_fd.revents & POLLERR ? -EIO : 0;
}

bool ring_take(struct ring *ring)
{
	/* Pairs with the release in the module's publish(): the records are there. */
	ring->end = ring_load_acquire(&ring->producer->position);
	return ring->position != ring->end;
}

void ring_release(struct ring *ring)
{
	/* Pairs with the acquire in the module's make_room(): nothing is read any more. */
	if (ring->consumer->position != ring->position)
		ring_store_release(&ring->consumer->position, ring->position);
}

/*
 * What a CPU writes while the others are looked at could be older than what is found
 * there: records from after the look began wait for the next batch. One whose CPU was
 * kept from writing it in the moment behind its stamp may come late all the same.
 */
void ring_take_all(struct ring_reader *reader)
{
	struct timespec now;
	uint32_t i;

	clock_gettime(CLOCK_REALTIME, &now);
	reader->horizon = now.tv_sec * SECOND + now.tv_nsec;
	for (i = 0; i < reader->setup.rings; i++)
		ring_take(&reader->ring[i]);
	reader->first = NULL;
}

/* A clock that was set back is no reason to wait. */
static bool is_beyond(uint64_t horizon, uint64_t time)
{
	return time > horizon && time < horizon + SECOND;
}

static void find_first(struct ring_reader *reader)
{
	const struct fastdrop_record *record;
	uint64_t least = UINT64_MAX;
	struct ring *ring;

	reader->first = NULL;
	reader->others = UINT64_MAX;
	for (ring = reader->ring; ring < reader->ring + reader->setup.rings; ring++) {
		record = ring_peek(ring);
		if (record && (!reader->first || record->time < least)) {
			reader->others = least;
			least = record->time;
			reader->first = ring;
		} else if (record && record->time < reader->others) {
			reader->others = record->time;
		}
	}
}

/* A CPU has many in a row: as long as no other ring has an older one, none is looked at. */
const struct fastdrop_record *ring_next_of_all(struct ring_reader *reader)
{
	const struct fastdrop_record *record = reader->first ? ring_peek(reader->first) : NULL;

	if (!record || record->time > reader->others) {
		find_first(reader);
		if (!reader->first)
			return NULL;
		record = ring_peek(reader->first);
	}
	return is_beyond(reader->horizon, record->time) ? NULL : ring_next(reader->first);
}

void ring_release_all(struct ring_reader *reader)
{
	uint32_t i;

	for (i = 0; i < reader->setup.rings; i++)
		ring_release(&reader->ring[i]);
}

/* Counters, which stand beside nothing that they would have to be ordered with. */
uint64_t ring_written(const struct ring_reader *reader)
{
	uint64_t sum = 0;
	uint32_t i;

	for (i = 0; i < reader->setup.rings; i++)
		sum += __atomic_load_n(&reader->ring[i].producer->records, __ATOMIC_RELAXED);
	return sum;
}

uint64_t ring_lost(const struct ring_reader *reader)
{
	uint64_t sum = 0;
	uint32_t i;

	for (i = 0; i < reader->setup.rings; i++)
		sum += __atomic_load_n(&reader->ring[i].producer->lost, __ATOMIC_RELAXED);
	return sum;
}
