/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Blocks of the classic pcap format, with nanoseconds, by libpcap. Each function writes one
 * block to @p and returns its end. None takes more than CLASSIC_ROOM, a packet its frame
 * besides.
 */
#ifndef FASTDROP_CLASSIC_H
#define FASTDROP_CLASSIC_H

#include "engine/platform.h"

#define CLASSIC_ROOM	64

struct classic;

/* For files of one link type, a DLT_. */
struct classic *classic_open(int link, u32 snap_length);
void classic_close(struct classic *classic);

/* The first block of a file. */
u8 *classic_header(struct classic *classic, u8 *p);

/* A packet of that file, with its time in nanoseconds since 1970. */
u8 *classic_packet(struct classic *classic, u8 *p, u64 time, const u8 *frame, u32 captured,
		   u32 wire);

#endif /* FASTDROP_CLASSIC_H */
