// SPDX-License-Identifier: GPL-2.0
/*
 * What /dev/fastdrop refuses, and with which error.
 *
 * usage: reader_refusals DEV
 */
#define _GNU_SOURCE	/* mremap() */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest.h"
#include "uapi/fastdrop.h"

static __u32 ifindex;
static long page;

static struct fastdrop_setup usual(void)
{
	return (struct fastdrop_setup){
		.size = sizeof(struct fastdrop_setup),
		.ring_bytes = 65536,
		.ports = 1,
		.ifindex = (unsigned long)&ifindex,
	};
}

static int open_device(void)
{
	int fd = open(FASTDROP_DEVICE, O_RDWR);

	if (fd < 0)
		err(1, "%s", FASTDROP_DEVICE);
	return fd;
}

/* The error of a setup, on a file of its own; 0 if it is taken. */
static int try_setup(void *setup)
{
	int fd = open_device();
	int result = ioctl(fd, FASTDROP_SETUP, setup) ? errno : 0;

	close(fd);
	return result;
}

static void refused(const char *what, int expected, struct fastdrop_setup setup)
{
	int error = try_setup(&setup);

	ksft_test_result(error == expected, "%s: %s\n", what, strerror(error));
}

/* One field of the setup is something else. */
#define WITH(what, field, value, expected) do { \
	struct fastdrop_setup s = usual(); \
	s.field = value; \
	refused(what, expected, s); \
} while (0)

static void test_setups(void)
{
	struct {
		struct fastdrop_setup setup;
		__u64 more;
	} later = { usual() };
	struct fastdrop_setup two = usual();
	__u32 zero = 0, both[] = { 0, ifindex };

	WITH("as usual", flags, 0, 0);
	WITH("no size", size, 0, EINVAL);
	WITH("a size too small", size, sizeof(struct fastdrop_setup) - 1, EINVAL);
	WITH("a size beyond a page", size, 4097, EINVAL);
	WITH("a flag", flags, 1, EINVAL);
	WITH("the last flag", flags, 1U << 31, EINVAL);
	WITH("a reserved field", reserved, 1, EINVAL);
	WITH("another reserved field", reserved2, 1, EINVAL);
	WITH("a span", span, 1, EINVAL);
	WITH("rings", rings, 1, EINVAL);
	WITH("a ring of 3 pages", ring_bytes, 3 * 4096, EINVAL);
	WITH("a ring below a page", ring_bytes, 2048, EINVAL);
	WITH("a ring of 2 GiB", ring_bytes, 1U << 31, EINVAL);
	WITH("a ring of our choice", ring_bytes, 0, 0);
	WITH("more than a fourth of a ring", snap_length, 65536 / 4 + 1, EINVAL);
	WITH("a fourth of a ring", snap_length, 65536 / 4, 0);
	WITH("a watermark above half of the ring", watermark, 32769, EINVAL);
	WITH("half of the ring", watermark, 32768, 0);
	WITH("a minute", timeout_ms, 60000, EINVAL);
	WITH("no port", ports, 0, EINVAL);
	WITH("too many ports", ports, FASTDROP_SETUP_PORTS + 1, EINVAL);
	WITH("ports that are not there", ifindex, 0, EFAULT);
	WITH("a device of index 0", ifindex, (unsigned long)&zero, EINVAL);
	ksft_test_result(try_setup(NULL) == EFAULT, "no setup\n");
	two.ports = 2;
	two.ifindex = (unsigned long)both;
	refused("index 0 beside a port", EINVAL, two);
	later.setup.size = sizeof(later);
	ksft_test_result(!try_setup(&later), "a later setup that asks for nothing new\n");
	later.setup = usual();
	later.setup.size = sizeof(later);
	later.more = 1;
	ksft_test_result(try_setup(&later) == EINVAL, "a later setup that does\n");
}

