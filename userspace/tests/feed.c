// SPDX-License-Identifier: GPL-2.0
/* The feed over rings in this program's memory. */
#include "kselftest_harness.h"

#include <pcap/pcap.h>
#include <setjmp.h>
#include <signal.h>

#include "feed.h"
#include "rings.h"

static char told[1024];
static jmp_buf failed;

void complain(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(told, sizeof(told), format, args);
	va_end(args);
}

void fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(told, sizeof(told), format, args);
	va_end(args);
	longjmp(failed, 1);
}

void *need(void *p)
{
	return p ?: (abort(), NULL);
}

/* Each test is a process of its own: what it does to the above is gone behind it. */
static struct feed *open_feed(const struct feed_options *options)
{
	return setjmp(failed) ? NULL : feed_open(options);
}

static enum status read_words(struct feed_options *options, const char *line)
{
	static char copy[256];
	char *argv[32], *word;
	int argc = 0;

	*options = (struct feed_options){ };
	told[0] = 0;
	snprintf(copy, sizeof(copy), "%s", line);
	for (word = strtok(copy, " "); word; word = strtok(NULL, " "))
		argv[argc++] = word;
	argv[argc] = NULL;
	return feed_arguments(argc, argv, options);
}

TEST(arguments)
{
	struct feed_options o;

	EXPECT_EQ(STATUS_OK, read_words(&o, ""));
	EXPECT_EQ(NULL, o.dev);
	EXPECT_FALSE(o.has_rule || o.has_queue || o.expression);

	EXPECT_EQ(STATUS_OK, read_words(&o, "dev eth2 rule 5 queue 0"));
	EXPECT_STREQ("eth2", o.dev);
	EXPECT_TRUE(o.has_rule && o.has_queue && !o.expression);
	EXPECT_EQ(5, o.rule);
	EXPECT_EQ(0, o.queue);

	EXPECT_EQ(STATUS_OK, read_words(&o, "queue 3 rule 0 dev v1 udp port 53"));
	EXPECT_STREQ("v1", o.dev);
	EXPECT_TRUE(o.has_rule);
	EXPECT_EQ(0, o.rule);
	EXPECT_EQ(3, o.queue);
	EXPECT_STREQ("udp port 53", o.expression);
	free(o.expression);

	EXPECT_EQ(STATUS_OK, read_words(&o, "vlan 10 and ether host 02:00:00:00:00:01"));
	EXPECT_STREQ("vlan 10 and ether host 02:00:00:00:00:01", o.expression);
	free(o.expression);
}

TEST(arguments_that_are_wrong)
{
	static const char * const rows[][2] = {
		{ "dev", "expected the name of a device behind \"dev\"" },
		{ "rule", "expected the number behind \"rule\"" },
		{ "dev eth2 queue", "expected the number behind \"queue\"" },
		{ "rule five", "expected the number of a rule, not \"five\"" },
		{ "rule 4294967296", "expected the number of a rule, not \"4294967296\"" },
		{ "queue -1", "expected the number of a queue, not \"-1\"" },
		{ "dev eth2 dev eth3", "\"dev\" is there twice" },
		{ "rule 0 rule 0", "\"rule\" is there twice" },
		{ "queue 0 dev v1 queue 1", "\"queue\" is there twice" },
		{ "dev a2345678901234567",
		  "\"a2345678901234567\" is no name of a device: it has 1 to 15 characters" },
		{ "dev v1 -c 5", "\"-c\" comes too late: options stand in front of all else" },
		{ "--json", "\"--json\" comes too late: options stand in front of all else" },
		{ "udp prot 53",
		  "\"udp prot 53\": can't parse filter expression: syntax error" },
	};
	struct feed_options o;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		EXPECT_EQ(STATUS_USAGE, read_words(&o, rows[i][0])) {
			TH_LOG("%s", rows[i][0]);
		}
		EXPECT_STREQ(rows[i][1], told);
		free(o.expression);
	}
}

