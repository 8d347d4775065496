// SPDX-License-Identifier: GPL-2.0
/* Which sets hold an address: cases by hand, then against a plain search. */
#include "kselftest_harness.h"

#include "engine/lpm.h"

/* How many allocations succeed before all fail; below 0, none fails. */
static int allocs_left = -1;

bool fdrop_test_alloc_fails(void)
{
	if (!allocs_left)
		return true;
	if (allocs_left > 0)
		allocs_left--;
	return false;
}

static struct fdrop_set sets[FDROP_SETS];

static void add4(u32 set, u32 addr, u8 length)
{
	fdrop_set_add(&sets[set], &(struct fdrop_prefix){
		.hi = (u64)addr << 32, .length = length });
}

static void add6(u32 set, u64 hi, u64 lo, u8 length)
{
	fdrop_set_add(&sets[set], &(struct fdrop_prefix){
		.hi = hi, .lo = lo, .length = length, .is_ip6 = true });
}

static struct fdrop_lpm *build(void)
{
	struct fdrop_lpm *lpm;
	u32 i;

	for (i = 0; i < FDROP_SETS; i++)
		if (fdrop_set_finish(&sets[i]))
			return NULL;
	return fdrop_lpm_build(sets, FDROP_SETS, &lpm) ? NULL : lpm;
}

static void end(struct fdrop_lpm *lpm)
{
	u32 i;

	fdrop_lpm_free(lpm);
	for (i = 0; i < FDROP_SETS; i++)
		fdrop_set_free(&sets[i]);
}

TEST(empty_sets_hold_nothing)
{
	struct fdrop_lpm *lpm = build();
	struct fdrop_lpm *none;

	ASSERT_NE(NULL, lpm);
	EXPECT_EQ(0, fdrop_lpm_find4(lpm, 0));
	EXPECT_EQ(0, fdrop_lpm_find4(lpm, ~0U));
	EXPECT_EQ(0, fdrop_lpm_find6(lpm, 0, 0));
	EXPECT_EQ(0, fdrop_lpm_find6(lpm, ~0ULL, ~0ULL));
	ASSERT_EQ(0, fdrop_lpm_build(NULL, 0, &none));
	EXPECT_EQ(0, fdrop_lpm_find4(none, 1));
	fdrop_lpm_free(none);
	fdrop_lpm_free(NULL);
	end(lpm);
}

TEST(length_0_is_all_of_one_family)
{
	struct fdrop_lpm *lpm;

	add4(3, 0, 0);
	add6(31, 0, 0, 0);
	lpm = build();
	ASSERT_NE(NULL, lpm);
	EXPECT_EQ(1U << 3, fdrop_lpm_find4(lpm, 0));
	EXPECT_EQ(1U << 3, fdrop_lpm_find4(lpm, ~0U));
	EXPECT_EQ(1U << 31, fdrop_lpm_find6(lpm, 0, 0));
	EXPECT_EQ(1U << 31, fdrop_lpm_find6(lpm, ~0ULL, ~0ULL));
	end(lpm);
}

TEST(a_single_address)
{
	struct fdrop_lpm *lpm;

	add4(0, 0x0a000001, 32);
	add6(1, 42, ~0ULL, 128);
	lpm = build();
	ASSERT_NE(NULL, lpm);
	EXPECT_EQ(0, fdrop_lpm_find4(lpm, 0x0a000000));
	EXPECT_EQ(1, fdrop_lpm_find4(lpm, 0x0a000001));
	EXPECT_EQ(0, fdrop_lpm_find4(lpm, 0x0a000002));
	EXPECT_EQ(0, fdrop_lpm_find6(lpm, 42, ~0ULL - 1));
	EXPECT_EQ(2, fdrop_lpm_find6(lpm, 42, ~0ULL));
	EXPECT_EQ(0, fdrop_lpm_find6(lpm, 43, 0));
	end(lpm);
}

TEST(the_first_and_the_last_address)
{
	struct fdrop_lpm *lpm;

	add4(0, 0, 32);
	add4(1, ~0U, 32);
	add4(2, 0xff000000, 8);
	add6(0, 0, 0, 128);
	add6(1, ~0ULL, ~0ULL, 128);
	add6(2, 0xff00ULL << 48, 0, 8);
	lpm = build();
	ASSERT_NE(NULL, lpm);
	EXPECT_EQ(1, fdrop_lpm_find4(lpm, 0));
	EXPECT_EQ(0, fdrop_lpm_find4(lpm, 1));
	EXPECT_EQ(4, fdrop_lpm_find4(lpm, ~0U - 1));
	EXPECT_EQ(6, fdrop_lpm_find4(lpm, ~0U));
	EXPECT_EQ(1, fdrop_lpm_find6(lpm, 0, 0));
	EXPECT_EQ(0, fdrop_lpm_find6(lpm, 0, 1));
	EXPECT_EQ(4, fdrop_lpm_find6(lpm, ~0ULL, ~0ULL - 1));
	EXPECT_EQ(6, fdrop_lpm_find6(lpm, ~0ULL, ~0ULL));
	end(lpm);
}

