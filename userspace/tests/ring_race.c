// SPDX-License-Identifier: GPL-2.0
/* The ring with both sides at work at the same time: above all for TSan. */
#define _GNU_SOURCE	/* memfd_create() */
#include "kselftest_harness.h"

#include <pthread.h>
#include <sched.h>

#include "record.h"
#include "ring_pair.h"

/*
 * Packets by their number, from which all that they are follows: the reader knows by
 * the time, which is the number, what it should have found.
 */
#define LARGEST	4000	/* bytes from the network header on */

static int read_rest(const struct fdrop_packet *packet, u32 offset, void *to, u32 n)
{
	memcpy(to, packet->data + offset, n);
	return 0;
}

static const struct fdrop_packet_ops reads = { .read = read_rest };

static struct fdrop_packet packet_of(u64 i, u32 largest)
{
	const u32 link = i & 1 ? ETH_HLEN : 0, mixed = i * 2654435761U >> 9;
	const u32 len = 1 + mixed % largest;
	const bool vlan = i % 4 == 2;

	return (struct fdrop_packet){
		.data = bytes + i % 251 + link,
		.ops = i % 5 ? &reads : &fails,
		.linear = i % 3 ? len : mixed / 7 % (len + 1),
		.packets = i % 7 ? 1 : i,
		.len = len,
		.queue = i % 64,
		.ethertype = htons(i & 8 ? ETH_P_IP : ETH_P_IPV6),
		.vlan = htons(vlan),
		.vlan_tci = i,
		.vlan_proto = htons(ETH_P_8021Q),
		.link = link,
	};
}

static struct fdrop_shown shown_of(u64 i)
{
	return (struct fdrop_shown){
		.time = i,
		.ifindex = 2 + i % 3,
		.rule = i * 3,
		.cpu = i % 5,
		.verdict = i % 6,
	};
}

/* What the reader is to find of a packet that has all its tags and counts in range. */
static void record_of(struct test_record *to, const struct fdrop_packet *packet,
		      const struct fdrop_shown *shown, u32 snap)
{
	const u32 wire = packet->link + packet->len, linear = packet->link + packet->linear;
	const u32 captured = wire < snap ? wire : snap;

	to->record = (struct fastdrop_record){
		.length = (RECORD + captured + 7) / 8 * 8,
		.type = FASTDROP_RECORD_PACKET,
		.verdict = shown->verdict,
		.cpu = shown->cpu,
		.time = shown->time,
		.ifindex = shown->ifindex,
		.rule = shown->rule,
		.queue = packet->queue,
		.wire_length = wire,
		.captured = captured,
		.network = packet->link,
		.protocol = packet->ethertype,
		.packets = packet->packets > 65535 ? 65535 : packet->packets,
		.flags = packet->vlan ? FASTDROP_RECORD_VLAN : 0,
		.vlan = packet->vlan ? packet->vlan_tci : 0,
		.vlan_protocol = packet->vlan ? packet->vlan_proto : 0,
	};
	memcpy(to->bytes, packet->data - packet->link, captured);
	if (captured > linear && packet->ops == &fails)
		memset(to->bytes + linear, 0, captured - linear);
}

static bool is_record(const struct fastdrop_record *record, const struct test_record *expected)
{
	return !memcmp(record, &expected->record, RECORD + expected->record.captured);
}

/* Whether it is the packet number @i, whole, with @lost before it. */
static bool is_packet(const struct fastdrop_record *record, u64 i, u64 lost, u32 largest, u32 snap)
{
	const struct fdrop_packet packet = packet_of(i, largest);
	const struct fdrop_shown shown = shown_of(i);
	struct test_record expected;

	record_of(&expected, &packet, &shown, snap);
	expected.record.lost = lost;
	return is_record(record, &expected);
}

static bool put_number(struct ring_pair *pair, u64 i, u32 largest)
{
	const struct fdrop_packet packet = packet_of(i, largest);
	const struct fdrop_shown shown = shown_of(i);

	return fdrop_ring_put(&pair->module, &packet, &shown);
}

