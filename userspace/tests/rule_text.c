// SPDX-License-Identifier: GPL-2.0
/* The rule language: what is taken, how it is written back, what is refused. */
#include "kselftest_harness.h"

#include "engine/rule_text.h"

/* The sets that rules here may name. */
static struct fdrop_sets sets = { .count = 2, .set = { { .name = "bots" }, { .name = "a.b-c_9" } } };

static int parse(const char *text, struct fdrop_rule *rule, struct fdrop_text_error *error)
{
	struct fdrop_text t = fdrop_text_of(text, strlen(text));

	return fdrop_rule_parse(&t, &sets, rule, error);
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
		{ "ether 0x0 drop", "ether 0x0000 drop" },
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
		{ "vlan 10 drop", NULL }, { "vlan none drop", NULL }, { "ip vlan 0 drop", NULL },
		{ "vlan 4095 arp drop", "arp vlan 4095 drop" },
		{ "tcp flags syn/syn,ack drop", NULL },
		{ "flags ack,syn/rst,ack,syn,fin drop", "flags syn,ack/fin,syn,rst,ack drop" },
		{ "tcp flags none/fin,syn,rst,psh,ack,urg,ece,cwr drop", NULL },
		{ "icmp type 8 drop", NULL }, { "icmp6 type 128 code 0 drop", NULL },
		{ "code 3 icmp drop", "icmp code 3 drop" },
		{ "ip proto 1 type 0 drop", "icmp type 0 drop" },
		{ "len 40 drop", NULL }, { "len 40-60 drop", NULL }, { "ip6 len 1280-65535 drop", NULL },
		{ "len 0-65535 drop", NULL }, { "udp len 0-65535 drop", "udp drop" },
		{ "ttl 1 drop", NULL }, { "ttl 0-5 drop", NULL }, { "ttl 0-255 drop", "len 0-65535 drop" },
		{ "dscp 46 drop", NULL }, { "dscp 0 udp drop", "udp dscp 0 drop" },
		{ "frag no drop", NULL }, { "frag any drop", NULL }, { "ip frag first drop", NULL },
		{ "ip6 frag later drop", NULL }, { "dport 53 frag no drop", NULL },
		{ "payload 0:16FE drop", "payload 0:16fe drop" },
		{ "udp dport 53 payload 2:01000001/ff00ffff drop", NULL },
		{ "payload 65535:0102030405060708/ffffffffffffffff drop",
		  "payload 65535:0102030405060708 drop" },
		{ "payload 0:00/00 drop", NULL },
		{ "queue 3 drop", NULL }, { "udp queue 65535 drop", NULL },
		{ "src @bots drop", NULL }, { "udp dst @a.b-c_9 src @bots dport 1 count",
		  "udp src @bots dst @a.b-c_9 dport 1 count" },
		{ "ip6 src @bots drop", NULL }, { "src @bots dst 1.2.3.4 drop", NULL },
		{ "bpf \"4,48 0 0 9,21 0 1 6,6 0 0 1,6 0 0 0\" drop", NULL },
		{ "udp bpf '1,6 0 0 4294967295' pass", "udp bpf \"1,6 0 0 4294967295\" pass" },
		{ "udp drop prio 1", NULL }, { "udp drop prio 100", "udp drop" },
		{ "udp drop prio 0", NULL }, { "udp drop prio 4294967295 id 4294967039", NULL },
		{ "udp drop id 1 prio 7", "udp drop prio 7 id 1" },
		{ "udp drop expire 10m", NULL }, { "udp drop expire 90", "udp drop expire 90s" },
		{ "udp drop expire 3600s", "udp drop expire 1h" }, { "udp drop expire 2d", NULL },
		{ "udp drop comment \"a bot's; # no end\"", NULL },
		{ "udp drop comment 'say \"x\"'", NULL },
		{ "udp drop dryrun", NULL }, { "udp drop dryrun prio 7", "udp drop prio 7 dryrun" },
		{ "udp drop sample 1000", NULL }, { "udp divert", NULL },
		{ "udp divert dryrun", NULL }, { "udp count sample 7 id 3", "udp count id 3 sample 7" },
		{ "tcp dport 22 protect", NULL }, { "arp protect id 3", NULL },
		{ "udp drop comment \"x\" # y", "udp drop comment \"x\"" },
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
		ASSERT_EQ(strlen(canonical), fdrop_rule_print(&rule, &sets, text, sizeof(text)))
			{ TH_LOG("%s: %s", cases[i].text, text); }
		EXPECT_STREQ(canonical, text);
		ASSERT_EQ(1, parse(text, &second, &error));
		fdrop_rule_print(&second, &sets, again, sizeof(again));
		EXPECT_STREQ(text, again);
		EXPECT_EQ(0, memcmp(&rule.value, &second.value, sizeof(rule.value)));
		EXPECT_EQ(0, memcmp(&rule.mask, &second.mask, sizeof(rule.mask)));
		EXPECT_EQ(rule.checks, second.checks);
		fdrop_rule_release(&rule);
		fdrop_rule_release(&second);
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
		{ "udp", 4, "expected a match, or drop, pass, count, divert or protect, not the end of the rule" },
		{ "upd drop", 1, "expected a match, not \"upd\"" },
		{ "udp dorp", 5, "expected a match, or drop, pass, count, divert or protect, not \"dorp\"" },
		{ "udp drop drop", 10, "expected prio, id, expire, sample, comment, dryrun, the end of the rule or \";\", not \"drop\"" },
		{ "udp drop sample 0", 17, "sample 0 would show none: leave it out" },
		{ "udp drop sample", 16, "expected a number from 1 to 4294967295" },
		{ "udp drop sample 4294967296", 17, "expected a number from 1 to 4294967295" },
		{ "udp divert sample 2", 12, "a rule that diverts shows every packet: leave out sample" },
		{ "udp pass dryrun", 10, "dryrun is for rules that drop or divert" },
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
		{ "ether 0x8100 drop", 7, "the ethertype is the one behind all VLAN tags: for the tags, use vlan" },
		{ "ip6 proto 44 drop", 14, "IPv6 header 44 is followed and never the protocol: see frag, or use bpf" },
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
		{ "vlan 4096 drop", 6, "expected a VLAN id from 0 to 4095, or none, not \"4096\"" },
		{ "vlan drop", 6, "expected a VLAN id" },
		{ "flags syn drop", 7, "expected TCP flags and their mask, such as syn/syn,ack, not \"syn\"" },
		{ "flags syn/none drop", 7, "expected TCP flags" },
		{ "flags syn,/syn drop", 7, "expected TCP flags" },
		{ "flags sin/syn drop", 7, "expected TCP flags" },
		{ "flags syn,ack/syn drop", 7, "a flag before the \"/\" is not in the mask behind it" },
		{ "udp flags syn/syn drop", 5, "flags need tcp: the rule's protocol has none" },
		{ "type 8 drop", 1, "type and code need icmp or icmp6 in the rule" },
		{ "ip6 proto 1 type 8 drop", 13, "type and code need icmp or icmp6 in the rule" },
		{ "udp code 8 drop", 5, "type and code need icmp or icmp6 in the rule" },
		{ "icmp type 256 drop", 11, "expected a number from 0 to 255, not \"256\"" },
		{ "icmp type echo drop", 11, "expected a number from 0 to 255" },
		{ "len 65536 drop", 5, "expected a length from 0 to 65535, or a range of them" },
		{ "len 60-40 drop", 5, "the range is upside down: say 40-60" },
		{ "arp len 60 drop", 5, "\"len\" is of another family" },
		{ "ttl 256 drop", 5, "expected a ttl from 0 to 255, or a range of them, not \"256\"" },
		{ "dscp 64 drop", 6, "expected a DSCP from 0 to 63, not \"64\"" },
		{ "frag yes drop", 6, "expected no, any, first or later, not \"yes\"" },
		{ "frag later dport 1 drop", 12, "a later fragment has no transport header" },
		{ "payload 0:00 frag later drop", 1, "a later fragment has no transport header" },
		{ "payload 0 drop", 9, "expected OFFSET:HEX or OFFSET:HEX/MASK, such as 0:16fe, not \"0\"" },
		{ "payload 65536:00 drop", 9, "expected OFFSET:HEX" },
		{ "payload 0: drop", 9, "expected OFFSET:HEX or OFFSET:HEX/MASK, of 1 to 8 bytes both" },
		{ "payload 0:123 drop", 9, "expected OFFSET:HEX" },
		{ "payload 0:0g drop", 9, "expected OFFSET:HEX" },
		{ "payload 0:010203040506070809 drop", 9, "expected OFFSET:HEX" },
		{ "payload 0:0102/ff drop", 9, "expected OFFSET:HEX" },
		{ "payload 0:01/fe drop", 9, "the payload has bits that are not in its mask" },
		{ "queue 65536 drop", 7, "expected a receive queue from 0 to 65535, not \"65536\"" },
		{ "src @nobody drop", 5, "there is no set \"nobody\": define it before, as set nobody { 192.0.2.0/24 }" },
		{ "src @ drop", 5, "there is no set \"\"" },
		{ "src 1.2.3.4 src @bots drop", 13, "\"src\" is one too many" },
		{ "arp src @bots drop", 9, "\"@bots\" is of another family" },
		{ "bpf 1,6 0 0 0 drop", 5, "expected a BPF program in quotes, as tcpdump -ddd prints it" },
		{ "bpf \"1,6 0 0 0 drop", 5, "expected a BPF program in quotes" },
		{ "bpf \"0\" drop", 6, "a BPF program begins with its number of instructions, 1 to 512" },
		{ "bpf \"513,6 0 0 0\" drop", 6, "a BPF program begins with its number" },
		{ "bpf \"2,6 0 0 0\" drop", 5, "the BPF program does not have 2 instructions" },
		{ "bpf \"1,6 0 0 0,6 0 0 0\" drop", 5, "the BPF program does not have 1 instructions" },
		{ "bpf \"1,6 0 0\" drop", 8, "expected a BPF instruction, such as 48 0 0 9, not \"6 0 0\"" },
		{ "bpf \"1,6 256 0 0\" drop", 8, "expected a BPF instruction" },
		{ "udp drop prio -1", 15, "expected a priority from 0 to 4294967295, not \"-1\"" },
		{ "udp drop prio 4294967296", 15, "expected a priority" },
		{ "udp drop id 0", 13, "expected an id from 1 to 4294967039, not \"0\"" },
		{ "udp drop id 1 id 2", 15, "\"id\" is one too many: the rule has one already" },
		{ "udp drop expire 0", 17, "expected a time of at most ten years, such as 90s, 10m, 2h or 7d" },
		{ "udp drop expire 3651d", 17, "expected a time" },
		{ "udp drop expire m", 17, "expected a time" },
		{ "udp drop expire", 16, "expected a time" },
		{ "udp drop comment x", 18, "expected a comment in quotes, not \"x\"" },
		{ "udp drop comment \"\"", 18, "a comment has 1 to 63 bytes, and this one 0" },
		{ "udp drop comment \"a\tb\"", 20, "a comment has no control characters" },
		{ "prio 1 udp drop", 1, "expected a match, not \"prio\"" },
		{ "set", 4, "expected the name of a set" },
		{ "set 9x { }", 5, "expected the name of a set: a letter, then up to 30" },
		{ "set x 1.2.3.4", 7, "expected \"{\", not \"1.2.3.4\"" },
		{ "set bots { 1.2.3.4", 19, "expected a prefix or \"}\", not the end of the text" },
		{ "set bots { 1.2.3.4/33 }", 20, "expected a prefix length from 0 to 32" },
		{ "set bots { 1.2.3.4 } drop", 22, "expected the end of the line or \";\", not \"drop\"" },
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
	struct fdrop_text t = fdrop_text_of(text, strlen(text));
	struct fdrop_text_error error;
	struct fdrop_rule rule;

	ASSERT_EQ(1, fdrop_rule_parse(&t, &sets, &rule, &error));
	EXPECT_EQ(17, rule.value.proto);
	ASSERT_EQ(1, fdrop_rule_parse(&t, &sets, &rule, &error));
	EXPECT_EQ(6, rule.value.proto);
	ASSERT_EQ(1, fdrop_rule_parse(&t, &sets, &rule, &error));
	EXPECT_EQ(FDROP_ACTION_PASS, rule.action);
	EXPECT_EQ(0, fdrop_rule_parse(&t, &sets, &rule, &error));
	EXPECT_EQ(0, fdrop_rule_parse(&t, &sets, &rule, &error));
}

