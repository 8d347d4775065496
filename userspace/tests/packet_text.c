// SPDX-License-Identifier: GPL-2.0
/* A packet as tcpdump would show it, however little of it there is. */
#include "kselftest_harness.h"

#include <stdio.h>

#include "packet_text.h"
#include "record.h"

#define A4	FRAME_SRC4 ".1024 > " FRAME_DST4 ".4321: "
#define B4	FRAME_SRC4 " > " FRAME_DST4 ": "
#define A6	FRAME_SRC6 ".1024 > " FRAME_DST6 ".4321: "
#define B6	FRAME_SRC6 " > " FRAME_DST6 ": "
#define EXT(...)	.ip6 = true, .ext = { __VA_ARGS__ }, \
			.ext_count = sizeof((const __u8[]){ __VA_ARGS__ })

static char text[PACKET_TEXT];

static const char *show(const struct fastdrop_record *record)
{
	struct packet_view view;

	memset(text, 0xa5, sizeof(text));
	packet_view_set(&view, record);
	return packet_text(&view, text) == strlen(text) ? text : "another length";
}

/* Of the frame's first bytes; ASan watches what is behind them. */
static const char *show_cut(const struct frame *frame, size_t captured)
{
	static struct test_record test;
	struct fastdrop_record *record;

	test_record_build(&test, frame);
	record = test_record_cut(&test, captured);
	show(record);
	free(record);
	return text;
}

#define EXPECT_TEXT(expected, ...) \
	EXPECT_STREQ(expected, show_cut(&(struct frame){ __VA_ARGS__ }, ~0UL))

TEST(udp)
{
	EXPECT_TEXT("IP " A4 "UDP, length 14");
	EXPECT_TEXT("IP " A4 "UDP, length 0", .payload = 4);
	EXPECT_TEXT("IP " A4 "UDP, bad length 6", .payload = 2);
	EXPECT_TEXT("IP 255.10.0.199.65535 > 0.0.0.0.1: UDP, length 14", .src = "255.10.0.199",
		    .dst = "0.0.0.0", .sport = 65535, .dport = 1);
	EXPECT_TEXT("IP6 " A6 "UDP, length 14", .ip6 = true);
	EXPECT_TEXT("IP6 ::.1024 > 2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff.4321: UDP, length 14",
		    .src = "::", .dst = "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff");
}

TEST(tcp)
{
	EXPECT_TEXT("IP " A4 "Flags [S], seq 0, win 0, length 0", .proto = 6, .flags = 2,
		    .payload = 16);
	EXPECT_TEXT("IP " A4 "Flags [S.], seq 0, ack 0, win 0, length 0", .proto = 6,
		    .flags = 0x12, .payload = 28, .tcp_options = 12);
	EXPECT_TEXT("IP " A4 "Flags [.], ack 0, win 0, length 0", .proto = 6, .flags = 0x10,
		    .payload = 16);
	EXPECT_TEXT("IP " A4 "Flags [P.], seq 0:2, ack 0, win 0, length 2", .proto = 6,
		    .flags = 0x18);
	EXPECT_TEXT("IP " A4 "Flags [none], win 0, length 0", .proto = 6, .payload = 16);
	EXPECT_TEXT("IP6 " A6 "Flags [FSRP.UEW], seq 0, ack 0, win 0, length 0", .ip6 = true,
		    .proto = 6, .flags = 0xff, .payload = 16);
}

TEST(numbers_of_tcp)
{
	static struct test_record test;
	u8 *tcp = test.bytes + ETH_HLEN + 20;

	test_record_build(&test, &(struct frame){ .proto = 6, .flags = 0x18 });
	memcpy(tcp + 4, "\xff\xff\xff\xff\x01\x02\x03\x04", 8);
	memcpy(tcp + 14, "\x02\x01", 2);
	EXPECT_STREQ("IP " A4 "Flags [P.], seq 4294967295:1, ack 16909060, win 513, length 2",
		     show(&test.record));
	tcp[12] = 0x40;
	EXPECT_STREQ("IP " A4 "Flags [P.], bad header length 16", show(&test.record));
	tcp[12] = 0xf0;
	EXPECT_STREQ("IP " A4 "Flags [P.], bad header length 60", show(&test.record));
}