TEST(what_is_asked_for)
{
	struct feed *feed = open_feed(&(struct feed_options){ .snap_length = 300 });

	ASSERT_NE(NULL, feed);
	EXPECT_EQ(1, setup.ports);
	EXPECT_EQ(2, setup_ifindex[0]);
	EXPECT_EQ(300, setup.snap_length);
	EXPECT_TRUE(!setup.ring_bytes || setup.ring_bytes >= 65536);
	EXPECT_LT(setup.ring_bytes, 1048576);
	EXPECT_EQ(0, setup.ring_bytes & (setup.ring_bytes - 1));
	EXPECT_EQ(1, feed->devices);
	EXPECT_STREQ("eth2", feed->device[0].name);
	EXPECT_EQ(DLT_EN10MB, feed->device[0].link);
	EXPECT_EQ(4, feed->device[0].queues);
	feed_close(feed);

	ports_count = 2;
	feed = open_feed(&(struct feed_options){ .snap_length = 65535, .ring_bytes = 4096 });
	ASSERT_NE(NULL, feed);
	EXPECT_EQ(4096, setup.ring_bytes);
	EXPECT_EQ(2, setup.ports);
	EXPECT_EQ(3, setup_ifindex[1]);
	EXPECT_EQ(DLT_RAW, feed->device[1].link);
	feed_close(feed);

	feed = open_feed(&(struct feed_options){ .dev = "tun3", .snap_length = 262144 });
	ASSERT_NE(NULL, feed);
	EXPECT_EQ(0, setup.ring_bytes);
	EXPECT_EQ(1, setup.ports);
	EXPECT_EQ(3, setup_ifindex[0]);
	feed_close(feed);
}

static const char *why_not(int error)
{
	open_error = error;
	told[0] = 0;
	return open_feed(&(struct feed_options){ .ring_bytes = 65536 }) ? "it was opened" : told;
}

TEST(refusals)
{
	EXPECT_STREQ("there is no /dev/fastdrop of the module that is loaded", why_not(-ENOENT));
	EXPECT_STREQ("/dev/fastdrop needs root: CAP_NET_ADMIN in the initial user namespace",
		     why_not(-EACCES));
	EXPECT_STREQ("there are as many readers as there may be: the module's parameter readers says how many",
		     why_not(-EMFILE));
	EXPECT_STREQ("no memory for rings of 65536 bytes: one for each CPU", why_not(-ENOMEM));
	EXPECT_NE(NULL, strstr(why_not(-EINVAL), "ring_max"));
	EXPECT_STREQ("/dev/fastdrop: Input/output error", why_not(-EIO));
	ports_count = FASTDROP_SETUP_PORTS + 1;
	EXPECT_STREQ("65 devices are protected, and no more than 64 can be read at once: say which by dev DEV",
		     why_not(0));
	ports_count = 0;
	EXPECT_STREQ("no device is protected: fastdrop dev add DEV", why_not(0));
}

TEST(an_expression_for_raw_ip)
{
	ports_count = 2;
	EXPECT_EQ(NULL, open_feed(&(struct feed_options){ .expression = "vlan 10" }));
	EXPECT_EQ(&told[0], strstr(told, "\"vlan 10\": tun3 has no Ethernet header: "));
	EXPECT_NE(NULL, open_feed(&(struct feed_options){ .expression = "udp" }));
}

FIXTURE(feed) {
	struct feed *feed;
	const struct fastdrop_record *record;
};

FIXTURE_SETUP(feed)
{
	self->feed = NULL;
}

FIXTURE_TEARDOWN(feed)
{
	if (self->feed)
		feed_close(self->feed);
}

#define OPEN(...) do { \
	self->feed = open_feed(&(struct feed_options){ __VA_ARGS__ }); \
	ASSERT_NE(NULL, self->feed); \
} while (0)

#define EXPECT_TIME(expected) do { \
	ASSERT_EQ(FEED_RECORD, feed_next(self->feed, 0, &self->record)); \
	EXPECT_EQ(expected, self->record->time); \
} while (0)

#define EXPECT_STATE(expected) \
	EXPECT_EQ(expected, feed_next(self->feed, 0, &self->record))