/* A caller's array has room for the rules there are, and no more. */
TEST(the_end_of_the_text_writes_no_rule)
{
	static const char text[] = "udp drop; # the end";
	struct fdrop_text t = fdrop_text_of(text, strlen(text));
	struct fdrop_rule *rules = malloc(sizeof(*rules));
	struct fdrop_text_error error;

	ASSERT_EQ(1, fdrop_rule_parse(&t, &sets, &rules[0], &error));
	EXPECT_EQ(0, fdrop_rule_parse(&t, &sets, &rules[1], &error));
	free(rules);
}

TEST(errors_know_their_line)
{
	static const char text[] = "udp drop\ntcp drop\n\n icmp dorp\n";
	struct fdrop_text t = fdrop_text_of(text, strlen(text));
	struct fdrop_text_error error;
	struct fdrop_rule rule;

	ASSERT_EQ(1, fdrop_rule_parse(&t, &sets, &rule, &error));
	ASSERT_EQ(1, fdrop_rule_parse(&t, &sets, &rule, &error));
	ASSERT_EQ(-EINVAL, fdrop_rule_parse(&t, &sets, &rule, &error));
	EXPECT_EQ(4, error.line);
	EXPECT_EQ(7, error.column);
}

TEST(a_text_needs_no_end)
{
	char *text = malloc(8);
	struct fdrop_text t = fdrop_text_of(text, 8);
	struct fdrop_text_error error;
	struct fdrop_rule rule;

	memcpy(text, "udp drop", 8);
	EXPECT_EQ(1, fdrop_rule_parse(&t, &sets, &rule, &error));
	EXPECT_EQ(0, fdrop_rule_parse(&t, &sets, &rule, &error));
	free(text);
}

