// SPDX-License-Identifier: GPL-2.0
/* The rule language: what is taken, how it is written back, what is refused. */
#include "kselftest_harness.h"

#include "engine/rule_text.h"

static int parse(const char *text, struct fdrop_rule *rule, struct fdrop_text_error *error)
{
	struct fdrop_text t = { text, text, text + strlen(text) };

	return fdrop_rule_parse(&t, rule, error);
}

/* Each rule, and its canonical text. */
TEST(rules_round_trip)
{
	static const struct {
		const char *text;
		const char *canonical;
	} cases[] = {
		{ "udp dst 198.51.100.7 dport 4321 drop", NULL },
		{ "ip drop", NULL },
		{ "ip6 pass", NULL },
		{ "arp count", NULL },
		{ "ether 0x88cc drop", NULL },
		{ "ether 0x88CC drop", "ether 0x88cc drop" },
		{ "ether 0x806 drop", "arp drop" },
		{ "udp drop", NULL },
		{ "ip udp drop", NULL },
		{ "udp ip drop", "ip udp drop" },
		{ "ip6 tcp dport 80 drop", NULL },
		{ "icmp drop", NULL },
		{ "ip icmp drop", "icmp drop" },
		{ "icmp6 drop", NULL },
		{ "proto 17 drop", "udp drop" },
		{ "proto 1 drop", NULL },
		{ "ip proto 1 drop", "icmp drop" },
		{ "ip6 proto 1 drop", NULL },
		{ "proto 255 drop", NULL },
		{ "sctp sport 1 dport 2 pass", NULL },
		{ "src 192.0.2.0/24 pass", NULL },
		{ "src 192.0.2.1/32 pass", "src 192.0.2.1 pass" },
		{ "src 0.0.0.0/0 drop", "ip drop" },
		{ "dst ::/0 drop", "ip6 drop" },
		{ "dst 2001:DB8:0:0::/32 drop", "dst 2001:db8::/32 drop" },
		{ "dst ::1/128 drop", "dst ::1 drop" },
		{ "dst 1.2.3.4 src 5.6.7.8 drop", "src 5.6.7.8 dst 1.2.3.4 drop" },
		{ "dport 1-1 drop", "dport 1 drop" },
		{ "dport 0-65535 drop", NULL },
		{ "sport 0-65535 dport 7 drop", "dport 7 drop" },
		{ "sport 0-65535 drop", "dport 0-65535 drop" },
		{ "sport 1-2 dport 65535 drop", NULL },
		{ "proto 136 dport 53 drop", NULL },
		{ "  udp \t drop  ", "udp drop" },
		{ "udp drop # with a comment", "udp drop" },
		{ "gre drop", NULL }, { "esp drop", NULL }, { "ah drop", NULL },
		{ "src 2001:db8:1111:2222:3333:4444:5555:6666 dst 2001:db8:1111:2222:3333:4444:5555:6666 proto 132 sport 10000-20000 dport 30000-40000 count",
		  "sctp src 2001:db8:1111:2222:3333:4444:5555:6666 dst 2001:db8:1111:2222:3333:4444:5555:6666 sport 10000-20000 dport 30000-40000 count" },
	};
	char text[FDROP_RULE_TEXT], again[FDROP_RULE_TEXT];
	struct fdrop_rule rule, second;
	struct fdrop_text_error error;
	const char *canonical;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		canonical = cases[i].canonical ?: cases[i].text;
		ASSERT_EQ(1, parse(cases[i].text, &rule, &error)) {
			TH_LOG("%s: column %u: %s", cases[i].text, error.column, error.message);
		}
		ASSERT_EQ(strlen(canonical), fdrop_rule_print(&rule, text, sizeof(text)));
		EXPECT_STREQ(canonical, text);
		ASSERT_EQ(1, parse(text, &second, &error));
		fdrop_rule_print(&second, again, sizeof(again));
		EXPECT_STREQ(text, again);
		EXPECT_EQ(0, memcmp(&rule.value, &second.value, sizeof(rule.value)));
		EXPECT_EQ(0, memcmp(&rule.mask, &second.mask, sizeof(rule.mask)));
	}
}

