// SPDX-License-Identifier: GPL-2.0
/* What is read of a packet, and how far. */
#include "kselftest_harness.h"

#include "packet.h"

#define IP4	(FDROP_PART_IP | FDROP_PART_IP4 | FDROP_PART_PROTO)
#define IP6	(FDROP_PART_IP | FDROP_PART_IP6 | FDROP_PART_PROTO)
#define ONLY_IP6	(FDROP_PART_IP | FDROP_PART_IP6)
#define PORTS	FDROP_PART_PORTS
#define FRAGMENT	FDROP_PART_FRAGMENT
#define LATER	FDROP_PART_LATER
#define EXT(...)	.ip6 = true, .ext = { __VA_ARGS__ }, \
			.ext_count = sizeof((const __u8[]){ __VA_ARGS__ })

static enum fdrop_reading parse(const struct frame *frame, u32 linear, struct fdrop_key *key)
{
	enum fdrop_reading reading;
	struct test_packet packet;

	memset(key, 0xa5, sizeof(*key));
	test_packet_build(&packet, frame, linear);
	reading = fdrop_parse(&packet.packet, key);
	test_packet_free(&packet);
	return reading;
}

TEST(an_ipv4_packet_fills_the_key)
{
	struct fdrop_key key, expected = {
		.parts = IP4 | PORTS, .proto = 17, .ttl = 64, .tos = 0xb8, .len = htons(42),
		.sport = htons(1024), .dport = htons(4321), .ethertype = htons(ETH_P_IP),
		.transport = 20, .end = 42,
	};

	inet_pton(AF_INET, FRAME_SRC4, &expected.addr[0].src);
	inet_pton(AF_INET, FRAME_DST4, &expected.addr[0].dst);
	EXPECT_EQ(FDROP_READ, parse(&(struct frame){ .tos = 0xb8 }, ~0U, &key));
	EXPECT_EQ(0, memcmp(&expected, &key, sizeof(key)));
}

TEST(an_ipv6_packet_fills_the_key)
{
	struct fdrop_key key, expected = {
		.parts = IP6 | PORTS | FDROP_PART_FLAGS, .proto = 6, .ttl = 64, .tos = 0xb8,
		.flags = 0x12, .len = htons(62), .vlan = htons(FDROP_VLAN_TAGGED | 10),
		.sport = htons(1), .dport = htons(2), .ethertype = htons(ETH_P_IPV6),
		.transport = 44, .end = 66,
	};
	const struct frame frame = { .ip6 = true, .vlan = 10, .proto = 6, .sport = 1, .dport = 2,
				     .flags = 0x12, .tos = 0xb8 };
	struct in6_addr src, dst;
	int i;

	inet_pton(AF_INET6, FRAME_SRC6, &src);
	inet_pton(AF_INET6, FRAME_DST6, &dst);
	for (i = 0; i < 4; i++) {
		expected.addr[i].src = src.s6_addr32[i];
		expected.addr[i].dst = dst.s6_addr32[i];
	}
	EXPECT_EQ(FDROP_READ, parse(&frame, ~0U, &key));
	EXPECT_EQ(0, memcmp(&expected, &key, sizeof(key)));
}

TEST(another_protocol_is_its_ethertype)
{
	struct fdrop_key key, expected = { .ethertype = htons(ETH_P_ARP) };

	EXPECT_EQ(FDROP_READ, parse(&(struct frame){ .ethertype = ETH_P_ARP }, ~0U, &key));
	EXPECT_EQ(0, memcmp(&expected, &key, sizeof(key)));
}

