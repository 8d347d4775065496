// SPDX-License-Identifier: GPL-2.0
/* Addresses as text, held against libc's. */
#include "kselftest_harness.h"

#include <arpa/inet.h>

#include "engine/addr.h"

TEST(v4_addresses)
{
	static const char * const good[] = {
		"0.0.0.0", "1.2.3.4", "255.255.255.255", "192.0.2.1", "10.20.30.40",
	};
	char text[FDROP_ADDR_TEXT];
	struct in_addr libc;
	__be32 addr;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(good); i++) {
		ASSERT_TRUE(fdrop_addr4_parse(good[i], strlen(good[i]), &addr));
		ASSERT_EQ(1, inet_pton(AF_INET, good[i], &libc));
		EXPECT_EQ(libc.s_addr, addr);
		fdrop_addr4_print(addr, text);
		EXPECT_STREQ(good[i], text);
	}
}

TEST(no_v4_addresses)
{
	static const char * const bad[] = {
		"", "1", "1.2.3", "1.2.3.", "1.2.3.4.", "1.2.3.4.5", ".1.2.3.4", "1..2.3",
		"256.1.1.1", "1.2.3.256", "01.2.3.4", "1.2.3.04", "1.2.3.1000", "1.2.3.a",
		" 1.2.3.4", "1.2.3.4 ", "1.2.3.-4", "0x1.2.3.4",
	};
	__be32 addr;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		EXPECT_FALSE(fdrop_addr4_parse(bad[i], strlen(bad[i]), &addr)) {
			TH_LOG("taken: \"%s\"", bad[i]);
		}
}

TEST(v6_addresses)
{
	static const char * const good[] = {
		"::", "::1", "1::", "2001:db8::1", "2001:DB8::A", "1:2:3:4:5:6:7:8",
		"1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1::3:4:5:6:7:8", "fe80::1:0:0:1",
		"::ffff:192.0.2.1", "64:ff9b::192.0.2.33", "1:2:3:4:5:6:1.2.3.4",
		"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "0:0:0:0:0:0:0:0", "0001::0010",
	};
	struct in6_addr libc;
	__be32 addr[4];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(good); i++) {
		ASSERT_TRUE(fdrop_addr6_parse(good[i], strlen(good[i]), addr)) {
			TH_LOG("refused: \"%s\"", good[i]);
		}
		ASSERT_EQ(1, inet_pton(AF_INET6, good[i], &libc));
		EXPECT_EQ(0, memcmp(&libc, addr, sizeof(addr))) {
			TH_LOG("misread: \"%s\"", good[i]);
		}
	}
}

TEST(no_v6_addresses)
{
	static const char * const bad[] = {
		"", ":", ":::", "1", "1:", ":1", "1:2", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:",
		"1:2:3:4:5:6:7:8:", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "::1::",
		"1::2::3", "12345::", "g::", "::1.2.3", "::1.2.3.4:5", "1.2.3.4::", "::1%eth0",
		"1:2:3:4:5:6:7:1.2.3.4", ":::1", "1:::2", " ::1", "::1 ", "1.2.3.4",
		"1:2:3:4::5:6:7:8",
	};
	__be32 addr[4];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		EXPECT_FALSE(fdrop_addr6_parse(bad[i], strlen(bad[i]), addr)) {
			TH_LOG("taken: \"%s\"", bad[i]);
		}
}

/* RFC 5952, section 4; libc differs where it writes an IPv4 address inside. */
TEST(v6_canonical_text)
{
	static const char * const canonical[] = {
		"::", "::1", "1::", "2001:db8::1", "2001:0:0:1::1", "2001:db8:0:1:1:1:1:1",
		"1:2:3:4:5:6:7:8", "1:0:3:0:5:0:7:0", "0:1::", "::1:0:0:0:1", "1:0:0:2::",
		"fe80::abcd:ef01",
	};
	char text[FDROP_ADDR_TEXT];
	__be32 addr[4];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(canonical); i++) {
		ASSERT_TRUE(fdrop_addr6_parse(canonical[i], strlen(canonical[i]), addr));
		fdrop_addr6_print(addr, text);
		EXPECT_STREQ(canonical[i], text);
	}
}

TEST(v6_text_is_libc_s_for_random_addresses)
{
	char ours[FDROP_ADDR_TEXT], libc[INET6_ADDRSTRLEN];
	__u16 groups[8];
	__be32 addr[4];
	int i, j;

	srandom(1);
	for (i = 0; i < 20000; i++) {
		for (j = 0; j < 8; j++)
			groups[j] = random() & 1 ? 0 : random();
		groups[0] |= 1;
		memcpy(addr, groups, sizeof(addr));
		fdrop_addr6_print(addr, ours);
		inet_ntop(AF_INET6, addr, libc, sizeof(libc));
		ASSERT_STREQ(libc, ours);
	}
}

TEST_HARNESS_MAIN
