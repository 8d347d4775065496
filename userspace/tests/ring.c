// SPDX-License-Identifier: GPL-2.0
/*
 * The ring: the module's producer against libfastdrop's consumer, over this program's
 * memory. One thread does both: ring_race.c has two.
 */
#define _GNU_SOURCE	/* memfd_create() */
#include "kselftest_harness.h"

#include "packet.h"
#include "ring_pair.h"

#define SECOND	1000000000ULL

static const struct fastdrop_record *next(struct ring_pair *pair)
{
	return ring_take(&pair->reader) ? ring_next(&pair->reader) : NULL;
}

FIXTURE(ring) {
	struct ring_pair pair;
};

FIXTURE_SETUP(ring)
{
	ring_pair_open(&self->pair, &(struct fastdrop_setup){
		.ring_bytes = PAGE,
		.snap_length = PAGE / 4,
		.ports = 1,
	});
}

FIXTURE_TEARDOWN(ring)
{
	ring_pair_close(&self->pair);
}

TEST_F(ring, there_is_nothing_at_first)
{
	EXPECT_FALSE(ring_take(&self->pair.reader));
	EXPECT_EQ(NULL, ring_next(&self->pair.reader));
	ring_release(&self->pair.reader);
	EXPECT_EQ(0, self->pair.reader.consumer->position);
}

static const struct fdrop_shown some = {
	.time = 1700000000123456789ULL,
	.ifindex = 2,
	.rule = 5,
	.cpu = 3,
	.verdict = FASTDROP_VERDICT_DIVERT,
};

TEST_F(ring, a_record_says_what_the_packet_was)
{
	const struct fdrop_packet packet = {
		.data = bytes, .linear = 61, .len = 61, .packets = 1, .queue = 9,
		.ethertype = htons(ETH_P_IPV6),
	};
	const struct fastdrop_record *record;

	ASSERT_TRUE(fdrop_ring_put(&self->pair.module, &packet, &some));
	record = next(&self->pair);
	ASSERT_NE(NULL, record);
	EXPECT_EQ(120, record->length);
	EXPECT_EQ(FASTDROP_RECORD_PACKET, record->type);
	EXPECT_EQ(FASTDROP_VERDICT_DIVERT, record->verdict);
	EXPECT_EQ(3, record->cpu);
	EXPECT_EQ(1700000000123456789ULL, record->time);
	EXPECT_EQ(0, record->lost);
	EXPECT_EQ(2, record->ifindex);
	EXPECT_EQ(5, record->rule);
	EXPECT_EQ(9, record->queue);
	EXPECT_EQ(61, record->wire_length);
	EXPECT_EQ(61, record->captured);
	EXPECT_EQ(0, record->network);
	EXPECT_EQ(htons(ETH_P_IPV6), record->protocol);
	EXPECT_EQ(1, record->packets);
	EXPECT_EQ(0, record->flags);
	EXPECT_EQ(0, memcmp(ring_bytes(record), bytes, 61));
	EXPECT_EQ(NULL, next(&self->pair));
}

TEST_F(ring, the_link_header_comes_first)
{
	const struct fdrop_packet packet = {
		.data = bytes + ETH_HLEN, .linear = 40, .len = 40, .link = ETH_HLEN,
	};
	const struct fastdrop_record *record;

	ASSERT_TRUE(fdrop_ring_put(&self->pair.module, &packet, &some));
	record = next(&self->pair);
	EXPECT_EQ(ETH_HLEN, record->network);
	EXPECT_EQ(ETH_HLEN + 40, record->wire_length);
	EXPECT_EQ(ETH_HLEN + 40, record->captured);
	EXPECT_EQ(0, memcmp(ring_bytes(record), bytes, ETH_HLEN + 40));
}

TEST_F(ring, a_tag_is_beside_the_bytes)
{
	struct fdrop_packet packet = { .data = bytes, .linear = 40, .len = 40, .vlan = htons(1),
				       .vlan_tci = 0xe123, .vlan_proto = htons(ETH_P_8021AD) };
	const struct fastdrop_record *record;

	ASSERT_TRUE(fdrop_ring_put(&self->pair.module, &packet, &some));
	packet.vlan = 0;
	ASSERT_TRUE(fdrop_ring_put(&self->pair.module, &packet, &some));
	record = next(&self->pair);
	EXPECT_EQ(FASTDROP_RECORD_VLAN, record->flags);
	EXPECT_EQ(0xe123, record->vlan);
	EXPECT_EQ(htons(ETH_P_8021AD), record->vlan_protocol);
	EXPECT_EQ(40, record->wire_length);
	record = next(&self->pair);
	EXPECT_EQ(0, record->flags);
	EXPECT_EQ(0, record->vlan);
	EXPECT_EQ(0, record->vlan_protocol);
}

