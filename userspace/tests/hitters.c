// SPDX-License-Identifier: GPL-2.0
/* The most frequent keys: whatever comes, the bounds hold against an exact count. */
#include "kselftest_harness.h"

#include "hitters.h"

#define COUNTERS	16
#define KEYS		512

/* A stream of keys 0 to KEYS - 1, counted exactly too. */
struct stream {
	struct hitters *hitters;
	double exact[KEYS];
	double total;
};

static struct stream begin(void)
{
	return (struct stream){ .hitters = hitters_new(sizeof(u32), COUNTERS) };
}

static void end(struct stream *s)
{
	hitters_free(s->hitters);
}

static void add(struct stream *s, u32 key, u32 packets)
{
	hitters_add(s->hitters, &key, packets);
	s->exact[key] += packets;
	s->total += packets;
}

static void decay(struct stream *s)
{
	u32 i;

	hitters_decay(s->hitters);
	for (i = 0; i < KEYS; i++)
		s->exact[i] /= 2;
	s->total /= 2;
}

static u32 key_of(const struct hitter *hitter)
{
	u32 key;

	memcpy(&key, hitter->key, sizeof(key));
	return key;
}

static const struct hitter *find(const struct hitter *top, u32 n, u32 key)
{
	u32 i;

	for (i = 0; i < n; i++)
		if (key_of(&top[i]) == key)
			return &top[i];
	return NULL;
}

static bool is_true(const struct stream *s, const struct hitter *h)
{
	double exact = s->exact[key_of(h)];

	return h->packets >= exact && h->packets - h->error <= exact &&
	       h->error <= s->total / COUNTERS + 1;
}

/* All that the algorithm promises, or the key of which it is not so. */
static bool holds(const struct stream *s)
{
	struct hitter top[COUNTERS];
	u32 n = hitters_top(s->hitters, top, COUNTERS), i;

	for (i = 0; i < n; i++)
		if (!is_true(s, &top[i]) || (i && top[i - 1].packets < top[i].packets)) {
			printf("# key %u: %llu - %llu, really %f\n", key_of(&top[i]),
			       top[i].packets, top[i].error, s->exact[key_of(&top[i])]);
			return false;
		}
	for (i = 0; i < KEYS; i++)
		if (s->exact[i] >= 1 && s->exact[i] > s->total / COUNTERS && !find(top, n, i)) {
			printf("# key %u with %f of %f is missing\n", i, s->exact[i], s->total);
			return false;
		}
	return true;
}

/* The same on every run. */
static u32 number(u32 *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 8;
}

TEST(nothing_was_counted)
{
	struct stream s = begin();
	struct hitter top[1];

	EXPECT_EQ(0, hitters_total(s.hitters));
	EXPECT_EQ(0, hitters_top(s.hitters, top, 1));
	add(&s, 1, 0);
	EXPECT_EQ(0, hitters_top(s.hitters, top, 1));
	hitters_decay(s.hitters);
	EXPECT_EQ(0, hitters_total(s.hitters));
	end(&s);
}

TEST(as_many_keys_as_counters_are_exact)
{
	struct stream s = begin();
	struct hitter top[COUNTERS + 1];
	u32 i;

	for (i = 0; i < COUNTERS; i++)
		add(&s, i, i + 1);
	for (i = 0; i < COUNTERS; i++)
		add(&s, COUNTERS - 1 - i, 100);
	ASSERT_EQ(COUNTERS, hitters_top(s.hitters, top, COUNTERS + 1));
	for (i = 0; i < COUNTERS; i++) {
		EXPECT_EQ(COUNTERS - 1 - i, key_of(&top[i]));
		EXPECT_EQ(100 + COUNTERS - i, top[i].packets);
		EXPECT_EQ(0, top[i].error);
	}
	EXPECT_EQ(COUNTERS * 100 + COUNTERS * (COUNTERS + 1) / 2, hitters_total(s.hitters));
	end(&s);
}

TEST(a_new_key_takes_the_least_counter_over)
{
	struct hitters *h = hitters_new(1, 2);
	struct hitter top[3];

	hitters_add(h, "a", 5);
	hitters_add(h, "b", 3);
	hitters_add(h, "c", 1);
	ASSERT_EQ(2, hitters_top(h, top, 3));
	EXPECT_EQ('a', top[0].key[0]);
	EXPECT_EQ(5, top[0].packets);
	EXPECT_EQ('c', top[1].key[0]);
	EXPECT_EQ(4, top[1].packets);
	EXPECT_EQ(3, top[1].error);
	EXPECT_EQ(9, hitters_total(h));
	hitters_free(h);
}

TEST(only_the_first_ones_are_asked_for)
{
	struct stream s = begin();
	struct hitter top[3];
	u32 i;

	for (i = 0; i < COUNTERS; i++)
		add(&s, i, i * 7 % COUNTERS + 1);
	ASSERT_EQ(3, hitters_top(s.hitters, top, 3));
	EXPECT_EQ(COUNTERS, top[0].packets);
	EXPECT_EQ(COUNTERS - 1, top[1].packets);
	EXPECT_EQ(COUNTERS - 2, top[2].packets);
	EXPECT_EQ(0, hitters_top(s.hitters, top, 0));
	end(&s);
}

