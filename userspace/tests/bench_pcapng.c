// SPDX-License-Identifier: GPL-2.0
/* How many records a second become blocks of pcapng: 64-byte UDP packets, on one CPU. */
#include <fcntl.h>
#include <unistd.h>

#include "pcapng.h"
#include "record.h"

#define BUFFER	(256U << 10)
#define FRAME	64
#define RECORDS	10000

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

/* As block_file.c does. */
static u8 *write_full(int fd, u8 *buffer, u8 *p)
{
	if (BUFFER - (p - buffer) >= PCAPNG_ROOM + FRAME)
		return p;
	if (write(fd, buffer, p - buffer) != p - buffer)
		exit(1);
	return buffer;
}

int main(void)
{
	static struct test_record test;
	static u8 buffer[BUFFER];
	struct pcapng_packet packet = {
		.record = &test.record,
		.verdict = "drop",
		.frame = test.bytes,
		.captured = FRAME,
		.wire = FRAME,
	};
	double begin = seconds(), end;
	int fd = open("/dev/null", O_WRONLY);
	u8 *p = buffer;
	u64 n = 0;

	test_record_build(&test, &(struct frame){ .src = "198.51.100.17" });
	do {
		for (u32 i = 0; i < RECORDS; i++, n++) {
			test.record.time += 317;
			test.record.queue = n & 7;
			memcpy(test.bytes + 14 + 14, &n, 2);
			memcpy(test.bytes + 14 + 20, &n, 2);
			p = pcapng_packet(write_full(fd, buffer, p), &packet);
		}
		end = seconds();
	} while (end - begin < 1);
	printf("pcapng %.0f records/s\n", n / (end - begin));
	return 0;
}