/* The setup is written back: where that fails, there was none. */
static void test_read_only_setup(void)
{
	struct fastdrop_setup *setup = mmap(NULL, page, PROT_READ | PROT_WRITE,
					    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = open_device(), first, second;

	*setup = usual();
	mprotect(setup, page, PROT_READ);
	first = ioctl(fd, FASTDROP_SETUP, setup) ? errno : 0;
	mprotect(setup, page, PROT_READ | PROT_WRITE);
	second = ioctl(fd, FASTDROP_SETUP, setup) ? errno : 0;
	ksft_test_result(first == EFAULT && !second, "a setup in memory that is read-only\n");
	*setup = usual();
	ksft_test_result(ioctl(fd, FASTDROP_SETUP, setup) && errno == EBUSY, "a second setup\n");
	close(fd);
	munmap(setup, page);
}

static void test_before_setup(void)
{
	int fd = open_device();
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	char byte;

	ksft_test_result(mmap(NULL, page, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED &&
			 errno == EINVAL, "a mapping before the setup\n");
	ksft_test_result(poll(&poll_fd, 1, 0) == 1 && poll_fd.revents == POLLERR,
			 "poll before the setup\n");
	ksft_test_result(ioctl(fd, FASTDROP_SETUP + 1, 0) && errno == ENOTTY,
			 "another ioctl\n");
	ksft_test_result(read(fd, &byte, 1) < 0 && errno == EINVAL, "read\n");
	ksft_test_result(write(fd, "", 1) < 0 && errno == EINVAL, "write\n");
	close(fd);
}

/* The error of a mapping; 0 if it is made. */
static int try_map(int fd, size_t length, int protection, int flags, off_t offset)
{
	void *p = mmap(NULL, length, protection, flags, fd, offset);

	if (p == MAP_FAILED)
		return errno;
	munmap(p, length);
	return 0;
}

static void mapped(const char *what, int expected, int error)
{
	ksft_test_result(error == expected, "a mapping of %s: %s\n", what, strerror(error));
}

static void test_maps(int fd, const struct fastdrop_setup *setup)
{
	const size_t rest = page + 2 * setup->ring_bytes;
	const int rw = PROT_READ | PROT_WRITE;
	const off_t span = setup->span;

	mapped("the consumer", 0, try_map(fd, page, rw, MAP_SHARED, 0));
	mapped("the rest", 0, try_map(fd, rest, PROT_READ, MAP_SHARED, page));
	mapped("the last ring", 0,
	       try_map(fd, page, rw, MAP_SHARED, span * (setup->rings - 1)));
	mapped("one ring too many", EINVAL,
	       try_map(fd, page, rw, MAP_SHARED, span * setup->rings));
	mapped("a far offset", EINVAL, try_map(fd, page, rw, MAP_SHARED, 1ULL << 50));
	mapped("two pages at the consumer", EINVAL, try_map(fd, 2 * page, rw, MAP_SHARED, 0));
	mapped("a whole ring", EINVAL, try_map(fd, page + rest, PROT_READ, MAP_SHARED, 0));
	mapped("a page less", EINVAL, try_map(fd, rest - page, PROT_READ, MAP_SHARED, page));
	mapped("a page more", EINVAL, try_map(fd, rest + page, PROT_READ, MAP_SHARED, page));
	mapped("the data alone", EINVAL,
	       try_map(fd, 2 * setup->ring_bytes, PROT_READ, MAP_SHARED, 2 * page));
	mapped("the rest, to be written", EPERM, try_map(fd, rest, rw, MAP_SHARED, page));
	mapped("the rest, to be run", EPERM,
	       try_map(fd, rest, PROT_READ | PROT_EXEC, MAP_SHARED, page));
	mapped("the consumer, to be run", EPERM,
	       try_map(fd, page, rw | PROT_EXEC, MAP_SHARED, 0));
	mapped("the consumer, private", EINVAL, try_map(fd, page, rw, MAP_PRIVATE, 0));
	mapped("the rest, private", EINVAL, try_map(fd, rest, PROT_READ, MAP_PRIVATE, page));
}

/* Whether a child that does this is killed by SIGSEGV or SIGBUS. */
static bool kills(void (*act)(char *p), char *p)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		act(p);
		_exit(0);
	}
	return waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) &&
	       (WTERMSIG(status) == SIGSEGV || WTERMSIG(status) == SIGBUS);
}

static void touch(char *p)
{
	*(volatile char *)p;
}

static void test_rights(int fd, const struct fastdrop_setup *setup)
{
	const size_t rest = page + 2 * setup->ring_bytes;
	char *consumer = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	char *p = mmap(NULL, rest, PROT_READ, MAP_SHARED, fd, page);

	if (p == MAP_FAILED || consumer == MAP_FAILED)
		err(1, "mmap");
	ksft_test_result(mprotect(p, rest, PROT_READ | PROT_WRITE) && errno == EACCES,
			 "the rest cannot be made writable\n");
	ksft_test_result(mprotect(p, rest, PROT_READ | PROT_EXEC) && errno == EACCES,
			 "nor executable\n");
	ksft_test_result(mprotect(consumer, page, PROT_EXEC) && errno == EACCES,
			 "nor the consumer\n");
	ksft_test_result(mremap(p, rest, 2 * rest, MREMAP_MAYMOVE) == MAP_FAILED,
			 "it cannot grow\n");
	ksft_test_result(mremap(p, 0, rest, MREMAP_MAYMOVE) == MAP_FAILED,
			 "nor be mapped twice behind our back\n");
	ksft_test_result(kills(touch, p) && kills(touch, consumer), "a child does not have it\n");
	touch(p);
	touch(p + rest - 1);
	/* The data twice in a row, and the file may be closed. */
	munmap(p + rest - page, page);
	close(fd);
	touch(p + page);
	*(volatile __u64 *)consumer = ~0ULL;
	ksft_test_result_pass("a mapping outlives its file descriptor, and may be cut\n");
	munmap(p, rest - page);
	munmap(consumer, page);
}

int main(int argc, char **argv)
{
	struct fastdrop_setup setup;
	int fd;

	if (argc != 2)
		errx(2, "usage: reader_refusals DEV");
	page = sysconf(_SC_PAGESIZE);
	ifindex = if_nametoindex(argv[1]);
	ksft_print_header();
	ksft_set_plan(56);
	test_setups();
	test_read_only_setup();
	test_before_setup();
	fd = open_device();
	setup = usual();
	if (ioctl(fd, FASTDROP_SETUP, &setup))
		err(1, "setup");
	test_maps(fd, &setup);
	test_rights(fd, &setup);
	if (ksft_get_fail_cnt())
		ksft_exit_fail();
	ksft_finished();
}
