// SPDX-License-Identifier: GPL-2.0
/* The lines of fastdrop watch, over rings in this program's memory. */
#define _GNU_SOURCE	/* memfd_create() */
#include "kselftest_harness.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>

#include "cmd.h"
#include "rings.h"

#define TIME	1700000000123456789ULL
#define CLOCK	"22:13:20.123456789 "
#define UDP	"IP 192.0.2.1.1024 > 198.51.100.7.4321: UDP, length 14"
#define SECOND	1000000000ULL
#define HEAD	"time,dev,queue,cpu,rule,verdict,packets,length,captured,lost,vlan,family,proto,src,sport,dst,dport,ttl,flags\n"

static char told[1024];		/* on standard error, without the last newline */
static char shown[65536];
static int out_fd;

static void tell(const char *format, va_list args)
{
	size_t n = strlen(told);

	if (n)
		told[n++] = '\n';
	vsnprintf(told + n, sizeof(told) - n, format, args);
}

void complain(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	tell(format, args);
	va_end(args);
}

void notice(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	tell(format, args);
	va_end(args);
}

void fail(const char *format, ...)
{
	abort();
}

void *need(void *p)
{
	return p ?: (abort(), NULL);
}

enum status refuse_option(int c, char **argv)
{
	return STATUS_USAGE;
}

bool is_abbreviated(char **argv, const char *name)
{
	return false;
}

static enum status watch_line(const char *line)
{
	struct options options = { };
	static char copy[256];
	char *argv[32], *word;
	int argc = 0;

	snprintf(copy, sizeof(copy), "%s", line);
	for (word = strtok(copy, " "); word; word = strtok(NULL, " "))
		argv[argc++] = word;
	argv[argc] = NULL;
	optind = 0;
	return cmd_watch(argc, argv, &options);
}

/* With standard output to @fd. */
static enum status watch_to(int fd, const char *line)
{
	int saved = dup(STDOUT_FILENO);
	enum status status;

	fflush(stdout);
	dup2(fd, STDOUT_FILENO);
	told[0] = 0;
	status = watch_line(line);
	fflush(stdout);
	dup2(saved, STDOUT_FILENO);
	clearerr(stdout);
	setvbuf(stdout, NULL, _IOLBF, 0);
	close(saved);
	return status;
}

static const char *read_shown(void)
{
	ssize_t n = pread(out_fd, shown, sizeof(shown) - 1, 0);

	shown[n > 0 ? n : 0] = 0;
	return shown;
}

static enum status watch(const char *line)
{
	enum status status;

	out_fd = memfd_create("shown", 0);
	setenv("TZ", "UTC0", 1);
	status = watch_to(out_fd, line);
	read_shown();
	return status;
}

static struct test_record test;

TEST(text)
{
	put_frame(0, TIME, 5, &(struct frame){ });
	put_frame(1, TIME + 1, 0, &(struct frame){ .ethertype = ETH_P_ARP });
	test_record_build(&test, &(struct frame){ .ip6 = true, .vlan = 7 });
	test.record.time = TIME + SECOND;
	test.record.verdict = FASTDROP_VERDICT_WOULD_DROP;
	test.record.packets = 44;
	test.record.lost = 12;
	test.record.cpu = 1;
	put(1, &test.record);
	put_end(0, TIME + 2 * SECOND, 2);
	producers[1].lost = 12;
	EXPECT_EQ(STATUS_OK, watch("watch"));
	EXPECT_STREQ(CLOCK "eth2 rx-3 drop rule 5: " UDP "\n"
		     "22:13:20.123456790 eth2 rx-3 drop sample: ARP, length 22\n"
		     "... 12 records lost on CPU 1\n"
		     "22:13:21.123456789 eth2 rx-3 would-drop rule 5: vlan 7, IP6 2001:db8::1.1024 > 2001:db8:1::7.4321: UDP, length 14 (44 packets)\n"
		     "22:13:22.123456789 eth2: no longer protected\n", shown);
	EXPECT_STREQ("3 packets shown, 12 records lost", told);
	EXPECT_EQ(1, asked_for_terminal);
}