TEST_F(ring, an_aggregate_says_how_many)
{
	const u32 packets[] = { 1, 44, 65534, 65535, 65536, 1 << 20 };
	struct fdrop_packet packet = { .data = bytes, .linear = 40, .len = 40 };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(packets); i++) {
		packet.packets = packets[i];
		ASSERT_TRUE(fdrop_ring_put(&self->pair.module, &packet, &some));
		EXPECT_EQ(i < 4 ? packets[i] : 65535, next(&self->pair)->packets);
	}
}

TEST_F(ring, no_more_than_snap_is_kept)
{
	const u32 snap = self->pair.module.snap;
	const struct fastdrop_record *record;
	struct fdrop_packet packet = { .data = bytes + ETH_HLEN, .link = ETH_HLEN };
	u32 wire;

	for (wire = snap - 9; wire < snap + 9; wire++) {
		packet.len = wire - ETH_HLEN;
		packet.linear = packet.len;
		ASSERT_TRUE(fdrop_ring_put(&self->pair.module, &packet, &some));
		record = next(&self->pair);
		EXPECT_EQ(wire, record->wire_length);
		EXPECT_EQ(wire < snap ? wire : snap, record->captured);
		EXPECT_EQ((RECORD + record->captured + 7) / 8 * 8, record->length);
		EXPECT_EQ(0, memcmp(ring_bytes(record), bytes, record->captured));
		ring_release(&self->pair.reader);
	}
}

TEST_F(ring, a_packet_in_pieces_is_made_whole)
{
	const u32 length = 100, snaps[] = { 60, 100, 200 };
	const struct fastdrop_record *record;
	struct test_packet t;
	u32 linear, i, kept;

	for (linear = 0; linear <= length; linear++) {
		test_packet_set(&t, bytes, length, linear, ETH_P_IP);
		for (i = 0; i < ARRAY_SIZE(snaps); i++) {
			self->pair.module.snap = snaps[i];
			kept = snaps[i] < length ? snaps[i] : length;
			t.reads = 0;
			ASSERT_TRUE(fdrop_ring_put(&self->pair.module, &t.packet, &some));
			record = next(&self->pair);
			EXPECT_EQ(kept > linear, t.reads);
			EXPECT_EQ(kept, record->captured);
			EXPECT_EQ(0, memcmp(ring_bytes(record), bytes, kept));
			ring_release(&self->pair.reader);
		}
		test_packet_free(&t);
	}
}

/* Nor may it be what another packet has left there. */
TEST_F(ring, what_cannot_be_read_is_zero)
{
	static const u8 zeros[100];
	const struct fastdrop_record *record;
	struct test_packet t;
	u32 linear;

	for (linear = 0; linear < sizeof(zeros); linear++) {
		fill(&self->pair, 64);
		drain(&self->pair);
		test_packet_set(&t, bytes, sizeof(zeros), linear, ETH_P_IP);
		t.packet.ops = &fails;
		ASSERT_TRUE(fdrop_ring_put(&self->pair.module, &t.packet, &some));
		record = next(&self->pair);
		EXPECT_EQ(sizeof(zeros), record->captured);
		EXPECT_EQ(0, memcmp(ring_bytes(record), bytes, linear));
		EXPECT_EQ(0, memcmp(ring_bytes(record) + linear, zeros, sizeof(zeros) - linear));
		test_packet_free(&t);
		drain(&self->pair);
	}
}

/* 4096 bytes without an end record are five times 808, wherever the first one begins. */
TEST_F(ring, it_is_filled_to_the_last_byte)
{
	const u32 length = (PAGE - RECORD) / 5;
	struct ring_pair *pair = &self->pair;
	u32 round;

	ASSERT_EQ(0, (PAGE - RECORD) % 5);
	for (round = 0; round < 2 * PAGE / 8; round++) {
		ASSERT_EQ(5, fill(pair, length));
		EXPECT_EQ(pair->reader.consumer->position + pair->module.limit, pair->module.head);
		EXPECT_FALSE(put_length(pair, RECORD, 0));
		ASSERT_TRUE(ring_take(&pair->reader));
		EXPECT_EQ(round ? 2 : 0, ring_next(&pair->reader)->lost);
		ASSERT_EQ(4, drain(pair));
	}
}