TEST_F(feed, all_rings_by_time)
{
	OPEN();
	put_frame(0, 10, 1, &(struct frame){ });
	put_frame(0, 30, 1, &(struct frame){ });
	put_frame(1, 20, 1, &(struct frame){ });
	put_frame(1, 40, 1, &(struct frame){ });
	EXPECT_TIME(10);
	EXPECT_TIME(20);
	EXPECT_TIME(30);
	EXPECT_TIME(40);
	EXPECT_STATE(FEED_IDLE);
	EXPECT_EQ(4, self->feed->shown);
	EXPECT_STREQ("eth2", feed_device(self->feed, &(struct fastdrop_record){ .ifindex = 2 })->name);
	EXPECT_STREQ("?", feed_device(self->feed, &(struct fastdrop_record){ .ifindex = 9 })->name);
}

TEST_F(feed, a_batch_is_released_as_a_whole)
{
	OPEN();
	put_frame(0, 10, 1, &(struct frame){ });
	put_frame(0, 20, 1, &(struct frame){ });
	EXPECT_TIME(10);
	EXPECT_TIME(20);
	EXPECT_EQ(0, consumers[0].position);
	put_frame(0, 30, 1, &(struct frame){ });
	EXPECT_TIME(30);
	EXPECT_EQ(producers[0].position / 3 * 2, consumers[0].position);
	EXPECT_STATE(FEED_IDLE);
	EXPECT_EQ(producers[0].position, consumers[0].position);
}

TEST_F(feed, rules_and_queues)
{
	OPEN(.has_rule = true, .rule = 0, .has_queue = true, .queue = 3);
	put_frame(0, 10, 1, &(struct frame){ });
	put_frame(0, 20, 0, &(struct frame){ });
	EXPECT_TIME(20);
	EXPECT_STATE(FEED_IDLE);
	feed_close(self->feed);

	memset(producers, 0, sizeof(producers));
	OPEN(.has_queue = true, .queue = 2);
	put_frame(0, 30, 0, &(struct frame){ });
	EXPECT_STATE(FEED_IDLE);
	EXPECT_EQ(0, self->feed->shown);
}

static void put_tagged(u64 time, u16 tci, const struct frame *frame)
{
	static struct test_record test;

	test_record_build(&test, frame);
	test_record_tag(&test, tci);
	test.record.time = time;
	put(0, &test.record);
}

TEST_F(feed, an_expression_sees_the_tag)
{
	OPEN(.expression = "vlan 10 and udp dst port 4321");
	put_frame(0, 10, 1, &(struct frame){ });
	put_tagged(20, 0xa000 | 10, &(struct frame){ });
	put_tagged(30, 11, &(struct frame){ });
	put_tagged(40, 10, &(struct frame){ .proto = 6 });
	put_frame(0, 50, 1, &(struct frame){ .vlan = 10 });
	EXPECT_TIME(20);
	EXPECT_TIME(50);
	EXPECT_STATE(FEED_IDLE);
	EXPECT_EQ(2, self->feed->shown);
}

TEST_F(feed, an_expression_of_a_device_without_ethernet)
{
	static struct test_record test;

	OPEN(.dev = "tun3", .expression = "udp");
	test_record_build(&test, &(struct frame){ });
	memmove(test.bytes, test.bytes + ETH_HLEN, 42);
	test.record.network = 0;
	test.record.captured = 42;
	test.record.ifindex = 3;
	test.record.time = 7;
	put(0, &test.record);
	test.bytes[9] = 6;
	put(0, &test.record);
	EXPECT_TIME(7);
	EXPECT_STATE(FEED_IDLE);
}

TEST_F(feed, the_end_is_never_hidden)
{
	ports_count = 2;
	OPEN(.has_rule = true, .rule = 9, .expression = "tcp");
	put_end(0, 10, 2);
	put_frame(0, 20, 9, &(struct frame){ .proto = 6 });
	put_end(1, 30, 3);
	EXPECT_TIME(10);
	EXPECT_EQ(FASTDROP_RECORD_END, self->record->type);
	EXPECT_TRUE(self->feed->device[0].ended);
	EXPECT_FALSE(self->feed->device[1].ended);
	EXPECT_TIME(20);
	EXPECT_TIME(30);
	EXPECT_EQ(1, self->feed->shown);
	EXPECT_STATE(FEED_ENDED);
	EXPECT_STATE(FEED_ENDED);
}