/* A reader's habits. */
struct habit {
	const char *name;
	bool waited_for;	/* the producer is patient: nothing is to be lost */
	bool rushed;		/* it leaves no time when something is lost */
	u32 at_once;		/* records of a batch, at most */
	u32 hold;		/* batches that are released together */
	u32 rest_us;		/* after each batch */
	u32 stops_at;		/* so many records; goes on when all is written */
};

/* A producer and a consumer at work at the same time. */
struct flow {
	struct ring_pair pair;
	const struct habit *habit;
	u64 due;
	u32 largest;
	bool done;		/* the producer is */
	u64 read;		/* by the consumer, and so on */
	u64 lost;
	u64 sleeps;
	u64 expected;		/* the next packet's number, unless some are lost */
	bool wrong;
};

/* Relaxed: if it ordered anything, it would hide that the ring does not. */
static void wait_for_room(const struct flow *f)
{
	const struct fdrop_ring *ring = &f->pair.module;

	while (ring->head - READ_ONCE(ring->consumer->position) > ring->limit / 2)
		sched_yield();
}

static void *produce(void *arg)
{
	struct flow *f = arg;
	u64 i;

	for (i = 0; i < f->due; i++) {
		if (f->habit->waited_for)
			wait_for_room(f);
		if (!put_number(&f->pair, i, f->largest) && !f->habit->rushed)
			sched_yield();
	}
	ring_store_release(&f->done, true);
	return NULL;
}

static void check(struct flow *f, const struct fastdrop_record *record)
{
	const u64 i = f->expected + record->lost;

	if (!f->wrong && (record->time != i || !is_packet(record, i, record->lost, f->largest,
							  f->pair.module.snap))) {
		printf("# the packet %llu is not as it should be, or not %llu\n", record->time, i);
		f->wrong = true;
	}
	f->read++;
	f->lost += record->lost;
	f->expected = i + 1;
}

static bool read_batch(struct flow *f, u32 batch)
{
	const struct fastdrop_record *record;
	bool any = ring_take(&f->pair.reader);
	u32 n;

	for (n = 0; n < f->habit->at_once && (record = ring_next(&f->pair.reader)); n++)
		check(f, record);
	if (!any || batch % f->habit->hold == 0)
		ring_release(&f->pair.reader);
	return any;
}

static void rest(struct flow *f)
{
	if (!READ_ONCE(f->pair.sleeping)) {
		f->sleeps++;
		WRITE_ONCE(f->pair.sleeping, true);
	}
	sched_yield();
}

/* Done means that all is there, if it was asked before. */
static void *consume(void *arg)
{
	struct flow *f = arg;
	bool done, any;
	u32 batch = 0;

	do {
		done = __atomic_load_n(&f->done, __ATOMIC_RELAXED);
		any = (done || f->read < f->habit->stops_at) && read_batch(f, batch++);
		if (f->habit->rest_us && !done)
			usleep(f->habit->rest_us);
		if (!any && !done)
			rest(f);
	} while (any || !done);
	return NULL;
}

/* Once they are at rest. */
static bool adds_up(struct flow *f)
{
	const struct ring_reader reader = { .setup.rings = 1, .ring = &f->pair.reader };
	const u64 written = ring_written(&reader), lost = ring_lost(&reader);

	printf("# %s: %llu bytes, snap %u, packets of %u: %llu of %llu\n", f->habit->name,
	       f->pair.module.mask + 1, f->pair.module.snap, f->largest, f->read, f->due);
	return !f->wrong && written + lost == f->due && f->read == written &&
	       f->lost + f->pair.module.lost == lost && f->pair.wakes <= f->sleeps &&
	       !(f->habit->waited_for && lost);
}

static bool run(const struct habit *habit, const struct fastdrop_setup *setup, u32 largest,
		u64 due)
{
	struct flow f = { .habit = habit, .due = due, .largest = largest };
	pthread_t producer, consumer;
	bool ok;

	ring_pair_open(&f.pair, setup);
	if (pthread_create(&consumer, NULL, consume, &f) ||
	    pthread_create(&producer, NULL, produce, &f))
		abort();
	pthread_join(producer, NULL);
	pthread_join(consumer, NULL);
	ok = adds_up(&f);
	ring_pair_close(&f.pair);
	return ok;
}