TEST(what_is_refused_and_where)
{
	static const struct {
		const char *text;
		u32 column;
		const char *message;
	} cases[] = {
		{ "drop", 1, "a rule needs a match before its action" },
		{ "udp", 4, "expected a match, or drop, pass or count, not the end of the rule" },
		{ "upd drop", 1, "expected a match, not \"upd\"" },
		{ "udp dorp", 5, "expected a match, or drop, pass or count, not \"dorp\"" },
		{ "udp drop drop", 10, "expected the end of the rule or \";\", not \"drop\"" },
		{ "udp tcp drop", 5, "\"tcp\" is one too many: the rule has a protocol already" },
		{ "ip ip6 drop", 4, "\"ip6\" is one too many: the rule has a family already" },
		{ "src 1.2.3.4 src 1.2.3.4 drop", 13, "\"src\" is one too many" },
		{ "dport 1 dport 1 drop", 9, "\"dport\" is one too many" },
		{ "src drop", 5, "expected an IPv4 or IPv6 address or prefix, not \"drop\"" },
		{ "src", 4, "expected an IPv4 or IPv6 address or prefix, not the end of the rule" },
		{ "src 1.2.3 drop", 5, "expected an IPv4 or IPv6 address or prefix, not \"1.2.3\"" },
		{ "src 300.1.1.1 drop", 5, "expected an IPv4 or IPv6 address" },
		{ "src 1:2:3 drop", 5, "expected an IPv4 or IPv6 address" },
		{ "src 10.0.0.0/33 drop", 14, "expected a prefix length from 0 to 32, not \"33\"" },
		{ "src ::/129 drop", 8, "expected a prefix length from 0 to 128, not \"129\"" },
		{ "src 10.0.0.0/ drop", 5, "expected a prefix length from 0 to 32, not \"10.0.0.0/\"" },
		{ "src 10.0.0.0/8/8 drop", 14, "expected a prefix length from 0 to 32, not \"8/8\"" },
		{ "src 10.0.0.0/-1 drop", 14, "expected a prefix length" },
		{ "src 10.1.2.3/8 drop", 5, "bits are set behind the prefix: say 10.0.0.0/8" },
		{ "dst 2001:db8::1/32 drop", 5, "bits are set behind the prefix: say 2001:db8::/32" },
		{ "dport 65536 drop", 7, "expected a port from 0 to 65535, or a range of them, not \"65536\"" },
		{ "dport 99999999999999999999 drop", 7, "expected a port" },
		{ "dport 4294967297 drop", 7, "expected a port" },
		{ "dport -1 drop", 7, "expected a port" },
		{ "dport 1- drop", 7, "expected a port" },
		{ "dport -2 drop", 7, "expected a port" },
		{ "dport 1-2-3 drop", 7, "expected a port" },
		{ "dport 1-65536 drop", 7, "expected a port" },
		{ "dport 0x10 drop", 7, "expected a port" },
		{ "dport http drop", 7, "expected a port" },
		{ "dport 90-80 drop", 7, "the range is upside down: say 80-90" },
		{ "proto 256 drop", 7, "expected a protocol number from 0 to 255, not \"256\"" },
		{ "proto udp drop", 7, "expected a protocol number" },
		{ "ether 0x10000 drop", 7, "expected an ethertype from 0x0 to 0xffff" },
		{ "ether 88cc drop", 7, "expected an ethertype" },
		{ "ether 0x drop", 7, "expected an ethertype" },
		{ "ether 0x8g drop", 7, "expected an ethertype" },
		{ "dport 8a drop", 7, "expected a port" },
		{ "ip dst ::1 drop", 8, "\"::1\" is of another family than the rest of the rule" },
		{ "dst 1.2.3.4 ip6 drop", 13, "\"ip6\" is of another family" },
		{ "src 1.2.3.4 dst ::1 drop", 17, "\"::1\" is of another family" },
		{ "ip6 icmp drop", 5, "\"icmp\" is of another family" },
		{ "arp udp drop", 5, "\"udp\" is of another family" },
		{ "ether 0x88cc dport 1 drop", 14, "\"dport\" is of another family" },
		{ "udp arp drop", 5, "\"arp\" is of another family" },
		{ "icmp dport 1 drop", 6, "ports need tcp, udp, sctp" },
		{ "dport 1 gre drop", 1, "ports need tcp, udp, sctp" },
		{ "udp dst 1.2.3.4\x01 drop", 9, "expected an IPv4 or IPv6 address or prefix, not \"1.2.3.4?\"" },
		{ "UDP drop", 1, "expected a match, not \"UDP\"" },
		{ "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeee drop", 1,
		  "expected a match, not \"aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd\"..." },
	};
	struct fdrop_text_error error;
	struct fdrop_rule rule;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		EXPECT_EQ(-EINVAL, parse(cases[i].text, &rule, &error)) {
			TH_LOG("taken: %s", cases[i].text);
			continue;
		}
		EXPECT_EQ(cases[i].column, error.column) {
			TH_LOG("%s: %s", cases[i].text, error.message);
		}
		EXPECT_EQ(0, strncmp(cases[i].message, error.message, strlen(cases[i].message))) {
			TH_LOG("%s: %s", cases[i].text, error.message);
		}
	}
}