TEST(json)
{
	put_frame(0, TIME, 5, &(struct frame){ });
	put_frame(0, TIME, 5, &(struct frame){ .ip6 = true, .proto = 6, .flags = 2, .vlan = 7 });
	put_frame(0, TIME, 5, &(struct frame){ .proto = 1, .sport = 0x0303 });
	put_frame(0, TIME, 5, &(struct frame){ .offset = 8 });
	put_frame(0, TIME, 0, &(struct frame){ .ethertype = 0x88cc });
	put_frame(0, TIME, 5, &(struct frame){ .cut = 19 });
	put_end(0, TIME, 2);
	EXPECT_EQ(STATUS_OK, watch("watch --json"));
#define FRONT	"{\"time_ns\":1700000000123456789,\"ifindex\":2,\"cpu\":0,\"lost\":0,"
#define MIDDLE	FRONT "\"dev\":\"eth2\",\"queue\":3,\"verdict\":\"drop\",\"rule\":5,"
#define ADDRS	"\"src\":\"192.0.2.1\",\"dst\":\"198.51.100.7\",\"ttl\":64,"
	EXPECT_STREQ(MIDDLE "\"length\":56,\"captured\":56,\"family\":\"ip\",\"proto\":17," ADDRS
		     "\"sport\":1024,\"dport\":4321,\"packets\":1}\n"
		     MIDDLE "\"length\":80,\"captured\":80,\"vlan\":7,\"family\":\"ip6\",\"proto\":6,\"src\":\"2001:db8::1\",\"dst\":\"2001:db8:1::7\",\"ttl\":64,\"sport\":1024,\"dport\":4321,\"flags\":\"S\",\"packets\":1}\n"
		     MIDDLE "\"length\":56,\"captured\":56,\"family\":\"ip\",\"proto\":1," ADDRS
		     "\"type\":3,\"code\":3,\"packets\":1}\n"
		     MIDDLE "\"length\":56,\"captured\":56,\"family\":\"ip\",\"proto\":17," ADDRS
		     "\"fragment\":\"later\",\"packets\":1}\n"
		     FRONT "\"dev\":\"eth2\",\"queue\":3,\"verdict\":\"drop\",\"rule\":0,\"length\":36,\"captured\":36,\"family\":\"0x88cc\",\"packets\":1}\n"
		     MIDDLE "\"length\":33,\"captured\":33,\"family\":\"ip\",\"unread\":\"truncated\",\"packets\":1}\n"
		     FRONT "\"verdict\":\"end\",\"dev\":\"eth2\"}\n", shown);
}

TEST(csv)
{
	put_frame(0, TIME, 5, &(struct frame){ });
	put_end(0, TIME, 2);
	EXPECT_EQ(STATUS_OK, watch("watch -C"));
	EXPECT_STREQ(HEAD
		     "1700000000.123456789,eth2,3,0,5,drop,1,56,56,0,,ip,17,192.0.2.1,1024,198.51.100.7,4321,64,\n"
		     "1700000000.123456789,eth2,0,0,0,end,0,0,0,0,,,,,,,,,\n", shown);
	EXPECT_STREQ("1 packet shown, 0 records lost", told);
}

static void put_hidden(u64 lost)
{
	test_record_build(&test, &(struct frame){ });
	test.record.rule = 9;
	test.record.cpu = 0;
	test.record.lost = lost;
	put(0, &test.record);
}

static void put_one_hidden(void)
{
	memset(producers, 0, sizeof(producers));
	memset(consumers, 0, sizeof(consumers));
	put_hidden(5);
	put_frame(0, TIME, 5, &(struct frame){ });
}

TEST(losses_before_what_the_filter_hides)
{
	put_one_hidden();
	EXPECT_EQ(STATUS_OK, watch("watch -c 1 rule 5"));
	EXPECT_EQ(&shown[0], strstr(shown, "... 5 records lost on CPU 0\n"));
	put_one_hidden();
	EXPECT_EQ(STATUS_OK, watch("watch -c 1 -j rule 5"));
	EXPECT_NE(NULL, strstr(shown, "\"lost\":5,"));
	put_one_hidden();
	EXPECT_EQ(STATUS_OK, watch("watch -c 1 -C rule 5"));
	EXPECT_NE(NULL, strstr(shown, ",drop,1,56,56,5,"));
}

static u32 lines(void)
{
	u32 n = 0;
	char *p;

	for (p = shown; *p; p++)
		n += *p == '\n';
	return n;
}