#define ENDS	3

/* The ends of the devices 1 to ENDS, behind the packets. */
static bool are_ends(struct ring *reader, const struct fastdrop_record *record)
{
	u32 i;

	for (i = 1; i <= ENDS; i++, record = ring_next(reader))
		if (!record || record->type != FASTDROP_RECORD_END || record->length != RECORD ||
		    record->ifindex != i || record->time != some.time || record->captured ||
		    record->lost != (i == 1 ? 2 : 0))
			return false;
	return !record;
}

TEST(an_end_fits_when_no_packet_does)
{
	const struct fastdrop_setup setup = { .ring_bytes = PAGE, .snap_length = 128,
					      .ports = ENDS };
	const struct fastdrop_record *record;
	struct fdrop_shown shown = some;
	struct ring_pair pair;
	u32 round;

	ring_pair_open(&pair, &setup);
	for (round = 0; round < PAGE / 8; round++) {
		fill(&pair, RECORD + 8 * (round % 3));
		fill(&pair, RECORD);
		for (shown.ifindex = 1; shown.ifindex <= ENDS; shown.ifindex++)
			fdrop_ring_end(&pair.module, &shown);
		ring_take(&pair.reader);
		while ((record = ring_next(&pair.reader)) && record->type == FASTDROP_RECORD_PACKET)
			;
		ASSERT_TRUE(are_ends(&pair.reader, record));
		ring_release(&pair.reader);
	}
	ring_pair_close(&pair);
}

TEST_F(ring, an_end_too_many_is_lost)
{
	struct ring_pair *pair = &self->pair;
	u64 written;

	fill(pair, (PAGE - RECORD) / 5);
	fdrop_ring_end(&pair->module, &some);
	written = pair->module.producer->records;
	EXPECT_EQ(PAGE, pair->module.head);
	fdrop_ring_end(&pair->module, &some);
	EXPECT_EQ(PAGE, pair->module.head);
	EXPECT_EQ(written, pair->module.producer->records);
	EXPECT_EQ(2, pair->module.producer->lost);
}

TEST_F(ring, reading_gives_no_room_and_releasing_what_was_read)
{
	const u32 length = (PAGE - RECORD) / 5;
	struct ring_pair *pair = &self->pair;

	ASSERT_EQ(5, fill(pair, length));
	ASSERT_TRUE(ring_take(&pair->reader));
	ring_next(&pair->reader);
	ring_next(&pair->reader);
	EXPECT_EQ(0, fill(pair, length));
	ring_release(&pair->reader);
	EXPECT_EQ(2, fill(pair, length));
	EXPECT_EQ(5, drain(pair));
	EXPECT_EQ(5, fill(pair, length));
}

TEST_F(ring, a_batch_is_what_there_was)
{
	struct ring_pair *pair = &self->pair;

	put_length(pair, 64, 1);
	ASSERT_TRUE(ring_take(&pair->reader));
	put_length(pair, 64, 2);
	EXPECT_EQ(1, ring_next(&pair->reader)->time);
	EXPECT_EQ(NULL, ring_next(&pair->reader));
	EXPECT_EQ(2, next(pair)->time);
}

TEST_F(ring, a_sleeper_is_woken_once_at_the_watermark)
{
	struct ring_pair *pair = &self->pair;

	pair->module.watermark = 300;
	pair->module.wake_at = 300;
	pair->sleeping = true;
	put_length(pair, 96, 0);
	put_length(pair, 200, 0);
	EXPECT_EQ(0, pair->wakes);	/* 296 */
	put_length(pair, 64, 0);
	EXPECT_EQ(1, pair->wakes);
	EXPECT_FALSE(pair->sleeping);
	fill(pair, 64);
	EXPECT_EQ(1, pair->wakes);

	/* Of what was read nobody is told: 300 bytes more it takes. */
	drain(pair);
	pair->sleeping = true;
	put_length(pair, 104, 0);
	put_length(pair, 192, 0);
	EXPECT_EQ(1, pair->wakes);
	put_length(pair, 64, 0);
	EXPECT_EQ(2, pair->wakes);

	/* Who sleeps though there is enough is told so by the next one. */
	pair->sleeping = true;
	put_length(pair, 64, 0);
	EXPECT_EQ(3, pair->wakes);
}

