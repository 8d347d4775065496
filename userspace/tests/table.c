// SPDX-License-Identifier: GPL-2.0
/* Which of several rules is found. */
#include "kselftest_harness.h"

#include "engine/rule_text.h"
#include "engine/table.h"
#include "packet.h"

#define RULES_MAX	16

/* The rules of @text as a table. */
static struct fdrop_table *build(const char *text)
{
	struct fdrop_text t = { text, text, text + strlen(text) };
	struct fdrop_rule rules[RULES_MAX];
	struct fdrop_text_error error;
	u32 n = 0;

	while (n < RULES_MAX && fdrop_rule_parse(&t, &rules[n], &error) == 1)
		n++;
	return fdrop_table_build(rules, n);
}

static u32 find(const struct fdrop_table *table, const struct frame *frame, u32 from)
{
	struct test_packet packet;
	struct fdrop_key key;

	test_packet_build(&packet, frame, ~0U);
	fdrop_parse(&packet.packet, &key);
	test_packet_free(&packet);
	return fdrop_table_lookup(table, &key, from)->rank;
}

TEST(first_match_wins)
{
	struct fdrop_table *t = build("tcp drop; udp dport 4321 pass; udp drop; ip drop");

	ASSERT_EQ(4, fdrop_table_count(t));
	EXPECT_EQ(1, find(t, &(struct frame){ }, 0));
	EXPECT_EQ(2, find(t, &(struct frame){ .dport = 1 }, 0));
	EXPECT_EQ(0, find(t, &(struct frame){ .proto = 6 }, 0));
	EXPECT_EQ(3, find(t, &(struct frame){ .proto = 47 }, 0));
	fdrop_table_free(t);
}

TEST(search_goes_on_behind_a_rule)
{
	struct fdrop_table *t = build("udp count; ip count; tcp count; dport 4321 drop");

	EXPECT_EQ(0, find(t, &(struct frame){ }, 0));
	EXPECT_EQ(1, find(t, &(struct frame){ }, 1));
	EXPECT_EQ(3, find(t, &(struct frame){ }, 2));
	EXPECT_EQ(4, find(t, &(struct frame){ }, 4));
	fdrop_table_free(t);
}

TEST(the_last_rule_passes_what_none_matched)
{
	struct fdrop_table *none = build("");
	struct fdrop_table *one = build("tcp drop");

	EXPECT_EQ(0, fdrop_table_count(none));
	EXPECT_EQ(0, find(none, &(struct frame){ }, 0));
	EXPECT_EQ(FDROP_ACTION_PASS, fdrop_table_rule(none, 0)->action);
	EXPECT_EQ(1, find(one, &(struct frame){ }, 0));
	EXPECT_EQ(1, find(one, &(struct frame){ .ethertype = ETH_P_ARP }, 0));
	EXPECT_EQ(FDROP_ACTION_PASS, fdrop_table_rule(one, 1)->action);
	fdrop_table_free(none);
	fdrop_table_free(one);
}

TEST(rules_are_copied)
{
	struct fdrop_rule rule = { .action = FDROP_ACTION_DROP };
	struct fdrop_table *t = fdrop_table_build(&rule, 1);

	rule.action = FDROP_ACTION_PASS;
	EXPECT_EQ(FDROP_ACTION_DROP, fdrop_table_rule(t, 0)->action);
	fdrop_table_free(t);
}

TEST_HARNESS_MAIN