TEST_F(feed, what_is_not_known_is_skipped)
{
	struct fastdrop_record record = { .length = sizeof(record), .type = 77, .ifindex = 2 };

	OPEN();
	put(0, &record);
	put_frame(0, 10, 1, &(struct frame){ });
	EXPECT_TIME(10);
	EXPECT_STATE(FEED_IDLE);
}

static void put_last(void)
{
	if (waits == 1)
		put_frame(0, 10, 1, &(struct frame){ });
}

TEST_F(feed, what_is_left_when_the_module_hangs_up)
{
	OPEN();
	wait_error = -ENODEV;
	while_waiting = put_last;
	EXPECT_TIME(10);
	EXPECT_STATE(FEED_ENDED);
}

static void press(void)
{
	raise(SIGINT);
	wait_error = -EINTR;
}

TEST_F(feed, interrupted)
{
	struct sigaction action;

	OPEN();
	while_waiting = press;
	EXPECT_FALSE(feed_is_interrupted());
	EXPECT_EQ(FEED_INTERRUPTED, feed_next(self->feed, -1, &self->record));
	EXPECT_TRUE(feed_is_interrupted());
	EXPECT_EQ(1, waits);
	sigaction(SIGINT, NULL, &action);
	EXPECT_EQ(SIG_DFL, action.sa_handler);
	sigaction(SIGTERM, NULL, &action);
	EXPECT_NE(SIG_DFL, action.sa_handler);
	EXPECT_FALSE(action.sa_flags & SA_RESTART);
	feed_close(self->feed);
	self->feed = NULL;
	sigaction(SIGTERM, NULL, &action);
	EXPECT_EQ(SIG_DFL, action.sa_handler);
}

static void put_late(void)
{
	if (waits == 3)
		put_frame(1, 10, 1, &(struct frame){ });
}

TEST_F(feed, waits_for_what_comes)
{
	OPEN();
	while_waiting = put_late;
	EXPECT_STATE(FEED_IDLE);
	EXPECT_EQ(1, waits);
	EXPECT_EQ(FEED_RECORD, feed_next(self->feed, -1, &self->record));
	EXPECT_EQ(3, waits);
	EXPECT_EQ(FEED_IDLE, feed_next(self->feed, 5, &self->record));
	EXPECT_LT(4, waits);
}

TEST_F(feed, an_error_is_the_end)
{
	OPEN();
	wait_error = -EIO;
	if (!setjmp(failed)) {
		feed_next(self->feed, -1, &self->record);
		EXPECT_TRUE(false);
	}
	EXPECT_STREQ("/dev/fastdrop: Input/output error", told);
}

TEST_F(feed, losses_of_all_rings)
{
	OPEN();
	producers[0].lost = 5;
	producers[1].lost = 7;
	EXPECT_EQ(0, self->feed->lost);
	EXPECT_STATE(FEED_IDLE);
	EXPECT_EQ(12, self->feed->lost);
}

static void put_lost(u32 ring, u64 time, u32 rule, u64 lost)
{
	static struct test_record test;

	test_record_build(&test, &(struct frame){ });
	test.record.time = time;
	test.record.rule = rule;
	test.record.cpu = ring;
	test.record.lost = lost;
	put(ring, &test.record);
}

static void put_lost_end(u64 time, u64 lost)
{
	const struct fastdrop_record record = {
		.length = sizeof(record), .type = FASTDROP_RECORD_END, .time = time,
		.lost = lost, .ifindex = 2,
	};

	put(0, &record);
}

#define EXPECT_LOST(time, lost) do { \
	EXPECT_TIME(time); \
	EXPECT_EQ(lost, self->feed->lost_before); \
} while (0)

TEST_F(feed, what_comes_beside_the_last_end)
{
	OPEN();
	put_end(0, 10, 2);
	EXPECT_TIME(10);
	put_frame(1, 20, 1, &(struct frame){ });
	EXPECT_TIME(20);
	EXPECT_STATE(FEED_ENDED);
	EXPECT_EQ(1, waits);
}