TEST(rules_follow_each_other)
{
	static const char text[] = ";; udp drop; # a comment; tcp drop\n\n  tcp drop;ip6 pass # end";
	struct fdrop_text t = { text, text, text + strlen(text) };
	struct fdrop_text_error error;
	struct fdrop_rule rule;

	ASSERT_EQ(1, fdrop_rule_parse(&t, &rule, &error));
	EXPECT_EQ(17, rule.value.proto);
	ASSERT_EQ(1, fdrop_rule_parse(&t, &rule, &error));
	EXPECT_EQ(6, rule.value.proto);
	ASSERT_EQ(1, fdrop_rule_parse(&t, &rule, &error));
	EXPECT_EQ(FDROP_ACTION_PASS, rule.action);
	EXPECT_EQ(0, fdrop_rule_parse(&t, &rule, &error));
	EXPECT_EQ(0, fdrop_rule_parse(&t, &rule, &error));
}

/* A caller's array has room for the rules there are, and no more. */
TEST(the_end_of_the_text_writes_no_rule)
{
	static const char text[] = "udp drop; # the end";
	struct fdrop_text t = { text, text, text + strlen(text) };
	struct fdrop_rule *rules = malloc(sizeof(*rules));
	struct fdrop_text_error error;

	ASSERT_EQ(1, fdrop_rule_parse(&t, &rules[0], &error));
	EXPECT_EQ(0, fdrop_rule_parse(&t, &rules[1], &error));
	free(rules);
}

TEST(errors_know_their_line)
{
	static const char text[] = "udp drop\ntcp drop\n\n icmp dorp\n";
	struct fdrop_text t = { text, text, text + strlen(text) };
	struct fdrop_text_error error;
	struct fdrop_rule rule;

	ASSERT_EQ(1, fdrop_rule_parse(&t, &rule, &error));
	ASSERT_EQ(1, fdrop_rule_parse(&t, &rule, &error));
	ASSERT_EQ(-EINVAL, fdrop_rule_parse(&t, &rule, &error));
	EXPECT_EQ(4, error.line);
	EXPECT_EQ(7, error.column);
}

TEST(a_text_needs_no_end)
{
	char *text = malloc(8);
	struct fdrop_text t = { text, text, text + 8 };
	struct fdrop_text_error error;
	struct fdrop_rule rule;

	memcpy(text, "udp drop", 8);
	EXPECT_EQ(1, fdrop_rule_parse(&t, &rule, &error));
	EXPECT_EQ(0, fdrop_rule_parse(&t, &rule, &error));
	free(text);
}

TEST(a_short_buffer_cuts_the_text_and_keeps_its_length)
{
	struct fdrop_text_error error;
	struct fdrop_rule rule;
	char text[8];

	ASSERT_EQ(1, parse("udp dport 53 drop", &rule, &error));
	EXPECT_EQ(17, fdrop_rule_print(&rule, text, sizeof(text)));
	EXPECT_STREQ("udp dpo", text);
}

/* Words of the language and noise in any order: an answer, and no overread. */
TEST(random_words)
{
	static const char * const words[] = {
		"ip", "ip6", "arp", "ether", "0x88cc", "udp", "tcp", "icmp", "icmp6", "proto",
		"17", "src", "dst", "1.2.3.4", "10.0.0.0/8", "::1", "2001:db8::/32", "sport",
		"dport", "80", "1-2", "drop", "pass", "count", ";", "\n", "#", "/", "-", "\xff",
	};
	char text[256], printed[FDROP_RULE_TEXT], again[FDROP_RULE_TEXT];
	struct fdrop_text_error error;
	struct fdrop_rule rule;
	int i, j, n, result;
	char *exact;

	srandom(3);
	for (i = 0; i < 300000; i++) {
		n = 0;
		for (j = random() % 10; j >= 0; j--)
			n += snprintf(text + n, sizeof(text) - n, "%s%s",
				      words[random() % ARRAY_SIZE(words)], random() & 7 ? " " : "");
		exact = malloc(n);
		memcpy(exact, text, n);
		struct fdrop_text t = { exact, exact, exact + n };

		while ((result = fdrop_rule_parse(&t, &rule, &error)) == 1) {
			ASSERT_LT(fdrop_rule_print(&rule, printed, sizeof(printed)),
				  (int)sizeof(printed));
			ASSERT_EQ(1, parse(printed, &rule, &error)) {
				TH_LOG("%s from %s: %s", printed, text, error.message);
			}
			fdrop_rule_print(&rule, again, sizeof(again));
			ASSERT_STREQ(printed, again);
		}
		free(exact);
	}
}

TEST_HARNESS_MAIN