/* The reading and the parts of each, also when the headers lie elsewhere. */
TEST(readings)
{
	static const struct {
		const char *what;
		struct frame frame;
		enum fdrop_reading reading;
		unsigned int parts;
	} cases[] = {
		{ "IPv4", { }, FDROP_READ, IP4 | PORTS },
		{ "ICMP", { .proto = 1 }, FDROP_READ, IP4 | FDROP_PART_ICMP },
		{ "ICMPv6 over IPv4", { .proto = 58 }, FDROP_READ, IP4 },
		{ "TCP", { .proto = 6 }, FDROP_READ, IP4 | PORTS | FDROP_PART_FLAGS },
		{ "13 bytes of TCP", { .proto = 6, .total = 33 }, FDROP_TRUNCATED, IP4 | PORTS },
		{ "two VLAN tags", { .outer = 1, .vlan = 2 }, FDROP_READ, IP4 | PORTS },
		{ "three VLAN tags", { .outer = 1, .vlan = 2, .third = 3 },
		  FDROP_TOO_MANY_HEADERS, 0 },
		{ "half a tag", { .vlan = 1, .cut = 1, .ethertype = 0 }, FDROP_TRUNCATED, 0 },
		{ "no byte of IPv4", { .cut = 1 }, FDROP_TRUNCATED, 0 },
		{ "19 bytes of IPv4", { .cut = 19 }, FDROP_TRUNCATED, 0 },
		{ "39 bytes of IPv6", { .ip6 = true, .cut = 39 }, FDROP_TRUNCATED, 0 },
		{ "longer than the frame", { .total = 43 }, FDROP_TRUNCATED, 0 },
		{ "as long as the frame", { .total = 42 }, FDROP_READ, IP4 | PORTS },
		{ "shorter than its header", { .total = 19 }, FDROP_MALFORMED, 0 },
		{ "a length of 0", { .options = 4, .total = 23 }, FDROP_MALFORMED, 0 },
		{ "version 6 in IPv4", { .first = 0x65 }, FDROP_MALFORMED, 0 },
		{ "version 0 in IPv4", { .first = 0x05 }, FDROP_MALFORMED, 0 },
		{ "a header of 16 bytes", { .first = 0x44 }, FDROP_MALFORMED, 0 },
		{ "version 4 in IPv6", { .ip6 = true, .first = 0x45 }, FDROP_MALFORMED, 0 },
		{ "3 bytes of transport", { .total = 23 }, FDROP_TRUNCATED, IP4 },
		{ "4 bytes of transport", { .total = 24 }, FDROP_READ, IP4 | PORTS },
		{ "a later fragment", { .offset = 8 }, FDROP_READ, IP4 | FRAGMENT | LATER },
		{ "a first fragment", { .more = true }, FDROP_READ, IP4 | PORTS | FRAGMENT },
		{ "a later fragment of IPv6", { EXT(44), .offset = 8 }, FDROP_READ,
		  IP6 | FRAGMENT | LATER },
		{ "an atomic fragment", { EXT(44) }, FDROP_READ, IP6 | PORTS },
		{ "a later fragment of options", { EXT(44, 60), .offset = 8 }, FDROP_READ,
		  ONLY_IP6 | FRAGMENT | LATER },
		{ "nine extension headers", { EXT(60, 60, 60, 60, 60, 60, 60, 60, 60) },
		  FDROP_TOO_MANY_HEADERS, ONLY_IP6 },
		{ "256 bytes of headers", { EXT(60, 60), .ext_bytes = 104 }, FDROP_READ,
		  IP6 | PORTS },
		{ "more of them", { EXT(60, 60), .ext_bytes = 112 },
		  FDROP_TOO_MANY_HEADERS, IP6 },
		{ "an extension header cut", { EXT(60), .total = 7, .cut = 47 }, FDROP_TRUNCATED,
		  ONLY_IP6 },
		{ "one that goes on behind the end", { EXT(60), .ext_bytes = 32, .total = 24, .cut = 64 },
		  FDROP_TRUNCATED, ONLY_IP6 },
		{ "no next header", { EXT(60), .proto = 59 }, FDROP_READ, IP6 },
	};
	static const u32 linear[] = { ~0U, 0, 3, 20, 30, 41, 50, 256 };
	struct fdrop_key key;
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		for (j = 0; j < ARRAY_SIZE(linear); j++) {
			EXPECT_EQ(cases[i].reading, parse(&cases[i].frame, linear[j], &key)) {
				TH_LOG("%s, %d linear", cases[i].what, (int)linear[j]);
			}
			EXPECT_EQ(cases[i].parts, key.parts) {
				TH_LOG("%s, %d linear", cases[i].what, (int)linear[j]);
			}
		}
	}
}

