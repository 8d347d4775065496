// SPDX-License-Identifier: GPL-2.0
/* Feeds, ipset and nft: what is read out of them, and how the rest is refused. */
#include "kselftest_harness.h"

#include <unistd.h>

#include "cmd.h"
#include "import.h"

#define NFT(elements) \
	"{\"nftables\": [{\"metainfo\": {\"version\": \"1.0.6\"}}, {\"set\": {\"family\": \"inet\", " \
	"\"name\": \"bots\", \"table\": \"t\", \"type\": \"ipv4_addr\", \"flags\": [\"interval\"], " \
	"\"elem\": " elements "}}]}"

static char told[1024];

/* Stands for the program's. */
void notice(const char *format, ...)
{
	size_t n = strlen(told);
	va_list args;

	va_start(args, format);
	vsnprintf(told + n, sizeof(told) - n, format, args);
	va_end(args);
}

FIXTURE(import) {
	char path[32];
	struct fdrop_set set;
	struct import_error error;
};

FIXTURE_SETUP(import)
{
	int fd;

	told[0] = 0;
	strcpy(self->path, "/tmp/import-XXXXXX");
	memset(&self->set, 0, sizeof(self->set));
	fd = mkstemp(self->path);
	ASSERT_LE(0, fd);
	close(fd);
}

FIXTURE_TEARDOWN(import)
{
	unlink(self->path);
	fdrop_set_free(&self->set);
}

static int read_bytes(struct _test_data_import *self, const char *text, size_t length)
{
	FILE *file = fopen(self->path, "wb");

	assert(file && fwrite(text, 1, length, file) == length);
	fclose(file);
	fdrop_set_free(&self->set);
	told[0] = 0;
	self->error.message[0] = 0;
	return import_set(self->path, &self->set, &self->error);
}

static int read_text(struct _test_data_import *self, const char *text)
{
	return read_bytes(self, text, strlen(text));
}

/* Whether it is refused with a message that ends so. */
static bool is_refused(struct _test_data_import *self, const char *text, const char *message)
{
	size_t n, m = strlen(message);
	int err = read_text(self, text);

	n = strlen(self->error.message);
	if (err && n >= m && !strcmp(self->error.message + n - m, message))
		return true;
	printf("# %d: %s\n", err, self->error.message);
	return false;
}

static bool has4(const struct _test_data_import *self, u32 addr, u32 length)
{
	u32 i;

	for (i = 0; i < self->set.count4; i++)
		if (self->set.v4[i].addr == addr && self->set.v4[i].length == length)
			return true;
	return false;
}

TEST_F(import, a_feed_as_they_are)
{
	static const char feed[] =
		"\xef\xbb\xbf# a feed\r\n; another comment\r\n\r\n"
		"192.0.2.1\r\n  198.51.100.0/24\t2026-11-24 high\n"
		"203.0.113.9,4,botnet\n203.0.113.10; SBL1\n203.0.113.11#x\n"
		"2001:db8::/32 ; SBL2\n::1\n0.0.0.0/0\n192.0.2.2";

	ASSERT_EQ(0, read_text(self, feed));
	EXPECT_EQ(7, self->set.count4);
	EXPECT_TRUE(has4(self, 0xc0000201, 32));
	EXPECT_TRUE(has4(self, 0xc6336400, 24));
	EXPECT_TRUE(has4(self, 0xcb00710b, 32));
	EXPECT_TRUE(has4(self, 0, 0));
	ASSERT_EQ(2, self->set.count6);
	EXPECT_EQ(0x20010db800000000, self->set.v6[0].hi);
	EXPECT_EQ(32, self->set.v6[0].length);
	EXPECT_EQ(1, self->set.v6[1].lo);
	EXPECT_STREQ("", told);
}

TEST_F(import, nothing_is_an_empty_set)
{
	EXPECT_EQ(0, read_text(self, ""));
	EXPECT_EQ(0, read_text(self, "\n\n# nothing\n"));
	EXPECT_EQ(0, self->set.count4 + self->set.count6);
}

TEST_F(import, bits_behind_the_prefix_are_cleared_and_told_once)
{
	ASSERT_EQ(0, read_text(self, "10.0.0.1/24\n10.1.255.255/15\n10.1.0.0/16\n2001:db8::1/64\n"));
	EXPECT_TRUE(has4(self, 0x0a000000, 24));
	EXPECT_TRUE(has4(self, 0x0a000000, 15));
	EXPECT_EQ(0, self->set.v6[0].lo);
	EXPECT_TRUE(strstr(told, "of 3 prefixes"));
}

TEST_F(import, a_bad_line_is_named)
{
	EXPECT_TRUE(is_refused(self, "192.0.2.1\n\nfoo\n",
			       ", line 3: expected an address or prefix, not \"foo\""));
	EXPECT_TRUE(is_refused(self, "192.0.2.1/33\n", "not \"192.0.2.1/33\""));
	EXPECT_TRUE(is_refused(self, "192.0.2.1/\n", "not \"192.0.2.1/\""));
	EXPECT_TRUE(is_refused(self, "192.0.2.1/4294967296\n", "not \"192.0.2.1/4294967296\""));
	EXPECT_TRUE(is_refused(self, "192.0.2.01\n", "not \"192.0.2.01\""));
	EXPECT_TRUE(is_refused(self, "::/129\n", "not \"::/129\""));
	EXPECT_TRUE(is_refused(self, "\x1b[31mred\n", "not \"?[31mred\""));
	EXPECT_TRUE(is_refused(self, ",192.0.2.1\n", "not \"\""));
}