TEST_F(feed, losses_before_hidden_records)
{
	OPEN(.has_rule = true, .rule = 1);
	put_lost(0, 10, 9, 5);
	put_lost(1, 20, 9, 100);
	put_lost(0, 30, 9, 2);
	put_lost(0, 40, 1, 1);
	put_lost(0, 50, 1, 0);
	put_lost(0, 60, 9, 3);
	put_lost_end(70, 4);
	put_lost(1, 80, 1, 0);
	EXPECT_LOST(40, 8);
	EXPECT_LOST(50, 0);
	EXPECT_LOST(70, 7);
	EXPECT_LOST(80, 100);
}

TEST_F(feed, losses_before_an_end_that_is_hidden)
{
	ports_count = 2;
	OPEN(.hides_ends = true);
	put_lost_end(10, 6);
	put_lost(0, 20, 1, 1);
	EXPECT_LOST(20, 7);
	EXPECT_TRUE(self->feed->device[0].ended);
	EXPECT_STATE(FEED_IDLE);
	put_end(1, 30, 3);
	EXPECT_STATE(FEED_ENDED);
}

FIXTURE(frame) {
	struct test_record test;
	u8 buffer[2048];
	u32 captured;
	u32 wire;
};

FIXTURE_SETUP(frame)
{
	test_record_build(&self->test, &(struct frame){ });
	test_record_tag(&self->test, 0x6123);
}

FIXTURE_TEARDOWN(frame)
{
}

#define FRAME(size) \
	feed_frame(&self->test.record, self->buffer, size, &self->captured, &self->wire)

TEST_F(frame, its_tag_is_where_it_was)
{
	const u8 *frame = FRAME(sizeof(self->buffer));

	EXPECT_EQ(&self->buffer[0], frame);
	EXPECT_EQ(60, self->captured);
	EXPECT_EQ(60, self->wire);
	EXPECT_EQ(0, memcmp(frame, self->test.bytes, 12));
	EXPECT_EQ(0, memcmp(frame + 12, "\x81\x00\x61\x23\x08\x00\x45", 7));
	EXPECT_EQ(0, memcmp(frame + 16, self->test.bytes + 12, 44));
}

TEST_F(frame, without_a_tag_it_is_the_record_s)
{
	self->test.record.flags = 0;
	EXPECT_EQ(&self->test.bytes[0], FRAME(sizeof(self->buffer)));
	EXPECT_EQ(56, self->captured);
	EXPECT_EQ(56, self->wire);
}

TEST_F(frame, cut_short)
{
	self->test.record.captured = 12;
	EXPECT_EQ(&self->buffer[0], FRAME(sizeof(self->buffer)));
	EXPECT_EQ(16, self->captured);
	EXPECT_EQ(60, self->wire);
	self->test.record.captured = 11;
	EXPECT_EQ(&self->test.bytes[0], FRAME(sizeof(self->buffer)));
	EXPECT_EQ(11, self->captured);
}

TEST_F(frame, no_more_than_the_buffer)
{
	u8 guard = self->buffer[20] = 0xa5;

	EXPECT_EQ(&self->buffer[0], FRAME(20));
	EXPECT_EQ(20, self->captured);
	EXPECT_EQ(60, self->wire);
	EXPECT_EQ(guard, self->buffer[20]);
	EXPECT_EQ(&self->test.bytes[0], FRAME(15));
}

TEST_F(frame, raw_ip_has_no_place_for_a_tag)
{
	self->test.record.network = 0;
	EXPECT_EQ(&self->test.bytes[0], FRAME(sizeof(self->buffer)));
	EXPECT_EQ(56, self->wire);
}

TEST(verdicts)
{
	EXPECT_STREQ("pass", feed_verdict(FASTDROP_VERDICT_PASS));
	EXPECT_STREQ("drop", feed_verdict(FASTDROP_VERDICT_DROP));
	EXPECT_STREQ("divert", feed_verdict(FASTDROP_VERDICT_DIVERT));
	EXPECT_STREQ("would-drop", feed_verdict(FASTDROP_VERDICT_WOULD_DROP));
	EXPECT_STREQ("count", feed_verdict(FASTDROP_VERDICT_COUNT));
	EXPECT_STREQ("protect", feed_verdict(FASTDROP_VERDICT_PROTECT));
	EXPECT_STREQ("?", feed_verdict(FASTDROP_VERDICT_PROTECT + 1));
}

TEST_HARNESS_MAIN