TEST(a_short_buffer_cuts_the_text_and_keeps_its_length)
{
	struct fdrop_text_error error;
	struct fdrop_rule rule;
	char text[8];

	ASSERT_EQ(1, parse("udp dport 53 drop", &rule, &error));
	EXPECT_EQ(17, fdrop_rule_print(&rule, &sets, text, sizeof(text)))
	EXPECT_STREQ("udp dpo", text);
}

TEST(a_text_defines_sets)
{
	static const char text[] = "set one { 192.0.2.0/24, 192.0.2.1 # two\n\t2001:db8::/32,\n}; src @one drop\n"
				   "set one {10.0.0.0/8} # more of it\n src @two drop";
	struct fdrop_text t = fdrop_text_of(text, strlen(text));
	struct fdrop_sets own = { 0 };
	struct fdrop_text_error error;
	struct fdrop_rule rule;

	ASSERT_EQ(1, fdrop_rule_parse(&t, &own, &rule, &error));
	EXPECT_EQ(1, rule.mask.src_sets);
	EXPECT_EQ(3, rule.line);
	EXPECT_EQ(-EINVAL, fdrop_rule_parse(&t, &own, &rule, &error));
	EXPECT_EQ(5, error.line);
	EXPECT_EQ(6, error.column);
	ASSERT_EQ(1, own.count);
	EXPECT_STREQ("one", own.set[0].name);
	EXPECT_EQ(3, own.set[0].count4);
	EXPECT_EQ(1, own.set[0].count6);
	EXPECT_EQ(0x20010db800000000, own.set[0].v6[0].hi);
	fdrop_set_free(&own.set[0]);
}