TEST_F(ring, exactly_the_watermark_is_enough)
{
	struct ring_pair *pair = &self->pair;
	u32 round;

	pair->module.watermark = 304;
	pair->module.wake_at = 304;
	for (round = 0; round < 2 * PAGE / 8; round++) {
		pair->sleeping = true;
		put_length(pair, 104, 0);
		put_length(pair, 120, 0);
		EXPECT_EQ(round, pair->wakes);
		put_length(pair, 80, 0);
		EXPECT_EQ(round + 1, pair->wakes);
		ASSERT_EQ(3, drain(pair));
	}
}

TEST_F(ring, nobody_is_woken_who_does_not_sleep)
{
	u32 round;

	for (round = 0; round < 100; round++) {
		fill(&self->pair, 64);
		fdrop_ring_end(&self->pair.module, &some);
		drain(&self->pair);
	}
	EXPECT_EQ(0, self->pair.wakes);
}

/* Where no reader could be, none is: nothing is written over that was not read. */
TEST_F(ring, nonsense_gives_no_room)
{
	struct ring_pair *pair = &self->pair;
	u64 x = 1, honest, position, head;
	u32 round, unread;

	for (round = 0; round < 50 * NONSENSES; round++) {
		unread = fill(pair, 64 + 8 * (round % 9)) + fill(pair, RECORD);
		honest = pair->reader.consumer->position;
		head = pair->module.head;
		position = nonsense(&pair->module, round % NONSENSES, random_position(&x));
		if (head - position > PAGE) {
			pair->reader.consumer->position = position;
			fill(pair, 64);
			fdrop_ring_end(&pair->module, &some);
			pair->reader.consumer->position = honest;
		}
		ASSERT_EQ(head, pair->module.head);
		ASSERT_EQ(head, pair->reader.producer->position);
		ASSERT_EQ(unread, drain(pair));
		ASSERT_TRUE(is_unharmed(pair, 64));
	}
}

/* Before the first byte there is no place either, though it is less than a ring away. */
TEST(nobody_reads_before_the_beginning)
{
	const struct fastdrop_setup setup = { .ring_bytes = PAGE, .snap_length = 128,
					      .ports = ENDS, .watermark = 1 };
	struct ring_pair pair;
	u32 unread;

	ring_pair_open(&pair, &setup);
	pair.reader.consumer->position = 64ULL - PAGE;
	pair.sleeping = true;
	unread = put_length(&pair, 64, 0);	/* looks where the reader is, to wake it */
	unread += fill(&pair, 64);
	EXPECT_EQ(pair.module.limit / 64, unread);
	pair.reader.consumer->position = 0;
	EXPECT_EQ(unread, drain(&pair));
	EXPECT_TRUE(is_unharmed(&pair, 64));
	ring_pair_close(&pair);
}

/* Whatever it says, and however full the ring is. */
TEST_F(ring, nonsense_leads_nowhere)
{
	struct ring_pair *pair = &self->pair;
	u64 x = 2, head, lost, written, due;
	u32 round, i;

	for (round = 0; round < 50 * NONSENSES; round++) {
		head = pair->module.head;
		written = pair->module.producer->records;
		lost = pair->module.producer->lost;
		due = 2 * PAGE / 64;
		pair->sleeping = round & 1;
		for (i = 0; i < due; i++) {
			if (i % 16 == round % 16)
				pair->reader.consumer->position =
					nonsense(&pair->module, round % NONSENSES,
						 random_position(&x));
			head += put_length(pair, 64, 0) ? 64 : 0;
			ASSERT_EQ(head, pair->module.head);
		}
		EXPECT_EQ(head, pair->reader.producer->position);
		EXPECT_EQ(due, pair->module.producer->records - written +
			       pair->module.producer->lost - lost);
		ASSERT_TRUE(is_unharmed(pair, 64));
	}
}

#define RINGS	3

/* All rings of a reader. */
FIXTURE(rings) {
	struct ring_pair pair[RINGS];
	struct ring ring[RINGS];
	struct ring_reader reader;
	u64 now;
};

FIXTURE_SETUP(rings)
{
	struct timespec now;
	u32 i;

	for (i = 0; i < RINGS; i++) {
		ring_pair_open(&self->pair[i], &(struct fastdrop_setup){
			.ring_bytes = PAGE,
			.snap_length = 64,
			.ports = 1,
		});
		self->ring[i] = self->pair[i].reader;
	}
	self->reader = (struct ring_reader){ .setup.rings = RINGS, .ring = self->ring };
	clock_gettime(CLOCK_REALTIME, &now);
	self->now = now.tv_sec * SECOND + now.tv_nsec;
}

FIXTURE_TEARDOWN(rings)
{
	u32 i;

	for (i = 0; i < RINGS; i++)
		ring_pair_close(&self->pair[i]);
}

