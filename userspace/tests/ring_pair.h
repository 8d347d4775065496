/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A ring in a test's memory, from both sides: the module's producer and libfastdrop's
 * consumer. Needs _GNU_SOURCE, for memfd_create().
 */
#ifndef FASTDROP_TESTS_RING_PAIR_H
#define FASTDROP_TESTS_RING_PAIR_H

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "libfastdrop/ring.h"
#include "ring.h"

#define PAGE	4096U
#define RECORD	sizeof(struct fastdrop_record)

struct ring_pair {
	struct fdrop_ring module;	/* first: see ring_pair_wake() */
	struct ring reader;
	bool sleeping;
	u32 wakes;
};

static inline void ring_pair_wake(struct fdrop_ring *ring)
{
	((struct ring_pair *)ring)->wakes++;
}

/* Twice in a row, between two pages that nobody may touch. */
static inline u8 *ring_pair_map(u32 bytes)
{
	const size_t page = sysconf(_SC_PAGESIZE), all = 2 * page + 2UL * bytes;
	u8 *at = mmap(NULL, all, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = memfd_create("ring", MFD_CLOEXEC), i;

	if (at == MAP_FAILED || fd < 0 || ftruncate(fd, bytes))
		abort();
	at += page;
	for (i = 0; i < 2; i++)
		if (mmap(at + i * (size_t)bytes, bytes, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_FIXED, fd, 0) == MAP_FAILED)
			abort();
	close(fd);
	return at;
}

/* As the module's init_ring() and libfastdrop's map_ring() do. */
static inline void ring_pair_open(struct ring_pair *pair, const struct fastdrop_setup *setup)
{
	const u64 limit = setup->ring_bytes - setup->ports * sizeof(struct fastdrop_record);
	const u32 watermark = setup->watermark ?: setup->ring_bytes / 2;

	*pair = (struct ring_pair){
		.module = {
			.data = ring_pair_map(setup->ring_bytes),
			.mask = setup->ring_bytes - 1,
			.limit = limit,
			.full_at = limit,
			.wake_at = watermark,
			.producer = calloc(1, sizeof(struct fastdrop_producer)),
			.consumer = calloc(1, sizeof(struct fastdrop_consumer)),
			.snap = setup->snap_length,
			.watermark = watermark,
			.wake = ring_pair_wake,
		},
	};
	if (!pair->module.producer || !pair->module.consumer)
		abort();
	pair->module.sleeping = &pair->sleeping;
	pair->reader = (struct ring){
		.consumer = (struct fastdrop_consumer *)pair->module.consumer,
		.producer = pair->module.producer,
		.data = pair->module.data,
		.mask = pair->module.mask,
	};
}

static inline void ring_pair_close(struct ring_pair *pair)
{
	const size_t page = sysconf(_SC_PAGESIZE);

	munmap(pair->module.data - page, 2 * page + 2 * (pair->module.mask + 1));
	free(pair->module.producer);
	free(pair->reader.consumer);
}

#ifdef __SANITIZE_THREAD__
/* The harness leaves by _exit(), which asks nobody whether there was a race. */
const char *__tsan_default_options(void);
const char *__tsan_default_options(void)
{
	return "halt_on_error=1";
}
#endif

/* What packets are made of. */
static u8 bytes[8192];

static inline __attribute__((constructor)) void fill_bytes(void)
{
	u32 i, x = 1;

	for (i = 0; i < sizeof(bytes); i++) {
		x = x * 1664525 + 1013904223;
		bytes[i] = x >> 24 | 1;		/* never 0 */
	}
}

static int read_fails(const struct fdrop_packet *packet, u32 offset, void *to, u32 n)
{
	memset(to, 0xee, n / 2);
	return -1;
}

static const struct fdrop_packet_ops fails = { .read = read_fails };

/* A packet whose record has @length bytes. */
static inline bool put_length(struct ring_pair *pair, u32 length, u64 time)
{
	const struct fdrop_packet packet = { .data = bytes, .len = length - RECORD,
					     .linear = length - RECORD, .packets = 1 };

	return fdrop_ring_put(&pair->module, &packet, &(struct fdrop_shown){ .time = time });
}

/* How many such records there is room for, or one more than could be; one is lost. */
static inline u32 fill(struct ring_pair *pair, u32 length)
{
	u32 n = 0;

	while (n <= (pair->module.mask + 1) / RECORD && put_length(pair, length, n))
		n++;
	return n;
}

/* Reads all that there is, and gives it back. */
static inline u32 drain(struct ring_pair *pair)
{
	u32 n = 0;

	ring_take(&pair->reader);
	while (ring_next(&pair->reader))
		n++;
	ring_release(&pair->reader);
	return n;
}

/* Where a reader could not be, by where the producer is; and anything at all. */
static inline u64 nonsense(const struct fdrop_ring *ring, u32 kind, u64 random)
{
	const u64 size = ring->mask + 1, head = ring->head;

	switch (kind) {
	case 0: return ~0ULL;
	case 1: return head + 1;
	case 2: return head + 8;
	case 3: return head + 2 * size;
	case 4: return head + (1ULL << 40);
	case 5: return head - size - 1;
	case 6: return head - size - 8;
	case 7: return head - (1ULL << 40);
	case 8: return head + (1ULL << 63);
	case 9: return 0;
	default: return random;
	}
}

#define NONSENSES	11

static inline u64 random_position(u64 *x)
{
	*x = *x * 6364136223846793005ULL + 1442695040888963407ULL;
	return *x >> (*x & 31) ^ *x << 32;
}

/* A reader that has come to its senses begins anew at what is there now. */
static inline void come_to_senses(struct ring_pair *pair)
{
	pair->reader.position = ring_load_acquire(&pair->reader.producer->position);
	ring_store_release(&pair->reader.consumer->position, pair->reader.position);
}

static inline bool is_unharmed(struct ring_pair *pair, u32 length)
{
	u64 begin;

	come_to_senses(pair);
	begin = pair->module.head;
	return fill(pair, length) == pair->module.limit / length &&
	       pair->module.head == begin + pair->module.limit / length * length &&
	       pair->reader.producer->position == pair->module.head &&
	       drain(pair) == pair->module.limit / length;
}

#endif /* FASTDROP_TESTS_RING_PAIR_H */