TEST(icmp)
{
	EXPECT_TEXT("IP " B4 "ICMP echo request, id 0, seq 0, length 22", .proto = 1,
		    .sport = 0x0800);
	EXPECT_TEXT("IP " B4 "ICMP type 8 code 1, length 22", .proto = 1, .sport = 0x0801);
	EXPECT_TEXT("IP " B4 "ICMP type 3 code 3, length 22", .proto = 1, .sport = 0x0303);
	EXPECT_TEXT("IP " B4 "ICMP type 128 code 0, length 22", .proto = 1, .sport = 0x8000);
	EXPECT_TEXT("IP6 " B6 "ICMP6 type 135 code 0, length 22", .ip6 = true, .proto = 58,
		    .sport = 0x8700);
	EXPECT_TEXT("IP6 " B6 "ICMP6 type 8 code 0, length 22", .ip6 = true, .proto = 58,
		    .sport = 0x0800);
	EXPECT_TEXT("IP " B4 "ICMP6, length 22", .proto = 58);
	EXPECT_TEXT("IP " B4 "ICMP type 8 code 0, length 7", .proto = 1, .sport = 0x0800,
		    .total = 27);
}

TEST(echo_has_id_and_sequence)
{
	static struct test_record test;

	test_record_build(&test, &(struct frame){ .ip6 = true, .proto = 58, .sport = 0x8100 });
	memcpy(test.bytes + ETH_HLEN + 40 + 4, "\x12\x34\x00\x07", 4);
	EXPECT_STREQ("IP6 " B6 "ICMP6, echo reply, id 4660, seq 7, length 22",
		     show(&test.record));
}

TEST(other_protocols)
{
	EXPECT_TEXT("IP " A4 "SCTP, length 22", .proto = 132);
	EXPECT_TEXT("IP " B4 "GRE, length 22", .proto = 47);
	EXPECT_TEXT("IP " B4 "proto 253, length 22", .proto = 253);
	EXPECT_TEXT("IP " B4 "proto 0, length 22", .proto0 = true);
	EXPECT_TEXT("ARP, length 22", .ethertype = ETH_P_ARP);
	EXPECT_TEXT("ethertype 0x88cc, length 22", .ethertype = 0x88cc);
	EXPECT_TEXT("802.3, length 22", .ethertype = ETH_P_802_2);
}

TEST(fragments)
{
	EXPECT_TEXT("IP " A4 "first fragment, UDP, length 14", .more = true);
	EXPECT_TEXT("IP " B4 "later fragment, UDP, total length 42", .offset = 8);
	EXPECT_TEXT("IP6 " A6 "first fragment, UDP, length 14", EXT(44), .more = true);
	EXPECT_TEXT("IP6 " B6 "later fragment, UDP, total length 70", EXT(44), .offset = 8);
}

TEST(tags)
{
	static struct test_record test;

	EXPECT_TEXT("vlan 10, IP " A4 "UDP, length 14", .vlan = 10);
	EXPECT_TEXT("vlan 20, IP " A4 "UDP, length 14", .outer = 20, .vlan = 10);
	EXPECT_TEXT("vlan 10, ethertype 0x8100, too many headers, length 54", .outer = 10,
		    .vlan = 11, .third = 12);
	test_record_build(&test, &(struct frame){ .vlan = 10 });
	test_record_tag(&test, 0xe000 | 4000);
	EXPECT_STREQ("vlan 4000, IP " A4 "UDP, length 14", show(&test.record));
	test_record_build(&test, &(struct frame){ });
	test_record_tag(&test, 0);
	EXPECT_STREQ("vlan 0, IP " A4 "UDP, length 14", show(&test.record));
}

