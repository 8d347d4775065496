/* SPDX-License-Identifier: GPL-2.0 */
/* Packets as the module shows them, for the commands that read rings: those that were asked for. */
#ifndef FASTDROP_FEED_H
#define FASTDROP_FEED_H

#include <net/if.h>

#include "cmd.h"
#include "libfastdrop/ring.h"

#define VLAN_TAG	4	/* bytes */

/**
 * struct feed_options - what to read
 * @dev: the device's name; NULL: all that are protected
 * @has_rule: only what the rule @rule shows; 0 is the device's own sample
 * @rule: see @has_rule
 * @has_queue: only of the receive queue @queue
 * @queue: see @has_queue
 * @expression: only what this tcpdump expression accepts, to be freed, or NULL
 * @hides_ends: the end of a device is no record: see feed_next()
 * @snap_length: bytes of each packet, 0 for the module's own choice
 * @ring_bytes: of each CPU's ring, 0 for as much as is reasonable on this machine
 */
struct feed_options {
	const char *dev;
	bool has_rule;
	u32 rule;
	bool has_queue;
	u32 queue;
	char *expression;
	bool hides_ends;
	u32 snap_length;
	u32 ring_bytes;
};

/**
 * struct feed_device - a device that is read
 * @ifindex: its index
 * @name: its name, to be shown: with nothing in it that could steer a terminal
 * @link: its DLT_: DLT_EN10MB or DLT_RAW
 * @queues: how many receive queues
 * @ended: it is not protected any more
 */
struct feed_device {
	u32 ifindex;
	char name[IFNAMSIZ];
	int link;
	u32 queues;
	bool ended;
};

/**
 * struct feed - an open one; only to be read
 * @device: what is read
 * @devices: how many there are
 * @shown: how many packets were returned
 * @lost: how many records the rings have lost up to the last batch, those that no filter
 *	would show included
 * @lost_before: how many its ring has lost before the record that was returned last, since
 *	the last one of its CPU that was
 */
struct feed {
	struct feed_device *device;
	u32 devices;
	u64 shown;
	u64 lost;
	u64 lost_before;
};

/*
 * Reads "[dev DEV] [rule ID] [queue N] [EXPR...]", in which EXPR is the rest. Returns
 * STATUS_USAGE, and why, for what it is not.
 */
enum status feed_arguments(int argc, char **argv, struct feed_options *options);

/*
 * Where it cannot be opened, the end. SIGINT and SIGTERM end the reading from then on, and
 * interrupt what writes; a second one ends the program. One feed at a time.
 */
struct feed *feed_open(const struct feed_options *options);
void feed_close(struct feed *feed);

/* Whether such a signal has come: what could not be written then is no error. */
bool feed_is_interrupted(void);

/* Why feed_next() had nothing. */
enum feed_state {
	FEED_RECORD,
	FEED_IDLE,		/* the time is up */
	FEED_INTERRUPTED,
	FEED_ENDED,		/* no device is left */
};

/**
 * feed_next() - the next packet of all devices and CPUs, by time
 * @feed: the feed
 * @timeout_ms: how long to wait for it; -1: as long as it takes
 * @record: where to; good until the next call
 *
 * A device that ends is a record too, FASTDROP_RECORD_END, which no filter hides but
 * @hides_ends. Say @lost_before and not the record's @lost, which leaves out what was lost
 * before hidden ones. With a timeout of 0 this looks once: flush what you write when it is
 * idle, then wait. Errors are the end of the program.
 */
enum feed_state feed_next(struct feed *feed, int timeout_ms,
			  const struct fastdrop_record **record);

/* The device of a record; never NULL. */
const struct feed_device *feed_device(const struct feed *feed,
				      const struct fastdrop_record *record);

/*
 * The frame of a record with its VLAN tag where it was: in @buffer, if there was one.
 * @captured and @wire count the tag.
 */
const u8 *feed_frame(const struct fastdrop_record *record, u8 *buffer, size_t size,
		     u32 *captured, u32 *wire);

/* "drop", "would-drop" and so on; "?" for what is not known. */
static inline const char *feed_verdict(u8 verdict)
{
	static const char * const names[] = {
		[FASTDROP_VERDICT_PASS] = "pass",
		[FASTDROP_VERDICT_DROP] = "drop",
		[FASTDROP_VERDICT_DIVERT] = "divert",
		[FASTDROP_VERDICT_WOULD_DROP] = "would-drop",
		[FASTDROP_VERDICT_COUNT] = "count",
		[FASTDROP_VERDICT_PROTECT] = "protect",
	};

	return verdict < ARRAY_SIZE(names) ? names[verdict] : "?";
}

#endif /* FASTDROP_FEED_H */