TEST_F(import, nul_and_long_lines_are_refused)
{
	static char line[10 << 20];

	EXPECT_EQ(-EINVAL, read_bytes(self, "192.0.2.1\0\n", 11));
	EXPECT_EQ(-EINVAL, read_bytes(self, "\0\0\0\0", 4));
	memset(line, '1', sizeof(line));
	EXPECT_EQ(-EINVAL, read_bytes(self, line, sizeof(line)));
	EXPECT_TRUE(strstr(self->error.message, "\"..."));
	memset(line, ' ', sizeof(line));
	memcpy(line + sizeof(line) - 9, "192.0.2.1", 9);
	EXPECT_EQ(0, read_bytes(self, line, sizeof(line)));
	EXPECT_EQ(1, self->set.count4);
}

TEST_F(import, what_cannot_be_read_is_told)
{
	EXPECT_EQ(-ENOENT, import_set("/nowhere/at/all", &self->set, &self->error));
	EXPECT_STREQ("/nowhere/at/all: cannot read it: No such file or directory",
		     self->error.message);
	EXPECT_EQ(-EISDIR, import_set("/", &self->set, &self->error));
}

TEST_F(import, ipset_save)
{
	static const char save[] =
		"create bots hash:net family inet hashsize 1024 maxelem 65536 timeout 0 comment\n"
		"add bots 192.0.2.0/24 timeout 300 comment \"has nomatch in it\"\n"
		"add bots 198.51.100.7\n";

	ASSERT_EQ(0, read_text(self, save));
	EXPECT_EQ(2, self->set.count4);
	EXPECT_TRUE(has4(self, 0xc0000200, 24));
	EXPECT_TRUE(strstr(told, "timeouts"));
	ASSERT_EQ(0, read_text(self, "create six hash:ip family inet6\nadd six 2001:db8::1\n"));
	EXPECT_EQ(1, self->set.count6);
	EXPECT_STREQ("", told);
}

TEST_F(import, ipset_that_means_something_else)
{
	EXPECT_TRUE(is_refused(self, "create p hash:ip,port family inet\nadd p 192.0.2.1,tcp:80\n",
			       ", line 1: the set p is of the type hash:ip,port: only hash:ip and hash:net can be read"));
	EXPECT_TRUE(is_refused(self, "add b 192.0.2.1 nomatch\n",
			       "line 1: nomatch cannot be read: a set here has no exceptions, so use a pass rule"));
	EXPECT_TRUE(is_refused(self, "create b hash:ip netmask 24\n",
			       "netmask cannot be read: the elements do not tell their prefix"));
	EXPECT_TRUE(is_refused(self, "add a 192.0.2.1\nadd b 192.0.2.1\n",
			       "line 2: here begins a second set, b: save one alone, with \"ipset save NAME\""));
	EXPECT_TRUE(is_refused(self, "add a 192.0.2.1\ndel a 192.0.2.1\n",
			       "line 2: expected create or add, not \"del\""));
	EXPECT_TRUE(is_refused(self, "add a\n", "expected an address or prefix, not \"\""));
	EXPECT_TRUE(is_refused(self, "create\n",
			       "the type : only hash:ip and hash:net can be read"));
}

TEST_F(import, nft_elements)
{
	ASSERT_EQ(0, read_text(self, NFT("[\"192.0.2.1\", "
		"{\"prefix\": {\"addr\": \"198.51.100.0\", \"len\": 24}}, "
		"{\"elem\": {\"val\": \"203.0.113.7\", \"timeout\": 60, \"expires\": 5}}, "
		"{\"elem\": {\"val\": {\"prefix\": {\"addr\": \"10.0.0.0\", \"len\": 8}}}}]")));
	EXPECT_EQ(4, self->set.count4);
	EXPECT_TRUE(has4(self, 0xc6336400, 24));
	EXPECT_TRUE(has4(self, 0xcb007107, 32));
	EXPECT_TRUE(has4(self, 0x0a000000, 8));
	EXPECT_TRUE(strstr(told, "timeouts"));
	EXPECT_EQ(0, read_text(self, "{\"nftables\":[{\"element\":{\"name\":\"b\",\"elem\":[\"::1\"]}}]}"));
	EXPECT_EQ(1, self->set.count6);
}