TEST(raw_ip)
{
	static struct test_record test;

	test_record_build(&test, &(struct frame){ });
	memmove(test.bytes, test.bytes + ETH_HLEN, 42);
	test.record.network = 0;
	test.record.captured = 42;
	test.record.wire_length = 42;
	EXPECT_STREQ("IP " A4 "UDP, length 14", show(&test.record));
}

TEST(what_cannot_be_read)
{
	EXPECT_TEXT("IP, truncated, length 19", .cut = 19);
	EXPECT_TEXT("IP, truncated, length 30", .cut = 30);
	EXPECT_TEXT("IP, malformed, length 42", .first = 0x55);
	EXPECT_TEXT("IP6, malformed, length 62", .ip6 = true, .first = 0x40);
	EXPECT_TEXT("IP " B4 "UDP, truncated, length 2", .total = 22);
	EXPECT_TEXT("IP " B4 "TCP, truncated, length 3", .proto = 6, .total = 23);
	EXPECT_TEXT("IP " A4 "TCP, truncated, length 10", .proto = 6, .payload = 6);
	EXPECT_TEXT("IP6 " B6 "headers, truncated, length 42", EXT(0), .total = 2);
	EXPECT_TEXT("IP6 " B6 "headers, too many headers, length 134",
		    EXT(0, 60, 60, 60, 60, 60, 60, 60, 60));
}

TEST(what_was_not_captured)
{
	const struct frame tcp = { .proto = 6, .flags = 2, .payload = 16 };
	const struct frame plain = { }, ext = { EXT(0, 60) };

	EXPECT_STREQ("IP, cut short, length 42", show_cut(&plain, 0));
	EXPECT_STREQ("IP, cut short, length 42", show_cut(&plain, 13));
	EXPECT_STREQ("IP, cut short, length 42", show_cut(&plain, 14 + 19));
	EXPECT_STREQ("IP " B4 "UDP, cut short, length 22", show_cut(&plain, 14 + 20 + 3));
	EXPECT_STREQ("IP " A4 "UDP, length 14", show_cut(&plain, 14 + 20 + 4));
	EXPECT_STREQ("IP " B4 "TCP, cut short, length 20", show_cut(&tcp, 14 + 20 + 13));
	EXPECT_STREQ("IP " A4 "Flags [S], length 0", show_cut(&tcp, 14 + 20 + 14));
	EXPECT_STREQ("IP " A4 "Flags [S], seq 0, win 0, length 0", show_cut(&tcp, 14 + 20 + 20));
	EXPECT_STREQ("IP6 " B6 "headers, cut short, length 78", show_cut(&ext, 14 + 40 + 8));
	EXPECT_STREQ("IP6, cut short, length 78", show_cut(&ext, 14 + 39));
	EXPECT_STREQ("IP " B4 "ICMP type 8 code 0, length 22",
		     show_cut(&(struct frame){ .proto = 1, .sport = 0x0800 }, 14 + 20 + 4));
}

/* Nothing behind what was captured is read, and no text is longer than its room. */
TEST(hostile_bytes)
{
	static const u16 types[] = { ETH_P_IP, ETH_P_IPV6, ETH_P_8021Q, ETH_P_ARP, 0 };
	static struct test_record test;
	struct fastdrop_record *record;
	u32 i, j;

	srandom(1);
	test_record_build(&test, &(struct frame){ .payload = 400 });
	for (i = 0; i < 200000; i++) {
		for (j = 0; j < 100; j++)
			test.bytes[random() % 300] = random();
		test.bytes[ETH_HLEN] = random() % 2 ? 0x40 | (random() & 7) : 0x60;
		test.record.protocol = htons(types[random() % ARRAY_SIZE(types)]);
		test.record.network = random() % 4 ? ETH_HLEN : 0;
		test.record.flags = random();
		test.record.vlan = random();
		record = test_record_cut(&test, random() % 300);
		record->wire_length = random() % 4 ? test.record.wire_length : random();
		ASSERT_STREQ(text, show(record));
		for (j = 0; text[j]; j++)
			ASSERT_TRUE(text[j] >= ' ' && text[j] < 0x7f);
		free(record);
	}
}

TEST_HARNESS_MAIN
