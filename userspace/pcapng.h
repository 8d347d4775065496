/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Blocks of pcapng, draft-ietf-opsawg-pcapng, in the byte order of this machine. Each
 * function writes one block to @p, which is a multiple of 4, and returns its end. None takes
 * more than PCAPNG_ROOM, a packet its frame besides.
 */
#ifndef FASTDROP_PCAPNG_H
#define FASTDROP_PCAPNG_H

#include "engine/platform.h"
#include "uapi/fastdrop.h"

#define PCAPNG_ROOM	1024

/**
 * struct pcapng_packet - a packet, as it is shown
 * @record: of it; its own bytes and its @lost are not looked at
 * @verdict: the name of record->verdict
 * @interface: the interface, from 0
 * @lost: how many records were lost before it
 * @frame: its bytes
 * @captured: how many of them there are
 * @wire: how many there were
 */
struct pcapng_packet {
	const struct fastdrop_record *record;
	const char *verdict;
	u32 interface;
	u64 lost;
	const u8 *frame;
	u32 captured;
	u32 wire;
};

#define PCAPNG_UNKNOWN	(~0ULL)

/**
 * struct pcapng_counts - of an interface, each PCAPNG_UNKNOWN if it is
 * @received: what it had for us
 * @dropped: of these, what was lost before it could be read
 * @delivered: what was written
 */
struct pcapng_counts {
	u64 received;
	u64 dropped;
	u64 delivered;
};

/* Section Header Block: the first one. */
u8 *pcapng_section(u8 *p, const char *application, const char *os);

/* Interface Description Block, with its DLT_; the first one is interface 0. */
u8 *pcapng_interface(u8 *p, const char *name, int link, u32 snap_length);

/* Enhanced Packet Block. */
u8 *pcapng_packet(u8 *p, const struct pcapng_packet *packet);

/* Interface Statistics Block, with the time in nanoseconds since 1970. */
u8 *pcapng_statistics(u8 *p, u32 interface, u64 time, const struct pcapng_counts *counts);

#endif /* FASTDROP_PCAPNG_H */