TEST(random_keys_with_some_that_are_frequent)
{
	struct stream s = begin();
	u32 state = 1, i, n;

	for (i = 0; i < 100000; i++) {
		n = number(&state);
		add(&s, n % 4 ? number(&state) % KEYS : n / 4 % 3, 1 + n % 3);
		if (i % 5000 == 0)
			ASSERT_TRUE(holds(&s));
	}
	EXPECT_TRUE(holds(&s));
	EXPECT_EQ(s.total, hitters_total(s.hitters));
	end(&s);
}

/* Each new key evicts the one that is due next. */
TEST(all_keys_in_turn)
{
	struct stream s = begin();
	u32 i;

	for (i = 0; i < 20 * KEYS; i++)
		add(&s, i % KEYS, 1);
	EXPECT_TRUE(holds(&s));
	end(&s);
}

TEST(the_frequent_one_before_and_after_the_others)
{
	struct stream first = begin(), last = begin();
	u32 i;

	add(&first, 0, KEYS / 2);
	for (i = 1; i < KEYS; i++) {
		add(&first, i, 1);
		add(&last, i, 1);
		ASSERT_TRUE(holds(&first));
	}
	add(&last, 0, KEYS / 2);
	EXPECT_TRUE(holds(&first));
	EXPECT_TRUE(holds(&last));
	end(&first);
	end(&last);
}

/* One packet more than its share, spread so that it is evicted as often as can be. */
TEST(just_above_its_share)
{
	struct stream s = begin();
	u32 i, n = 0;

	for (i = 0; i < 15000; i++)
		if (i % 15)
			add(&s, 1 + n++ % (KEYS - 1), 1);
		else
			add(&s, 0, 1);
	ASSERT_TRUE(s.exact[0] > s.total / COUNTERS);
	EXPECT_TRUE(holds(&s));
	end(&s);
}

TEST(what_is_halved_keeps_its_bounds)
{
	struct stream s = begin();
	u32 state = 7, i, n;

	for (i = 0; i < 50000; i++) {
		n = number(&state);
		add(&s, n % 3 ? number(&state) % KEYS : (i / 10000) * 5, 1);
		if (i % 1000 == 999) {
			decay(&s);
			ASSERT_TRUE(holds(&s));
		}
	}
	end(&s);
}

/* Halved more often than counts have digits. */
TEST(halves_are_rounded_away_from_what_is_promised)
{
	struct stream s = begin();
	u32 i;

	add(&s, 1, 1);
	add(&s, 2, (1 << 17) - 1);
	for (i = 0; i < 17; i++)
		decay(&s);
	EXPECT_TRUE(holds(&s));
	add(&s, 1, 1);
	EXPECT_TRUE(holds(&s));
	EXPECT_EQ(2, hitters_total(s.hitters));
	end(&s);
}

TEST(what_is_old_fades_and_is_gone)
{
	struct stream s = begin();
	struct hitter top[COUNTERS];
	u32 i;

	add(&s, 1, 1000);
	for (i = 0; i < 5; i++)
		hitters_decay(s.hitters);
	add(&s, 2, 33);
	ASSERT_EQ(2, hitters_top(s.hitters, top, COUNTERS));
	EXPECT_EQ(2, key_of(&top[0]));
	EXPECT_EQ(1, key_of(&top[1]));
	EXPECT_EQ(32, top[1].packets);
	for (i = 0; i < 100; i++)
		hitters_decay(s.hitters);
	EXPECT_EQ(0, hitters_top(s.hitters, top, COUNTERS));
	EXPECT_EQ(0, hitters_total(s.hitters));
	for (i = 0; i < COUNTERS; i++)
		add(&s, 10 + i, 1);
	EXPECT_EQ(COUNTERS, hitters_top(s.hitters, top, COUNTERS));
	EXPECT_EQ(NULL, find(top, COUNTERS, 1));
	end(&s);
}

TEST(keys_differ_in_their_last_byte)
{
	struct hitters *h = hitters_new(HITTERS_KEY, 4);
	u8 key[HITTERS_KEY] = { };
	struct hitter top[4];

	hitters_add(h, key, 3);
	key[HITTERS_KEY - 1] = 1;
	hitters_add(h, key, 2);
	ASSERT_EQ(2, hitters_top(h, top, 4));
	EXPECT_EQ(3, top[0].packets);
	EXPECT_EQ(0, memcmp(top[1].key, key, sizeof(key)));
	hitters_free(h);
}

TEST(a_single_counter)
{
	struct hitters *h = hitters_new(1, 1);
	struct hitter top;

	hitters_add(h, "a", 2);
	hitters_add(h, "b", 1);
	ASSERT_EQ(1, hitters_top(h, &top, 1));
	EXPECT_EQ('b', top.key[0]);
	EXPECT_EQ(3, top.packets);
	EXPECT_EQ(2, top.error);
	hitters_free(h);
}

TEST_HARNESS_MAIN
