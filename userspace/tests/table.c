// SPDX-License-Identifier: GPL-2.0
/* Which of several rules is found, however they lie in the table. */
#include "kselftest_harness.h"

#include "packet.h"
#include "rules.h"

static u32 find(const struct fdrop_table *table, const struct frame *frame, u32 from)
{
	struct test_packet packet;
	struct fdrop_key key;
	u32 rank;

	test_packet_build(&packet, frame, ~0U);
	fdrop_parse(&packet.packet, &key);
	rank = fdrop_table_lookup(table, &key, &packet.packet, from)->rank;
	test_packet_free(&packet);
	return rank;
}

TEST(first_match_wins)
{
	struct fdrop_table *t = test_table("tcp drop; udp dport 4321 pass; udp drop; ip drop");

	ASSERT_EQ(4, t->count);
	EXPECT_EQ(1, find(t, &(struct frame){ }, 0));
	EXPECT_EQ(2, find(t, &(struct frame){ .dport = 1 }, 0));
	EXPECT_EQ(0, find(t, &(struct frame){ .proto = 6 }, 0));
	EXPECT_EQ(3, find(t, &(struct frame){ .proto = 47 }, 0));
	fdrop_table_free(t);
}

TEST(lower_prio_wins_then_lower_id)
{
	struct fdrop_table *t = test_table("udp drop id 9; ip drop prio 1; ip pass prio 1 id 3;"
					   "dport 4321 drop id 2");

	/* The second rule has no id: it gets 10. */
	EXPECT_EQ(3, t->rules[0].id);
	EXPECT_EQ(10, t->rules[1].id);
	EXPECT_EQ(2, t->rules[2].id);
	EXPECT_EQ(9, t->rules[3].id);
	EXPECT_EQ(0, find(t, &(struct frame){ }, 0));
	EXPECT_EQ(1, find(t, &(struct frame){ }, 1));
	EXPECT_EQ(2, find(t, &(struct frame){ }, 2));
	EXPECT_EQ(3, find(t, &(struct frame){ }, 3));
	fdrop_table_free(t);
}

TEST(search_goes_on_behind_a_rule)
{
	struct fdrop_table *t = test_table("udp count; ip count; tcp count; dport 4321 drop");

	EXPECT_EQ(0, find(t, &(struct frame){ }, 0));
	EXPECT_EQ(1, find(t, &(struct frame){ }, 1));
	EXPECT_EQ(3, find(t, &(struct frame){ }, 2));
	EXPECT_EQ(4, find(t, &(struct frame){ }, 4));
	fdrop_table_free(t);
}

TEST(no_match_is_the_table_s_none)
{
	struct fdrop_table *none = test_table("");
	struct fdrop_table *one = test_table("tcp drop");

	EXPECT_EQ(0, none->count);
	EXPECT_EQ(FDROP_ACTION_NONE, none->none.action);
	EXPECT_EQ(0, find(none, &(struct frame){ }, 0));
	EXPECT_EQ(1, find(one, &(struct frame){ }, 0));
	EXPECT_EQ(1, find(one, &(struct frame){ .ethertype = ETH_P_ARP }, 0));
	fdrop_table_free(none);
	fdrop_table_free(one);
}

/* Equal words, so one bucket: checks tell them apart, in their order. */
TEST(a_bucket_is_searched_in_order)
{
	struct fdrop_table *t = test_table("udp dport 1-100 drop; udp dport 50-200 pass;"
					   "udp dport 4000-5000 drop; udp drop; udp dport 0-9 drop");

	EXPECT_EQ(0, find(t, &(struct frame){ .dport = 60 }, 0));
	EXPECT_EQ(1, find(t, &(struct frame){ .dport = 60 }, 1));
	EXPECT_EQ(1, find(t, &(struct frame){ .dport = 150 }, 0));
	EXPECT_EQ(2, find(t, &(struct frame){ }, 0));
	EXPECT_EQ(3, find(t, &(struct frame){ .dport = 9999 }, 0));
	EXPECT_EQ(4, find(t, &(struct frame){ .dport = 5 }, 4));
	fdrop_table_free(t);
}

/* As many rules as there are ports, three masks, and each is found. */
TEST(many_rules)
{
	size_t room = 1 << 20, n = 0;
	char *text = malloc(room);
	struct fdrop_table *t;
	u32 i;

	for (i = 1; i < 3000; i++)
		n += snprintf(text + n, room - n, i % 3 == 0 ? "udp dport %u drop\n" : i % 3 == 1 ?
			      "src 192.0.2.1 dport %u drop\n" : "sport 1024 dport %u drop\n", i);
	t = test_table(text);
	ASSERT_EQ(2999, t->count);
	EXPECT_EQ(3, t->tuple_count);
	for (i = 1; i < 3000; i++)
		ASSERT_EQ(i - 1, find(t, &(struct frame){ .dport = i }, 0));
	EXPECT_EQ(2999, find(t, &(struct frame){ .dport = 3000 }, 0));
	fdrop_table_free(t);
	free(text);
}