TEST(two_as_far_apart_as_can_be)
{
	struct fdrop_lpm *lpm;

	add4(0, 0, 32);
	add4(1, ~0U, 32);
	add6(0, 0, 0, 128);
	add6(1, ~0ULL, ~0ULL, 128);
	lpm = build();
	ASSERT_NE(NULL, lpm);
	EXPECT_EQ(1, fdrop_lpm_find4(lpm, 0));
	EXPECT_EQ(0, fdrop_lpm_find4(lpm, 1U << 31));
	EXPECT_EQ(2, fdrop_lpm_find4(lpm, ~0U));
	EXPECT_EQ(1, fdrop_lpm_find6(lpm, 0, 0));
	EXPECT_EQ(0, fdrop_lpm_find6(lpm, 1ULL << 63, 0));
	EXPECT_EQ(2, fdrop_lpm_find6(lpm, ~0ULL, ~0ULL));
	end(lpm);
}

TEST(a_nested_prefix_has_the_bits_around_it)
{
	struct fdrop_lpm *lpm;

	add4(0, 0x0a000000, 8);
	add4(1, 0x0a010000, 16);
	add4(2, 0x0a010100, 24);
	add4(1, 0x0aff0000, 16);
	lpm = build();
	ASSERT_NE(NULL, lpm);
	EXPECT_EQ(0, fdrop_lpm_find4(lpm, 0x09ffffff));
	EXPECT_EQ(1, fdrop_lpm_find4(lpm, 0x0a000000));
	EXPECT_EQ(3, fdrop_lpm_find4(lpm, 0x0a010000));
	EXPECT_EQ(7, fdrop_lpm_find4(lpm, 0x0a010100));
	EXPECT_EQ(7, fdrop_lpm_find4(lpm, 0x0a0101ff));
	EXPECT_EQ(3, fdrop_lpm_find4(lpm, 0x0a010200));
	EXPECT_EQ(1, fdrop_lpm_find4(lpm, 0x0a020000));
	EXPECT_EQ(3, fdrop_lpm_find4(lpm, 0x0affffff));
	EXPECT_EQ(0, fdrop_lpm_find4(lpm, 0x0b000000));
	end(lpm);
}

/* One address in as many prefixes as can be, from the left and from the right. */
TEST(nested_as_deep_as_it_goes)
{
	struct fdrop_lpm *lpm;
	int i;

	for (i = 0; i <= 32; i++) {
		add4(i % 32, 0, i);
		add4(i % 32, i ? ~0U << (32 - i) : 0, i);
	}
	for (i = 0; i <= 128; i++) {
		add6(i % 32, 0, 0, i);
		add6(i % 32, i ? i < 64 ? ~0ULL << (64 - i) : ~0ULL : 0,
		     i > 64 ? ~0ULL << (128 - i) : 0, i);
	}
	lpm = build();
	ASSERT_NE(NULL, lpm);
	EXPECT_EQ(~0U, fdrop_lpm_find4(lpm, 0));
	EXPECT_EQ(~0U, fdrop_lpm_find4(lpm, ~0U));
	EXPECT_EQ(3, fdrop_lpm_find4(lpm, 1U << 30));
	EXPECT_EQ(~0U, fdrop_lpm_find6(lpm, 0, 0));
	EXPECT_EQ(~0U, fdrop_lpm_find6(lpm, ~0ULL, ~0ULL));
	EXPECT_EQ(3, fdrop_lpm_find6(lpm, 1ULL << 62, 0));
	end(lpm);
}

TEST(the_same_prefix_in_all_sets)
{
	struct fdrop_lpm *lpm;
	u32 i;

	for (i = 0; i < FDROP_SETS; i++) {
		add4(i, 0xc0a80000, 16);
		add4(i, 0x0a000000 + i, 32);
		add6(i, 0xfdULL << 56, 0, 8);
	}
	lpm = build();
	ASSERT_NE(NULL, lpm);
	EXPECT_EQ(0, fdrop_lpm_find4(lpm, 0xc0a7ffff));
	EXPECT_EQ(~0U, fdrop_lpm_find4(lpm, 0xc0a80000));
	EXPECT_EQ(~0U, fdrop_lpm_find4(lpm, 0xc0a8ffff));
	EXPECT_EQ(0, fdrop_lpm_find4(lpm, 0xc0a90000));
	for (i = 0; i < FDROP_SETS; i++)
		EXPECT_EQ(1U << i, fdrop_lpm_find4(lpm, 0x0a000000 + i));
	EXPECT_EQ(~0U, fdrop_lpm_find6(lpm, 0xfdULL << 56, 1));
	EXPECT_EQ(0, fdrop_lpm_find6(lpm, 0xfeULL << 56, 0));
	end(lpm);
}