TEST(an_aggregate_above_64k_has_no_length)
{
	static __u8 bytes[70000];
	struct test_packet packet;
	struct fdrop_key key;
	__u16 ethertype;
	size_t n;

	n = frame_build(&(struct frame){ .proto = 6 }, bytes, &ethertype);
	frame_put16(bytes + 2, 0);
	test_packet_set(&packet, bytes, sizeof(bytes), 64, ethertype);
	EXPECT_EQ(FDROP_READ, fdrop_parse(&packet.packet, &key));
	EXPECT_EQ(IP4 | PORTS | FDROP_PART_FLAGS, key.parts);
	EXPECT_EQ(0xffff, key.len);
	EXPECT_EQ(sizeof(bytes), key.end);
	test_packet_free(&packet);

	test_packet_set(&packet, bytes, n, n, ethertype);
	EXPECT_EQ(FDROP_MALFORMED, fdrop_parse(&packet.packet, &key));
	test_packet_free(&packet);

	frame_build(&(struct frame){ .ip6 = true, .proto = 6 }, bytes, &ethertype);
	frame_put16(bytes + 4, 0);
	test_packet_set(&packet, bytes, sizeof(bytes), 64, ethertype);
	EXPECT_EQ(FDROP_READ, fdrop_parse(&packet.packet, &key));
	EXPECT_EQ(IP6 | PORTS | FDROP_PART_FLAGS, key.parts);
	test_packet_free(&packet);
}

/* The short way and the long one are one parser to whoever looks from outside. */
TEST(a_plain_packet_is_read_alike_both_ways)
{
	struct test_packet packet;
	struct fdrop_key plain, any;

	memset(&plain, 0xa5, sizeof(plain));
	memset(&any, 0x5a, sizeof(any));
	test_packet_build(&packet, &(struct frame){ .tos = 4, .payload = 100 }, ~0U);
	packet.packet.vlan = htons(FDROP_VLAN_TAGGED | 7);
	EXPECT_TRUE(fdrop_parse_plain(&packet.packet, &plain));
	EXPECT_EQ(FDROP_READ, fdrop_parse(&packet.packet, &plain));
	EXPECT_EQ(FDROP_READ, fdrop_parse_any(&packet.packet, &any));
	EXPECT_EQ(0, memcmp(&plain, &any, sizeof(any)));
	test_packet_free(&packet);
}

TEST(linear_headers_are_read_in_place)
{
	struct test_packet packet;
	struct fdrop_key key;

	test_packet_build(&packet, &(struct frame){ .payload = 1000 }, 24);
	EXPECT_EQ(FDROP_READ, fdrop_parse(&packet.packet, &key));
	EXPECT_EQ(0, packet.reads);
	test_packet_free(&packet);
	test_packet_build(&packet, &(struct frame){ .payload = 1000 }, 23);
	EXPECT_EQ(FDROP_READ, fdrop_parse(&packet.packet, &key));
	EXPECT_EQ(1, packet.reads);
	test_packet_free(&packet);
}

static int refuse_to_read(const struct fdrop_packet *packet, u32 offset, void *to, u32 n)
{
	return -EFAULT;
}

TEST(bytes_that_cannot_be_had_are_truncation)
{
	static const struct fdrop_packet_ops ops = { .read = refuse_to_read };
	struct test_packet packet;
	struct fdrop_key key;

	test_packet_build(&packet, &(struct frame){ }, 0);
	packet.packet.ops = &ops;
	EXPECT_EQ(FDROP_TRUNCATED, fdrop_parse(&packet.packet, &key));
	EXPECT_EQ(0, key.parts);
	test_packet_free(&packet);
}

/* Whatever the bytes are, and wherever they are cut: no overread, and the same key. */
TEST(random_bytes)
{
	static const __u16 ethertypes[] = { ETH_P_IP, ETH_P_IPV6, ETH_P_8021Q, ETH_P_8021AD, ETH_P_ARP };
	enum fdrop_reading reading;
	struct fdrop_key whole, cut;
	struct test_packet packet;
	__u8 bytes[300];
	__u16 ethertype;
	u32 i, j, n;

	srandom(2);
	for (i = 0; i < 200000; i++) {
		n = random() % sizeof(bytes);
		ethertype = ethertypes[random() % ARRAY_SIZE(ethertypes)];
		for (j = 0; j < n; j++)
			bytes[j] = random() & 3 ? random() & 0x3c : random();
		if (n)
			bytes[0] = ethertype == ETH_P_IPV6 ? 0x60 : 0x40 | (random() & 15);
		if (n > 3)
			frame_put16(bytes + 2, random() % (n + 4));
		test_packet_set(&packet, bytes, n, n, ethertype);
		reading = fdrop_parse(&packet.packet, &whole);
		test_packet_free(&packet);
		ASSERT_LT(reading, FDROP_READINGS);
		test_packet_set(&packet, bytes, n, random() % (n + 1), ethertype);
		ASSERT_EQ(reading, fdrop_parse(&packet.packet, &cut));
		test_packet_free(&packet);
		ASSERT_EQ(0, memcmp(&whole, &cut, sizeof(cut)));
	}
}

TEST_HARNESS_MAIN