/* Each mask is a tuple of its own; more of them than there is room for at first. */
TEST(many_masks)
{
	size_t room = 1 << 16, n = 0;
	char *text = malloc(room);
	struct fdrop_table *t;
	u32 i;

	for (i = 0; i <= 32; i++)
		n += snprintf(text + n, room - n, "src %s/%u count\n", i == 32 ? "192.0.2.1" :
			      i >= 31 ? "192.0.2.0" : i >= 23 ? "192.0.2.0" : i >= 2 ? "192.0.0.0" :
			      i ? "128.0.0.0" : "0.0.0.0", i);
	t = test_table(text);
	EXPECT_EQ(33, t->tuple_count);
	for (i = 0; i <= 32; i++)
		EXPECT_EQ(i, find(t, &(struct frame){ }, i));
	fdrop_table_free(t);
	free(text);
}

TEST(sets_are_searched_where_a_rule_asks)
{
	struct fdrop_table *t = test_table("set a { 192.0.2.0/24, 2001:db8::/32 }\n"
					   "set b { 198.51.100.7 } # one\n"
					   "set empty { }\n"
					   "dst @empty drop\n"
					   "src @a dst @b dport 1 drop\n"
					   "src @a dst @b drop\n"
					   "dst @b drop\n"
					   "src @a drop\n");

	EXPECT_EQ(2, find(t, &(struct frame){ }, 0));
	EXPECT_EQ(1, find(t, &(struct frame){ .dport = 1 }, 0));
	EXPECT_EQ(3, find(t, &(struct frame){ .src = "192.0.3.1" }, 0));
	EXPECT_EQ(4, find(t, &(struct frame){ .dst = "192.0.3.1" }, 0));
	EXPECT_EQ(5, find(t, &(struct frame){ .src = "192.0.3.1", .dst = "192.0.3.1" }, 0));
	EXPECT_EQ(4, find(t, &(struct frame){ .ip6 = true }, 0));
	EXPECT_EQ(5, find(t, &(struct frame){ .src = "2001:db9::1", .dst = "::1" }, 0));
	EXPECT_EQ(5, find(t, &(struct frame){ .ethertype = ETH_P_ARP }, 0));
	fdrop_table_free(t);
}

static u32 guard(const struct fdrop_table *table, const struct frame *frame)
{
	struct test_packet packet;
	struct fdrop_key key;
	u32 rank;

	test_packet_build(&packet, frame, ~0U);
	fdrop_parse(&packet.packet, &key);
	rank = fdrop_table_guard(table, &key, &packet.packet);
	test_packet_free(&packet);
	return rank;
}

/* The entry that a frame finds. */
static const struct fdrop_entry *entry_of(const struct fdrop_table *table,
					  const struct frame *frame)
{
	const struct fdrop_entry *entry;
	struct test_packet packet;
	struct fdrop_key key;

	test_packet_build(&packet, frame, ~0U);
	fdrop_parse(&packet.packet, &key);
	entry = fdrop_table_lookup(table, &key, &packet.packet, 0);
	test_packet_free(&packet);
	return entry;
}

TEST(what_protects_is_not_looked_up)
{
	struct fdrop_table *t = test_table("udp dport 4321 protect; arp protect; udp drop");

	EXPECT_EQ(2, find(t, &(struct frame){ }, 0));
	EXPECT_EQ(0, guard(t, &(struct frame){ }));
	EXPECT_EQ(3, guard(t, &(struct frame){ .dport = 4322 }));
	EXPECT_EQ(3, guard(t, &(struct frame){ .dport = 4321 + 64 }));
	EXPECT_EQ(3, guard(t, &(struct frame){ .proto = 6 }));
	EXPECT_EQ(1, guard(t, &(struct frame){ .ethertype = ETH_P_ARP }));
	EXPECT_TRUE(t->usual);
	fdrop_table_free(t);
}