TEST(neighbours_of_one_answer_are_one_interval)
{
	struct fdrop_lpm *lpm;
	size_t two;
	int i;

	add4(0, 0x0a000000, 8);
	lpm = build();
	ASSERT_NE(NULL, lpm);
	two = fdrop_lpm_bytes(lpm);
	end(lpm);
	for (i = 0; i < 256; i++)
		add4(0, 0x0a000000 + (i << 16), 16);
	add4(0, 0x0a000000, 9);
	lpm = build();
	ASSERT_NE(NULL, lpm);
	EXPECT_EQ(two, fdrop_lpm_bytes(lpm));
	EXPECT_EQ(0, fdrop_lpm_find4(lpm, 0x09ffffff));
	EXPECT_EQ(1, fdrop_lpm_find4(lpm, 0x0a000000));
	EXPECT_EQ(1, fdrop_lpm_find4(lpm, 0x0a7fffff));
	EXPECT_EQ(1, fdrop_lpm_find4(lpm, 0x0affffff));
	EXPECT_EQ(0, fdrop_lpm_find4(lpm, 0x0b000000));
	end(lpm);
}

TEST(few_prefixes_take_little_memory)
{
	struct fdrop_lpm *lpm;
	int i;

	for (i = 0; i < 16; i++) {
		add4(0, (u32)i << 28, 32);
		add6(0, (u64)i << 60, 0, 128);
	}
	lpm = build();
	ASSERT_NE(NULL, lpm);
	EXPECT_GT(2048, fdrop_lpm_bytes(lpm));
	end(lpm);
}

TEST(too_much_is_refused)
{
	struct fdrop_lpm *lpm = NULL;
	struct fdrop_set many[2] = {
		{ .count4 = FDROP_PREFIXES_MAX / 2, .count6 = FDROP_PREFIXES_MAX / 2 },
		{ .count4 = 1 },
	};

	EXPECT_EQ(-E2BIG, fdrop_lpm_build(many, 2, &lpm));
	EXPECT_EQ(-E2BIG, fdrop_lpm_build(sets, FDROP_SETS + 1, &lpm));
	EXPECT_EQ(NULL, lpm);
}

TEST(without_memory_nothing_is_left)
{
	struct fdrop_lpm *lpm = NULL;
	int i, err = -ENOMEM;

	add4(0, 1, 32);
	add6(0, 1, 0, 64);
	for (i = 0; err == -ENOMEM && i < 100; i++) {
		EXPECT_EQ(NULL, lpm);
		allocs_left = i;
		err = fdrop_lpm_build(sets, FDROP_SETS, &lpm);
	}
	allocs_left = -1;
	EXPECT_LT(5, i);
	ASSERT_EQ(0, err);
	EXPECT_EQ(1, fdrop_lpm_find4(lpm, 1));
	end(lpm);
}

/* Where the prefixes of a random test lie: under @under, but for some strays. */
struct shape {
	__uint128_t under;		/* of IPv4, in the lower 32 bits */
	u8 length;		/* of @under */
	u8 shortest;
	u8 longest;
	u8 stray_in;		/* one in so many lies anywhere */
	u8 sets;
	bool is_ip6;
};

struct plain {
	__uint128_t first;
	__uint128_t last;
	u32 bit;
};

static u64 random_state;