static const struct habit eager = { "eager", .at_once = ~0U, .hold = 1, .stops_at = ~0U };

static const struct habit habits[] = {
	{ "slow", .at_once = 9, .hold = 1, .rest_us = 100, .stops_at = ~0U },
	{ "late", .at_once = 5, .hold = 9, .stops_at = ~0U },
	{ "stops", .at_once = 100, .hold = 1, .stops_at = 300 },
};

static const struct fastdrop_setup setups[] = {
	{ .ring_bytes = PAGE, .snap_length = 64, .ports = 1 },
	{ .ring_bytes = PAGE, .snap_length = PAGE / 4, .ports = 16 },
	{ .ring_bytes = 8 * PAGE, .snap_length = 1, .ports = 64, .watermark = 1 },
	{ .ring_bytes = 16 * PAGE, .snap_length = 128, .ports = 1, .watermark = 16 * PAGE },
	{ .ring_bytes = 256 * PAGE, .snap_length = 2 * PAGE, .ports = 3 },
};

/* Into a record, and so that not all of them are as long. */
static const u32 largest_of[] = { 16, 200, LARGEST };

TEST(all_arrives_whole_in_order_and_once)
{
	static const struct habit patient = { "patient", .waited_for = true, .at_once = ~0U,
					      .hold = 1, .stops_at = ~0U };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(setups); i++)
		EXPECT_TRUE(run(&patient, &setups[i], 200,
				setups[i].ring_bytes == PAGE ? 10000 : 100000));
}

TEST(written_and_lost_are_what_was_due)
{
	u32 i, j, k;

	for (i = 0; i < ARRAY_SIZE(setups); i++)
		for (j = 0; j < ARRAY_SIZE(largest_of); j++) {
			EXPECT_TRUE(run(&eager, &setups[i], largest_of[j], 5000));
			for (k = 0; k < ARRAY_SIZE(habits); k++)
				EXPECT_TRUE(run(&habits[k], &setups[i], largest_of[j], 1000));
		}
}

static void *tell_nonsense(void *arg)
{
	struct flow *f = arg;
	struct fdrop_ring at = { .mask = f->pair.module.mask };
	u64 x = 3, i;

	for (i = 0; !__atomic_load_n(&f->done, __ATOMIC_RELAXED); i++) {
		at.head = ring_load_acquire(&f->pair.reader.producer->position);
		ring_store_release(&f->pair.reader.consumer->position,
				   i % 13 ? nonsense(&at, i % NONSENSES, random_position(&x)) :
					    at.head - i % PAGE);
		if (i % 128 == 0)
			sched_yield();
	}
	return NULL;
}

TEST(nonsense_may_come_at_any_moment)
{
	static const struct habit rushed = { "rushed", .rushed = true };
	struct flow f = { .habit = &rushed, .due = 2000000, .largest = 300 };
	pthread_t producer, other;

	ring_pair_open(&f.pair, &setups[1]);
	ASSERT_EQ(0, pthread_create(&other, NULL, tell_nonsense, &f));
	ASSERT_EQ(0, pthread_create(&producer, NULL, produce, &f));
	pthread_join(producer, NULL);
	pthread_join(other, NULL);
	EXPECT_EQ(f.due, f.pair.module.producer->records + f.pair.module.producer->lost);
	EXPECT_EQ(f.pair.module.head, f.pair.module.producer->position);
	EXPECT_LT(0, f.pair.module.producer->records);
	EXPECT_GE(f.due * (RECORD + 300 + ETH_HLEN + 8), f.pair.module.head);
	EXPECT_TRUE(is_unharmed(&f.pair, 64));
	EXPECT_TRUE(is_unharmed(&f.pair, 64));
	ring_pair_close(&f.pair);
}

TEST_HARNESS_MAIN