/* Only rules that may drop what is protected have to ask. */
TEST(a_rule_is_guarded_if_it_overlaps)
{
	static const struct {
		const char *rules;
		bool guarded;
	} cases[] = {
		{ "udp drop", false },
		{ "tcp dport 22 protect; udp drop", false },
		{ "tcp dport 22 protect; udp dport 4321 drop", false },
		{ "arp protect; udp drop", false },
		{ "arp protect; ip drop", false },
		{ "ip6 protect; ip udp drop", false },
		{ "ip6 protect; udp drop", true },
		{ "udp dport 53 protect; udp dport 4000-5000 drop", false },
		{ "udp dport 4400 protect; udp dport 4000-5000 drop", true },
		{ "udp dport 4400 protect; dst 198.51.100.7 drop", true },
		{ "dst 198.51.100.8 protect; dst 198.51.100.7 drop", false },
		{ "dst 198.51.100.0/24 protect; dst 198.51.100.7 drop", true },
		{ "set s { 192.0.2.0/24 }; src @s protect; udp drop", true },
		{ "udp protect; udp drop dryrun", false },
		{ "udp protect; udp pass", false },
		{ "udp protect; udp count", false },
		{ "udp protect; udp divert", true },
		{ "udp protect; udp divert dryrun", false },
		{ "ether 0x800 protect; udp drop", true },
	};
	struct fdrop_table *t;
	size_t i;
	u8 special;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		t = test_table(cases[i].rules);
		special = entry_of(t, &(struct frame){ })->special;
		EXPECT_EQ(cases[i].guarded, !!(special & FDROP_SPECIAL_GUARDED)) {
			TH_LOG("%s", cases[i].rules);
		}
		fdrop_table_free(t);
	}
}

TEST(what_protects_may_ask_for_sets)
{
	struct fdrop_table *t = test_table("set a { 192.0.2.0/24, 2001:db8::/32 }\n"
					   "src @a protect; udp drop");

	EXPECT_EQ(0, guard(t, &(struct frame){ }));
	EXPECT_EQ(0, guard(t, &(struct frame){ .ip6 = true }));
	EXPECT_EQ(2, guard(t, &(struct frame){ .src = "192.0.3.1" }));
	fdrop_table_free(t);
}

/* It is found as one that counts is, and the search goes on. */
TEST(a_dry_rule_decides_nothing)
{
	struct fdrop_table *t = test_table("udp dport 4321 drop dryrun; udp pass");
	const struct fdrop_entry *entry = entry_of(t, &(struct frame){ });

	EXPECT_EQ(0, entry->rank);
	EXPECT_EQ(FDROP_ACTION_COUNT, entry->action);
	EXPECT_EQ(1, find(t, &(struct frame){ }, 1));
	EXPECT_FALSE(t->usual);
	fdrop_table_free(t);
}

TEST(what_is_sampled_is_marked)
{
	static const struct {
		const char *rule;
		u8 special;
		bool usual;
	} cases[] = {
		{ "udp drop", 0, true },
		{ "udp drop sample 9", FDROP_SPECIAL_SAMPLED, true },
		{ "udp pass sample 9", FDROP_SPECIAL_SAMPLED, true },
		{ "udp count sample 9", FDROP_SPECIAL_SAMPLED | FDROP_SPECIAL_ACTION, false },
		{ "udp drop sample 9 dryrun", FDROP_SPECIAL_SAMPLED | FDROP_SPECIAL_ACTION, false },
		{ "udp divert", FDROP_SPECIAL_ACTION, false },
	};
	struct fdrop_table *t;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		t = test_table(cases[i].rule);
		EXPECT_EQ(cases[i].special, entry_of(t, &(struct frame){ })->special) {
			TH_LOG("%s", cases[i].rule);
		}
		EXPECT_EQ(cases[i].usual, t->usual);
		fdrop_table_free(t);
	}
}

TEST(too_many_that_protect)
{
	struct fdrop_rule_list list = { 0 };
	struct fdrop_text_error error;
	char text[65 * 24];
	u32 i, n = 0;

	for (i = 0; i < 65; i++)
		n += snprintf(text + n, sizeof(text) - n, "udp dport %u protect\n", i);
	EXPECT_EQ(-E2BIG, fdrop_rule_list_parse(&list, text, n, &error));
	EXPECT_STREQ("65 rules protect, and 64 is the limit: put addresses into a set",
		     error.message);
	fdrop_rule_list_free(&list);
}