static u64 random64(void)
{
	u64 z = random_state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static __uint128_t random128(void)
{
	return (__uint128_t)random64() << 64 | random64();
}

static __uint128_t mask_of(u32 length, u32 width)
{
	__uint128_t all = ~(__uint128_t)0 >> (128 - width);

	return length ? all >> (width - length) << (width - length) : 0;
}

static struct plain random_prefix(const struct shape *shape)
{
	u32 width = shape->is_ip6 ? 128 : 32;
	u32 length = shape->shortest + random64() % (shape->longest - shape->shortest + 1);
	__uint128_t under = mask_of(shape->length, width), mask = mask_of(length, width);
	__uint128_t addr = random128() & mask_of(width, width);
	u32 set = random64() % shape->sets;

	if (!shape->stray_in || random64() % shape->stray_in)
		addr = (addr & ~under) | (shape->under & under);
	addr &= mask;
	if (shape->is_ip6)
		add6(set, addr >> 64, addr, length);
	else
		add4(set, addr, length);
	return (struct plain){ addr, addr | (mask_of(width, width) & ~mask), 1U << set };
}

static u32 find(const struct fdrop_lpm *lpm, const struct shape *shape, __uint128_t addr)
{
	if (shape->is_ip6)
		return fdrop_lpm_find6(lpm, addr >> 64, addr);
	return fdrop_lpm_find4(lpm, addr);
}

static u32 find_plain(const struct plain *prefixes, u32 count, __uint128_t addr)
{
	u32 bits = 0, i;

	for (i = 0; i < count; i++)
		if (addr >= prefixes[i].first && addr <= prefixes[i].last)
			bits |= prefixes[i].bit;
	return bits;
}

#define PREFIXES_MAX	20000
#define PROBES_MAX	1000

static struct plain prefixes[PREFIXES_MAX];

/* An address at the edge of a prefix, in it, one bit away, or anywhere. */
static __uint128_t probe(const struct shape *shape, u32 count)
{
	const struct plain *p = &prefixes[random64() % count];
	__uint128_t all = mask_of(shape->is_ip6 ? 128 : 32, shape->is_ip6 ? 128 : 32);

	switch (random64() % 7) {
	case 0:
		return p->first;
	case 1:
		return p->last;
	case 2:
		return (p->first - 1) & all;
	case 3:
		return (p->last + 1) & all;
	case 4:
		return p->first + (random128() & (p->last - p->first));
	case 5:
		return (p->first ^ (__uint128_t)1 << random64() % 128) & all;
	default:
		return random128() & all;
	}
}

/* Returns how many answers are wrong, at most 1, and says which. */
static int compare(const struct shape *shape, u32 count, u32 probes)
{
	struct fdrop_lpm *lpm;
	int wrong = 0;
	__uint128_t addr;
	u32 i;

	for (i = 0; i < count; i++)
		prefixes[i] = random_prefix(shape);
	lpm = build();
	if (!lpm)
		return 1;
	for (i = 0; i < probes && !wrong; i++) {
		addr = probe(shape, count);
		wrong = find(lpm, shape, addr) != find_plain(prefixes, count, addr);
	}
	if (wrong)
		printf("# wrong at %016llx:%016llx of %u under /%u\n", (u64)(addr >> 64), (u64)addr,
		       count, shape->length);
	end(lpm);
	return wrong;
}

#define DOC6	((__uint128_t)0x20010db8 << 96)

static const struct shape shapes[] = {
	{ 0, 0, 0, 32, 0, 32 },
	{ 0, 0, 8, 32, 0, 1 },
	{ 0, 0, 32, 32, 0, 32 },
	{ 0x0a000000, 8, 8, 32, 0, 4 },
	{ 0x0a000000, 8, 24, 32, 200, 4 },
	{ 0xffffff00, 24, 22, 32, 0, 32 },
	{ 0, 24, 20, 32, 100, 2 },
	{ 0xffffffff, 32, 0, 32, 0, 32 },
	{ 0, 0, 0, 128, 0, 32, true },
	{ (__uint128_t)1 << 125, 3, 16, 128, 0, 1, true },
	{ (__uint128_t)1 << 125, 3, 16, 128, 0, 32, true },
	{ DOC6, 32, 32, 128, 0, 8, true },
	{ DOC6, 32, 32, 64, 150, 8, true },
	{ DOC6, 50, 48, 128, 0, 8, true },
	{ DOC6, 60, 56, 128, 250, 3, true },
	{ DOC6 | 42, 64, 64, 128, 0, 32, true },
	{ DOC6, 112, 100, 128, 100, 32, true },
	{ 0, 120, 112, 128, 0, 32, true },
	{ ~(__uint128_t)0, 56, 50, 128, 0, 32, true },
	{ ~(__uint128_t)0, 128, 0, 128, 0, 32, true },
};

TEST(small_random_sets_agree_with_a_plain_search)
{
	u32 i, round;

	for (round = 0; round < 2000; round++) {
		random_state = round;
		i = round % ARRAY_SIZE(shapes);
		ASSERT_EQ(0, compare(&shapes[i], 1 + random64() % (round % 3 ? 40 : 400), 200)) {
			TH_LOG("shape %u, round %u", i, round);
		}
	}
}

TEST(large_random_sets_agree_with_a_plain_search)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(shapes); i++) {
		random_state = ~i;
		ASSERT_EQ(0, compare(&shapes[i], PREFIXES_MAX, PROBES_MAX)) {
			TH_LOG("shape %u", i);
		}
	}
}

TEST_HARNESS_MAIN