TEST(a_count_ends_it)
{
	u32 i;

	for (i = 0; i < 5; i++)
		put_frame(0, TIME + i, 5, &(struct frame){ });
	EXPECT_EQ(STATUS_OK, watch("watch -c 3"));
	EXPECT_EQ(3, lines());
	EXPECT_STREQ("3 packets shown, 0 records lost", told);
	memset(producers, 0, sizeof(producers));
	memset(consumers, 0, sizeof(consumers));
	put_frame(0, TIME, 5, &(struct frame){ });
	put_frame(0, TIME, 6, &(struct frame){ });
	EXPECT_EQ(STATUS_OK, watch("watch --count=1 -s 64 rule 6 udp"));
	EXPECT_EQ(1, lines());
	EXPECT_NE(NULL, strstr(shown, "rule 6"));
	EXPECT_EQ(64, setup.snap_length);
}

TEST(command_lines_that_are_wrong)
{
	EXPECT_EQ(STATUS_USAGE, watch("watch -jC"));
	EXPECT_STREQ("-j and -C exclude each other: JSON or CSV", told);
	EXPECT_EQ(STATUS_USAGE, watch("watch -c 0"));
	EXPECT_STREQ("expected a number of packets from 1 to 4294967295, not \"0\"", told);
	EXPECT_EQ(STATUS_USAGE, watch("watch -c many"));
	EXPECT_EQ(STATUS_USAGE, watch("watch -s 262145"));
	EXPECT_STREQ("expected bytes of a packet from 1 to 262144, not \"262145\"", told);
	EXPECT_EQ(STATUS_USAGE, watch("watch udp prot 53"));
	EXPECT_EQ(STATUS_USAGE, watch("watch -x"));
	EXPECT_STREQ("", shown);
}

static u32 lines_at_wait;

static void look_and_press(void)
{
	if (waits == 1) {
		put_frame(0, TIME, 5, &(struct frame){ });
		return;
	}
	read_shown();
	lines_at_wait = lines();
	if (waits > 2)
		raise(SIGINT);
}

/* What was shown is out before it waits for more; then it is interrupted. */
TEST(lines_do_not_wait)
{
	while_waiting = look_and_press;
	EXPECT_EQ(STATUS_OK, watch("watch"));
	EXPECT_EQ(1, lines_at_wait);
	EXPECT_EQ(1, lines());
	EXPECT_STREQ("1 packet shown, 0 records lost", told);
}

TEST(a_disk_that_is_full)
{
	int full = open("/dev/full", O_WRONLY);

	put_frame(0, TIME, 5, &(struct frame){ });
	EXPECT_EQ(STATUS_FAILED, watch_to(full, "watch"));
	EXPECT_STREQ("the results could not be written: No space left on device\n"
		     "1 packet shown, 0 records lost", told);
	EXPECT_EQ(STATUS_FAILED, watch_to(full, "watch -C"));
	EXPECT_EQ(STATUS_FAILED, watch_to(full, "watch -j -c 1"));
}

TEST(a_reader_that_has_gone)
{
	int fds[2];
	u32 i;

	ASSERT_EQ(0, pipe(fds));
	close(fds[0]);
	for (i = 0; i < 400; i++)
		put_frame(0, TIME, 5, &(struct frame){ });
	EXPECT_EQ(STATUS_FAILED, watch_to(fds[1], "watch -j"));
	EXPECT_NE(NULL, strstr(told, "the results could not be written: Broken pipe\n"));
}

static void *interrupt_soon(void *arg)
{
	usleep(200000);
	pthread_kill(*(pthread_t *)arg, SIGINT);
	return NULL;
}

/* Nobody reads the pipe: the signal comes while it is written to. */
TEST(interrupted_while_it_writes)
{
	pthread_t self_thread = pthread_self(), other;
	int fds[2];
	u32 i;

	ASSERT_EQ(0, pipe(fds));
	fcntl(fds[1], F_SETPIPE_SZ, 4096);
	for (i = 0; i < 500; i++)
		put_frame(0, TIME, 5, &(struct frame){ });
	pthread_create(&other, NULL, interrupt_soon, &self_thread);
	EXPECT_EQ(STATUS_OK, watch_to(fds[1], "watch -C"));
	pthread_join(other, NULL);
	EXPECT_NE(NULL, strstr(told, " packets shown"));
	EXPECT_EQ(NULL, strstr(told, "could not be written"));
}

TEST_HARNESS_MAIN