TEST(there_are_32_sets)
{
	struct fdrop_sets own = { 0 };
	struct fdrop_text_error error;
	struct fdrop_rule rule;
	char text[1024];
	struct fdrop_text t;
	int n = 0, i;

	for (i = 0; i < 33; i++)
		n += snprintf(text + n, sizeof(text) - n, "set s%d { }\n", i);
	t = fdrop_text_of(text, n);
	EXPECT_EQ(-EINVAL, fdrop_rule_parse(&t, &own, &rule, &error));
	EXPECT_EQ(33, error.line);
	EXPECT_STREQ("there are 32 sets already, and that is the limit", error.message);
}

/* Words of the language and noise in any order: an answer, and no overread. */
TEST(random_words)
{
	static const char * const words[] = {
		"ip", "ip6", "arp", "ether", "0x88cc", "udp", "tcp", "icmp", "icmp6", "proto",
		"17", "src", "dst", "1.2.3.4", "10.0.0.0/8", "::1", "2001:db8::/32", "sport",
		"dport", "80", "1-2", "vlan", "none", "flags", "syn/syn,ack", "type", "code",
		"len", "ttl", "dscp", "frag", "later", "payload", "0:16fe/0fff", "queue", "bpf",
		"'1,6 0 0 1'", "@bots", "set bots {", "}", "prio", "id", "expire", "10m",
		"comment", "\"x y\"", "'", "drop", "pass", "count", ";", "\n", "#", "/", "-", "\xff",
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
		struct fdrop_text t = fdrop_text_of(exact, n);

		while ((result = fdrop_rule_parse(&t, &sets, &rule, &error)) == 1) {
			ASSERT_LT(fdrop_rule_print(&rule, &sets, printed, sizeof(printed)),
				  (int)sizeof(printed));
			fdrop_rule_release(&rule);
			ASSERT_EQ(1, parse(printed, &rule, &error)) {
				TH_LOG("%s from %s: %s", printed, text, error.message);
			}
			fdrop_rule_print(&rule, &sets, again, sizeof(again));
			ASSERT_STREQ(printed, again);
			fdrop_rule_release(&rule);
		}
		free(exact);
	}
}

TEST_HARNESS_MAIN
