/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the packets of a feed go: a file, or one after the other. Where false or NULL is
 * returned, it could not be written, which has then been said.
 */
#ifndef FASTDROP_CAPTURE_FILE_H
#define FASTDROP_CAPTURE_FILE_H

#include "feed.h"
#include "rotation.h"

/**
 * struct capture_options - how packets are kept
 * @rotation: the file's name, "-" for standard output, and when there is another
 * @snap_length: bytes of a frame, its tag included
 * @is_classic: pcap, instead of pcapng
 * @is_all: the feed shows all that the module does: nothing is filtered
 */
struct capture_options {
	struct rotation rotation;
	u32 snap_length;
	bool is_classic;
	bool is_all;
};

struct capture_file;

struct capture_file *capture_file_open(const struct capture_options *options,
				       const struct feed *feed);

/* Writes a packet, the last one of the feed, unless it is over. */
bool capture_file_put(struct capture_file *file, const struct fastdrop_record *record);

/* Whether the time of the last file is up. */
bool capture_file_is_over(const struct capture_file *file);

/* How many packets were written, to all files. */
u64 capture_file_packets(const struct capture_file *file);

/* For those who read while we write. */
bool capture_file_flush(struct capture_file *file);

bool capture_file_close(struct capture_file *file);

#endif /* FASTDROP_CAPTURE_FILE_H */
