// SPDX-License-Identifier: GPL-2.0
/* How many records a second become lines: 64-byte UDP packets, on one CPU. */
#include "csv.h"
#include "frame.h"
#include "packet_text.h"
#include "record.h"

#define LINES	10000

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static size_t write_csv(struct test_record *test, char *line)
{
	return csv_line(&test->record, "eth2", 0, line);
}

static size_t write_text(struct test_record *test, char *line)
{
	struct packet_view view;

	packet_view_set(&view, &test->record);
	return packet_text(&view, line);
}

/* For a second; the time, the port and the source change, as those of a flood do. */
static void measure(const char *what, FILE *to,
		    size_t (*write)(struct test_record *test, char *line))
{
	static struct test_record test;
	double begin = seconds(), end;
	u64 n = 0;
	char line[CSV_LINE];

	test_record_build(&test, &(struct frame){ .src = "198.51.100.17" });
	do {
		for (u32 i = 0; i < LINES; i++, n++) {
			test.record.time += 317;
			memcpy(test.bytes + 14 + 14, &n, 2);
			memcpy(test.bytes + 14 + 20, &n, 2);
			fwrite_unlocked(line, 1, write(&test, line), to);
		}
		end = seconds();
	} while (end - begin < 1);
	printf("%s %.0f records/s\n", what, n / (end - begin));
}

int main(void)
{
	FILE *to = fopen("/dev/null", "w");

	if (!to)
		return 1;
	measure("csv", to, write_csv);
	measure("text", to, write_text);
	return fclose(to) ? 1 : 0;
}
