// SPDX-License-Identifier: GPL-2.0
/* A line for a record, column by column. */
#include "kselftest_harness.h"

#include "csv.h"
#include "engine/platform.h"
#include "record.h"

#define COLUMNS	19
#define HEAD	"1700000000.123456789,eth2,3,1,5,drop,1,"

static char line[CSV_LINE + 1];

static const char *show(const struct fastdrop_record *record, const char *dev)
{
	size_t n;

	memset(line, 0xa5, sizeof(line));
	n = csv_line(record, dev, record->lost, line);
	if (!n || n > CSV_LINE || line[n - 1] != '\n')
		return "no line";
	line[n - 1] = 0;
	return line;
}

static const char *show_frame(const struct frame *frame)
{
	static struct test_record test;

	test_record_build(&test, frame);
	return show(&test.record, "eth2");
}

static int columns(const char *text)
{
	int n = 1;

	for (; *text; text++)
		n += *text == ',';
	return n;
}

#define EXPECT_LINE(expected, ...) \
	EXPECT_STREQ(HEAD expected, show_frame(&(struct frame){ __VA_ARGS__ }))

TEST(a_name_for_each_column)
{
	EXPECT_EQ(COLUMNS, columns(csv_header));
	EXPECT_EQ('\n', csv_header[strlen(csv_header) - 1]);
	EXPECT_EQ(COLUMNS, columns(show_frame(&(struct frame){ })));
	EXPECT_EQ(COLUMNS, columns(show_frame(&(struct frame){ .ethertype = 0x88cc })));
}

TEST(packets)
{
	EXPECT_LINE("56,56,0,,ip,17,192.0.2.1,1024,198.51.100.7,4321,64,");
	EXPECT_LINE("56,56,0,,ip,17,9.10.99.100,1024,255.0.200.19,4321,255,", .src = "9.10.99.100",
		    .dst = "255.0.200.19", .ttl = 255);
	EXPECT_LINE("76,76,0,,ip6,6,2001:db8::1,1024,2001:db8:1::7,65535,64,S.", .ip6 = true,
		    .proto = 6, .flags = 0x12, .dport = 65535);
	EXPECT_LINE("56,56,0,,ip,1,192.0.2.1,,198.51.100.7,,64,3/13", .proto = 1, .sport = 0x030d);
	EXPECT_LINE("56,56,0,,ip,47,192.0.2.1,,198.51.100.7,,64,", .proto = 47);
	EXPECT_LINE("56,56,0,,ip,17,192.0.2.1,,198.51.100.7,,64,", .offset = 8);
	EXPECT_LINE("60,60,0,10,ip,17,192.0.2.1,1024,198.51.100.7,4321,64,", .vlan = 10);
	EXPECT_LINE("36,36,0,,arp,,,,,,,", .ethertype = ETH_P_ARP);
	EXPECT_LINE("36,36,0,,0x88cc,,,,,,,", .ethertype = 0x88cc);
	EXPECT_LINE("33,33,0,,ip,,,,,,,", .cut = 19);
}

TEST(what_the_record_says)
{
	static struct test_record test;

	test_record_build(&test, &(struct frame){ });
	test_record_tag(&test, 0x2000 | 7);
	test.record.time = 9000000005ULL;
	test.record.lost = ~0ULL;
	test.record.rule = ~0U;
	test.record.queue = 0;
	test.record.cpu = 65535;
	test.record.packets = 44;
	test.record.captured = 20;
	test.record.verdict = FASTDROP_VERDICT_WOULD_DROP;
	EXPECT_STREQ("9.000000005,eth2,0,65535,4294967295,would-drop,44,56,20,18446744073709551615,7,ip,,,,,,,",
		     show(&test.record, "eth2"));
	test.record.verdict = 200;
	test.record.time = 0;
	test.record.lost = 0;
	EXPECT_STREQ("0.000000000,eth2,0,65535,4294967295,?,44,56,20,0,7,ip,,,,,,,",
		     show(&test.record, "eth2"));
}

TEST(the_end_of_a_device)
{
	const struct fastdrop_record record = { .type = FASTDROP_RECORD_END, .lost = 9,
						.time = 1000000000 };

	EXPECT_STREQ("1.000000000,eth2,0,0,0,end,0,0,0,9,,,,,,,,,", show(&record, "eth2"));
}

TEST(names_that_need_quotes)
{
	static struct test_record test;

	test_record_build(&test, &(struct frame){ });
	show(&test.record, "a,b");
	EXPECT_NE(NULL, strstr(line, ".123456789,\"a,b\",3,"));
	show(&test.record, "a\"b");
	EXPECT_NE(NULL, strstr(line, ".123456789,\"a\"\"b\",3,"));
	show(&test.record, "\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"");
	EXPECT_EQ(COLUMNS, columns(line));
}

/* All is at its longest: the line has room. */
TEST(the_longest_line)
{
	static struct test_record test;

	test_record_build(&test, &(struct frame){
		.src = "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff", .proto = 6, .flags = 0xff,
		.dst = "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff", .ttl = 255,
	});
	test.record.time = ~0ULL;
	test.record.lost = ~0ULL;
	test.record.rule = ~0U;
	test.record.queue = ~0U;
	test.record.cpu = ~0;
	test.record.packets = ~0;
	test.record.verdict = FASTDROP_VERDICT_WOULD_DROP;
	EXPECT_EQ(COLUMNS, columns(show(&test.record, "\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"")));
	EXPECT_LT(strlen(line), CSV_LINE);
}

/* What was captured ends where ASan watches. */
TEST(every_cut)
{
	static const struct frame frames[] = {
		{ }, { .ip6 = true, .proto = 6, .flags = 2 }, { .vlan = 5 }, { .options = 40 },
		{ .ip6 = true, .ext = { 0, 60, 44 }, .ext_count = 3 },
	};
	static struct test_record test;
	struct fastdrop_record *record;
	size_t i, n;

	for (i = 0; i < ARRAY_SIZE(frames); i++) {
		test_record_build(&test, &frames[i]);
		for (n = 0; n <= test.record.captured; n++) {
			record = test_record_cut(&test, n);
			EXPECT_EQ(COLUMNS, columns(show(record, "eth2")));
			free(record);
		}
	}
}

TEST_HARNESS_MAIN