TEST_F(rings, merged_by_time)
{
	static const u32 turns[] = { 0, 0, 2, 1, 2, 2, 0, 1, 1, 1, 2, 0 };
	const struct fastdrop_record *record;
	u64 time = self->now - SECOND;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(turns); i++)
		ASSERT_TRUE(put_length(&self->pair[turns[i]], 64 + 8 * turns[i], time + i));
	ring_take_all(&self->reader);
	for (i = 0; i < ARRAY_SIZE(turns); i++) {
		record = ring_next_of_all(&self->reader);
		ASSERT_NE(NULL, record);
		EXPECT_EQ(time + i, record->time);
		EXPECT_EQ(64 + 8 * turns[i], record->length);
	}
	EXPECT_EQ(NULL, ring_next_of_all(&self->reader));
	ring_release_all(&self->reader);
	for (i = 0; i < RINGS; i++)
		EXPECT_EQ(self->pair[i].module.head, self->ring[i].consumer->position);
}

#define BATCH	25

/* Which head is the oldest, of equal times and of times that fall, in batches. */
TEST_F(rings, merged_whatever_their_turns_are)
{
	u64 times[RINGS][BATCH], least, x = 1;
	const struct fastdrop_record *record;
	u32 at[RINGS], ring, i, batch;

	for (batch = 0; batch < 8; batch++) {
		for (i = 0; i < RINGS * BATCH; i++) {
			random_position(&x);
			times[i % RINGS][i / RINGS] = self->now - SECOND + (x >> 60);
			put_length(&self->pair[i % RINGS], 64 + 8 * (i % RINGS),
				   times[i % RINGS][i / RINGS]);
		}
		memset(at, 0, sizeof(at));
		ring_take_all(&self->reader);
		while ((record = ring_next_of_all(&self->reader))) {
			for (least = ~0ULL, ring = 0; ring < RINGS; ring++)
				if (at[ring] < BATCH && times[ring][at[ring]] < least)
					least = times[ring][at[ring]];
			ring = (record->length - 64) / 8;
			EXPECT_EQ(least, record->time);
			EXPECT_EQ(times[ring][at[ring]++], record->time);
		}
		for (ring = 0; ring < RINGS; ring++)
			EXPECT_EQ(BATCH, at[ring]);
		ring_release_all(&self->reader);
	}
}

TEST_F(rings, what_comes_after_the_look_waits_for_the_next)
{
	const u64 soon = self->now + SECOND / 20;
	const struct fastdrop_record *record;

	put_length(&self->pair[1], 64, self->now - 2);
	put_length(&self->pair[1], 64, soon);
	put_length(&self->pair[2], 64, soon + 1);
	ring_take_all(&self->reader);
	put_length(&self->pair[0], 64, self->now - 1);
	record = ring_next_of_all(&self->reader);
	ASSERT_NE(NULL, record);
	EXPECT_EQ(self->now - 2, record->time);
	EXPECT_EQ(NULL, ring_next_of_all(&self->reader));
	ring_release_all(&self->reader);
	EXPECT_EQ(64, self->ring[1].consumer->position);
	EXPECT_EQ(0, self->ring[2].consumer->position);

	usleep(100000);
	ring_take_all(&self->reader);
	EXPECT_EQ(self->now - 1, ring_next_of_all(&self->reader)->time);
	EXPECT_EQ(soon, ring_next_of_all(&self->reader)->time);
	EXPECT_EQ(soon + 1, ring_next_of_all(&self->reader)->time);
	EXPECT_EQ(NULL, ring_next_of_all(&self->reader));
}

TEST_F(rings, a_clock_that_was_set_back_keeps_nothing_waiting)
{
	put_length(&self->pair[0], 64, self->now + 100 * SECOND);
	put_length(&self->pair[1], 64, self->now + 50 * SECOND);
	ring_take_all(&self->reader);
	EXPECT_EQ(self->now + 50 * SECOND, ring_next_of_all(&self->reader)->time);
	EXPECT_EQ(self->now + 100 * SECOND, ring_next_of_all(&self->reader)->time);
	EXPECT_EQ(NULL, ring_next_of_all(&self->reader));
}

TEST_F(rings, counted_together)
{
	u32 i, written = 0;

	for (i = 0; i < RINGS; i++)
		written += fill(&self->pair[i], 64 + 8 * i);
	EXPECT_EQ(written, ring_written(&self->reader));
	EXPECT_EQ(RINGS, ring_lost(&self->reader));
}

TEST_HARNESS_MAIN
