// SPDX-License-Identifier: GPL-2.0
/* The packets that the module shows, to files. */
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>

#include "capture_file.h"
#include "cmd.h"

#define SNAP_LENGTH	65535
#define RING_LEAST	4		/* KiB: a page */
#define RING_MOST	1048576		/* the module's own limit */
#define RING_USUAL	1024
#define SNAP_SHARE	4		/* of a ring, that a packet may take */
#define MEGABYTE	1000000ULL
#define WAIT		200		/* ms */

/**
 * struct capture - what was asked for
 * @feed: which packets
 * @file: how they are kept
 * @count: how many are enough, or 0
 * @megabytes: see struct rotation's bytes
 * @ring: KiB, or 0
 */
struct capture {
	struct feed_options feed;
	struct capture_options file;
	u32 count;
	u32 megabytes;
	u32 ring;
};

static bool is_enough(const struct capture *capture, const struct capture_file *file)
{
	return capture_file_is_over(file) ||
	       (capture->count && capture_file_packets(file) >= capture->count);
}

/* What there is can be read by others before we wait for more. */
static enum status copy(const struct capture *capture, struct feed *feed,
			struct capture_file *file)
{
	const struct fastdrop_record *record;
	enum feed_state state;

	while (!is_enough(capture, file)) {
		state = feed_next(feed, 0, &record);
		if (state == FEED_IDLE) {
			if (!capture_file_flush(file))
				return STATUS_FAILED;
			state = feed_next(feed, WAIT, &record);
		}
		if (state == FEED_INTERRUPTED || state == FEED_ENDED)
			break;
		if (state == FEED_RECORD && !capture_file_put(file, record))
			return STATUS_FAILED;
	}
	return STATUS_OK;
}

/* Of a file that failed, how many packets are in it was said. */
static void show_end(enum status status, const char *name, u64 packets, u64 lost)
{
	if (status != STATUS_OK)
		notice("%llu record%s lost", (unsigned long long)lost, plural(lost));
	else
		notice("%llu packet%s captured to %s, %llu record%s lost",
		       (unsigned long long)packets, plural(packets),
		       strcmp(name, "-") ? name : "standard output",
		       (unsigned long long)lost, plural(lost));
}

static enum status run(const struct capture *capture)
{
	struct feed *feed = feed_open(&capture->feed);
	struct capture_file *file = capture_file_open(&capture->file, feed);
	enum status status = STATUS_FAILED;
	u64 packets;

	if (file) {
		status = copy(capture, feed, file);
		packets = capture_file_packets(file);
		if (!capture_file_close(file))
			status = STATUS_FAILED;
		show_end(status, capture->file.rotation.name, packets, feed->lost);
	}
	feed_close(feed);
	return status;
}

/* The option @c, if it has a number. */
static enum status take_number_of(int c, char **argv, struct capture *capture)
{
	switch (c) {
	case 'c':
		return take_number("a number of packets", ~0U, &capture->count);
	case 's':
		return take_number("bytes of a packet", SNAP_MAX, &capture->feed.snap_length);
	case 'C':
		return take_number("millions of bytes", ~0U, &capture->megabytes);
	case 'G':
		return take_number("seconds", ~0U, &capture->file.rotation.seconds);
	case 'W':
		return take_number("a number of files", ~0U, &capture->file.rotation.files);
	case 'B':
		return take_number("KiB of a ring", ~0U, &capture->ring);
	default:
		return refuse_option(c, argv);
	}
}

static enum status check_files(const struct capture *capture)
{
	const struct rotation *rotation = &capture->file.rotation;
	bool rotates = capture->megabytes || rotation->seconds;

	if (!rotation->name)
		complain("which file? -w FILE is missing, or -w - for standard output");
	else if (rotates && !strcmp(rotation->name, "-"))
		complain("-C and -G go on in other files: standard output is only one");
	else if (rotation->files && !rotates)
		complain("-W is a number of files, which -C or -G make");
	else
		return STATUS_OK;
	return STATUS_USAGE;
}

/* A packet may take a fourth of a ring: that is the module's rule. */
static enum status check_ring(struct capture *capture)
{
	u32 ring = capture->ring, snap_length = capture->feed.snap_length;
	u32 most = (ring ?: RING_USUAL) * 1024ULL / SNAP_SHARE;

	if (ring & (ring - 1) || ring > RING_MOST || (ring && ring < RING_LEAST)) {
		complain("expected a power of 2 behind -B, %u to %u, not %u", RING_LEAST, RING_MOST,
			 ring);
		return STATUS_USAGE;
	}
	if (snap_length > most) {
		complain("a ring of %u KiB has %u bytes of a packet at most, not %u: -B makes it larger",
			 ring ?: RING_USUAL, most, snap_length);
		return STATUS_USAGE;
	}
	capture->feed.ring_bytes = ring * 1024;
	if (!snap_length)
		capture->feed.snap_length = most < SNAP_LENGTH ? most : SNAP_LENGTH;
	return STATUS_OK;
}

static enum status take_options(int argc, char **argv, struct capture *capture)
{
	static const struct option longs[] = {
		{ "pcap", no_argument, NULL, 'P' },
		{ "write", required_argument, NULL, 'w' },
		{ }
	};
	enum status status = STATUS_OK;
	int c, place = -1;

	for (; !status && (c = getopt_long(argc, argv, ":w:c:s:C:G:W:B:", longs, &place)) != -1;
	     place = -1) {
		if (place >= 0 && is_abbreviated(argv, longs[place].name))
			return refuse_option('?', argv);
		if (c == 'w')
			capture->file.rotation.name = optarg;
		else if (c == 'P')
			capture->file.is_classic = true;
		else
			status = take_number_of(c, argv, capture);
	}
	return status;
}

/* What follows from the arguments. */
static void complete(struct capture *capture)
{
	const struct feed_options *feed = &capture->feed;

	capture->file.rotation.bytes = capture->megabytes * MEGABYTE;
	capture->file.snap_length = feed->snap_length;
	capture->file.is_all = !feed->has_rule && !feed->has_queue && !feed->expression;
}

enum status cmd_capture(int argc, char **argv, struct options *options)
{
	struct capture capture = { .feed = { .hides_ends = true } };
	enum status status = take_options(argc, argv, &capture) ?: check_files(&capture) ?:
			     check_ring(&capture) ?:
			     feed_arguments(argc - optind, argv + optind, &capture.feed);

	if (status == STATUS_OK) {
		complete(&capture);
		signal(SIGXFSZ, SIG_IGN);	/* a full file is an error to be told, */
		signal(SIGPIPE, SIG_IGN);	/* and so is a reader that has gone */
		status = run(&capture);
	}
	free(capture.feed.expression);
	return status;
}
