// SPDX-License-Identifier: GPL-2.0
/* Sets: what is put in comes out sorted and once. */
#include "kselftest_harness.h"

#include "engine/set.h"

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

static int add4(struct fdrop_set *set, u32 addr, u8 length)
{
	return fdrop_set_add(set, &(struct fdrop_prefix){
		.hi = (u64)addr << 32, .length = length });
}

static int add6(struct fdrop_set *set, u64 hi, u64 lo, u8 length)
{
	return fdrop_set_add(set, &(struct fdrop_prefix){
		.hi = hi, .lo = lo, .length = length, .is_ip6 = true });
}

static bool is_sorted(const struct fdrop_set *set)
{
	const struct fdrop_prefix4 *a;
	const struct fdrop_prefix6 *b;
	u32 i;

	for (i = 1; i < set->count4; i++) {
		a = &set->v4[i - 1];
		if (a[0].addr > a[1].addr ||
		    (a[0].addr == a[1].addr && a[0].length >= a[1].length))
			return false;
	}
	for (i = 1; i < set->count6; i++) {
		b = &set->v6[i - 1];
		if (b[0].hi > b[1].hi || (b[0].hi == b[1].hi && b[0].lo > b[1].lo) ||
		    (b[0].hi == b[1].hi && b[0].lo == b[1].lo && b[0].length >= b[1].length))
			return false;
	}
	return true;
}

TEST(an_empty_set_can_be_finished)
{
	struct fdrop_set set = { .name = "none" };

	EXPECT_EQ(0, fdrop_set_finish(&set));
	EXPECT_EQ(0, set.count4 + set.count6);
	fdrop_set_free(&set);
	EXPECT_STREQ("none", set.name);
}

TEST(order_is_address_then_length)
{
	struct fdrop_set set = { };

	add4(&set, 0x0a000000, 24);
	add4(&set, 0xffffffff, 32);
	add4(&set, 0x0a000000, 8);
	add4(&set, 0, 0);
	add6(&set, 1, 0, 64);
	add6(&set, 0, ~0ULL, 128);
	add6(&set, 0, 0, 1);
	add6(&set, 0, 0, 0);
	ASSERT_EQ(0, fdrop_set_finish(&set));
	ASSERT_EQ(4, set.count4);
	EXPECT_EQ(0, set.v4[0].addr);
	EXPECT_EQ(8, set.v4[1].length);
	EXPECT_EQ(24, set.v4[2].length);
	EXPECT_EQ(0xffffffff, set.v4[3].addr);
	ASSERT_EQ(4, set.count6);
	EXPECT_EQ(0, set.v6[0].length);
	EXPECT_EQ(1, set.v6[1].length);
	EXPECT_EQ(~0ULL, set.v6[2].lo);
	EXPECT_EQ(1, set.v6[3].hi);
	fdrop_set_free(&set);
}

TEST(doubles_and_spare_room_go)
{
	struct fdrop_set set = { };
	int i;

	for (i = 0; i < 1000; i++) {
		add4(&set, 0x0a000000 + i % 10 * 256, 24);
		add6(&set, 42, 0, 64);
	}
	ASSERT_EQ(0, fdrop_set_finish(&set));
	EXPECT_EQ(10, set.count4);
	EXPECT_EQ(10, set.room4);
	EXPECT_EQ(1, set.count6);
	EXPECT_EQ(1, set.room6);
	EXPECT_TRUE(is_sorted(&set));
	fdrop_set_free(&set);
}

TEST(a_finished_set_takes_more)
{
	struct fdrop_set set = { };
	u32 i;

	for (i = 0; i < 100; i++)
		add4(&set, i, 32);
	ASSERT_EQ(0, fdrop_set_finish(&set));
	for (i = 50; i < 150; i++)
		add4(&set, i, 32);
	ASSERT_EQ(0, fdrop_set_finish(&set));
	ASSERT_EQ(150, set.count4);
	for (i = 0; i < 150; i++)
		EXPECT_EQ(i, set.v4[i].addr);
	fdrop_set_free(&set);
	EXPECT_EQ(0, set.count4 + set.room4);
	EXPECT_EQ(0, add4(&set, 1, 32));
	EXPECT_EQ(1, set.count4);
	fdrop_set_free(&set);
}

/* Each number of prefixes, as what is merged has odd ends. */
TEST(any_number_in_any_order_is_sorted)
{
	struct fdrop_set set = { };
	u32 count, i;

	srandom(1);
	for (count = 1; count < 300; count++) {
		for (i = 0; i < count; i++) {
			add4(&set, i * 0x9e3779b1, 32);
			add6(&set, random() & 3, (u64)random() << 32 | i, 128);
		}
		ASSERT_EQ(0, fdrop_set_finish(&set));
		ASSERT_EQ(count, set.count4);
		ASSERT_EQ(count, set.count6);
		ASSERT_TRUE(is_sorted(&set));
		fdrop_set_free(&set);
	}
}

TEST(sorted_or_backwards_is_sorted)
{
	struct fdrop_set set = { };
	u32 i;

	for (i = 0; i < 100000; i++) {
		add4(&set, 100000 - i, 32);
		add6(&set, i, 0, 64);
	}
	ASSERT_EQ(0, fdrop_set_finish(&set));
	EXPECT_EQ(100000, set.count4);
	EXPECT_EQ(100000, set.count6);
	EXPECT_TRUE(is_sorted(&set));
	fdrop_set_free(&set);
}