TEST_F(import, a_range_is_split)
{
	ASSERT_EQ(0, read_text(self, NFT("[{\"range\": [\"10.0.0.1\", \"10.0.0.6\"]}]")));
	EXPECT_EQ(4, self->set.count4);
	EXPECT_TRUE(has4(self, 0x0a000001, 32));
	EXPECT_TRUE(has4(self, 0x0a000002, 31));
	EXPECT_TRUE(has4(self, 0x0a000004, 31));
	EXPECT_TRUE(has4(self, 0x0a000006, 32));
	ASSERT_EQ(0, read_text(self, NFT("[{\"range\": [\"0.0.0.0\", \"255.255.255.255\"]}]")));
	ASSERT_EQ(1, self->set.count4);
	EXPECT_EQ(0, self->set.v4[0].length);
	ASSERT_EQ(0, read_text(self, NFT("[{\"range\": [\"::\", \"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff\"]}]")));
	ASSERT_EQ(1, self->set.count6);
	EXPECT_EQ(0, self->set.v6[0].length);
	ASSERT_EQ(0, read_text(self, NFT("[{\"range\": [\"::1\", \"ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe\"]}]")));
	EXPECT_EQ(254, self->set.count6);
	ASSERT_EQ(0, read_text(self, NFT("[{\"range\": [\"192.0.2.255\", \"192.0.2.255\"]}]")));
	EXPECT_TRUE(has4(self, 0xc00002ff, 32));
}

TEST_F(import, nft_elements_that_are_none)
{
	EXPECT_TRUE(is_refused(self, NFT("[\"192.0.2.1\", \"foo\"]"),
			       ", element 2: expected an address or prefix, not \"foo\""));
	EXPECT_TRUE(is_refused(self, NFT("[42]"), "not \"42\""));
	EXPECT_TRUE(is_refused(self, NFT("[null]"), "not \"null\""));
	EXPECT_TRUE(is_refused(self, NFT("[{}]"), "not \"{}\""));
	EXPECT_TRUE(is_refused(self, NFT("{}"), "expected a list of elements, not \"{}\""));
	EXPECT_TRUE(is_refused(self, NFT("[\"1.2.3.4\\u0000\"]"), "not \"1.2.3.4?\""));
	EXPECT_TRUE(is_refused(self, NFT("[{\"prefix\": {\"addr\": \"10.0.0.0\", \"len\": 99999999999999999999}}]"),
			       "not \"10.0.0.0/9223372036854775807\""));
	EXPECT_TRUE(is_refused(self, NFT("[{\"prefix\": {\"addr\": \"10.0.0.0\", \"len\": -1}}]"),
			       "not \"10.0.0.0/-1\""));
	EXPECT_TRUE(is_refused(self, NFT("[{\"prefix\": {\"addr\": \"10.0.0.0/8\", \"len\": 8}}]"),
			       "not \"{\"addr\":\"10.0.0.0\\/8\",\"len\":8}\""));
	EXPECT_TRUE(is_refused(self, NFT("[{\"range\": [\"10.0.0.9\", \"10.0.0.1\"]}]"),
			       "expected the range's upper end, not \"10.0.0.1\""));
	EXPECT_TRUE(is_refused(self, NFT("[{\"range\": [\"10.0.0.9\", \"::1\"]}]"),
			       "expected an address of the same family, not \"::1\""));
	EXPECT_TRUE(is_refused(self, NFT("[{\"range\": [\"10.0.0.9\"]}]"), "not \"[\"10.0.0.9\"]\""));
	EXPECT_TRUE(is_refused(self, NFT("[{\"elem\": {\"timeout\": 1}}]"), "not \"{\"timeout\":1}\""));
}

TEST_F(import, nft_documents_that_are_none)
{
	EXPECT_TRUE(is_refused(self, "{\"nftables\": [{\"set\": {\"elem\": [\"1.2.3.4\"",
			       ": the JSON ends too early"));
	EXPECT_TRUE(is_refused(self, "{", ": the JSON ends too early"));
	EXPECT_TRUE(is_refused(self, "{}", "there is no list \"nftables\""));
	EXPECT_TRUE(is_refused(self, "{\"nftables\": {}}", "there is no list \"nftables\""));
	EXPECT_TRUE(is_refused(self, "{\"nftables\": [1, null, [], {}]}", "there is no set of addresses"));
	EXPECT_TRUE(is_refused(self, "{\"nftables\": [{\"set\": {\"name\": \"ports\", \"type\": \"inet_service\", \"elem\": [80]}}]}",
			       "there is no set of addresses"));
	EXPECT_TRUE(strstr(told, "the set ports is not of addresses"));
	EXPECT_TRUE(is_refused(self, "{\"nftables\": [{\"set\": {\"name\": \"a\"}}, {\"set\": {\"name\": \"b\"}}]}",
			       "there are two sets, a and b: list one alone, with \"nft -j list set\""));
	EXPECT_EQ(-EINVAL, read_text(self, "{\"nftables\": nonsense}"));
	EXPECT_TRUE(strstr(self->error.message, "it is not JSON: byte "));
}

TEST_F(import, nests_without_end_are_refused)
{
	static char deep[100000];

	memset(deep, '[', sizeof(deep));
	memcpy(deep, "{\"nftables\":", 12);
	EXPECT_EQ(-EINVAL, read_bytes(self, deep, sizeof(deep)));
}

TEST_HARNESS_MAIN