/* A list that is copied from a table shares its sets and programs, and outlives it. */
TEST(a_copy_of_a_table)
{
	struct fdrop_table *t = test_table("set a { 192.0.2.0/24 }; src @a drop id 7;"
					   "bpf '1,6 0 0 1' pass");
	struct fdrop_rule_list list = { 0 };
	struct fdrop_text_error error;
	struct fdrop_text more = fdrop_text_of("udp count", 9);
	struct fdrop_table *copy;
	u8 places[FDROP_SETS];

	ASSERT_EQ(0, fdrop_rule_list_copy(&list, t));
	EXPECT_EQ(t->sets, list.sets);
	EXPECT_EQ(t->rules[1].bpf, list.rules[1].bpf);
	fdrop_sets_match(t->sets, list.sets, places);
	EXPECT_TRUE(fdrop_rule_same(&t->rules[0], &list.rules[0], places));
	EXPECT_FALSE(fdrop_rule_same(&t->rules[0], &list.rules[1], places));
	fdrop_table_free(t);
	more.rules_only = true;
	ASSERT_EQ(0, fdrop_rule_list_add(&list, &more, &error));
	ASSERT_EQ(0, fdrop_rule_list_finish(&list, &error));
	ASSERT_EQ(0, fdrop_rule_list_build(&list, &copy));
	EXPECT_EQ(3, copy->count);
	EXPECT_EQ(7, copy->rules[0].id);
	EXPECT_EQ(9, copy->rules[2].id);
	EXPECT_EQ(0, find(copy, &(struct frame){ }, 0));
	fdrop_table_free(copy);
	fdrop_rule_list_free(&list);
}

/* Rules name sets: where these are is another matter. */
TEST(the_same_rule_with_its_set_elsewhere)
{
	struct fdrop_table *a = test_table("set x { }; set y { }; src @x drop; dst @y drop");
	struct fdrop_table *b = test_table("set y { }; set x { }; src @x drop; dst @y drop;"
					   "src @y drop");
	u8 places[FDROP_SETS];

	fdrop_sets_match(a->sets, b->sets, places);
	EXPECT_TRUE(fdrop_rule_same(&a->rules[0], &b->rules[0], places));
	EXPECT_TRUE(fdrop_rule_same(&a->rules[1], &b->rules[1], places));
	EXPECT_FALSE(fdrop_rule_same(&a->rules[0], &b->rules[2], places));
	EXPECT_FALSE(fdrop_rule_same(&a->rules[0], &b->rules[1], places));
	fdrop_table_free(a);
	fdrop_table_free(b);
}

/* What is refused leaves the rules as they were. */
TEST(a_refused_text_adds_nothing)
{
	struct fdrop_rule_list list = { 0 };
	struct fdrop_text_error error;
	struct fdrop_text text = fdrop_text_of("udp drop; tcp dorp", 18);

	EXPECT_EQ(-EINVAL, fdrop_rule_list_add(&list, &text, &error));
	EXPECT_EQ(0, list.count);
	text = fdrop_text_of("set a { ::/0 }", 14);
	text.rules_only = true;
	EXPECT_EQ(-EINVAL, fdrop_rule_list_add(&list, &text, &error));
	EXPECT_STREQ("a set cannot be defined here: only rules are taken", error.message);
	EXPECT_EQ(0, list.sets->count);
	fdrop_rule_list_free(&list);
}

TEST(a_rule_ends_at_its_deadline)
{
	struct fdrop_table *t = test_table("udp drop expire 1h");
	struct fdrop_rule rule = t->rules[0];
	struct test_packet packet;
	struct fdrop_key key;

	test_packet_build(&packet, &(struct frame){ }, ~0U);
	fdrop_parse(&packet.packet, &key);
	rule.checks |= FDROP_CHECK_DEADLINE;
	rule.deadline = fdrop_seconds() + 100;
	EXPECT_TRUE(fdrop_rule_matches(&rule, &key, &packet.packet));
	rule.deadline = fdrop_seconds();
	EXPECT_FALSE(fdrop_rule_matches(&rule, &key, &packet.packet));
	test_packet_free(&packet);
	fdrop_table_free(t);
}

static int allocations_left = -1;

bool fdrop_test_alloc_fails(void)
{
	return allocations_left >= 0 && allocations_left-- == 0;
}

/* Whichever allocation fails, nothing leaks and nothing is half built. */
TEST(no_memory)
{
	static const char text[] = "set a { 192.0.2.0/24 ::/8 }\n src @a drop\n tcp drop id 7\n"
				   "bpf \"1,6 0 0 1\" drop\n udp drop prio 1\n";
	struct fdrop_rule_list list = { 0 };
	struct fdrop_text_error error;
	struct fdrop_table *table;
	bool failed = true;
	int err, i;

	for (i = 0; failed; i++) {
		allocations_left = i;
		err = fdrop_rule_list_parse(&list, text, strlen(text), &error);
		if (!err)
			err = fdrop_rule_list_build(&list, &table);
		failed = allocations_left < 0;
		allocations_left = -1;
		fdrop_rule_list_free(&list);
		if (!err)
			fdrop_table_free(table);
		ASSERT_TRUE(err == -ENOMEM || !err);
	}
	EXPECT_EQ(0, err);
	EXPECT_LT(15, i);
}

TEST_HARNESS_MAIN