TEST(a_full_set_refuses_more_and_stays)
{
	struct fdrop_set set = { };
	u32 i;

	for (i = 0; i < FDROP_PREFIXES_MAX - 1; i++)
		if (add4(&set, i, 32))
			break;
	ASSERT_EQ(FDROP_PREFIXES_MAX - 1, i);
	EXPECT_EQ(0, add6(&set, 1, 0, 64));
	EXPECT_EQ(-E2BIG, add4(&set, i, 32));
	EXPECT_EQ(-E2BIG, add6(&set, 2, 0, 64));
	EXPECT_EQ(FDROP_PREFIXES_MAX, set.count4 + set.count6);
	EXPECT_EQ(FDROP_PREFIXES_MAX, set.room4);
	fdrop_set_free(&set);
}

TEST(without_memory_nothing_is_lost)
{
	struct fdrop_set set = { };
	u32 i;

	allocs_left = 0;
	EXPECT_EQ(-ENOMEM, add4(&set, 1, 32));
	EXPECT_EQ(-ENOMEM, add6(&set, 1, 0, 64));
	allocs_left = -1;
	while (!set.count4 || set.count4 < set.room4) {
		ASSERT_EQ(0, add4(&set, 1000 - set.count4, 32));
		ASSERT_EQ(0, add6(&set, 1000 - set.count6, 0, 64));
	}
	allocs_left = 0;
	EXPECT_EQ(-ENOMEM, add4(&set, 1, 32));
	EXPECT_EQ(-ENOMEM, add6(&set, 1, 0, 64));
	EXPECT_EQ(-ENOMEM, fdrop_set_finish(&set));
	allocs_left = 1;
	EXPECT_EQ(-ENOMEM, fdrop_set_finish(&set));
	allocs_left = -1;
	EXPECT_EQ(set.room4, set.count4);
	EXPECT_EQ(set.room6, set.count6);
	EXPECT_EQ(0, fdrop_set_finish(&set));
	EXPECT_TRUE(is_sorted(&set));
	for (i = 0; i < set.count4; i++)
		EXPECT_EQ(1001 - set.count4 + i, set.v4[i].addr);
	fdrop_set_free(&set);
}

TEST(spare_room_stays_without_memory_to_move)
{
	struct fdrop_set set = { };

	ASSERT_EQ(0, add4(&set, 1, 32));
	allocs_left = 0;
	EXPECT_EQ(0, fdrop_set_finish(&set));
	allocs_left = -1;
	EXPECT_EQ(1, set.count4);
	EXPECT_LT(1, set.room4);
	fdrop_set_free(&set);
}

/* Prefixes are taken out as they were put in, all or none. */
TEST(prefixes_can_be_taken_out)
{
	struct fdrop_set set = { }, out = { }, no = { };
	struct fdrop_prefix missing;
	u32 i;

	for (i = 0; i < 100; i++) {
		ASSERT_EQ(0, add4(&set, i << 8, 24));
		ASSERT_EQ(0, add6(&set, (u64)i << 32, 0, 32));
	}
	for (i = 0; i < 100; i += 2) {
		ASSERT_EQ(0, add4(&out, i << 8, 24));
		ASSERT_EQ(0, add6(&out, (u64)i << 32, 0, 32));
	}
	ASSERT_EQ(0, add4(&no, 1 << 8, 24));
	ASSERT_EQ(0, add6(&no, 1ULL << 32, 0, 33));
	ASSERT_EQ(0, fdrop_set_finish(&set));
	ASSERT_EQ(0, fdrop_set_finish(&out));
	EXPECT_FALSE(fdrop_set_remove(&set, &no, &missing));
	EXPECT_TRUE(missing.is_ip6);
	EXPECT_EQ(1ULL << 32, missing.hi);
	EXPECT_EQ(33, missing.length);
	EXPECT_EQ(100, set.count4);
	EXPECT_TRUE(fdrop_set_remove(&set, &out, &missing));
	EXPECT_EQ(50, set.count4);
	EXPECT_EQ(50, set.count6);
	for (i = 0; i < 50; i++) {
		EXPECT_EQ((2 * i + 1) << 8, set.v4[i].addr);
		EXPECT_EQ((u64)(2 * i + 1) << 32, set.v6[i].hi);
	}
	EXPECT_FALSE(fdrop_set_remove(&set, &out, &missing));
	EXPECT_FALSE(missing.is_ip6);
	EXPECT_EQ(0, missing.hi);
	EXPECT_EQ(24, missing.length);
	fdrop_set_free(&set);
	fdrop_set_free(&out);
	fdrop_set_free(&no);
}

TEST(a_copy_is_one_s_own)
{
	struct fdrop_set set = { .name = "a" }, copy, empty = { .name = "e" };

	ASSERT_EQ(0, add4(&set, 1, 32));
	ASSERT_EQ(0, add6(&set, 1, 0, 64));
	ASSERT_EQ(0, fdrop_set_copy(&copy, &set));
	ASSERT_EQ(0, add4(&set, 2, 32));
	EXPECT_STREQ("a", copy.name);
	EXPECT_EQ(1, copy.count4);
	EXPECT_EQ(1, copy.count6);
	fdrop_set_free(&copy);
	for (allocs_left = 0; allocs_left < 2; allocs_left++) {
		int before = allocs_left;

		EXPECT_EQ(-ENOMEM, fdrop_set_copy(&copy, &set));
		EXPECT_EQ(NULL, copy.v4);
		allocs_left = before;
	}
	allocs_left = -1;
	ASSERT_EQ(0, fdrop_set_copy(&copy, &empty));
	EXPECT_STREQ("e", copy.name);
	fdrop_set_free(&set);
}

TEST_HARNESS_MAIN
